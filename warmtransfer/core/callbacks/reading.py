"""What a fact means for this callback: stale news is dropped, new knowledge kept, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks.callback import TRYING, Callback, Leg, Side, Stage, Then
from warmtransfer.core.callbacks.screening import given_up, listens, may_screen, spoke
from warmtransfer.core.callbacks.trying import By, Reading, begin, concluded, settle
from warmtransfer.core.event import Event
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.outcomes import EARLY, Outcome, of_leg
from warmtransfer.core.screening import Screen, ended_as

#: Ends of which the carrier knows better than our own timer what became of the leg.
TOLD = frozenset({Ended.BUSY, Ended.NO_ANSWER, Ended.FAILED})


def read(callback: Callback, event: Event, by: By) -> Reading:
    """The callback with what `event` adds to it, and the fact for the table, or None for stale news."""
    reader = READERS.get(type(event))
    if reader is None:
        raise TypeError(f"{type(event).__name__} is no fact of a callback")
    return reader(callback, event, by)


# Our clock and our people -----------------------------------------------------------------------------


def timed_out(callback: Callback, event: ev.TimedOut, by: By) -> Reading:
    """Only the timer that is armed counts."""
    if event.alarm != callback.alarm or event.stage is not callback.stage or not callback.alarm_at:
        return callback, None
    callback = replace(callback, laps=callback.laps + 1)
    match callback.stage:
        case Stage.WAITING:
            return begin(callback, by)
        case Stage.RINGING | Stage.BRIEFING:
            screened = ended_as(callback.human.screen) if callback.human else None
            return _out(callback, callback.human, screened or Outcome.TIMED_OUT), ev.HumanOut()
        case Stage.CALLING:
            return _out(callback, callback.caller, Outcome.TIMED_OUT, Then.RETRY), ev.CallerOut()
        case Stage.JOINING if callback.laps >= by.limits.patience:
            return _out(callback, callback.caller, Outcome.TIMED_OUT, Then.RETRY), ev.CallerOut()
        case Stage.ENDING if callback.laps >= by.limits.patience or not callback.open:
            for leg in callback.open:
                callback = _close(callback, leg, leg.outcome or Outcome.ERROR)
            return concluded(callback, by)
        case _:
            return callback, event


def still_on_line(callback: Callback, event: ev.StillOnLine, by: By) -> Reading:
    """They are not rung while they talk with us."""
    if callback.stage is not Stage.WAITING:
        return callback, None
    return replace(callback, due_at=callback.at + by.limits.on_line), ev.NobodyNow()


def asked(callback: Callback, event: ev.Asked, by: By) -> Reading:
    """One that was given up begins anew; what was done or cancelled stays so."""
    if callback.stage not in (Stage.WAITING, Stage.GIVEN_UP):
        return callback, None
    spent = callback.tries if callback.stage is Stage.GIVEN_UP else callback.spent
    last = callback.at + by.limits.keep
    return replace(callback, due_at=callback.at, last_at=last, spent=spent, asked_at=callback.at), ev.DueNow()


def cancelled(callback: Callback, event: ev.Cancelled, by: By) -> Reading:
    """Those who talk are left alone."""
    if callback.stage in (Stage.WAITING, Stage.GIVEN_UP):
        return replace(callback, why=event.by), event
    if callback.stage not in TRYING | {Stage.ENDING} or callback.then is Then.DONE:
        return callback, None
    for leg in callback.open:
        if leg.outcome is None:
            callback = callback.with_leg(replace(leg, outcome=Outcome.CANCELLED))
    return replace(callback, then=Then.CANCELLED, why=event.by), event


def order_failed(callback: Callback, event: ev.OrderFailed, by: By) -> Reading:
    """Only a leg that was not made is news: what is to be ended is tried again by the timer."""
    leg = callback.leg(event.n)
    if event.order == "ListenToLeg" and leg and leg.screen is Screen.LISTENING and leg.outcome is None:
        listened = callback.stage is Stage.BRIEFING and not leg.ended
        return given_up(callback, leg, Outcome.MACHINE) if listened else (callback, None)
    if event.order != "Dial" or leg is None or leg.ended or leg.call_sid:
        return callback, None
    if event.kind == "unsure":
        return callback, ev.DialUnsure()
    how = Ended.UNREACHABLE if event.kind == "refused" else Ended.FAILED
    return ended(callback, ev.LegEnded(leg.n, how), by)


# Legs -------------------------------------------------------------------------------------------------


def made(callback: Callback, event: ev.LegMade, by: By) -> Reading:
    """A leg that was given up is a stray."""
    leg = callback.leg(event.n)
    if leg is None or leg.ended:
        return _stray(callback, event.call_sid)
    if leg.call_sid:
        return callback, None
    return callback.with_leg(replace(leg, call_sid=event.call_sid)), event


def answered(callback: Callback, event: ev.LegAnswered, by: By) -> Reading:
    """The first time counts."""
    leg = callback.leg(event.n)
    if leg is None or leg.ended:
        return _stray(callback, event.call_sid)
    if leg.answered_at:
        return callback, None
    callback = callback.with_leg(
        replace(leg, call_sid=leg.call_sid or event.call_sid, answered_at=callback.at)
    )
    awaited = {Stage.RINGING: callback.human, Stage.CALLING: callback.caller}.get(callback.stage)
    return callback, event if awaited is not None and awaited.n == leg.n else None


def accepted(callback: Callback, event: ev.Accepted, by: By) -> Reading:
    """The leg to the caller is noted with it: there is no other, and never a second."""
    human = callback.human
    if callback.stage is not Stage.BRIEFING or human is None or human.n != event.n or human.outcome:
        return callback, None
    callback = callback.with_leg(replace(human, outcome=Outcome.ACCEPTED))
    leg = Leg(
        n=len(callback.legs) + 1,
        side=Side.CALLER,
        attempt=callback.attempt,
        name=callback.name,
        number=callback.number,
        ring=by.limits.ring,
        dialled_at=callback.at,
    )
    return replace(callback, legs=(*callback.legs, leg)), event


def declined(callback: Callback, event: ev.Declined, by: By) -> Reading:
    """The next one is tried when the leg has ended."""
    human = callback.human
    if callback.stage is not Stage.BRIEFING or human is None or human.n != event.n or human.outcome:
        return callback, None
    return _out(callback, human, event.outcome), event


def machine(callback: Callback, event: ev.MachineHeard, by: By) -> Reading:
    """A key outranks the detection, and so does a talk."""
    leg = callback.leg(event.n)
    if leg is None or leg.ended:
        return callback, None
    leg = replace(leg, answered_by=event.answered_by.value)
    callback = callback.with_leg(leg)
    if event.answered_by is not Heard.MACHINE or leg.outcome or callback.stage not in TRYING:
        return callback, None
    if may_screen(callback, leg):
        return listens(callback, leg)
    if leg.screen is not Screen.NONE:
        return callback, None  # told twice: it is listened to
    if leg.side is Side.HUMAN:
        return _out(callback, leg, Outcome.MACHINE), ev.HumanOut()
    return _out(callback, leg, Outcome.MACHINE, Then.RETRY), ev.CallerOut()


def joined(callback: Callback, event: ev.LegJoined, by: By) -> Reading:
    """Together when both are there, in whatever order they came; a room that has ended is another one's."""
    leg = callback.leg(event.n)
    if leg is None or leg.ended or callback.stage not in TRYING:
        return callback, None
    if leg.outcome not in (None, Outcome.ACCEPTED):
        return callback, None
    sid, since = leg.call_sid or event.call_sid, leg.answered_at or callback.at
    leg = replace(leg, call_sid=sid, answered_at=since, joined_at=callback.at)
    if callback.room_sid not in ("", event.room_sid):
        for each in callback.open:
            callback = callback.with_leg(replace(each, joined_at=0.0))
    callback = replace(callback.with_leg(leg), room_sid=event.room_sid)
    both = callback.human, callback.caller
    if all(each and each.joined_at and not each.ended for each in both):
        return _talk(callback), ev.Together()
    return callback, event


