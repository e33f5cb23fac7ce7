"""What is counted of a call besides its state: written where it is decided, so that nobody reads the journal
of all calls to know how it goes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, update

from warmtransfer.core import events as ev
from warmtransfer.core.call import Call
from warmtransfer.ports.store.records import Decision
from warmtransfer.ports.store.statements import NTH, WHICH
from warmtransfer.ports.store.tables import attempt, call

_at: BindParameter[float] = bindparam("when")
_one = call.c.id == bindparam(WHICH)
_tried = update(attempt).where(attempt.c.call_id == bindparam(WHICH))

#: When the telephone of attempt `NTH` rang first: what comes behind its answer is late news.
RANG = _tried.where(
    *(attempt.c.n == bindparam(NTH), attempt.c.rang_at == 0),
    *(attempt.c.answered_at == 0, attempt.c.joined_at == 0),
).values(rang_at=_at)
#: When the AI had left the two alone who talk.
ALONE = _tried.where(attempt.c.joined_at > 0, attempt.c.ended_at == 0, attempt.c.alone_at == 0).values(
    alone_at=_at
)
LOST = update(call).where(_one).values(losses=call.c.losses + 1)
QUIET = update(call).where(_one, call.c.quiet < bindparam("seconds")).values(quiet=bindparam("seconds"))


def of_call(after: Call) -> dict[str, Any]:
    """What its row says of the call as it stands."""
    return {"asked": after.handoff.number, "messaged": bool(after.message or after.recorded)}


def asked_at(after: Call, handoff: int) -> float:
    """When this request for a person was made, 0 for none."""
    return next((each.asked_at for each in (after.handoff, *after.past) if each.number == handoff), 0.0)


def note(db: Connection, decision: Decision) -> None:
    """Count what this fact is, besides what its call has become by it."""
    which = {WHICH: decision.call.id}
    match decision.event:
        case ev.HumanRang(n=n):
            db.execute(RANG, which | {NTH: n, "when": decision.call.at})
        case ev.AILeft():
            db.execute(ALONE, which | {"when": decision.call.at})
        case ev.ModelLost():
            db.execute(LOST, which)
        case ev.SilenceHeard(seconds=seconds):
            db.execute(QUIET, which | {"seconds": seconds})
