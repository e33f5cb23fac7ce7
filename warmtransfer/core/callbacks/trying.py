"""What follows for a callback when its time has come, or its legs have ended: who is rung, and when again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from warmtransfer.core.call import Attempt, Call, Handoff, Style
from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks.callback import Callback, Leg, Side, Then
from warmtransfer.core.callbacks.limits import Limits, opens
from warmtransfer.core.legs import Heard
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.reach import Why
from warmtransfer.core.rounds import next_round, skipped
from warmtransfer.core.rules import Human, Rules

#: Seconds until it is looked whether somebody who is never there has got hours.
NEVER = 3600.0
#: Seconds from which nobody takes a detection's word that somebody has talked with a mailbox.
TALK = 60.0


@dataclass(frozen=True, slots=True)
class By:
    """What is decided by."""

    rules: Rules
    limits: Limits


Reading = tuple[Callback, ev.Fact | None]


def begin(callback: Callback, by: By) -> Reading:
    """Its time has come: somebody is rung, or looked for again."""
    if by.rules.humans and (human := next(iter(next_round(as_call(callback), by.rules)), None)):
        return _ring(callback, human), ev.HumanToRing()
    if callback.at >= callback.last_at:
        return replace(callback, why="nobody_there"), ev.OutOfTries()
    return replace(callback, due_at=_next_look(callback, by)), ev.NobodyNow()


def _next_look(callback: Callback, by: By) -> float:
    """When somebody may be there: soon for those who are busy, at their opening for the others."""
    away = skipped(as_call(callback), by.rules)
    if any(each.why != Why.CLOSED for each in away):
        return callback.at + by.limits.again
    at = opens(by.rules, callback.target, callback.at) or callback.at + NEVER
    return max(at, callback.at + by.limits.again)


def _ring(callback: Callback, human: Human) -> Callback:
    leg = Leg(
        n=len(callback.legs) + 1,
        side=Side.HUMAN,
        attempt=callback.attempt,
        name=human.name,
        number=human.number,
        digits=human.digits,
        caller_id=human.caller_id,
        detection=human.detection,
        ring=human.ring,
        dialled_at=callback.at,
    )
    return replace(callback, legs=(*callback.legs, leg), room_sid="", then=Then.NEXT)


def settle(callback: Callback, by: By) -> Reading:
    """The next human of this try; when there is none it is over."""
    if human := next(iter(next_round(as_call(callback), by.rules)), None):
        return _ring(callback, human), ev.HumanToRing()
    human_leg = callback.human
    if human_leg is not None and human_leg.outcome is not None:
        callback = replace(callback, why=f"human_{human_leg.outcome.value}")
    return over(callback, by)


def over(callback: Callback, by: By) -> Reading:
    """The try is over, and has not brought them together."""
    callback = replace(callback, tries=callback.tries + 1, room_sid="")
    if callback.tries - callback.spent >= by.limits.tries:
        return callback, ev.OutOfTries()
    due = callback.at + by.limits.between
    due = opens(by.rules, callback.target, due) or due
    return replace(callback, due_at=due, last_at=max(callback.last_at, due + by.limits.keep)), ev.TryOver()


def concluded(callback: Callback, by: By) -> Reading:
    """No leg is up any more."""
    callback = _without_mailbox(callback)
    match callback.then:
        case Then.NEXT:
            return settle(callback, by)
        case Then.RETRY:
            return over(callback, by)
        case Then.DONE:
            return callback, ev.Talked()
        case Then.CANCELLED:
            return callback, ev.Withdrawn()


def _without_mailbox(callback: Callback) -> Callback:
    """A talk with a mailbox was none, however late it is known for one; one that was long, was a talk."""
    caller = callback.caller
    if caller is None or caller.answered_by != Heard.MACHINE or caller.outcome is not Outcome.ACCEPTED:
        return callback
    if callback.then is Then.CANCELLED or caller.ended_at - caller.joined_at >= TALK:
        return callback
    callback = callback.with_leg(replace(caller, outcome=Outcome.MACHINE))
    return replace(callback, then=Then.RETRY, why=f"{Side.CALLER.value}_{Outcome.MACHINE.value}")


def as_call(callback: Callback) -> Call:
    """The try as a call with a handoff: who is rung is decided by the same plan, hours and capacity."""
    tried = tuple(
        Attempt(
            n=each.n,
            handoff=callback.attempt if each.attempt == callback.attempt else 0,
            name=each.name,
            number=each.number,
            digits=each.digits,
            style=Style.SCREEN,
            outcome=each.outcome,
            ended=each.ended,
        )
        for each in callback.legs
        if each.side is Side.HUMAN
    )
    wish = Handoff(number=callback.attempt, source="callback", target=callback.target)
    return Call(
        id=callback.id, at=callback.at, caller=callback.number, handoff=wish, attempts=tried
    )