def left(callback: Callback, event: ev.LegLeft, by: By) -> Reading:
    """In a talk it is over; before one, whoever had accepted has gone."""
    leg = callback.leg(event.n)
    if leg is None or leg.ended or event.room_sid != callback.room_sid:
        return callback, None
    return _parted(callback, leg)


def ended(callback: Callback, event: ev.LegEnded, by: By) -> Reading:
    """Its outcome, unless it has one; then what follows from that."""
    leg = callback.leg(event.n)
    if leg is None or leg.ended:
        return callback, None
    outcome = leg.outcome
    if outcome is None or (outcome is Outcome.TIMED_OUT and event.how in TOLD):
        outcome = _ended_as(leg, event)
    leg = replace(leg, call_sid=leg.call_sid or event.call_sid, sip=event.sip or leg.sip)
    if event.answered_by is Heard.MACHINE:
        leg = replace(leg, answered_by=event.answered_by.value)
    callback = _close(callback.with_leg(leg), leg, outcome)
    if callback.stage is Stage.ENDING:
        return (callback, None) if callback.open else concluded(callback, by)
    if callback.stage in (Stage.RINGING, Stage.BRIEFING):
        return settle(callback, by)
    return _parted(callback, leg)


def _ended_as(leg: Leg, event: ev.LegEnded) -> Outcome:
    """What its end means; whoever speaks behind a telephone that has asked who calls is no machine."""
    screened = ended_as(leg.screen) if event.how is Ended.COMPLETED else None
    machine = event.answered_by is Heard.MACHINE or leg.answered_by == Heard.MACHINE
    mailbox = machine and leg.screen is Screen.NONE
    return screened or (Outcome.MACHINE if mailbox else of_leg(event.how, event.sip))


