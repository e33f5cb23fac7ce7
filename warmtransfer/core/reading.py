"""What a fact means for this call: stale news is dropped, new knowledge kept, and some facts lead to a
conclusion that the table knows, such as `HumanLost` or `AIDown`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from warmtransfer.core import briefing, humans
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.attempts import close, settle
from warmtransfer.core.call import ELSEWHERE, WANTED, AIState, Call, Outcome, Stage
from warmtransfer.core.rules import COMFORT_SECONDS, COMFORT_SHORTEST, Rules

#: Seconds in which a carrier may not know a call yet that it has told us of itself.
UNKNOWN_FOR = 60.0

Reading = tuple[Call, ev.Event | None]


def read(call: Call, event: ev.Event, rules: Rules) -> Reading:
    """The call with what `event` adds to it, and the fact for the table, or None for stale news."""
    reader = READERS.get(type(event))
    return reader(call, event, rules) if reader else (call, event)


# The caller -----------------------------------------------------------------------------------------


def _arrived(call: Call, event: ev.CallArrived, rules: Rules) -> Reading:
    known = replace(call, caller_sid=event.call_sid, caller=event.caller, called=event.called)
    return replace(known, started_at=call.started_at or call.at), event


def _caller_joined(call: Call, event: ev.CallerJoined, rules: Rules) -> Reading:
    if call.room_sid or event.room != call.room or call.stage in ELSEWHERE:
        return call, None
    return replace(call, room_sid=event.room_sid, caller_sid=event.call_sid), event


def _caller_left(call: Call, event: ev.CallerLeft, rules: Rules) -> Reading:
    if event.room_sid and (event.room_sid != call.room_sid or call.stage in ELSEWHERE):
        return call, None
    if call.stage is Stage.OVER:
        return call, None
    if event.why == ev.UNKNOWN and call.at - call.started_at < UNKNOWN_FOR:
        return call, None
    attempt = call.attempt
    if attempt and attempt.outcome is None:
        call = call.with_attempt(replace(attempt, outcome=Outcome.CALLER_LEFT))
    return replace(call, ended_at=call.at), event


def _room_lost(call: Call, event: ev.RoomLost, rules: Rules) -> Reading:
    if event.room_sid != call.room_sid or call.stage in ELSEWHERE:
        return call, None
    return replace(call, room_sid="", ai=replace(call.ai, state=AIState.ABSENT)), event


def _came_back(call: Call, event: ev.CallerCameBack, rules: Rules) -> Reading:
    if call.stage is Stage.MESSAGE:
        return call, event
    if call.stage is Stage.REDIRECTED and not event.n:
        return call, None  # the moved call asks for its document: it has only just left the room
    attempt = call.attempt
    if call.stage is Stage.REDIRECTED and attempt:
        call, fact = humans.not_taken(call, attempt, event.dial_status, rules)
        if isinstance(fact, so.RedirectAsked | so.NobodyAtAll):
            return call, fact
    elif attempt and (call.stage is Stage.HUMAN or not attempt.ended):
        # Its leg may be up still, and is ended by the table; the attempt is over when that is known.
        going = replace(attempt, outcome=attempt.outcome or Outcome.CANCELLED)
        call = replace(call.with_attempt(going), news=humans.gone_news(call))
    fresh = replace(call, rooms=call.rooms + 1, room_sid="", ended_at=0.0, comforted_until=0.0)
    return fresh, event


def _announced(call: Call, event: ev.AnnouncementEnded, rules: Rules) -> Reading:
    """Told by the carrier, perhaps twice or never, and by our own timer: one end, one announcement more."""
    played = call.at - (call.comforted_until - COMFORT_SECONDS)
    if event.room_sid != call.room_sid or played < COMFORT_SHORTEST:
        return call, None
    return replace(call, comforted_until=0.0), so.CallerWaits()


def _present(call: Call, event: ev.CallerPresent, rules: Rules) -> Reading:
    if event.room_sid != call.room_sid:
        return call, None
    if call.stage is Stage.CANCELLING and call.attempt and call.attempt.ended:
        return humans.hung_up(call, rules)
    return call, event


# The AI ---------------------------------------------------------------------------------------------


def _ai_added(call: Call, event: ev.AIAdded, rules: Rules) -> Reading:
    if not _ai_expected(call, event.k):
        return replace(call, stray=event.call_sid), so.StrayLeg(event.call_sid)
    return replace(call, ai=replace(call.ai, call_sid=event.call_sid)), event


def _ai_asked(call: Call, event: ev.AIAsked, rules: Rules) -> Reading:
    if not _ai_expected(call, event.k) or call.stage not in WANTED:
        return call, None
    # A token still here was never used: the stream that was offered with it could not be opened.
    unnoticed = call.ai.state in (AIState.STREAMING, AIState.UP) or bool(call.ai.token)
    ai = replace(call.ai, token=event.token, generation=call.ai.generation + 1, state=AIState.ADDING)
    call = replace(call, ai=ai)
    if not unnoticed:
        return call, event
    # Or the old stream ended and nobody told us: the process that held it has died.
    call, fact = _lost(call, rules)
    return call, fact if not isinstance(fact, so.AILost) else ev.StreamEnded(ai.generation, "unnoticed")


def _stream_up(call: Call, event: ev.StreamUp, rules: Rules) -> Reading:
    if event.generation != call.ai.generation or call.ai.state is AIState.ABSENT:
        return call, None
    return replace(call, ai=replace(call.ai, state=AIState.STREAMING, token="")), event


def _ai_up(call: Call, event: ev.AIUp, rules: Rules) -> Reading:
    if event.generation != call.ai.generation or call.ai.state is AIState.ABSENT:
        return call, None
    return replace(call, ai=replace(call.ai, state=AIState.UP, down=False)), event


def _stream_ended(call: Call, event: ev.StreamEnded, rules: Rules) -> Reading:
    if event.generation != call.ai.generation or call.ai.state in (AIState.ABSENT, AIState.ADDING):
        return call, None
    if call.stage not in WANTED:
        return replace(call, ai=replace(call.ai, state=AIState.ABSENT)), None
    call, fact = _lost(replace(call, ai=replace(call.ai, state=AIState.ADDING)), rules)
    return call, event if isinstance(fact, so.AILost) else fact


def _model_lost(call: Call, event: ev.ModelLost, rules: Rules) -> Reading:
    if event.generation != call.ai.generation or call.ai.state not in (AIState.STREAMING, AIState.UP):
        return call, None
    call = replace(call, ai=replace(call.ai, state=AIState.STREAMING))
    call, fact = _lost(call, rules, fatal=event.fatal)
    return call, event if isinstance(fact, so.AILost) else fact


def _ai_joined(call: Call, event: ev.AIJoined, rules: Rules) -> Reading:
    if event.room_sid != call.room_sid or not _ai_expected(call, event.k):
        return replace(call, stray=event.call_sid), so.StrayLeg(event.call_sid)
    return replace(call, ai=replace(call.ai, call_sid=event.call_sid)), event


def _ai_left(call: Call, event: ev.AILeft, rules: Rules) -> Reading:
    if event.k != call.ai.k or event.room_sid != call.room_sid:
        return call, None
    wanted = call.ai.state is not AIState.ABSENT and call.stage in WANTED
    call = replace(call, ai=replace(call.ai, state=AIState.ABSENT, call_sid="", token=""))
    if not wanted:
        return call, None
    return _lost(call, rules)


def _ai_expected(call: Call, k: int) -> bool:
    return k == call.ai.k and call.ai.state is not AIState.ABSENT and call.stage in (*WANTED, Stage.HUMAN)


def _lost(call: Call, rules: Rules, fatal: bool = False) -> Reading:
    """Count a loss of the AI; the last one within the window, or a fatal one, means it is down."""
    recent = tuple(when for when in call.ai.losses if call.at - when < rules.loss_window)
    ai = replace(call.ai, losses=(*recent, call.at))
    call = replace(call, ai=ai, news=call.news or briefing.interrupted())
    if not fatal and len(ai.losses) < rules.losses:
        return call, so.AILost()
    call = replace(call, ai=replace(ai, down=True))
    if call.stage not in (Stage.AI, Stage.CONNECTING, Stage.RETURNING):
        return call, so.AIDown()
    asked = ev.HandoffAsked("model_down", reason="The assistant failed in the middle of the call.")
    call = replace(call, handoff=humans.handoff(call, asked))
    call, fact = settle(call, rules)
    return call, so.AIDown() if isinstance(fact, so.HumanLost) else fact


# Ourselves ------------------------------------------------------------------------------------------


def _restarted(call: Call, event: ev.Restarted, rules: Rules) -> Reading:
    """The AI's stream went with the process that held it: no fault of the AI's, nor are earlier losses."""
    call = replace(call, laps=0, ai=replace(call.ai, losses=()))
    if call.ai.state not in (AIState.STREAMING, AIState.UP):
        return call, event
    ai = replace(call.ai, state=AIState.ADDING)
    return replace(call, ai=ai, news=call.news or briefing.interrupted()), event


def _timed_out(call: Call, event: ev.TimedOut, rules: Rules) -> Reading:
    if event.stage is not call.stage or event.alarm != call.alarm:
        return call, None
    call = replace(call, laps=call.laps + 1, alarm_at=0.0)
    attempt = call.attempt
    if call.stage in (Stage.CONNECTING, Stage.RETURNING) and call.room_sid:
        return _lost(call, rules)
    if call.stage is Stage.HUMAN and call.ai.state is not AIState.ABSENT:
        return call, so.IntroductionDue()
    if call.stage is Stage.JOINING and call.laps >= rules.patience:
        return call, so.GivenUp()
    if call.stage is Stage.CANCELLING and attempt and attempt.ended:
        return humans.hung_up(call, rules)
    if call.stage is Stage.CANCELLING and attempt and call.laps >= rules.patience:
        return settle(close(call, attempt.n, Outcome.ERROR), rules, others=False)
    if call.stage in (Stage.RINGING, Stage.BRIEFING) and attempt and not attempt.outcome:
        call = call.with_attempt(replace(attempt, outcome=Outcome.TIMED_OUT))
    if call.stage is Stage.OVER and (call.laps > rules.patience or _all_ended(call)):
        return call, None
    return call, event


def _all_ended(call: Call) -> bool:
    """Whether no leg but the caller's is known to have been up and not to have ended."""
    return not call.ai.call_sid and all(each.ended or not each.call_sid for each in call.attempts)


