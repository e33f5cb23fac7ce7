"""Callbacks: decided one at a time, each with its orders in the same transaction; shared by processes."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Delete,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    true,
    tuple_,
    update,
)

from warmtransfer.core.callbacks import orders as do
from warmtransfer.core.callbacks.callback import TRYING, Callback, Side, Stage
from warmtransfer.core.callbacks.notices import notices, spelled
from warmtransfer.core.callbacks.trying import as_call
from warmtransfer.core.plain import Unreadable
from warmtransfer.core.plans import Claim, Known
from warmtransfer.errors import WarmTransferError
from warmtransfer.ports.store import claims, mailbox
from warmtransfer.ports.store.saving import clean
from warmtransfer.ports.store.store import Store
from warmtransfer.ports.store.tables import (
    DUE,
    LOCK_CALLBACK,
    OPEN,
    call,
    callback,
    callback_order,
    event,
    process,
)
from warmtransfer.sparing import Sparing

_lines = Sparing(logging.getLogger("warmtransfer"))

#: How it stands with telephones, asked within the transaction that decides.
Know = Callable[[Sequence[str]], Known]
#: A decision: the callback after it, what is to be done, and the seats that it takes. None saves nothing.
Made = tuple[Callback, tuple[do.Order, ...], tuple[Claim, ...]]
Decide = Callable[[Callback | None, Know], Made | None]

_one = callback.c.id == bindparam("which")
_place = callback.c.created_at, callback.c.id
_newest = tuple(each.desc() for each in _place)
_busy = callback.c.stage.in_([each.value for each in (*TRYING, Stage.TALKING, Stage.ENDING)])
#: In PostgreSQL: what one call promises is saved one after the other.
LOCK_TAKING = text(f"SELECT pg_advisory_xact_lock({LOCK_CALLBACK}, hashtext(:which))")
SET = update(callback).where(_one)
DONE = update(callback_order).where(callback_order.c.id == bindparam("which"))


@dataclass(frozen=True, slots=True)
class Changed:
    """What was saved: before and after, and each order with its number."""

    before: Callback | None
    after: Callback
    orders: tuple[tuple[int, do.Order], ...]


@dataclass(frozen=True, slots=True)
class Left:
    """An order of a process that is gone, taken over: nobody knows whether it was done."""

    id: int
    callback: Callback
    order: do.Order


class Callbacks:
    """The callbacks of one owner; without an owner, of all. Any thread may call it; raises as the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._owner = str(store.mine or "")
        self._ours = callback.c.owner == self._owner if store.mine else true()
        self._leases = store.leases
        #: One name a start where nobody else serves: what an earlier start has left is not this one's.
        self._me = store.leases.me if store.leases else secrets.token_hex(8)

    # Deciding ---------------------------------------------------------------------------------------

    def decide(self, callback_id: str, fn: Decide, wait: float = 3.0) -> Changed | None:
        """Save what `fn` makes of the callback, in one transaction, its row locked. `fn` must be pure."""
        return self._store.within(lambda db: self._decide(db, callback_id, fn), wait)

    def take(self, call_id: str, fn: Decide, wait: float = 3.0) -> Changed | None:
        """The same for the callback of this call that still waits for its time, or for none: one a call."""

        def decide(db: Connection) -> Changed | None:
            if db.dialect.name == "postgresql":
                db.execute(LOCK_TAKING, {"which": call_id})
            waits = select(callback.c.id).where(
                self._ours, callback.c.call_id == call_id, callback.c.stage == Stage.WAITING.value
            )
            return self._decide(db, db.execute(waits.limit(1)).scalar() or "", fn)

        return self._store.within(decide, wait)

    def _decide(self, db: Connection, callback_id: str, fn: Decide) -> Changed | None:
        row = db.execute(
            select(callback.c.state).where(self._ours, _one).with_for_update(), {"which": callback_id}
        ).one_or_none()
        before = _read(row.state) if row else None
        made = fn(before, lambda numbers: self._known(db, before, numbers))
        if made is None:
            return None
        after, orders, taken = made
        self._save(db, before, after)
        _seat(db, before, after, taken)
        if self._store.whose.tells:
            self._tell(db, before, after)
        numbered = tuple((self._add(db, after, order), order) for order in orders)
        return Changed(before, after, numbered)

    def _known(self, db: Connection, found: Callback | None, numbers: Sequence[str]) -> Known:
        if db.dialect.name == "postgresql":
            db.execute(claims.LOCK)
        db.execute(claims.LEFT)
        return claims.known(db, as_call(found or Callback("")), numbers, self._owner)

    def _save(self, db: Connection, before: Callback | None, after: Callback) -> None:
        columns = {
            "call_id": after.call_id,
            "number": clean(after.number),
            "stage": after.stage.value,
            "state": after.to_dict(),
            "alarm_at": after.alarm_at,
            "created_at": after.created_at,
            "updated_at": after.at,
        }
        if before is None:
            db.execute(insert(callback), {"id": after.id, "owner": self._owner, **columns})
        else:
            db.execute(SET, {"which": after.id, **columns})

    def _tell(self, db: Connection, before: Callback | None, after: Callback) -> None:
        """Behind the events of the call that it was promised in, whose row keeps their order."""
        data = {"call": {"id": after.call_id}, "callback": spelled(after)}
        news = [(kind.value, data) for kind in notices(before, after)]
        if news:
            db.execute(select(call.c.id).where(call.c.id == after.call_id).with_for_update())
            mailbox.put(db, after.call_id, news, after.at, self._owner)

    def _add(self, db: Connection, after: Callback, order: do.Order) -> int:
        given = {"callback_id": after.id, "order": order.to_dict(), "process": self._me, "at": after.at}
        return int(db.execute(insert(callback_order).returning(callback_order.c.id), given).scalar_one())

    # Orders -----------------------------------------------------------------------------------------

    def order_done(self, order_id: int, result: str) -> None:
        """Note that an order was carried out, and what came of it."""
        row = {"which": order_id, "done_at": time.time(), "result": clean(result)}
        self._store.within(lambda db: db.execute(DONE, row))

    def mine(self, order_id: int) -> bool:
        """Whether this order is still this process's to do."""
        which = select(callback_order.c.process).where(callback_order.c.id == order_id, OPEN)
        return bool(self._first(which) == self._me)

    def left(self, most: int = 50) -> list[Left]:
        """Take over what processes that are gone have left undone."""
        theirs = callback_order.c.process != self._me
        gone = and_(theirs, callback_order.c.process.not_in(select(process.c.id))) if self._leases else theirs
        if self._first(select(callback_order.c.id).where(OPEN, gone).limit(1)) is None:
            return []
        return self._store.within(lambda db: self._left(db, gone, most))

    def _left(self, db: Connection, gone: Any, most: int) -> list[Left]:
        asked = (
            select(callback_order.c.id, callback_order.c.order, callback.c.state)
            .join(callback, callback.c.id == callback_order.c.callback_id)
            .where(self._ours, OPEN, gone)
            .order_by(callback_order.c.id)
            .limit(most)
            .with_for_update(skip_locked=True, of=callback_order)
        )
        found = []
        for row in db.execute(asked).all():
            known, order = _read(row.state), _order(row.id, row.order)
            if known is not None and order is not None:
                found.append(Left(row.id, known, order))
        mine = callback_order.c.id.in_([each.id for each in found])
        if found:
            taken = callback_order.c.taken + 1
            db.execute(update(callback_order).where(mine).values(process=self._me, taken=taken))
        return found

    # Knowing ----------------------------------------------------------------------------------------

    def due(self, at: float, most: int = 50) -> list[Callback]:
        """Those whose timer should have gone off by now."""
        late = select(callback.c.state).where(self._ours, DUE, callback.c.alarm_at <= at)
        return self._all(late.order_by(callback.c.alarm_at).limit(most))

    def next_at(self) -> float:
        """When the next timer goes off, 0.0 for none."""
        return float(self._first(select(func.min(callback.c.alarm_at)).where(self._ours, DUE)) or 0.0)

    def load(self, callback_id: str) -> Callback | None:
        """The callback with this id."""
        found = self._all(select(callback.c.state).where(self._ours, callback.c.id == callback_id))
        return found[0] if found else None

    def of_call(self, call_id: str) -> list[Callback]:
        """Those that were taken in this call, the newest first."""
        mine = select(callback.c.state).where(self._ours, callback.c.call_id == call_id)
        return self._all(mine.order_by(*_newest))

    def to(self, number: str, call_ids: Sequence[str] = ()) -> list[Callback]:
        """Those to this number, and those promised in these calls, the newest first."""
        mine = or_(callback.c.number == number, callback.c.call_id.in_(call_ids))
        return self._all(select(callback.c.state).where(self._ours, mine).order_by(*_newest))

    def open_to(self, number: str) -> list[Callback]:
        """Those to this number of which something is still to come, the newest first."""
        mine = select(callback.c.state).where(self._ours, DUE, callback.c.number == number)
        return self._all(mine.order_by(*_newest))

    def listed(
        self, limit: int = 50, live: bool = False, stage: str = "", since: float = 0.0
    ) -> list[Callback]:
        """The newest first; `live` ones only, or those in one stage, or taken since then."""
        asked = self._asked(live, stage)
        asked = asked.where(callback.c.created_at >= since) if since else asked
        return self._all(asked.limit(limit))

    def page(
        self, limit: int, live: bool = False, stage: str = "", after: tuple[float, str] | None = None
    ) -> tuple[list[Callback], tuple[float, str] | None]:
        """So many behind that one (when it was promised, and its id); and the last of them if more follow."""
        asked = self._asked(live, stage)
        asked = asked.where(tuple_(*_place) < tuple_(*after)) if after else asked
        rows = self._ask(asked.limit(limit + 1))
        read = (_read(row.state) for row in rows[:limit])
        last = (rows[limit - 1].created_at, rows[limit - 1].id) if len(rows) > limit else None
        return [each for each in read if each is not None], last

    def _asked(self, live: bool, stage: str) -> Any:
        asked = select(callback.c.state, *_place).where(self._ours).order_by(*_newest)
        asked = asked.where(DUE) if live else asked
        return asked.where(callback.c.stage == stage) if stage else asked

    def counted(self) -> dict[str, int]:
        """How many there are in each stage."""
        counts = select(callback.c.stage, func.count()).where(self._ours).group_by(callback.c.stage)
        return {row[0]: int(row[1]) for row in self._ask(counts)}

    def legs_to(self, number: str) -> frozenset[str]:
        """CallSids of all legs to this number that are known of callbacks still kept."""
        some = select(callback.c.state).where(or_(callback.c.number == number, DUE))
        legs = (leg for each in self._all(some) for leg in each.legs)
        return frozenset(leg.call_sid for leg in legs if leg.call_sid)

    def _ask(self, asked: Any) -> list[Any]:
        """What only looks does not count as proof that the database can be relied on."""
        return self._store.within(lambda db: list(db.execute(asked).all()), writes=False, counts=False)

    def _all(self, asked: Any) -> list[Callback]:
        read = (_read(row.state) for row in self._ask(asked))
        return [each for each in read if each is not None]

    def _first(self, asked: Any) -> Any:
        rows = self._ask(asked)
        return rows[0][0] if rows else None


