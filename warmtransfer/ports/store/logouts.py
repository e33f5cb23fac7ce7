"""Which of the console's sessions somebody has ended: for every process, until they would be over."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Column, Double, String, Table, bindparam, delete, select, text

from warmtransfer.ports.store.line import Run
from warmtransfer.ports.store.owned import Owned, Transaction
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.tables import metadata

#: One row a session that was ended before its time.
logout = Table(
    "warmtransfer_logout",
    metadata,
    Column("owner", String, primary_key=True),
    Column("session", String, primary_key=True),
    Column("since", Double, nullable=False, server_default=text("0")),
)

#: Real seconds for which what is known of other processes' is new enough for a page that is open already.
FRESH = 2.0
ENDED = text(
    f"INSERT INTO {logout.name} (owner, session, since) VALUES (:owner, :session, :since) "
    "ON CONFLICT (owner, session) DO NOTHING"
)
OVER = delete(logout).where(logout.c.owner == bindparam("whose"), logout.c.since < bindparam("before"))
ALL = select(logout.c.session).where(logout.c.owner == bindparam("whose"))
ONE = ALL.where(logout.c.session == bindparam("which"))


class Logouts(Owned):
    """The sessions of one owner's console. Any thread may call it; StoreBusy as the store."""

    def __init__(
        self,
        run: Run,
        transaction: Transaction,
        owner: Owner | None,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(run, transaction, owner, now)
        self._known: frozenset[str] = frozenset()
        self._looked = -FRESH  #: monotonic

    def end(self, session: str, good_for: float) -> None:
        """This session is nobody's any more; those that are over after `good_for` seconds are forgotten."""
        self._run(self._end, session, good_for)
        self._known |= {session}

    def ended(self, session: str) -> bool:
        """Whether it is, as every process is told."""
        return session in self._known or self._run(self._has, session)

    def lately(self, session: str) -> bool:
        """The same, at most `FRESH` seconds late, and one question whoever asks."""
        if time.monotonic() - self._looked >= FRESH:
            self._looked = time.monotonic()
            self._known = self._run(self._all)
        return session in self._known

    def _end(self, session: str, good_for: float) -> None:
        now = self._now()
        with self._transaction() as db:
            db.execute(OVER, {"whose": self._owner, "before": now - good_for})
            db.execute(ENDED, {"owner": self._owner, "session": session, "since": now})

    def _has(self, session: str) -> bool:
        with self._transaction(writes=False) as db:
            return db.execute(ONE, {"whose": self._owner, "which": session}).first() is not None

    def _all(self) -> frozenset[str]:
        with self._transaction(writes=False) as db:
            return frozenset(db.execute(ALL, {"whose": self._owner}).scalars())
