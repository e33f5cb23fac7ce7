"""What facts about the caller and their room mean for the call."""

from __future__ import annotations

from dataclasses import replace

import warmtransfer.core.reading.human as human
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.attempts import CALLER, HUMAN, ROOM, part
from warmtransfer.core.call import ELSEWHERE, SEEKING, AIState, Call, Stage
from warmtransfer.core.conclusions import Reading
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import COMFORT_SECONDS, COMFORT_SHORTEST, UNKNOWN_FOR, Rules

#: Where the caller's own leg may be on the line with a human's (style redirect).
DIALLING = frozenset({Stage.REDIRECTED, Stage.HUMAN})


def arrived(call: Call, event: ev.CallArrived, rules: Rules) -> Reading:
    """Who calls, and when that began."""
    known = replace(call, caller_sid=event.call_sid, caller=event.caller, called=event.called)
    known = replace(known, caller_name=event.name)
    return replace(known, started_at=call.started_at or call.at), event


def joined(call: Call, event: ev.CallerJoined, rules: Rules) -> Reading:
    """The first join of the current room names its SID."""
    if call.room_sid or event.room != call.room:
        return call, None
    return replace(call, room_sid=event.room_sid, caller_sid=event.call_sid), event


def left(call: Call, event: ev.CallerLeft, rules: Rules) -> Reading:
    """News of a room counts only of the current one, and while the caller should be in it."""
    if event.room_sid and (event.room_sid != call.room_sid or call.stage in (*ELSEWHERE, Stage.OVER)):
        return call, None
    if event.room_sid and call.attempt and call.attempt.moved:
        # A move that was reported failed may have been done: their leg's end is told of the call, too.
        return room_lost(call, ev.RoomLost(event.room_sid, event.why), rules)
    if event.why == ev.UNKNOWN and call.at - call.started_at < UNKNOWN_FOR:
        return call, None
    return replace(_unmet(part(call, CALLER), Outcome.CALLER_LEFT), left=True), event


def room_lost(call: Call, event: ev.RoomLost, rules: Rules) -> Reading:
    """The AI's leg has gone with its room, and so has a human's."""
    if event.room_sid != call.room_sid:
        return call, None
    call = _cut_short(part(call, ROOM))
    return replace(call, room_sid="", ai=replace(call.ai, state=AIState.ABSENT)), event


def came_back(call: Call, event: ev.CallerCameBack, rules: Rules) -> Reading:
    """A new room, unless a message is to be taken, or the next human is reached from the caller's own leg."""
    if call.stage is Stage.MESSAGE:
        return call, event
    if _came_back_before(call, event) or call.hung_up:
        return call, None
    attempt = call.attempt
    if call.stage is Stage.REDIRECTED and attempt:
        if not event.n:
            return call.with_attempt(replace(attempt, moved=True)), None
        call, fact = human.not_taken(call, attempt, event.how, rules)
        if isinstance(fact, so.RedirectAsked | so.NobodyAtAll):
            return call, fact
    else:
        # A human's leg may be up still, and is ended by the table; the attempt is over when that is known.
        call = _cut_short(part(call, HUMAN if event.n else ROOM))
    if call.attempt:
        call = call.with_attempt(replace(call.attempt, moved=False))
    if event.n and attempt and attempt.last and call.stage is Stage.HUMAN:
        # Their own leg has talked with the human, and asks what comes next: nothing.
        return call, so.TalkOver()
    fresh = replace(call, rooms=call.rooms + 1, room_sid="", left=False, comforted_until=0.0)
    return fresh, event


def _came_back_before(call: Call, event: ev.CallerCameBack) -> bool:
    """The question comes once more, or late: their leg has been sent on, to another room or human, since."""
    attempt = call.attempt
    if event.n:
        return attempt is None or event.n != attempt.n or call.stage not in (*DIALLING, Stage.OVER)
    if call.stage in DIALLING and attempt is not None and attempt.moved:
        return True
    return 0 < event.room < call.rooms


def _cut_short(call: Call) -> Call:
    """An attempt that runs ends with the room, and the caller who is still there is told."""
    if call.stage not in SEEKING | {Stage.HUMAN}:
        return call
    call = _unmet(call, Outcome.CANCELLED)
    return replace(call, news=human.gone_news(call))


def _unmet(call: Call, outcome: Outcome) -> Call:
    """The call with the attempts that nothing has been heard of ended by what ends the room."""
    for each in call.together:
        if each.outcome is None:
            call = call.with_attempt(replace(each, outcome=outcome))
    return call


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
    if call.stage is Stage.CANCELLING and call.attempts and not call.open:
        return human.hung_up(call, rules)
    return human.stayed(call), event


def message_left(call: Call, event: ev.MessageLeft, rules: Rules) -> Reading:
    """Where it is, and how long; nothing was said into one of no length."""
    return replace(call, message_url=event.url, message_seconds=event.seconds), event


def message_taken(call: Call, event: ev.MessageTaken, rules: Rules) -> Reading:
    """What the AI has noted for those who could not be had; a longer talk may add to it."""
    return replace(call, message="\n".join(filter(None, (call.message, event.text)))), event


def promised(call: Call, event: ev.CallbackPromised, rules: Rules) -> Reading:
    """Which callback, and since when; one whose wish has changed is the same."""
    if event.callback_id == call.callback_id:
        return call, None
    return replace(call, callback_id=event.callback_id, promised_at=call.at), event
