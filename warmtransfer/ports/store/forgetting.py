"""All that is kept of one caller: found, and deleted."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import Any

from warmtransfer.core.call import Call, Stage
from warmtransfer.ports.store import callbacks, foreign
from warmtransfer.ports.store import statements as sql
from warmtransfer.ports.store.callbacks import StillLive as StillLive
from warmtransfer.ports.store.searching import of_caller
from warmtransfer.ports.store.statements import MOST
from warmtransfer.ports.store.store import Store

#: Calls that one statement deletes.
BITE = 500
#: More calls than one caller has.
ALL = 1_000_000


class CallerFile(Store):
    """A store that also finds, and forgets, everything of one caller."""

    def of(self, number: str) -> list[Call]:
        """The calls of this caller, the newest first."""
        rows = self._read(self._ask.newest.where(of_caller(number)), {MOST: ALL})
        return foreign.calls(row.state for row in rows)

    def forget(self, number: str) -> int:
        """Delete the caller's calls with their words, journal, attempts and callbacks; how many calls.

        All or nothing; StillLive when one of them is not over, or a callback to them is being tried.
        """
        return self._run(self._forget, number)

    def _forget(self, number: str) -> int:
        with self._transaction() as db:
            if not self._postgres:  # what is deleted is overwritten in the file, too
                db.exec_driver_sql("PRAGMA secure_delete = ON")
            question = self._ask.newest.where(of_caller(number)).with_for_update()
            rows = db.execute(question, {MOST: ALL}).all()
            for row in rows:
                _refuse_live(number, row.state)
            ids = [str(row.state["id"]) for row in rows]
            callbacks.erased(db, number, ids)
            for start in range(0, len(ids), BITE):
                for statement in sql.erased(ids[start : start + BITE]):
                    db.execute(statement)
        if not self._postgres:
            self._empty_log()
        return len(ids)

    def _empty_log(self) -> None:
        """Have the file's write-ahead log begin anew: it holds the pages as they were."""
        raw = self._engine.raw_connection()
        try:
            # Somebody who reads keeps it: it then begins anew by itself, once it has grown.
            with suppress(sqlite3.OperationalError):
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()


def _refuse_live(number: str, state: dict[str, Any]) -> None:
    """StillLive for a call that is not over. One that only another release can read may say that it is."""
    known = foreign.call(state)
    if known is None:
        if state.get("stage") != Stage.OVER:
            raise StillLive(f"call {state['id']} is of another release, and not known to be over")
    elif known.stage is not Stage.OVER:
        raise StillLive(f"{number} is on the line (call {known.id}, {known.stage.value})")
    elif known.alarm_at:
        raise StillLive(f"the legs of call {known.id} are still being ended")
