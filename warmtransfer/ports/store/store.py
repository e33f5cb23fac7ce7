"""What is remembered: every call, what was decided and why, what is still to be done, what was said.

SQLite's work runs in a real thread (`offload`), so that a commit never stalls audio; PostgreSQL's driver
waits cooperatively by itself. A transaction is whole or absent, whenever the process is killed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from warmtransfer.core import orders as do
from warmtransfer.core.call import Call, Stage
from warmtransfer.core.plans import Known
from warmtransfer.core.search import Search
from warmtransfer.errors import ConfigError
from warmtransfer.ports.store import claims, foreign, opening, schema
from warmtransfer.ports.store import statements as sql
from warmtransfer.ports.store.duty import Duty
from warmtransfer.ports.store.faults import mapped
from warmtransfer.ports.store.file import File, path_of
from warmtransfer.ports.store.leases import Leases
from warmtransfer.ports.store.line import Run as Offload
from warmtransfer.ports.store.line import SharedLine
from warmtransfer.ports.store.mailbox import SWEEP, Mailbox
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.records import Decision as Decision
from warmtransfer.ports.store.records import JournalOrder, JournalRow, Line, Standing
from warmtransfer.ports.store.records import Saved as Saved
from warmtransfer.ports.store.saving import Row, Whose, clean, save
from warmtransfer.ports.store.searching import narrowed
from warmtransfer.ports.store.statements import BEFORE, MOST, WHICH

T = TypeVar("T")

#: Seconds for which a failure is news, if nothing was asked of the database since.
LATELY = 60.0
#: Calls that are forgotten in one transaction: some thousand rows, a few hundredths of a second.
BITE = 20


class Store:
    """The database. Any thread may call it.

    StoreBusy: it cannot be had right now, nothing was saved, ask again. WarmTransferError: asking again
    does not help.
    """

    def __init__(
        self,
        url: str,
        offload: Offload,
        now: Callable[[], float] = time.time,
        *,
        owner: Owner | None = None,
        reading: bool = False,
        tells: bool = False,
    ) -> None:
        """Nothing is opened yet; raises ConfigError for a `url` that cannot be one.

        Calls of another `owner` are as good as absent; without one all are there. With `reading` nothing is
        ever changed, and ConfigError raised when there are no calls to be read. `tells`: the host's systems.
        """
        self._now = now
        self._owner = owner
        self._ask = sql.questions(owner, unclaimed=reading)
        self._reading = reading
        self._engine = opening.make_engine(url, reading=reading)
        self._postgres = self._engine.dialect.name == "postgresql"
        self._run: Offload = here if self._postgres else offload
        #: Other processes on the same database; None where there can be none.
        self.leases: Leases | None = None
        if self._postgres and not reading:
            self.leases = Leases(self._engine, self._transaction, owner)
        self.whose = Whose(owner, self.leases, tells)
        me = self.leases.me if self.leases else None
        #: Who waits for a turn to have a leg made.
        self.line = SharedLine(self._run, self._transaction, owner.account if owner else "", me)
        self.duty = Duty(self._run, self._transaction, owner, now)
        self.mailbox = Mailbox(self._run, self._transaction, str(owner) if owner else None, self._postgres)
        self._file = None if self._postgres else File(path_of(self._engine.url.database or ""))
        self._failed: tuple[float, str] | None = None  #: monotonic seconds, when the last transaction did
        self._prepared = False
        if reading:
            self.open()

    def open(self) -> None:
        """Make sure of the tables, as whatever is asked first does; raises ConfigError."""
        self._run(self._prepare)

    def _prepare(self) -> None:
        if not self._prepared:
            opening.check(self._engine, self._owner, reading=self._reading)  # two threads may: harmless
            self._prepared = True

    def close(self) -> None:
        """Close every connection."""
        self._run(opening.close, self._engine)

    def trouble(self) -> str:
        """Why the database cannot be relied on, by its file and by what was asked of it last; else ""."""
        failed = self._failed
        if failed is not None and time.monotonic() - failed[0] < LATELY:
            return failed[1]
        return self._file.trouble() if self._file else ""

    def standing(self) -> Standing:
        """How it stands with the tables and with whoever serves them; raises as the rest."""
        return self._run(self._standing)

    def _standing(self) -> Standing:
        with self._transaction(writes=False, counts=False) as db:
            lacks = schema.lacking(db)
            members = self.leases.members(db) if self.leases and not lacks else []
            return Standing(lacks, tuple(members), int(db.execute(self._ask.talking).scalar_one()))

    # Deciding ---------------------------------------------------------------------------------------

    def known(self, numbers: Sequence[str], at: float) -> Known:
        """How it stands with these numbers, for whoever asks and rings nobody."""
        asked = Call("", at=at), numbers, str(self._owner or "")
        return self.within(lambda db: claims.known(db, *asked), writes=False)

    def decide(
        self, call_id: str, fn: Callable[[Call | None], Decision | None], wait: float = 3.0
    ) -> Saved | None:
        """Save what `fn` makes of the call, with its journal row and orders, in one transaction.

        `fn` sees the call as it is, or None; it is called once, under the row's lock, perhaps in another
        thread, so it must be pure. None from it saves nothing. StoreBusy after `wait` seconds, and for one
        that rings somebody who is taken.
        """
        return self._run(self._decide, call_id, fn, wait)

    def _decide(
        self, call_id: str, fn: Callable[[Call | None], Decision | None], wait: float
    ) -> Saved | None:
        with self._transaction(wait) as db:
            found = self._lock(db, call_id)
            decision = fn(found.call)
            if decision is None:
                return None
            decision = claims.settled(db, decision, self._owner, self._postgres)
            return save(db, found, decision, self.whose)

    def _lock(self, db: Connection, call_id: str) -> Row:
        """The call's row, locked until the end. SQLite's BEGIN IMMEDIATE has locked everything."""
        row = db.execute(self._ask.lock, {WHICH: call_id}).one_or_none()
        if row is None and self._postgres:
            db.execute(sql.LOCK_NAME, {WHICH: call_id})
            row = db.execute(self._ask.lock, {WHICH: call_id}).one_or_none()
        return Row() if row is None else Row(foreign.call(row.state), row.holder, row.state)

    def arrive(self, call_sid: str, most: int, fn: Callable[[], Decision]) -> Saved | Call | None:
        """Save a new call for this caller's leg, as `fn` makes it; or give the one that is not over.

        None when `most` calls are up, unless this caller was here before. Callers are counted one at a time.
        """
        return self._run(self._arrive, call_sid, most, fn)

    def _arrive(self, call_sid: str, most: int, fn: Callable[[], Decision]) -> Saved | Call | None:
        with self._transaction() as db:
            if self._postgres:
                db.execute(sql.LOCK_COUNT)
            state = db.execute(self._ask.by_caller, {WHICH: call_sid}).scalar()
            known = None if state is None else foreign.call(state)
            if known is not None:
                if known.stage is not Stage.OVER:
                    return known
            elif int(db.execute(self._ask.talking).scalar_one()) >= most:
                return None
            return save(db, Row(), fn(), self.whose)

    # Orders -----------------------------------------------------------------------------------------

    def order_done(self, order_id: int, result: str) -> None:
        """Note that an order was carried out, and what came of it."""
        self.orders_done([(order_id, result)])

    def orders_done(self, done: Sequence[tuple[int, str]]) -> None:
        """Note that orders were carried out, at once."""
        at = self._now()
        rows = [{WHICH: number, "done_at": at, "result": clean(result)} for number, result in done]
        self._run(self._write, sql.ORDER_DONE, rows)

    def open_orders(self, call_id: str = "") -> list[tuple[int, do.Order]]:
        """Orders that were not carried out, oldest first, of one call or of all."""
        rows = self._read(sql.OPEN_OF, {WHICH: call_id}) if call_id else self._read(sql.OPEN)
        read = [(row.id, foreign.open_order(row.id, row.order)) for row in rows]
        return [(number, order) for number, order in read if order is not None]

    # Calls ------------------------------------------------------------------------------------------

    def load(self, call_id: str) -> Call | None:
        """The call with this id."""
        return self._first(self._ask.state, call_id)

    def by_caller(self, call_sid: str) -> Call | None:
        """The newest call of the caller's leg `call_sid`."""
        return self._first(self._ask.by_caller, call_sid)

    def calls(self, limit: int = 50, live: bool = False) -> list[Call]:
        """The newest calls first; `live`: only those that are not over, or still have a timer."""
        rows = self._read(self._ask.live if live else self._ask.newest, {MOST: limit})
        return foreign.calls(row.state for row in rows)

    def search(self, wanted: Search) -> list[tuple[Call, str]]:
        """The calls wanted, each with its owner's account and number; "" for one that nobody has claimed."""
        rows = self._read(narrowed(self._ask.newest, wanted), {MOST: wanted.limit})
        read = [(foreign.call(row.state), row.owner) for row in rows]
        return [(call, owner) for call, owner in read if call is not None]

    def owner(self, call_id: str) -> str:
        """The owner of this call as `search` has it, "" also for a call that is not known."""
        return next((row.owner for row in self._read(self._ask.state, {WHICH: call_id})), "")

    def legs_to(self, number: str) -> frozenset[str]:
        """CallSids of all known attempts at this number."""
        return frozenset(row.call_sid for row in self._read(sql.LEGS_TO, {WHICH: number}))

    def journal(self, call_id: str) -> list[JournalRow]:
        """Every decision about the call, in order, with what came of its orders."""
        rows = self._read(sql.JOURNAL, {WHICH: call_id})
        given: dict[int, list[JournalOrder]] = {}
        for row in self._read(sql.ORDERS, {WHICH: call_id}):
            order = JournalOrder(row.id, foreign.given_order(row.order), row.done_at, row.result)
            given.setdefault(row.journal_id, []).append(order)
        return [
            JournalRow(row.at, row.event, row.data, row.before, row.after, tuple(given.get(row.id, ())))
            for row in rows
        ]

    def add_lines(self, lines: Sequence[tuple[str, float, str, str]]) -> None:
        """Keep what was said, in order: call, time, who, words."""
        names = ("call_id", "at", "who", "text")
        rows = [dict(zip(names, (*line[:3], clean(line[3])), strict=True)) for line in lines]
        self._run(self._write, sql.ADD_LINES, rows)

    def transcript(self, call_id: str) -> list[Line]:
        """What was said, in the order in which it was noted."""
        return [Line(row.at, row.who, row.text) for row in self._read(sql.TRANSCRIPT, {WHICH: call_id})]

    def prune(self, before: float) -> int | None:
        """Forget some calls that are over and were last heard of before this second; how many.

        `BITE` at most: whoever waits for the database meanwhile waits for no more than these. None while
        another process is at it.
        """
        return self._run(self._prune, before)

    def _prune(self, before: float) -> int | None:
        with self._transaction() as db:
            if self._postgres and not db.scalar(sql.TRY_PRUNING, {WHICH: str(self._owner)}):
                return None
            ids = [row.id for row in db.execute(self._ask.old, {BEFORE: before, MOST: BITE})]
            if ids:
                for statement in sql.erased(ids):
                    db.execute(statement)
            else:
                db.execute(SWEEP)
            return len(ids)

    # The account's settings ---------------------------------------------------------------------------

    def found(self, name: str) -> dict[str, Any] | None:
        """What was kept under this name, None for nothing."""
        return next((dict(row.settings) for row in self._read(sql.FOUND, {WHICH: name})), None)

    def keep_found(self, name: str, settings: Mapping[str, Any]) -> None:
        """Keep this under the name, unless something is kept already: the first finding counts."""
        if self.found(name) is None:
            row = {"owner": name, "settings": dict(settings), "at": self._now()}
            self._run(self._write, sql.KEEP_FOUND, [row])

    def forget_found(self, name: str) -> None:
        """Keep nothing under this name."""
        self._run(self._write, sql.FORGET_FOUND, [{WHICH: name}])

    # Reading for others -----------------------------------------------------------------------------

    @property
    def mine(self) -> Owner | None:
        """Whose calls there are."""
        return self._owner

    def ask(self, query: Any, given: Mapping[str, Any] | None = None) -> list[Any]:
        """The rows of a question of this room's that is asked nowhere else."""
        return self._read(query, given)

    # Transactions -----------------------------------------------------------------------------------

    def within(self, fn: Callable[[Connection], T], wait: float = 3.0, **how: bool) -> T:
        """What `fn` makes of one transaction, perhaps in another thread: for a room's tables besides."""
        def work() -> T:
            with self._transaction(wait, **how) as db:
                return fn(db)

        return self._run(work)

    def _read(self, query: Any, given: Mapping[str, Any] | None = None) -> list[Any]:
        return self.within(lambda db: list(db.execute(query, given).all()), writes=False)

    def _first(self, query: Any, which: str) -> Call | None:
        rows = self._read(query, {WHICH: which})
        return foreign.call(rows[0].state) if rows else None

    def _write(self, statement: Any, rows: list[dict[str, Any]]) -> None:
        with self._transaction() as db:
            db.execute(statement, rows)

    @contextmanager
    def _transaction(
        self, wait: float = 3.0, writes: bool = True, counts: bool = True
    ) -> Iterator[Connection]:
        """A transaction, committed at the end and rolled back on any error; foreign errors end here.

        Not chained: their texts hold the statement with numbers and words of the call. What only looks
        whether there is trouble does not count as proof that there is none.
        """
        known = self._failed
        try:
            self._prepare()
            with self._engine.connect() as connection:
                db = connection.execution_options(writes=writes, wait=wait)
                with db.begin():
                    if self._postgres and writes:
                        db.execute(sql.LOCK_TIMEOUT, {MOST: f"{max(1, int(wait * 1000))}ms"})
                    yield db
            if self._file:
                self._file.trouble()
        except SQLAlchemyError as exc:
            fault = mapped(exc)
            self._failed = (time.monotonic(), str(fault))
            raise fault from None
        except ConfigError as exc:  # its text names hosts and files: nothing for strangers
            behind = isinstance(exc, opening.Behind)
            why = "is not up to date for this release" if behind else "will not do, as DATABASE_URL stands"
            self._failed = (time.monotonic(), f"the database {why}")
            raise
        self._failed = None if counts else known


def here(fn: Callable[..., T], /, *args: Any) -> T:
    """What needs no other thread: an Offload that calls."""
    return fn(*args)
