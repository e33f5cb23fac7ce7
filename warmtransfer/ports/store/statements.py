"""What is asked of the tables, each statement built once.

SQLAlchemy compiles a statement once, but building it anew, and finding what it was compiled to, is most of
what it costs: a decision took 1.5 ms of which the database had 0.2.
"""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, or_, select, text, update

from warmtransfer.core.call import Stage
from warmtransfer.ports.store.tables import LOCK_CALL, attempt, call, journal, outbox, transcript

#: Names of parameters that are no column.
WHICH, NTH, MOST = "which", "nth", "most"

_newest = (call.c.started_at.desc(), call.c.id.desc())
_mine = attempt.c.call_id == bindparam(WHICH), attempt.c.n == bindparam(NTH)

# Deciding ---------------------------------------------------------------------------------------------

#: The call's state, its row locked until the transaction ends.
LOCK = select(call.c.state).where(call.c.id == bindparam(WHICH)).with_for_update()
#: Where there is no row to lock yet, in PostgreSQL: those who would create it come one at a time.
LOCK_NAME = text(f"SELECT pg_advisory_xact_lock({LOCK_CALL}, hashtext(:{WHICH}))")
#: How long PostgreSQL waits for a lock, in this transaction.
LOCK_TIMEOUT = text(f"SELECT set_config('lock_timeout', :{MOST}, true)")
ADD_CALL = insert(call)
SET_CALL = update(call).where(call.c.id == bindparam(WHICH))
ADD_ATTEMPT = insert(attempt)
SET_ATTEMPT = update(attempt).where(*_mine)
ADD_FACT = insert(journal).returning(journal.c.id)
ADD_ORDER = insert(outbox).returning(outbox.c.id)
ORDER_DONE = update(outbox).where(outbox.c.id == bindparam(WHICH))
ADD_LINES = insert(transcript)

# Knowing ----------------------------------------------------------------------------------------------

STATE = select(call.c.state).where(call.c.id == bindparam(WHICH))
BY_CALLER = select(call.c.state).where(call.c.caller_sid == bindparam(WHICH)).order_by(*_newest).limit(1)
#: `IN` and not `!=`, which no index serves: most of what is remembered is over.
TALKING = (
    select(func.count())
    .select_from(call)
    .where(call.c.stage.in_([stage.value for stage in Stage if stage is not Stage.OVER]))
)
NEWEST = select(call.c.state).order_by(*_newest).limit(bindparam(MOST))
LIVE = NEWEST.where(or_(call.c.stage != Stage.OVER.value, call.c.alarm_at > 0))
#: Over and not looked after any more; or of another release, whose stages we do not know.
OLD = (
    select(call.c.id)
    .where(
        call.c.updated_at < bindparam(WHICH),
        or_(
            (call.c.stage == Stage.OVER.value) & (call.c.alarm_at == 0),
            call.c.stage.not_in([stage.value for stage in Stage]),
        ),
    )
    .limit(bindparam(MOST))
    .with_for_update()
)
LEGS_TO = select(attempt.c.call_sid).where(attempt.c.number == bindparam(WHICH), attempt.c.call_sid != "")
JOURNAL = select(journal).where(journal.c.call_id == bindparam(WHICH)).order_by(journal.c.id)
ORDERS = select(outbox).where(outbox.c.call_id == bindparam(WHICH)).order_by(outbox.c.id)
TRANSCRIPT = select(transcript).where(transcript.c.call_id == bindparam(WHICH)).order_by(transcript.c.id)
OPEN = select(outbox.c.id, outbox.c.order).where(outbox.c.done_at == 0).order_by(outbox.c.id)
OPEN_OF = OPEN.where(outbox.c.call_id == bindparam(WHICH))
