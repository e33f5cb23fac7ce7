"""Recorded messages that somebody wants: claimed by one process at a time, until nothing is to be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, true, update

from warmtransfer.ports.store.saving import clean
from warmtransfer.ports.store.store import Store
from warmtransfer.ports.store.tables import FETCHED, recording

#: Seconds for which one who claims a recording has it: a download, a transcription and a listener.
LEASE = 120.0

_one = recording.c.call_id == bindparam("which"), recording.c.url == bindparam("where")


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded message. Times are seconds of the wall clock, 0.0 for not yet."""

    call_id: str
    url: str
    seconds: int
    at: float
    tries: int = 0
    kept: str = ""  #: the file it was put into
    words: str = ""  #: what is said in it, as far as a model could tell
    fault: str = ""  #: why it could not be had when it was tried last
    told_at: float = 0.0
    deleted_at: float = 0.0
    next_at: float = 0.0


_COLUMNS = tuple(recording.c[name] for name in Recording.__slots__)


class Recordings:
    """Those of one owner. Any thread may call it; raises as the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._owner = str(store.mine or "")
        self._ours = recording.c.owner == self._owner if store.mine else true()

    def note(self, call_id: str, url: str, seconds: int, at: float) -> None:
        """There is one to be fetched; harmless when repeated."""
        row = {"call_id": call_id, "url": url, "owner": self._owner, "seconds": seconds, "at": at}

        def note(db: Connection) -> None:
            here = {"which": call_id, "where": url}
            if db.execute(select(recording.c.url).where(*_one), here).first() is None:
                db.execute(insert(recording), {**row, "next_at": at})

        self._store.within(note)

    def claim(self, now: float) -> Recording | None:
        """One that is due, which nobody else is given for a while; None for none."""
        due = self._ours, FETCHED, recording.c.next_at <= now
        if not self._ask(select(recording.c.url).where(*due).limit(1)):
            return None

        def claim(db: Connection) -> Recording | None:
            asked = select(*_COLUMNS).where(*due).order_by(recording.c.next_at).limit(1)
            row = db.execute(asked.with_for_update(skip_locked=True)).one_or_none()
            if row is None:
                return None
            found = Recording(**{**row._mapping, "tries": row.tries + 1})
            values = {"tries": found.tries, "next_at": now + LEASE}
            self._set(db, found, values)
            return found

        return self._store.within(claim)

    def save(self, found: Recording) -> None:
        """How it stands with it now."""
        names = ("kept", "words", "fault", "told_at", "deleted_at", "next_at")
        values = {name: getattr(found, name) for name in names}
        self._store.within(lambda db: self._set(db, found, {**values, "words": clean(found.words)}))

    def next_at(self) -> float:
        """When the next one is due, 0.0 for none."""
        rows = self._ask(select(recording.c.next_at).where(self._ours, FETCHED).order_by(recording.c.next_at))
        return float(rows[0][0]) if rows else 0.0

    def of_call(self, call_id: str) -> list[Recording]:
        """Those of this call."""
        rows = self._ask(select(*_COLUMNS).where(self._ours, recording.c.call_id == call_id))
        return [Recording(**row._mapping) for row in rows]

    def _set(self, db: Connection, found: Recording, values: dict[str, Any]) -> None:
        here = {"which": found.call_id, "where": found.url}
        db.execute(update(recording).where(*_one).values(values), here)

    def _ask(self, asked: Any) -> list[Any]:
        return self._store.within(lambda db: list(db.execute(asked).all()), writes=False, counts=False)
