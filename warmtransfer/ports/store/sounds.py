"""What pages hear of a call whose stream another process has: who wants to, and pieces of sound for seconds.

PostgreSQL alone has it: with SQLite there is one process, and no sound leaves its memory. The pieces lie in a
table that is not logged: in no write-ahead log, on no replica, and gone after a crash; and each is deleted
after `KEPT` seconds by whoever writes or reads next. Lengths of time are the database's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from warmtransfer.ports.store.store import Store
from warmtransfer.ports.store.tables import listener, sound

#: Seconds for which a wish to listen holds after it was last renewed.
WISH = 4.0
#: Seconds after which a piece is of no use to anybody, and how long it is kept at most.
STALE, KEPT = 2.0, 3.0
#: Seconds that the database may keep us waiting for a lock.
PATIENCE = 1.0
#: Pieces that are read at once: of many calls, some seconds.
MOST = 500

_NOW = func.extract("epoch", func.clock_timestamp())
_OLD = delete(sound).where(sound.c.at < _NOW - KEPT)
_GIVEN_UP = delete(listener).where(listener.c.until < _NOW - WISH)


class Sounds:
    """Wishes and pieces, between processes. Any thread may call it; raises as the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        #: This process among those that share the database, "" where there are no others.
        self.me = store.leases.me if store.leases else ""

    def want(self, calls: Collection[str]) -> None:
        """Pages of this process listen to these calls, for the next seconds."""
        rows = [{"call_id": each, "process": self.me, "until": _NOW + WISH} for each in sorted(calls)]
        given = insert(listener).values(rows)
        again = given.on_conflict_do_update(
            index_elements=["call_id", "process"], set_={"until": given.excluded.until}
        )
        self._store.within(lambda db: db.execute(again), PATIENCE)

    def wanted(self) -> frozenset[str]:
        """The calls that pages of other processes listen to."""
        asked = select(listener.c.call_id).where(listener.c.until > _NOW, listener.c.process != self.me)
        return self._store.within(lambda db: frozenset(db.scalars(asked)), PATIENCE, writes=False)

    def put(self, pieces: Sequence[tuple[str, str]]) -> None:
        """Have other processes hear these, as (call, piece) in their order."""
        rows = [{"call_id": call_id, "body": body, "at": _NOW} for call_id, body in pieces]

        def put(db: Connection) -> None:
            db.execute(insert(sound).values(rows))
            db.execute(_OLD)

        self._store.within(put, PATIENCE)

    def take(self, since: Mapping[str, int]) -> list[tuple[str, int, str]]:
        """The pieces of these calls behind the one that each was heard to last: call, number, piece."""
        asked = (
            select(sound.c.call_id, sound.c.id, sound.c.body)
            .where(sound.c.call_id.in_(since), sound.c.id > min(since.values()), sound.c.at > _NOW - STALE)
            .order_by(sound.c.id)
            .limit(MOST)
        )
        rows = self._store.within(lambda db: db.execute(asked).all(), PATIENCE, writes=False)
        return [(row.call_id, row.id, row.body) for row in rows if row.id > since[row.call_id]]

    def sweep(self) -> None:
        """Leave nothing of what nobody has fetched, and no wish of whoever is gone."""

        def sweep(db: Connection) -> None:
            db.execute(_OLD)
            db.execute(_GIVEN_UP)

        self._store.within(sweep, PATIENCE)
