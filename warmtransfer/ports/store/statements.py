"""What is asked of the tables, each statement built once.

SQLAlchemy compiles a statement once, but building it anew, and finding what it was compiled to, is most of
what it costs: a decision took 1.5 ms of which the database had 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Select,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    true,
    update,
)

from warmtransfer.core.call import Stage
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.tables import (
    DUE,
    FETCHED,
    LIVE,
    LOCK_ARRIVALS,
    LOCK_CALL,
    LOCK_PRUNE,
    attempt,
    call,
    callback,
    callback_order,
    event,
    found,
    journal,
    line,
    listener,
    outbox,
    recording,
    sound,
    transcript,
    waiting,
)
from warmtransfer.ports.store.tables import claim as seat

#: Names of parameters that are no column.
WHICH, NTH, MOST, BEFORE = "which", "nth", "most", "before"

_newest = (call.c.started_at.desc(), call.c.id.desc())
_mine = attempt.c.call_id == bindparam(WHICH), attempt.c.n == bindparam(NTH)

# Deciding ---------------------------------------------------------------------------------------------

#: Where there is no row to lock yet, in PostgreSQL: those who would create it come one at a time.
LOCK_NAME = text(f"SELECT pg_advisory_xact_lock({LOCK_CALL}, hashtext(:{WHICH}))")
#: In PostgreSQL: callers who arrive are counted one after the other.
LOCK_COUNT = text(f"SELECT pg_advisory_xact_lock({LOCK_ARRIVALS})")
#: In PostgreSQL: whether this owner's old calls are forgotten by nobody else just now.
TRY_PRUNING = text(f"SELECT pg_try_advisory_xact_lock({LOCK_PRUNE}, hashtext(:{WHICH}))")
#: How long PostgreSQL waits for a lock in this transaction, and lets one stand that nobody goes on with.
LOCK_TIMEOUT = text(
    f"SELECT set_config('lock_timeout', :{MOST}, true), "
    "set_config('idle_in_transaction_session_timeout', '5s', true)"
)
ADD_CALL = insert(call)
SET_CALL = update(call).where(call.c.id == bindparam(WHICH))
ADD_ATTEMPT = insert(attempt)
SET_ATTEMPT = update(attempt).where(*_mine)
ADD_FACT = insert(journal).returning(journal.c.id)
ADD_ORDER = insert(outbox).returning(outbox.c.id)
ORDER_DONE = update(outbox).where(outbox.c.id == bindparam(WHICH))
ADD_LINES = insert(transcript)
KEEP_FOUND = insert(found)
FOUND = select(found.c.settings).where(found.c.owner == bindparam(WHICH))
FORGET_FOUND = delete(found).where(found.c.owner == bindparam(WHICH))

# Turns ------------------------------------------------------------------------------------------------

LOCK_LINE = select(line.c.line).where(line.c.account == bindparam(WHICH)).with_for_update()
#: Both databases know it; of two processes that find no row, one makes it.
ADD_LINE = text(f"INSERT INTO {line.name} (account, line) VALUES (:{WHICH}, '{{}}') ON CONFLICT DO NOTHING")
SET_LINE = update(line).where(line.c.account == bindparam(WHICH))
#: PostgreSQL's clock; and nobody waits for its disk, since a turn that is forgotten in a crash costs nothing.
CLOCK = text(
    "SELECT extract(epoch FROM clock_timestamp()), set_config('synchronous_commit', 'off', true)"
)

# Knowing ----------------------------------------------------------------------------------------------

#: CallSids are nobody else's, so these may be those of every owner's calls.
LEGS_TO = select(attempt.c.call_sid).where(attempt.c.number == bindparam(WHICH), attempt.c.call_sid != "")
JOURNAL = select(journal).where(journal.c.call_id == bindparam(WHICH)).order_by(journal.c.id)
ORDERS = select(outbox).where(outbox.c.call_id == bindparam(WHICH)).order_by(outbox.c.id)
TRANSCRIPT = select(transcript).where(transcript.c.call_id == bindparam(WHICH)).order_by(transcript.c.id)
OPEN = select(outbox.c.id, outbox.c.order).where(outbox.c.done_at == 0).order_by(outbox.c.id)
OPEN_OF = OPEN.where(outbox.c.call_id == bindparam(WHICH))


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked of the calls of one owner; without one, of all."""

    lock: Select[Any]  #: the call's state and holder, its row locked until the transaction ends
    state: Select[Any]
    by_caller: Select[Any]
    talking: Select[Any]
    newest: Select[Any]
    live: Select[Any]
    old: Select[Any]  #: over and not looked after any more, or of another release


def questions(owner: Owner | None, *, unclaimed: bool = False) -> Questions:
    """The questions that see this owner's calls and no others.

    `unclaimed`: lists see, too, what this owner may claim. What is asked by id always does: a process of an
    older release may have kept the call while we run.
    """
    mine: ColumnElement[bool] = call.c.owner == str(owner) if owner else true()
    named = or_(mine, _claimable(owner)) if owner else mine
    listed = named if unclaimed else mine
    state = select(call.c.state, call.c.owner, call.c.holder)
    one = state.where(call.c.id == bindparam(WHICH), named)
    caller = call.c.caller_sid == bindparam(WHICH)
    newest = state.where(listed).order_by(*_newest).limit(bindparam(MOST))
    over = call.c.stage == Stage.OVER.value
    # Of another release, whose stages we do not know.
    strange = call.c.stage.not_in([stage.value for stage in Stage])
    return Questions(
        lock=one.with_for_update(),
        state=one,
        by_caller=state.where(caller, named).order_by(*_newest).limit(1),
        talking=select(func.count()).select_from(call).where(mine, LIVE, ~over),
        newest=newest,
        live=newest.where(LIVE),
        old=select(call.c.id)
        .where(mine, or_(over & (call.c.alarm_at == 0), strange), call.c.updated_at < bindparam(BEFORE))
        .where(call.c.id.not_in(select(callback.c.call_id).where(DUE)))
        .where(call.c.id.not_in(select(recording.c.call_id).where(FETCHED)))
        .limit(bindparam(MOST))
        # One that somebody decides about is for next time.
        .with_for_update(skip_locked=True),
    )


#: What has a call's id.
THEIRS = (
    attempt, callback, event, journal, listener, outbox, recording, seat, sound, transcript, waiting,
)  # fmt: skip


def erased(ids: Sequence[str]) -> Iterator[Delete]:
    """The statements that leave nothing of these calls."""
    theirs = select(callback.c.id).where(callback.c.call_id.in_(ids))
    yield delete(callback_order).where(callback_order.c.callback_id.in_(theirs))
    for table in THEIRS:
        yield delete(table).where(table.c.call_id.in_(ids))
    yield delete(call).where(call.c.id.in_(ids))


#: A call that an older release has kept, if there is one.
UNCLAIMED = select(call.c.id).where(call.c.owner == "").limit(1)


def claim(owner: Owner) -> Update:
    """Make this owner's what an older release has kept without one: calls that came to its number."""
    return update(call).where(_claimable(owner)).values(owner=str(owner))


def _claimable(owner: Owner) -> ColumnElement[bool]:
    return and_(call.c.owner == "", call.c.state["called"].as_string() == owner.number)
