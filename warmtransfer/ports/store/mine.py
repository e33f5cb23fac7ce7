"""Whose own page may be opened by a link: a count for each, of which the link is made; another voids it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection, bindparam, select, text

from warmtransfer.ports.store.line import Run
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.tables import page

Transaction = Callable[..., AbstractContextManager[Connection]]

#: How a count goes up that is there already: not at all, or by one.
KEPT, NEXT = "", "+ 1"
MADE = (
    f"INSERT INTO {page.name} (owner, name, turn, since) VALUES (:owner, :name, 1, :since) "
    f"ON CONFLICT (owner, name) DO UPDATE SET turn = {page.name}.turn {{}} RETURNING turn"
)
TURNS = select(page.c.name, page.c.turn).where(page.c.owner == bindparam("whose"))


class OwnPages:
    """The humans of one owner. Any thread may call it; StoreBusy as the store."""

    def __init__(
        self,
        run: Run,
        transaction: Transaction,
        owner: Owner | None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._run = run
        self._transaction = transaction
        self._owner = str(owner or "")
        self._now = now

    def turns(self) -> dict[str, int]:
        """The counts of those who have a link, by name."""
        return self._run(self._turns)

    def turn(self, name: str) -> int:
        """This human's count; from now on they have a link."""
        return self._run(self._made, name, KEPT)

    def renew(self, name: str) -> int:
        """Another count: the links before are void."""
        return self._run(self._made, name, NEXT)

    def _turns(self) -> dict[str, int]:
        with self._transaction(writes=False) as db:
            return {row.name: row.turn for row in db.execute(TURNS, {"whose": self._owner})}

    def _made(self, name: str, more: str) -> int:
        row = {"owner": self._owner, "name": name, "since": self._now()}
        with self._transaction() as db:
            return int(db.execute(text(MADE.format(more)), row).scalar_one())
