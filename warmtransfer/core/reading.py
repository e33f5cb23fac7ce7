"""What a fact means for this call: stale news is dropped, new knowledge kept, and some facts lead to a
conclusion that the table knows, such as `HumanLost` or `AIDown`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core.attempts import close, outcome_of, settle
from warmtransfer.core.call import AIState, Attempt, Call, Handoff, Outcome, Stage, Style
from warmtransfer.core.rules import Rules

Reading = tuple[Call, ev.Event | None]

#: A human is wanted, and an attempt runs or is being ended.
SEEKING = frozenset({Stage.RINGING, Stage.BRIEFING, Stage.JOINING, Stage.CANCELLING})
#: The caller is out of the room on purpose; what the room says does not count.
ELSEWHERE = frozenset({Stage.REDIRECTED, Stage.MESSAGE})
NO_MACHINE = frozenset({"human", "unknown"})


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
    attempt = call.attempt
    if attempt and not attempt.ended and attempt.outcome is None:
        call = call.with_attempt(replace(attempt, outcome=Outcome.CALLER_LEFT))
    return replace(call, ended_at=call.at), event


def _room_lost(call: Call, event: ev.RoomLost, rules: Rules) -> Reading:
    if event.room_sid != call.room_sid or call.stage in ELSEWHERE:
        return call, None
    return replace(call, room_sid="", ai=replace(call.ai, state=AIState.ABSENT)), event


def _came_back(call: Call, event: ev.CallerCameBack, rules: Rules) -> Reading:
    if call.stage is Stage.MESSAGE:
        return call, event
    attempt = call.attempt
    if call.stage is Stage.REDIRECTED and attempt:
        status = event.dial_status
        outcome = Outcome.NO_INPUT if status == "completed" else outcome_of(status, "", attempt)
        call = close(call, attempt.n, attempt.outcome or outcome)
        call, fact = settle(call, rules)
        if isinstance(fact, ev.RedirectAsked | ev.HumanLost):
            return call, ev.RedirectAsked()
        call = replace(call, news=briefing.exhausted(call))
    elif attempt and not attempt.ended:
        call = replace(close(call, attempt.n, attempt.outcome or Outcome.CANCELLED), news=_gone_news(call))
    fresh = replace(call, rooms=call.rooms + 1, room_sid="", ended_at=0.0, comforted_until=0.0)
    return fresh, event


def _announced(call: Call, event: ev.AnnouncementEnded, rules: Rules) -> Reading:
    if event.room_sid != call.room_sid:
        return call, None
    return replace(call, comforted_until=0.0), ev.CallerWaits()


def _present(call: Call, event: ev.CallerPresent, rules: Rules) -> Reading:
    return call, event if event.room_sid == call.room_sid else None


# The AI ---------------------------------------------------------------------------------------------


def _ai_added(call: Call, event: ev.AIAdded, rules: Rules) -> Reading:
    if not _ai_expected(call, event.k):
        return replace(call, stray=event.call_sid), ev.StrayLeg(event.call_sid)
    return replace(call, ai=replace(call.ai, call_sid=event.call_sid)), event


def _ai_asked(call: Call, event: ev.AIAsked, rules: Rules) -> Reading:
    if not _ai_expected(call, event.k):
        return call, None
    ai = replace(call.ai, token=event.token, generation=call.ai.generation + 1, state=AIState.ADDING)
    return replace(call, ai=ai), event


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
    call, fact = _lost(replace(call, ai=replace(call.ai, state=AIState.ADDING)), rules)
    return call, fact if isinstance(fact, ev.AIDown) else event


def _model_lost(call: Call, event: ev.ModelLost, rules: Rules) -> Reading:
    if event.generation != call.ai.generation or call.ai.state not in (AIState.STREAMING, AIState.UP):
        return call, None
    call = replace(call, ai=replace(call.ai, state=AIState.STREAMING))
    call, fact = _lost(call, rules, fatal=event.fatal)
    return call, event if isinstance(fact, ev.AILost) else fact


def _ai_joined(call: Call, event: ev.AIJoined, rules: Rules) -> Reading:
    if event.room_sid != call.room_sid or not _ai_expected(call, event.k):
        return replace(call, stray=event.call_sid), ev.StrayLeg(event.call_sid)
    return replace(call, ai=replace(call.ai, call_sid=event.call_sid)), event


def _ai_left(call: Call, event: ev.AILeft, rules: Rules) -> Reading:
    if event.k != call.ai.k or event.room_sid != call.room_sid:
        return call, None
    wanted = call.ai.state is not AIState.ABSENT
    call = replace(call, ai=replace(call.ai, state=AIState.ABSENT, call_sid="", token=""))
    if not wanted or call.stage in (Stage.HUMAN, Stage.OVER):
        return call, None
    return _lost(call, rules)


def _ai_expected(call: Call, k: int) -> bool:
    wanted = call.ai.state is not AIState.ABSENT and call.stage not in (Stage.OVER, *ELSEWHERE)
    return wanted and k == call.ai.k


def _lost(call: Call, rules: Rules, fatal: bool = False) -> Reading:
    """Count a loss of the AI; the last one within the window, or a fatal one, means it is down."""
    recent = tuple(when for when in call.ai.losses if call.at - when < rules.loss_window)
    ai = replace(call.ai, losses=(*recent, call.at))
    call = replace(call, ai=ai, news=call.news or briefing.interrupted())
    if not fatal and len(ai.losses) < rules.losses:
        return call, ev.AILost()
    call = replace(call, ai=replace(ai, down=True))
    if call.stage not in (Stage.AI, Stage.CONNECTING, Stage.RETURNING):
        return call, ev.AIDown()
    asked = ev.HandoffAsked("model_down", reason="The assistant failed in the middle of the call.")
    call = replace(call, handoff=_handoff(call, asked))
    call, fact = settle(call, rules)
    return call, fact if isinstance(fact, ev.NobodyAtAll | ev.RedirectAsked) else ev.AIDown()


# The human ------------------------------------------------------------------------------------------


def _asked(call: Call, event: ev.HandoffAsked, rules: Rules) -> Reading:
    if call.stage in SEEKING or call.stage in (Stage.HUMAN, Stage.REDIRECTED):
        better = event.summary or call.handoff.summary
        return replace(call, handoff=replace(call.handoff, summary=better)), None
    if call.stage not in (Stage.AI, Stage.CONNECTING, Stage.RETURNING):
        return call, None
    call = replace(call, handoff=_handoff(call, event))
    call, fact = settle(call, rules)
    return call, event if isinstance(fact, ev.HumanLost) else fact


def _handoff(call: Call, event: ev.HandoffAsked) -> Handoff:
    return replace(
        call.handoff,
        number=call.handoff.number + 1,
        source=event.source,
        target=event.target,
        reason=event.reason,
        summary=event.summary,
    )


def _dialled(call: Call, event: ev.HumanDialled | ev.HumanRang, rules: Rules) -> Reading:
    attempt = call.attempt_number(event.n)
    if attempt is None or attempt.ended or call.stage is Stage.OVER:
        if attempt is not None and call.stage is Stage.OVER and not attempt.ended:
            call = call.with_attempt(replace(attempt, call_sid=event.call_sid))
        return replace(call, stray=event.call_sid), ev.StrayLeg(event.call_sid)
    known = call.with_attempt(replace(attempt, call_sid=event.call_sid))
    return known, ev.HumanDialled(event.n, event.call_sid)


def _answered(call: Call, event: ev.HumanAnswered, rules: Rules) -> Reading:
    call, fact = _dialled(call, ev.HumanDialled(event.n, event.call_sid), rules)
    attempt = call.attempt_number(event.n)
    if not isinstance(fact, ev.HumanDialled) or attempt is None:
        return call, fact
    if attempt.answered_at:
        return call, None
    return call.with_attempt(replace(attempt, answered_at=call.at)), event


def _accepted(call: Call, event: ev.HumanAccepted, rules: Rules) -> Reading:
    attempt = _current(call, event.n)
    if attempt is None or attempt.outcome or call.stage not in (Stage.BRIEFING, Stage.REDIRECTED):
        return call, None
    if call.stage is Stage.REDIRECTED:
        call = replace(call, room_sid="")
    return call.with_attempt(replace(attempt, outcome=Outcome.ACCEPTED, accepted_at=call.at)), event


def _declined(call: Call, event: ev.HumanDeclined, rules: Rules) -> Reading:
    attempt = _current(call, event.n)
    if attempt is None or attempt.outcome or call.stage not in (Stage.BRIEFING, Stage.REDIRECTED):
        return call, None
    return call.with_attempt(replace(attempt, outcome=event.outcome)), event


def _machine(call: Call, event: ev.MachineHeard, rules: Rules) -> Reading:
    attempt = _current(call, event.n)
    if attempt is None or attempt.outcome:
        return call, None
    call = call.with_attempt(replace(attempt, answered_by=event.answered_by))
    announced = attempt.style is Style.ANNOUNCE
    if event.answered_by not in NO_MACHINE or (announced and event.answered_by != "human"):
        return _declined(call, ev.HumanDeclined(event.n, Outcome.MACHINE), rules)
    return _announce_done(call, event.n, rules)


def _briefed(call: Call, event: ev.BriefingHeard, rules: Rules) -> Reading:
    attempt = _current(call, event.n)
    if attempt is None or attempt.outcome:
        return call, None
    return _announce_done(call.with_attempt(replace(attempt, briefed=True)), event.n, rules)


def _announce_done(call: Call, n: int, rules: Rules) -> Reading:
    """Style announce has no key: briefed, and surely no machine, counts as acceptance."""
    attempt = _current(call, n)
    if attempt is None or attempt.style is not Style.ANNOUNCE:
        return call, None
    if not attempt.briefed or attempt.answered_by != "human":
        return call, None
    return _accepted(call, ev.HumanAccepted(n), rules)


def _human_joined(call: Call, event: ev.HumanJoined, rules: Rules) -> Reading:
    attempt = _current(call, event.n)
    if attempt is None or event.room_sid != call.room_sid or call.stage is not Stage.JOINING:
        return call, None
    sid = attempt.call_sid or event.call_sid
    return call.with_attempt(replace(attempt, joined_at=call.at, call_sid=sid)), event


def _human_left(call: Call, event: ev.HumanLeft, rules: Rules) -> Reading:
    attempt = _current(call, event.n)
    if attempt is None or event.room_sid != call.room_sid:
        return call, None
    if call.stage is Stage.HUMAN:
        return _gone(call, attempt, ended=False)
    if attempt.style is Style.ANNOUNCE:
        return _human_ended(call, ev.HumanEnded(event.n, event.why or "completed"), rules)
    return call, None


def _human_ended(call: Call, event: ev.HumanEnded, rules: Rules) -> Reading:
    attempt = call.attempt_number(event.n)
    if attempt is None or attempt.ended:
        return call, None
    if attempt.call_sid and event.call_sid not in ("", attempt.call_sid):
        return call, None
    outcome = outcome_of(event.status, event.sip, attempt)
    if call.stage is Stage.HUMAN and attempt.style is not Style.REDIRECT:
        return _gone(call, attempt, ended=True)
    if call.stage is Stage.JOINING:
        outcome = Outcome.DECLINED
    call = close(call, event.n, outcome, event.sip)
    if call.stage not in SEEKING or attempt.n != len(call.attempts):
        return call, None
    return settle(call, rules)


def _gone(call: Call, attempt: Attempt, ended: bool) -> Reading:
    news = briefing.human_gone(attempt.name)
    call = call.with_attempt(replace(attempt, ended=ended, ended_at=call.at))
    return replace(call, news=news, ai=replace(call.ai, down=False, losses=())), ev.HumanGone()


def _gone_news(call: Call) -> str:
    return briefing.human_gone(call.attempt.name) if call.attempt and call.attempt.joined_at else call.news


def _leg_present(call: Call, event: ev.LegPresent, rules: Rules) -> Reading:
    return call, event if _current(call, event.n) else None


def _current(call: Call, n: int) -> Attempt | None:
    """The newest attempt when it is `n` and may still have a leg."""
    attempt = call.attempt
    return attempt if attempt and attempt.n == n and not attempt.ended else None


# Ourselves ------------------------------------------------------------------------------------------


def _timed_out(call: Call, event: ev.TimedOut, rules: Rules) -> Reading:
    if event.stage is not call.stage or event.alarm != call.alarm:
        return call, None
    call = replace(call, laps=call.laps + 1, alarm_at=0.0)
    attempt = call.attempt
    if call.stage in (Stage.CONNECTING, Stage.RETURNING) and call.room_sid:
        return _lost(call, rules)
    if call.stage is Stage.HUMAN and call.ai.state is not AIState.ABSENT:
        return call, ev.IntroductionDue()
    if call.stage is Stage.JOINING and call.laps >= rules.patience:
        return call, ev.GivenUp()
    if call.stage is Stage.CANCELLING and attempt and call.laps >= rules.patience:
        return settle(close(call, attempt.n, Outcome.ERROR), rules, others=False)
    if call.stage in (Stage.RINGING, Stage.BRIEFING) and attempt and not attempt.outcome:
        call = call.with_attempt(replace(attempt, outcome=Outcome.TIMED_OUT))
    if call.stage is Stage.OVER and call.laps > rules.patience:
        return call, None
    return call, event


def _order_failed(call: Call, event: ev.OrderFailed, rules: Rules) -> Reading:
    if event.order == "DialHuman" and call.attempt and event.key == call.attempt.label:
        if event.kind == "unsure":
            return call, ev.DialUnsure() if not call.attempt.call_sid else None
        status = "unreachable" if event.kind == "refused" else "failed"
        return _human_ended(call, ev.HumanEnded(call.attempt.n, status), rules)
    if event.order == "AddAI":
        if event.key != call.ai.label or call.ai.state is AIState.ABSENT:
            return call, None
        call = replace(call, ai=replace(call.ai, state=AIState.ABSENT))
        return _lost(call, rules, fatal=event.kind == "refused")
    if event.order == "RedirectCaller" and call.stage is Stage.REDIRECTED and call.attempt:
        call = close(call, call.attempt.n, Outcome.FAILED)
        return replace(call, news=briefing.exhausted(call)), event
    human = call.attempt.label if call.attempt else ""
    return call, event if event.key in (human, call.ai.label, "caller") else None


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
    ev.HandoffAsked: _asked,
    ev.HumanDialled: _dialled,
    ev.HumanRang: _dialled,
    ev.HumanAnswered: _answered,
    ev.HumanAccepted: _accepted,
    ev.HumanDeclined: _declined,
    ev.MachineHeard: _machine,
    ev.BriefingHeard: _briefed,
    ev.HumanJoined: _human_joined,
    ev.HumanLeft: _human_left,
    ev.HumanEnded: _human_ended,
    ev.LegPresent: _leg_present,
    ev.TimedOut: _timed_out,
    ev.OrderFailed: _order_failed,
}
