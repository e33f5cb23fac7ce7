"""Several processes on one PostgreSQL: who is there, who has which call's stream, and who does which order.

An order belongs to one process for as long as that lives, which it says every second; what a process that is
gone has left is taken over by another, whole calls at a time. Lengths of time are the database's: clocks of
two machines differ.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, func, or_, select, text, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from warmtransfer.core import orders as do
from warmtransfer.core.call import Call, Stage
from warmtransfer.errors import StoreBusy
from warmtransfer.ports.store import foreign
from warmtransfer.ports.store.faults import mapped
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.records import Member
from warmtransfer.ports.store.tables import LIVE, OPEN, call, outbox, process

#: Seconds for which a process counts as up after it last said so.
LEASE = 2.5

_NOW = func.extract("epoch", func.clock_timestamp())
_TALKING = call.c.stage.in_([stage.value for stage in Stage if stage is not Stage.OVER])
_NOTIFY = text("SELECT pg_notify('warmtransfer_' || :target, :call_id)")
#: The process that has the newest order of each lane which is not done yet.
_LANES = (
    select(outbox.c.lane, outbox.c.process)
    .where(outbox.c.call_id == bindparam("which"), OPEN, outbox.c.process != "")
    .order_by(outbox.c.id)
)

Transaction = Callable[..., AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Other:
    """Another process that has said that it is there."""

    id: str
    place: str
    pid: int
    until: float
    expired: bool


@dataclass(frozen=True, slots=True)
class Given:
    """What of one call is this process's to do: its orders, with from how many processes each was taken."""

    call: Call
    holder: str
    orders: tuple[tuple[int, do.Order, int], ...]