def _parted(callback: Callback, leg: Leg) -> Reading:
    match callback.stage:
        case Stage.TALKING:
            return _talked(callback, leg), ev.TalkOver()
        case Stage.CALLING | Stage.JOINING if leg.side is Side.CALLER:
            outcome = leg.outcome or Outcome.HUNG_UP
            return _out(callback, callback.caller, outcome, Then.RETRY), ev.CallerOut()
        case Stage.CALLING | Stage.JOINING:
            callback = _out(callback, callback.caller, Outcome.CANCELLED, Then.RETRY)
            return (replace(callback, why="human_left"), ev.HumanGone())
        case _:
            return callback, None


def _talked(callback: Callback, first: Leg) -> Callback:
    """Done, unless one of them left as soon as they were together: then the promise is still to be kept."""
    both = callback.human, callback.caller
    since = max((each.joined_at for each in both if each), default=0.0)
    if callback.at > since + EARLY:
        return replace(callback, then=Then.DONE)
    return replace(callback, then=Then.RETRY, why=f"{first.side.value}_dropped_early")


def _talk(callback: Callback) -> Callback:
    caller = callback.caller
    assert caller is not None
    return callback.with_leg(replace(caller, outcome=Outcome.ACCEPTED))


def _stray(callback: Callback, call_sid: str) -> Reading:
    return (replace(callback, stray=call_sid), ev.StrayLeg()) if call_sid else (callback, None)


def _out(callback: Callback, leg: Leg | None, outcome: Outcome, then: Then = Then.NEXT) -> Callback:
    """The leg is not to be had, and that is what the try comes to."""
    if leg is None:
        return replace(callback, then=then)
    if leg.outcome is None:
        callback = callback.with_leg(replace(leg, outcome=outcome))
    known = callback.legs[leg.n - 1].outcome or outcome
    return replace(callback, then=then, why=f"{leg.side.value}_{known.value}")


def _close(callback: Callback, leg: Leg, outcome: Outcome) -> Callback:
    return callback.with_leg(replace(leg, outcome=outcome, ended=True, ended_at=callback.at))


READERS: dict[type[Event], Callable[[Callback, Any, By], Reading]] = {
    ev.TimedOut: timed_out,
    ev.StillOnLine: still_on_line,
    ev.Asked: asked,
    ev.Cancelled: cancelled,
    ev.OrderFailed: order_failed,
    ev.LegMade: made,
    ev.LegAnswered: answered,
    ev.Accepted: accepted,
    ev.Declined: declined,
    ev.MachineHeard: machine,
    ev.LegSpoke: spoke,
    ev.LegJoined: joined,
    ev.LegLeft: left,
    ev.LegEnded: ended,
}
