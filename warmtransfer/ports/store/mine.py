"""Whose own page may be opened by a link: a count for each, of which the link is made; another voids it."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text

from warmtransfer.ports.store.owned import Owned
from warmtransfer.ports.store.tables import page

#: How a count goes up that is there already: not at all, or by one.
KEPT, NEXT = "", "+ 1"
MADE = (
    f"INSERT INTO {page.name} (owner, name, turn, since) VALUES (:owner, :name, 1, :since) "
    f"ON CONFLICT (owner, name) DO UPDATE SET turn = {page.name}.turn {{}} RETURNING turn"
)
TURNS = select(page.c.name, page.c.turn).where(page.c.owner == bindparam("whose"))


class OwnPages(Owned):
    """The humans of one owner. Any thread may call it; StoreBusy as the store."""

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
