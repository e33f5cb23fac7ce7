"""How a request for a human, and a call, ended: one word each, and what it is known by.

The end of a handoff is noted when it comes and is never another one afterwards. Of what an older release has
stored it is read off the attempts.
"""

from __future__ import annotations

from dataclasses import replace

from warmtransfer.core.call import SEEKING, WON, Attempt, Call, Handoff, Outcome, Stage
from warmtransfer.core.outcomes import EARLY, CallEnd, HandoffEnd

#: A human is looked for, or waited for: a handoff has not ended yet, or goes on.
LOOKING = SEEKING | {Stage.REDIRECTED, Stage.WAITING}
#: Handoffs of a call that are kept, besides the newest.
KEPT = 20

_LAST: dict[HandoffEnd, CallEnd] = {
    HandoffEnd.REACHED: CallEnd.REACHED_HUMAN,
    HandoffEnd.DROPPED_EARLY: CallEnd.DROPPED_EARLY,
    HandoffEnd.CALLER_LEFT: CallEnd.LEFT_WAITING,
    HandoffEnd.CALLBACK_PROMISED: CallEnd.CALLBACK_PROMISED,
    HandoffEnd.MESSAGE_LEFT: CallEnd.MESSAGE_LEFT,
    HandoffEnd.ALL_BUSY: CallEnd.NOT_REACHED,
    HandoffEnd.NOBODY: CallEnd.NOT_REACHED,
    HandoffEnd.NOT_REACHED: CallEnd.NOT_REACHED,
    HandoffEnd.STOPPED: CallEnd.NOT_REACHED,
}
#: After these a human and the caller have talked, and a promise or a message is not what it has come to.
_TALKED = frozenset({HandoffEnd.REACHED, HandoffEnd.DROPPED_EARLY})


def dropped_early(attempt: Attempt) -> bool:
    """Whether one of the two left the other as soon as they had been brought together."""
    return 0.0 < attempt.joined_at <= attempt.parted_at <= attempt.joined_at + EARLY


def noted(before: Call, call: Call) -> Call:
    """The call after a decision, with the end of its handoff when this decision was it."""
    handoff = call.handoff
    if not handoff.number:
        return call
    if before.handoff.number != handoff.number:
        handoff = replace(handoff, asked_at=call.at)
        before = replace(before, handoff=handoff)
    end = _end(before, call, handoff)
    if end is not handoff.end:
        handoff = replace(handoff, end=end, ended_at=call.at if end else 0.0)
    return call if handoff == call.handoff else replace(call, handoff=handoff)


def _end(before: Call, call: Call, handoff: Handoff) -> HandoffEnd | None:
    if call.stage in LOOKING:
        return None
    if handoff.end and not (before.stage is Stage.OVER and call.stage is not Stage.OVER):
        return handoff.end
    talk = _talk(call)
    if talk:
        decided = talk.parted_at or talk.ended or call.at > talk.joined_at + EARLY
        return _of_talk(talk) if decided else None
    if call.stage is Stage.OVER and call.hung_up and before.stage in LOOKING:
        return HandoffEnd.STOPPED
    if call.stage is Stage.OVER:
        return _left(call) if before.stage in LOOKING else _in_vain(call)
    if before.stage in LOOKING and any(each.outcome is Outcome.CANCELLED for each in call.together):
        return HandoffEnd.STOPPED
    return _in_vain(call)


def _left(call: Call) -> HandoffEnd:
    """The caller has left while somebody was looked for; is anything kept for them?"""
    if call.callback_id:
        return HandoffEnd.CALLBACK_PROMISED
    return HandoffEnd.MESSAGE_LEFT if call.message or call.recorded else HandoffEnd.CALLER_LEFT


def _in_vain(call: Call) -> HandoffEnd:
    if call.handoff.stopped:
        return HandoffEnd.STOPPED
    if call.handoff.all_busy:
        return HandoffEnd.ALL_BUSY
    return HandoffEnd.NOT_REACHED if _tried(call) else HandoffEnd.NOBODY


def _of_talk(talk: Attempt) -> HandoffEnd:
    return HandoffEnd.DROPPED_EARLY if dropped_early(talk) else HandoffEnd.REACHED


def _tried(call: Call) -> list[Attempt]:
    return [each for each in call.attempts if each.handoff == call.handoff.number]


def _talk(call: Call) -> Attempt | None:
    """Who of this handoff has talked with the caller, the last of them."""
    return next((each for each in reversed(_tried(call)) if each.outcome in WON and each.joined_at), None)


def of_handoff(call: Call) -> HandoffEnd | None:
    """How the newest handoff ended; None for none, and for one that goes on."""
    if not call.handoff.number or call.handoff.end or call.stage in LOOKING:
        return call.handoff.end
    talk = _talk(call)
    if talk:
        return _of_talk(talk) if talk.parted_at or call.stage is not Stage.HUMAN else None
    waited = any(each.outcome in (Outcome.CALLER_LEFT, Outcome.ACCEPTED) for each in call.together)
    if call.stage is Stage.OVER and waited:
        return _left(call)
    return _in_vain(call)


def of_call(call: Call) -> CallEnd | None:
    """How the call ended, by its last handoff where there was one; None while the caller is there."""
    if call.stage is not Stage.OVER:
        return None
    end = of_handoff(call)
    if end is None and (talk := _talk(call)):
        end = _of_talk(talk)  # the last resort: nobody had asked for anybody
    if end not in _TALKED:
        if call.callback_id:
            return CallEnd.CALLBACK_PROMISED
        if call.message or call.recorded:
            return CallEnd.MESSAGE_LEFT
    if end is not None:
        return _LAST[end]
    return CallEnd.HANDLED_BY_AI if call.ai.met else CallEnd.ABANDONED


def all_of(call: Call) -> tuple[Handoff, ...]:
    """Every handoff of the call that is known, the newest with its end as it is read."""
    if not call.handoff.number:
        return call.past
    return (*call.past, replace(call.handoff, end=call.handoff.end or of_handoff(call)))


def asked_anew(call: Call, handoff: Handoff) -> Call:
    """The call with another handoff, and the one before it kept: one that was waited for ends with that."""
    before = call.handoff
    if before.number and before.end is None:
        ended = replace(before, end=of_handoff(call) or _in_vain(call), ended_at=call.at)
        call = replace(call, handoff=ended)
    return replace(call, handoff=handoff, past=all_of(call)[-KEPT:])
