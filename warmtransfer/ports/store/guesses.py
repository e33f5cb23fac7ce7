"""Wrong passwords, counted for all processes together: each address by a seal, for as long as it counts."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection, bindparam, delete, select, text

from warmtransfer.ports.store.store import Store
from warmtransfer.ports.store.tables import guess

ADD = text(
    f"INSERT INTO {guess.name} (owner, seal, since, tries) VALUES (:owner, :seal, :since, 1) "
    f"ON CONFLICT (owner, seal) DO UPDATE SET tries = {guess.name}.tries + 1"
)
_mine = guess.c.owner == bindparam("whose")
OLD = delete(guess).where(_mine, guess.c.since <= bindparam("before"))
_many = guess.c.seal == bindparam("which"), guess.c.tries >= bindparam("many")
KNOWN = select(guess.c.since).where(_mine, *_many)


class Guesses:
    """The wrong passwords of one owner's console. Any thread may call it; raises as the store does.

    After `tries` wrong ones of an address it waits until `window` seconds after the first have passed.
    """

    def __init__(
        self, store: Store, tries: int, window: float, now: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._owner = str(store.mine or "")
        self._tries, self._window, self._now = tries, window, now

    def wait(self, seal: str) -> int:
        """Seconds until this address is looked at again, 0 for now."""
        which = {"whose": self._owner, "which": seal, "many": self._tries}
        since = self._store.within(lambda db: db.execute(KNOWN, which).scalar(), writes=False)
        left = since + self._window - self._now() if since else 0.0
        return max(1, round(left)) if left > 0 else 0

    def note(self, seal: str) -> None:
        """A wrong password came from there."""
        self._store.within(lambda db: self._note(db, seal))

    def _note(self, db: Connection, seal: str) -> None:
        now = self._now()
        db.execute(OLD, {"whose": self._owner, "before": now - self._window})
        db.execute(ADD, {"owner": self._owner, "seal": seal, "since": now})
