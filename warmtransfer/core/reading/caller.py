"""What facts about the caller and their room mean for the call."""

from __future__ import annotations

from dataclasses import replace

import warmtransfer.core.reading.human as human
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.call import ELSEWHERE, AIState, Call, Stage
from warmtransfer.core.conclusions import Reading
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import COMFORT_SECONDS, COMFORT_SHORTEST, UNKNOWN_FOR, Rules


def arrived(call: Call, event: ev.CallArrived, rules: Rules) -> Reading:
    """Who calls, and when that began."""
    known = replace(call, caller_sid=event.call_sid, caller=event.caller, called=event.called)
    return replace(known, started_at=call.started_at or call.at), event


def joined(call: Call, event: ev.CallerJoined, rules: Rules) -> Reading:
    """The first join of the current room names its SID."""
    if call.room_sid or event.room != call.room:
        return call, None
    return replace(call, room_sid=event.room_sid, caller_sid=event.call_sid), event


def left(call: Call, event: ev.CallerLeft, rules: Rules) -> Reading:
    """News of a room counts only of the current one, and while the caller should be in it."""
    if event.room_sid and (event.room_sid != call.room_sid or call.stage in ELSEWHERE):
        return call, None
    if event.why == ev.UNKNOWN and call.at - call.started_at < UNKNOWN_FOR:
        return call, None
    return replace(_unmet(call, Outcome.CALLER_LEFT), left=True), event


def room_lost(call: Call, event: ev.RoomLost, rules: Rules) -> Reading:
    """The AI's leg has gone with its room."""
    if event.room_sid != call.room_sid:
        return call, None
    call = _unmet(call, Outcome.CANCELLED)
    return replace(call, room_sid="", ai=replace(call.ai, state=AIState.ABSENT)), event


def came_back(call: Call, event: ev.CallerCameBack, rules: Rules) -> Reading:
    """A new room, unless a message is to be taken, or the next human is reached from the caller's own leg."""
    if call.stage is Stage.MESSAGE:
        return call, event
    attempt = call.attempt
    if call.stage is Stage.REDIRECTED and attempt:
        if event.n != attempt.n:
            # It has only just left the room, or asks again because our answer was lost.
            return call.with_attempt(replace(attempt, moved=attempt.moved or not event.n)), None
        call, fact = human.not_taken(call, attempt, event.how, rules)
        if isinstance(fact, so.RedirectAsked | so.NobodyAtAll):
            return call, fact
    elif attempt and (call.stage is Stage.HUMAN or not attempt.ended):
        # Its leg may be up still, and is ended by the table; the attempt is over when that is known.
        going = replace(attempt, outcome=attempt.outcome or Outcome.CANCELLED)
        call = replace(call.with_attempt(going), news=human.gone_news(call))
    fresh = replace(call, rooms=call.rooms + 1, room_sid="", left=False, comforted_until=0.0)
    return fresh, event


def _unmet(call: Call, outcome: Outcome) -> Call:
    """The call with an attempt that nothing has been heard of ended by what ends the room."""
    attempt = call.attempt
    if attempt is None or attempt.outcome is not None:
        return call
    return call.with_attempt(replace(attempt, outcome=outcome))


def announced(call: Call, event: ev.AnnouncementEnded, rules: Rules) -> Reading:
    """Told by the carrier, perhaps twice or never, and by our own timer: one end, one announcement more."""
    played = call.at - (call.comforted_until - COMFORT_SECONDS)
    if event.room_sid != call.room_sid or played < COMFORT_SHORTEST:
        return call, None
    return replace(call, comforted_until=0.0), so.CallerWaits()


def present(call: Call, event: ev.CallerPresent, rules: Rules) -> Reading:
    """The caller is still there: then it was the human who ended an announced leg."""
    if event.room_sid != call.room_sid:
        return call, None
    if call.stage is Stage.CANCELLING and call.attempt and call.attempt.ended:
        return human.hung_up(call, rules)
    return call, event


def message_left(call: Call, event: ev.MessageLeft, rules: Rules) -> Reading:
    """Where it is, and how long; nothing was said into one of no length."""
    return replace(call, message_url=event.url, message_seconds=event.seconds), event


def message_taken(call: Call, event: ev.MessageTaken, rules: Rules) -> Reading:
    """What the AI has noted for those who could not be had; a longer talk may add to it."""
    return replace(call, message="\n".join(filter(None, (call.message, event.text)))), event
