"""Events for the host's systems: written with the decision that they tell of, kept until they were taken.

Of one call's, only the oldest that is still open may be sent, by whichever process has it: that is their
order. Lengths of time are the database's, as those of leases are.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    text,
    true,
    update,
)

from warmtransfer.core.call import Call
from warmtransfer.core.notices import notices, spelled
from warmtransfer.ports.store.line import Run
from warmtransfer.ports.store.tables import UNDELIVERED, call, event

Transaction = Callable[..., AbstractContextManager[Connection]]

#: Of the form of the events; it changes only when a receiver has to.
VERSION = 1
#: The states of an event.
OPEN, DELIVERED, GIVEN_UP = "open", "delivered", "given_up"
#: Seconds for which an event is one process's to send. Sending takes less than half as long.
LEASE = 30.0

_earlier = event.alias()
_open: ColumnElement[str] = literal_column("'open'")
_blocked = exists().where(
    _earlier.c.call_id == event.c.call_id, _earlier.c.state == _open, _earlier.c.id < event.c.id
)
#: What may be sent now: of each call the oldest that is open, when its time has come and nobody has it.
DUE = (
    select(event)
    .where(event.c.owner == bindparam("whose"), UNDELIVERED, ~_blocked)
    .where(event.c.due_at <= bindparam("now"), event.c.until <= bindparam("now"))
    .order_by(event.c.id)
)
NEWEST = select(func.coalesce(func.max(event.c.n), 0)).where(event.c.call_id == bindparam("which"))
ADD = insert(event)
SET = update(event).where(event.c.id == bindparam("which"), event.c.process == bindparam("holder"))
#: Somebody answers again: those that met nobody need not wait any longer.
WAKE = (
    update(event)
    .where(event.c.owner == bindparam("whose"), UNDELIVERED, event.c.unreached)
    .values(due_at=0.0, unreached=False)
)
#: A release before this one forgets calls without their events.
SWEEP = delete(event).where(event.c.call_id.not_in(select(call.c.id)))
CLOCK = text("SELECT extract(epoch FROM clock_timestamp())")


@dataclass(frozen=True, slots=True)
class Letter:
    """An event that this process has to send; `tries` and `since` are of those before, 0 for none."""

    number: int
    call_id: str
    n: int
    type: str
    body: str
    tries: int
    age: float  #: seconds since it was first tried
    holder: str

    @property
    def id(self) -> str:
        """What a receiver knows it by, however often it comes."""
        return name(self.call_id, self.n)


@dataclass(frozen=True, slots=True)
class Kept:
    """An event and how it stands, for those who look; times are seconds since 1970, 0.0 for never."""

    id: str
    call_id: str
    type: str
    at: float
    state: str
    tries: int
    since: float
    due_at: float
    done_at: float
    result: str
    body: str


@dataclass(frozen=True, slots=True)
class Undelivered:
    """How many events wait after a try in vain, the oldest's first try, what came of one, and how many were
    given up."""

    waiting: int
    since: float
    result: str
    given_up: int


@dataclass(frozen=True, slots=True)
class Which:
    """Events that are looked for; what is empty does not matter."""

    call_id: str = ""
    since: float = 0.0
    state: str = ""

    def narrow(self) -> list[ColumnElement[bool]]:
        """As conditions."""
        given: list[ColumnElement[bool]] = []
        if self.call_id:
            given.append(event.c.call_id == self.call_id)
        if self.since:
            given.append(event.c.at >= self.since)
        if self.state:
            given.append(event.c.state == self.state)
        return given


def name(call_id: str, n: int) -> str:
    """The id of an event: the same for every process, and for every time that it is sent."""
    return f"msg_{call_id}_{n}"


def write(db: Connection, before: Call | None, after: Call, owner: str) -> None:
    """Keep what this change is to be told of; in the transaction, and under the lock, of the decision."""
    news = [(each.kind.value, spelled(each, after)) for each in notices(before, after)]
    put(db, after.id, news, after.at, owner)


def put(
    db: Connection, call_id: str, news: Sequence[tuple[str, dict[str, Any]]], at: float, owner: str
) -> None:
    """Keep these, a type and its data each, behind the others of the call."""
    if not news:
        return
    newest = int(db.execute(NEWEST, {"which": call_id}).scalar_one())
    for n, (kind, data) in enumerate(news, newest + 1):
        told = {
            "type": kind,
            "version": VERSION,
            "timestamp": _written(at),
            "data": {"sequence": n, **data},
        }
        body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace").decode()
        row = {"owner": owner, "call_id": call_id, "n": n, "type": kind, "body": body}
        db.execute(ADD, {**row, "at": at})


def _written(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Mailbox:
    """The events of one owner; without one, of all, to be looked at. Any thread may call it; StoreBusy as
    the store."""

    def __init__(self, run: Run, transaction: Transaction, owner: str | None, postgres: bool) -> None:
        self._run = run
        self._transaction = transaction
        self._whose = {"whose": owner or ""}
        self._mine: ColumnElement[bool] = event.c.owner == owner if owner else true()
        self._postgres = postgres

    # Sending ----------------------------------------------------------------------------------------

    def take(self, most: int, lease: float = LEASE) -> list[Letter]:
        """Events to be sent by this process, which has them for so many seconds."""
        return self._run(self._take, most, lease)

    def _take(self, most: int, lease: float) -> list[Letter]:
        with self._transaction(writes=False) as db:
            if not db.execute(DUE.limit(1), {**self._whose, "now": self._now(db)}).first():
                return []
        holder = secrets.token_hex(8)
        with self._transaction() as db:
            now = self._now(db)
            due = DUE.limit(most).with_for_update(skip_locked=True, of=event)
            rows = db.execute(due, {**self._whose, "now": now}).all()
            for row in rows:
                mine = update(event).where(event.c.id == row.id)
                db.execute(mine.values(process=holder, until=now + lease, since=row.since or now))
        return [
            Letter(
                *(row.id, row.call_id, row.n, row.type, row.body, row.tries),
                age=now - row.since if row.since else 0.0,
                holder=holder,
            )
            for row in rows
        ]

    def delivered(self, letter: Letter, result: str) -> None:
        """It was taken; whoever met nobody before may be tried at once."""
        self._run(self._settle, letter, DELIVERED, result, None, False)

    def waits(self, letter: Letter, result: str, pause: float, unreached: bool) -> None:
        """It was not taken, and is to be sent again so many seconds from now."""
        self._run(self._settle, letter, OPEN, result, pause, unreached)

    def give_up(self, letter: Letter, result: str) -> None:
        """It was not taken, and is not sent again."""
        self._run(self._settle, letter, GIVEN_UP, result, None, False)

    def _settle(self, letter: Letter, state: str, result: str, pause: float | None, unreached: bool) -> None:
        with self._transaction() as db:
            now = self._now(db)
            values = {"state": state, "result": result, "tries": letter.tries + 1, "unreached": unreached}
            values |= {"process": "", "until": 0.0}
            values |= {"done_at": now} if pause is None else {"due_at": now + pause}
            db.execute(SET.values(values), {"which": letter.number, "holder": letter.holder})
            if state == DELIVERED:
                db.execute(WAKE, self._whose)

    # Looking ----------------------------------------------------------------------------------------

    def kept(self, which: Which, most: int = 1000) -> list[Kept]:
        """The events that were looked for, the newest of them, in their order."""
        return self._run(self._kept, which, most)

    def _kept(self, which: Which, most: int) -> list[Kept]:
        newest = select(event).where(self._mine, *which.narrow()).order_by(event.c.id.desc()).limit(most)
        with self._transaction(writes=False) as db:
            rows: Sequence[Any] = db.execute(newest).all()
        return [
            Kept(
                *(name(row.call_id, row.n), row.call_id, row.type, row.at, row.state, row.tries),
                *(row.since, row.due_at, row.done_at, row.result, row.body),
            )
            for row in reversed(rows)
        ]

    def undelivered(self) -> Undelivered:
        """How it stands with what was not taken."""
        return self._run(self._undelivered)

    def _undelivered(self) -> Undelivered:
        late = event.c.tries > 0
        many = select(func.count(), func.min(event.c.since), func.max(event.c.result))
        lost = select(func.count()).where(self._mine, event.c.state == GIVEN_UP)
        with self._transaction(writes=False) as db:
            waiting, since, result = db.execute(many.where(self._mine, UNDELIVERED, late)).one()
            return Undelivered(waiting, since or 0.0, result or "", int(db.scalar(lost) or 0))

    # Again ------------------------------------------------------------------------------------------

    def replay(self, which: Which) -> int:
        """Have these sent (again) from now on, as they were; how many. What is just being sent is left."""
        return self._run(self._replay, which)

    def _replay(self, which: Which) -> int:
        with self._transaction() as db:
            again = update(event).where(self._mine, event.c.until <= self._now(db), *which.narrow())
            anew = {"state": OPEN, "since": 0.0, "due_at": 0.0, "tries": 0, "done_at": 0.0, "result": ""}
            return int(db.execute(again.values(anew)).rowcount)

    def _now(self, db: Connection) -> float:
        return float(db.execute(CLOCK).scalar_one()) if self._postgres else time.time()