def _order_failed(call: Call, event: ev.OrderFailed, rules: Rules) -> Reading:
    if event.order == "DialHuman" and call.attempt and event.key == call.attempt.label:
        if event.kind == "unsure":
            return call, so.DialUnsure() if not call.attempt.call_sid else None
        status = "unreachable" if event.kind == "refused" else "failed"
        return humans.human_ended(call, ev.HumanEnded(call.attempt.n, status), rules)
    if event.order == "AddAI":
        if event.key != call.ai.label or call.ai.state is AIState.ABSENT:
            return call, None
        call = replace(call, ai=replace(call.ai, state=AIState.ABSENT))
        return _lost(call, rules, fatal=event.kind == "refused")
    if event.order == "RedirectCaller":
        return _not_redirected(call, event, rules)
    if event.order in ("BriefOnHold", "LetHumanIn") and call.attempt and event.key == call.attempt.label:
        return call, event
    return call, None  # what others leave undone is found by looking, or by the stage's timer


def _not_redirected(call: Call, event: ev.OrderFailed, rules: Rules) -> Reading:
    """The caller's leg could not be moved: they have left, or it is tried another way, or again."""
    if event.kind == "gone" and call.stage in ELSEWHERE:
        return _caller_left(call, ev.CallerLeft(why="gone"), rules)
    if call.stage is Stage.MESSAGE:
        call = replace(call, laps=call.laps + 1)
        return call, event if call.laps < rules.patience else so.GivenUp()
    attempt = call.attempt
    if call.stage is not Stage.REDIRECTED or attempt is None or event.key not in ("", attempt.label):
        return call, None
    if attempt.call_sid:
        return call, None  # it was moved after all: their leg has dialled
    call = close(call, attempt.n, Outcome.FAILED)
    call = replace(call, news=briefing.exhausted(call))
    if call.ai.state is AIState.UP:
        return call, event
    return call, so.GivenUp() if call.ai.down else so.NobodyHere()


