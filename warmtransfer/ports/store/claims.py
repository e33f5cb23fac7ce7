"""Whose telephone is in use: a seat of it is held by one attempt, or by who listens to a call, over all
calls and processes.

Decisions that ring somebody are made one at a time, each with what the ones before it have left. A claim
ends with its leg, in the transaction that says so, or with its call; what is left of a call that nobody looks
after any more counts for nothing, and is swept away by whoever looks next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, text

from warmtransfer.core.call import Call, Stage
from warmtransfer.core.outcomes import NOT_IN_VAIN
from warmtransfer.core.plans import Claim, Known, telephone
from warmtransfer.errors import StoreBusy
from warmtransfer.ports.store import waiting
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.records import Decision
from warmtransfer.ports.store.tables import DUE, LIVE, LOCK_RINGING, attempt, call, callback, claim, duty

#: Seconds for which somebody's last talk is remembered: who was idle for longer is as idle as anybody.
DAY = 86_400.0
#: And for which a ring in vain may count, whatever a plan says.
LONGEST_REST = 9_999.0

#: In PostgreSQL: decisions that ring somebody come one after the other. A few a second, for milliseconds.
LOCK = text(f"SELECT pg_advisory_xact_lock({LOCK_RINGING})")
#: Nobody looks after the call any more, or it was deleted.
LEFT = delete(claim).where(
    claim.c.call_id.not_in(select(call.c.id).where(LIVE)),
    claim.c.call_id.not_in(select(callback.c.id).where(DUE)),
)
HELD = select(claim.c.telephone, claim.c.since).where(claim.c.call_id != bindparam("which"))
SEATS = select(claim.c.seat).where(claim.c.telephone == bindparam("which"))
#: Both databases know it; of two who take one seat, one does.
TAKE = text(
    f"INSERT INTO {claim.name} (telephone, seat, call_id, n, since) "
    "VALUES (:telephone, :seat, :call_id, :n, :since) ON CONFLICT DO NOTHING"
)
RELEASE = delete(claim).where(claim.c.call_id == bindparam("which"))
RELEASE_SOME = RELEASE.where(claim.c.n.in_(bindparam("ended", expanding=True)))

_theirs = attempt.c.number.in_(bindparam("numbers", expanding=True))
_phone = (attempt.c.number, attempt.c.digits)
VAIN = (
    select(*_phone, func.max(attempt.c.ended_at).label("at"))
    .where(_theirs, attempt.c.ended_at > bindparam("since"), attempt.c.call_id != bindparam("which"))
    .where(attempt.c.outcome.not_in([each.value for each in NOT_IN_VAIN]))
    .group_by(*_phone)
)
IDLE = (
    select(*_phone, func.max(attempt.c.ended_at).label("at"))
    .where(_theirs, attempt.c.ended_at > bindparam("since"), attempt.c.joined_at > 0)
    .group_by(*_phone)
)
SPOKE = (
    select(*_phone, func.max(attempt.c.joined_at).label("at"))
    .join(call, call.c.id == attempt.c.call_id)
    .where(_theirs, attempt.c.joined_at > 0, call.c.caller == bindparam("caller"))
    .group_by(*_phone)
)
AWAY = select(duty.c.name, duty.c.since).where(duty.c.owner == bindparam("owner"))


def settled(db: Connection, decision: Decision, owner: Owner | None, postgres: bool) -> Decision:
    """The decision made again, if it rings somebody, with what is known at this moment."""
    ringing = decision.ringing
    if ringing is None:
        return decision
    if postgres:
        db.execute(LOCK)
    db.execute(LEFT)
    return ringing.again(known(db, decision.call, ringing.numbers, str(owner or "")))


def save(db: Connection, before: Call | None, decision: Decision) -> None:
    """Release what this decision ends, then take what it needs."""
    _release(db, before, decision.call)
    for each in decision.claims:
        take(db, each, decision.call)


def known(db: Connection, decided: Call, numbers: Iterable[str], owner: str) -> Known:
    """What is known of these numbers, but for what the call itself holds of them."""
    which = {"which": decided.id, "numbers": list(numbers)}
    engaged: defaultdict[str, list[float]] = defaultdict(list)
    for row in db.execute(HELD, {"which": decided.id}):
        engaged[row.telephone].append(row.since)
    caller = decided.caller if decided.caller.startswith(("+", "sip:", "client:")) else ""
    line = waiting.others(db, decided.id, owner)
    return Known(
        line=line,
        talks=waiting.talks(db, which["numbers"], decided.at) if line or engaged else {},
        engaged={phone: tuple(sorted(since)) for phone, since in engaged.items()},
        vain=_times(db.execute(VAIN, {**which, "since": decided.at - LONGEST_REST})),
        idle=_times(db.execute(IDLE, {"numbers": which["numbers"], "since": decided.at - DAY})),
        spoke=_times(db.execute(SPOKE, {"numbers": which["numbers"], "caller": caller})) if caller else {},
        away={row.name: row.since for row in db.execute(AWAY, {"owner": owner})},
    )


def _times(rows: Iterable[Any]) -> dict[str, float]:
    return {telephone(row.number, row.digits): row.at for row in rows}


def _release(db: Connection, before: Call | None, after: Call) -> None:
    was = _ended(before) if before else set()
    ended = sorted(_ended(after) - was)
    if after.stage is Stage.OVER and not after.alarm_at and (after.attempts or after.supervisor):
        db.execute(RELEASE, {"which": after.id})
    elif ended:
        db.execute(RELEASE_SOME, {"which": after.id, "ended": ended})


def _ended(call: Call) -> set[int]:
    """Whose legs are over, by what their claims are held by."""
    listener = {call.supervisor.seat} if call.supervisor and call.supervisor.ended else set()
    return {each.n for each in call.attempts if each.ended} | listener


def take(db: Connection, wanted: Claim, taker: Call) -> None:
    """StoreBusy when there is no seat: the decision was made without knowing, and is to be made again."""
    held = set(db.scalars(SEATS, {"which": wanted.telephone}))
    seat = next((each for each in range(wanted.seats) if each not in held), None)
    row = {"telephone": wanted.telephone, "seat": seat, "call_id": taker.id, "n": wanted.n, "since": taker.at}
    if seat is None or not db.execute(TAKE, row).rowcount:
        raise StoreBusy(f"leg {wanted.n} of call {taker.id} rings somebody who is taken")
