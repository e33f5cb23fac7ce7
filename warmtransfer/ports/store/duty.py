"""Who is off duty: by name, until they are back. Kept over restarts, shared by processes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select, text

from warmtransfer.ports.store.line import Run
from warmtransfer.ports.store.logouts import Logouts
from warmtransfer.ports.store.mine import OwnPages
from warmtransfer.ports.store.owned import Owned, Transaction
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.tables import duty

GONE = text(
    f'INSERT INTO {duty.name} (owner, name, since, "by") VALUES (:owner, :name, :since, :by) '
    "ON CONFLICT (owner, name) DO NOTHING"
)
BACK = delete(duty).where(duty.c.owner == bindparam("whose"), duty.c.name == bindparam("who"))
OFF = select(duty).where(duty.c.owner == bindparam("whose")).order_by(duty.c.since)


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody who is off duty; `since` in seconds since 1970, `by` whoever said so."""

    name: str
    since: float
    by: str


class Duty(Owned):
    """The humans of one owner. Any thread may call it; StoreBusy as the store."""

    def __init__(
        self,
        run: Run,
        transaction: Transaction,
        owner: Owner | None,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(run, transaction, owner, now)
        self.pages = OwnPages(run, transaction, owner, now)  #: on which they say so themselves
        self.logouts = Logouts(run, transaction, owner, now)  #: of those who say it in the console

    def away(self) -> tuple[Away, ...]:
        """Who is off duty, longest first."""
        return self._run(self._away)

    def leaves(self, name: str, by: str = "") -> None:
        """This human is not rung from now on; said twice, the first time counts."""
        row = {"owner": self._owner, "name": name, "since": self._now(), "by": by}
        self._run(self._write, GONE, row)

    def returns(self, name: str) -> None:
        """This human may be rung again; harmless for one who may."""
        self._run(self._write, BACK, {"whose": self._owner, "who": name})

    def _away(self) -> tuple[Away, ...]:
        with self._transaction(writes=False) as db:
            rows = db.execute(OFF, {"whose": self._owner})
            return tuple(Away(row.name, row.since, row.by) for row in rows)

    def _write(self, statement: object, row: dict[str, object]) -> None:
        with self._transaction() as db:
            db.execute(statement, row)  # type: ignore[call-overload]