READERS: dict[type[ev.Event], Callable[[Call, Any, Rules], Reading]] = {
    ev.CallArrived: _arrived,
    ev.CallerJoined: _caller_joined,
    ev.CallerLeft: _caller_left,
    ev.RoomLost: _room_lost,
    ev.CallerCameBack: _came_back,
    ev.AnnouncementEnded: _announced,
    ev.CallerPresent: _present,
    ev.AIAdded: _ai_added,
    ev.AIAsked: _ai_asked,
    ev.StreamUp: _stream_up,
    ev.AIUp: _ai_up,
    ev.StreamEnded: _stream_ended,
    ev.ModelLost: _model_lost,
    ev.AIJoined: _ai_joined,
    ev.AILeft: _ai_left,
    ev.HandoffAsked: humans.asked,
    ev.HumanDialled: humans.dialled,
    ev.HumanRang: humans.dialled,
    ev.HumanAnswered: humans.answered,
    ev.HumanAccepted: humans.accepted,
    ev.HumanDeclined: humans.declined,
    ev.MachineHeard: humans.machine,
    ev.BriefingHeard: humans.briefed,
    ev.HumanJoined: humans.human_joined,
    ev.HumanLeft: humans.human_left,
    ev.HumanEnded: humans.human_ended,
    ev.LegPresent: humans.leg_present,
    ev.Restarted: _restarted,
    ev.TimedOut: _timed_out,
    ev.OrderFailed: _order_failed,
}