class StillLive(WarmTransferError):
    """The caller is on the line, or their call is still being put in order: nothing was deleted."""


def erased(db: Connection, number: str, call_ids: Sequence[str]) -> None:
    """Leave nothing of the callbacks of these calls, or to this number; StillLive while one is tried."""
    mine = or_(callback.c.number == number, callback.c.call_id.in_(call_ids))
    if db.execute(select(callback.c.id).where(mine, _busy)).first():
        raise StillLive(f"a callback to {number} is being tried")
    ids = list(db.scalars(select(callback.c.id).where(mine)))
    for each in ids:  # told of behind the events of a call that may be another caller's
        of_call = event.c.call_id.in_(select(callback.c.call_id).where(callback.c.id == each))
        db.execute(delete(event).where(of_call, event.c.body.contains(each)))
    for statement in statements(ids):
        db.execute(statement)


def statements(ids: Sequence[str]) -> tuple[Delete, ...]:
    """What leaves nothing of these callbacks."""
    return (
        delete(callback_order).where(callback_order.c.callback_id.in_(ids)),
        delete(callback).where(callback.c.id.in_(ids)),
    )


def _seat(db: Connection, before: Callback | None, after: Callback, taken: tuple[Claim, ...]) -> None:
    """Release the seats of humans whose legs have ended, then take what is needed."""
    was = {each.n for each in before.legs if each.ended} if before else set()
    gone = [each.n for each in after.legs if each.ended and each.n not in was and each.side is Side.HUMAN]
    if gone:
        db.execute(claims.RELEASE_SOME, {"which": after.id, "ended": gone})
    for each in taken:
        claims.take(db, each, as_call(after))


def _read(state: Any) -> Callback | None:
    try:
        return Callback.from_dict(state)
    except Unreadable as fault:
        _lines.say("callback", logging.ERROR, "a callback of another release cannot be read: %s", fault)
        return None


def _order(number: int, data: Any) -> do.Order | None:
    try:
        return do.from_dict(data)
    except Unreadable as fault:
        _lines.say("order", logging.ERROR, "order %s of a callback cannot be read: %s", number, fault)
        return None
