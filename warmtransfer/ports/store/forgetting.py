"""All that is kept of one caller: found, and deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Connection, delete

from warmtransfer.core.call import Call, Stage
from warmtransfer.errors import WarmTransferError
from warmtransfer.ports.store.searching import of_caller
from warmtransfer.ports.store.statements import MOST
from warmtransfer.ports.store.store import Store
from warmtransfer.ports.store.tables import attempt, call, journal, outbox, transcript

#: Calls that one statement deletes.
BITE = 500
#: More calls than one caller has.
ALL = 1_000_000


class StillLive(WarmTransferError):
    """The caller is on the line, or their call is still being put in order: nothing was deleted."""


class CallerFile(Store):
    """A store that also finds, and forgets, everything of one caller."""

    def of(self, number: str) -> list[Call]:
        """The calls of this caller, the newest first."""
        rows = self._read(self._ask.newest.where(of_caller(number)), {MOST: ALL})
        return [Call.from_dict(row.state) for row in rows]

    def forget(self, number: str) -> int:
        """Delete the caller's calls with their words, journal, attempts and orders; how many calls.

        All or nothing; StillLive when one of them is not over.
        """
        return self._run(self._forget, number)

    def _forget(self, number: str) -> int:
        with self._transaction() as db:
            if not self._postgres:  # what is deleted is overwritten in the file, too
                db.exec_driver_sql("PRAGMA secure_delete = ON")
            question = self._ask.newest.where(of_caller(number)).with_for_update()
            calls = [Call.from_dict(row.state) for row in db.execute(question, {MOST: ALL})]
            for each in calls:
                if each.stage is not Stage.OVER:
                    raise StillLive(f"{number} is on the line (call {each.id}, {each.stage.value})")
                if each.alarm_at:
                    raise StillLive(f"the legs of call {each.id} are still being ended")
            _delete(db, [each.id for each in calls])
        if not self._postgres:
            self._empty_log()
        return len(calls)

    def _empty_log(self) -> None:
        """Have the file's write-ahead log begin anew: it holds the pages as they were."""
        raw = self._engine.raw_connection()
        try:
            # Somebody who reads keeps it: it then begins anew by itself, once it has grown.
            with suppress(sqlite3.OperationalError):
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()


def _delete(db: Connection, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), BITE):
        some = ids[start : start + BITE]
        for table in (attempt, journal, outbox, transcript):
            db.execute(delete(table).where(table.c.call_id.in_(some)))
        db.execute(delete(call).where(call.c.id.in_(some)))