class Leases:
    """This process among the others. Any thread may call it; StoreBusy as the store."""

    def __init__(self, engine: Engine, transaction: Transaction, owner: Owner | None) -> None:
        self.me = secrets.token_hex(8)
        #: Calls of another account or number are for processes of theirs.
        self._ours = call.c.owner == str(owner) if owner else true()
        self._foreign: set[int] = set()  #: orders of another release, which are left alone
        self.leaving = False  #: said to those who look at us
        self._engine = engine
        self._transaction = transaction
        held = select(func.count()).where(self._ours, LIVE, _TALKING, call.c.holder == process.c.id)
        age = (_NOW - process.c.until + LEASE).label("age")
        self._members = select(
            *(process.c.id, process.c.host, process.c.pid, process.c.since, age),
            *(held.scalar_subquery(), process.c.streams, process.c.leaving),
        ).order_by(process.c.since, process.c.id)

    # Deciding, in the store's transaction -----------------------------------------------------------

    def assign(self, db: Connection, call_id: str, holder: str, orders: Sequence[do.Order]) -> list[str]:
        """The process that is to do each order: the relay's where the stream is, a lane's where it runs."""
        lanes: dict[str, str] = {}
        if any(not order.local for order in orders):
            lanes = {row.lane: row.process for row in db.execute(_LANES, {"which": call_id})}
        return [
            holder if _beside_the_stream(order) else lanes.get(order.lane.value, self.me) for order in orders
        ]

    def tell(self, db: Connection, call_id: str, processes: set[str]) -> None:
        """Have these, but not this one, look at the call once this transaction has been committed."""
        for target in processes - {"", self.me}:
            db.execute(_NOTIFY, {"target": target, "call_id": call_id})

    # Being there ------------------------------------------------------------------------------------

    def beat(self, place: str, streams: int = 0) -> tuple[bool, list[Other]]:
        """Say that this process is up; whether it was not known any more, and who else there is."""
        here = {"place": place, "pid": os.getpid(), "host": socket.gethostname()}
        news = {"until": _NOW + LEASE, "streams": streams, "leaving": self.leaving}
        given = insert(process).values({"id": self.me, "since": _NOW, **here, **news})
        replaced = {name: given.excluded[name] for name in news}
        known = given.on_conflict_do_update(index_elements=["id"], set_=replaced)
        with self._transaction() as db:
            new = bool(db.execute(known.returning(text("xmax = 0"))).scalar_one())
            rows = db.execute(
                select(process, (process.c.until < _NOW).label("expired")).where(process.c.id != self.me)
            )
            return new, [Other(each.id, each.place, each.pid, each.until, each.expired) for each in rows]

    def bury(self, gone: Sequence[Other]) -> None:
        """Count these as gone, unless they have said something since."""
        with self._transaction() as db:
            for each in gone:
                db.execute(delete(process).where(process.c.id == each.id, process.c.until == each.until))

    def members(self, db: Connection) -> list[Member]:
        """Every process that serves this database, the oldest first."""
        return [Member(*row) for row in db.execute(self._members)]

    def leave(self) -> None:
        """Count this process as gone."""
        with self._transaction() as db:
            db.execute(delete(process).where(process.c.id == self.me))

    def hand_over(self) -> None:
        """Have somebody else take over the calls whose stream this process has; there is nobody who must."""
        with self._transaction() as db:
            db.execute(update(call).where(self._ours, LIVE, call.c.holder == self.me).values(holder=""))

    # Taking over ------------------------------------------------------------------------------------

    def take(self, most: int = 50) -> list[tuple[str, bool]]:
        """Take over calls of which a process that is gone had the stream (then True), or orders."""
        with self._transaction() as db:
            left = [
                *db.scalars(
                    select(call.c.id).where(self._ours, LIVE, _TALKING, _orphan(call.c.holder)).limit(most)
                )
            ]
            undone = (
                select(outbox.c.call_id)
                .distinct()
                .join(call, call.c.id == outbox.c.call_id)
                .where(self._ours, OPEN, _orphan(outbox.c.process))
                .limit(most)
            )
            wanted = {*left, *db.scalars(undone)}
            if not wanted:
                return []
            # Whoever has a row of these decides just now, or takes it over as we would.
            mine = select(call.c.id, call.c.holder).where(call.c.id.in_(wanted))
            ids = [row.id for row in db.execute(mine.order_by(call.c.id).with_for_update(skip_locked=True))]
            live = call.c.id.in_({*ids} & {*left}), _orphan(call.c.holder)
            held = {*db.scalars(update(call).where(*live).values(holder=self.me).returning(call.c.id))}
            undone_there = outbox.c.call_id.in_(ids), OPEN, _orphan(outbox.c.process)
            db.execute(update(outbox).where(*undone_there).values(process=self.me, taken=outbox.c.taken + 1))
            return [(each, each in held) for each in ids]

    def given(self, call_id: str) -> Given | None:
        """What this process has to do for this call."""
        mine = outbox.c.call_id == call_id, OPEN, outbox.c.process == self.me
        with self._transaction(writes=False) as db:
            row = db.execute(select(call.c.state, call.c.holder).where(call.c.id == call_id)).one_or_none()
            if row is None:
                return None
            found = db.execute(
                select(outbox.c.id, outbox.c.order, outbox.c.taken).where(*mine).order_by(outbox.c.id)
            )
            read = [(each.id, foreign.open_order(each.id, each.order), each.taken) for each in found]
        self._foreign.update(number for number, order, _ in read if order is None)
        known = foreign.call(row.state)
        orders = tuple((number, order, taken) for number, order, taken in read if order is not None)
        return Given(known, row.holder, orders) if known else None

    def waiting(self) -> list[tuple[int, str]]:
        """The orders that are this process's and not done, each with its call."""
        mine = select(outbox.c.id, outbox.c.call_id).where(OPEN, outbox.c.process == self.me)
        with self._transaction(writes=False) as db:
            rows = db.execute(mine).all()
        return [(row.id, row.call_id) for row in rows if row.id not in self._foreign]

    def mine(self, order_id: int) -> bool:
        """Whether this order is still this process's to do."""
        which = select(outbox.c.process).where(outbox.c.id == order_id, OPEN)
        with self._transaction(writes=False) as db:
            return db.execute(which).scalar() == self.me

    def overdue(self, before: float, most: int = 100) -> list[Call]:
        """Calls whose alarm should have gone off before this second."""
        late = (
            select(call.c.state)
            .where(self._ours, LIVE, call.c.alarm_at > 0, call.c.alarm_at < before)
            .limit(most)
        )
        with self._transaction(writes=False) as db:
            return foreign.calls(row.state for row in db.execute(late))

    # Hearing ----------------------------------------------------------------------------------------

    @contextmanager
    def hearing(self) -> Iterator[Callable[[float], list[str]]]:
        """Within it, what it gives waits real seconds at most for calls that others want looked at."""
        try:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(f"LISTEN warmtransfer_{self.me}")
                driver: Any = connection.connection.driver_connection
                try:
                    yield lambda seconds: [
                        each.payload for each in driver.notifies(timeout=seconds, stop_after=1)
                    ]
                finally:
                    connection.invalidate()  # nobody else may get one that listens
        except SQLAlchemyError as exc:
            raise mapped(exc) from None
        except self._engine.dialect.loaded_dbapi.Error as exc:  # it waits without SQLAlchemy between
            raise StoreBusy(f"the database cannot be heard: {type(exc).__name__}") from None


def _orphan(column: Any) -> Any:
    """Nobody who is there has it."""
    return or_(column == "", column.not_in(select(process.c.id)))


def _beside_the_stream(order: do.Order) -> bool:
    """Only the process that has the call's stream can do it, or knows when it may be done."""
    return order.local or type(order) in (do.RemoveAI, do.RedirectCaller)
