"""What facts about the AI's leg, its stream and its model mean for the call."""

from __future__ import annotations

from dataclasses import replace

import warmtransfer.core.reading.human as human
from warmtransfer.core import attempts, briefing
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.call import FREE, WANTED, AIState, Call, Stage
from warmtransfer.core.conclusions import Reading
from warmtransfer.core.endings import asked_anew
from warmtransfer.core.rules import Rules

#: Media flows: there is something to lose.
CONNECTED = frozenset({AIState.STREAMING, AIState.UP})
#: Seconds after a human's end in which the AI may still be telling the caller of it.
TELLING = 15.0


def added(call: Call, event: ev.AIAdded, rules: Rules) -> Reading:
    """A leg that is not expected any more is a stray."""
    return _leg(call, event.k, event.call_sid, event)


def joined(call: Call, event: ev.AIJoined, rules: Rules) -> Reading:
    """A leg in another room is a stray too."""
    k = event.k if event.room_sid == call.room_sid else 0
    return _leg(call, k, event.call_sid, event)


def asked(call: Call, event: ev.AIAsked, rules: Rules) -> Reading:
    """A new stream is offered, with the next generation."""
    if not _expected(call, event.k):
        return call, None
    # A token still here was never used: the stream that was offered with it could not be opened.
    unnoticed = call.ai.state in CONNECTED or bool(call.ai.token)
    offered = replace(call.ai, token=event.token, generation=call.ai.generation + 1, state=AIState.ADDING)
    call = replace(call, ai=offered)
    if not unnoticed:
        return call, event
    # Or the old stream ended and nobody told us: the process that held it has died.
    call, fact = lost(call, rules)
    return call, fact if not isinstance(fact, so.AILost) else ev.StreamEnded(offered.generation, "unnoticed")


def stream_up(call: Call, event: ev.StreamUp, rules: Rules) -> Reading:
    """The token has been used."""
    if not _current(call, event.generation) or not call.ai.token:
        return call, None
    return replace(call, ai=replace(call.ai, state=AIState.STREAMING, token="")), event


def up(call: Call, event: ev.AIUp, rules: Rules) -> Reading:
    """Whatever was said of it before, it can be had. News of a leg before this one is not of this one."""
    if event.generation != call.ai.generation or call.ai.state not in CONNECTED:
        return call, None
    call = replace(call, ai=replace(call.ai, state=AIState.UP, down=False, met=True))
    if call.stage is Stage.RETURNING and call.waits.since:
        return replace(call, news=briefing.still_in_line(call)), so.BackInLine()
    if call.stage is Stage.WAITING:
        return replace(call, news=briefing.still_in_line(call)), event
    return call, event


def stream_ended(call: Call, event: ev.StreamEnded, rules: Rules) -> Reading:
    """A loss, where the AI is wanted. Its leg goes on with our words to the caller, and is replaced: a
    document that asked us what comes next would end it while we are away. A stream that the carrier itself
    has stopped ends with its leg, mostly because the caller has gone: they are looked for first."""
    if event.generation != call.ai.generation or call.ai.state not in CONNECTED:
        return call, None
    if call.stage is Stage.HUMAN:
        return call, so.IntroductionDue()
    if call.stage not in WANTED:
        return replace(call, ai=replace(call.ai, state=AIState.ABSENT)), None
    call, fact = lost(replace(call, ai=replace(call.ai, state=AIState.ADDING)), rules)
    if not isinstance(fact, so.AILost):
        return call, fact
    return call, event if event.how == ev.STOPPED else so.StreamLost()


def last_resort(call: Call, event: ev.LastResortReached, rules: Rules) -> Reading:
    """Written down once; while they talk, this leg is their bridge, and no AI's any more.

    A talk that is over is the journal's alone where a human is being tried, who is the call's newest attempt.
    """
    if event.k != call.ai.k or any(each.call_sid == event.call_sid for each in call.attempts):
        return call, None
    if event.over and call.open:
        return call, so.AILost()
    call = attempts.last_resort(call, event.call_sid, event.number, event.over)
    if event.over:
        return replace(call, news=briefing.human_gone(attempts.COLLEAGUE)), so.AILost()
    return replace(call, ai=replace(call.ai, state=AIState.ABSENT, token="")), so.LastResortTalks()


def stream_failed(call: Call, event: ev.StreamFailed, rules: Rules) -> Reading:
    """A loss only of a stream that was offered and never came: the end of any other we see ourselves."""
    if event.k != call.ai.k or not call.ai.token:
        return call, None
    return lost(replace(call, ai=replace(call.ai, token="")), rules)


def idle(call: Call, event: ev.AIIdle, rules: Rules) -> Reading:
    """Replaced, and no fault of the AI's; unless it has asked for a stream since."""
    if event.k != call.ai.k or call.ai.state is not AIState.ADDING or call.ai.token:
        return call, None
    return call, so.AILost()


def model_lost(call: Call, event: ev.ModelLost, rules: Rules) -> Reading:
    """A loss, although the stream is up and stays so."""
    if event.generation != call.ai.generation or call.ai.state not in CONNECTED:
        return call, None
    call = replace(call, ai=replace(call.ai, state=AIState.STREAMING))
    call, fact = lost(call, rules, fatal=event.fatal)
    return call, event if isinstance(fact, so.AILost) else fact


def left(call: Call, event: ev.AILeft, rules: Rules) -> Reading:
    """A loss, where the AI is wanted and its leg was not known to be gone."""
    if event.k != call.ai.k or event.room_sid != call.room_sid:
        return call, None
    wanted = call.ai.state is not AIState.ABSENT and call.stage in WANTED
    call = replace(call, ai=replace(call.ai, state=AIState.ABSENT, call_sid="", token=""))
    if not wanted:
        return call, None
    return lost(call, rules)


def measured(call: Call, event: ev.SilenceHeard, rules: Rules) -> Reading:
    """For those who read the journal, and for the figures."""
    return call, None


def disclosed(call: Call, event: ev.Disclosed, rules: Rules) -> Reading:
    """The first time counts: another process, or another session, may say it again."""
    if call.disclosed_at:
        return call, None
    return replace(call, disclosed_at=call.at), event


def line_heard(call: Call, event: ev.LineHeard, rules: Rules) -> Reading:
    """Only the AI that is in the room can have been heard."""
    return call, event if _current(call, event.generation) else None


def lost(call: Call, rules: Rules, fatal: bool = False) -> Reading:
    """Count a loss of the AI; the last one within the window, or a fatal one, means it is down."""
    recent = tuple(when for when in call.ai.losses if call.at - when < rules.loss_window)
    call = missed(replace(call, ai=replace(call.ai, losses=(*recent, call.at))))
    if not fatal and len(call.ai.losses) < rules.losses:
        return call, so.AILost()
    call = replace(call, ai=replace(call.ai, down=True))
    if call.stage not in FREE or call.stage is Stage.WAITING:
        return call, so.AIDown()
    wanted = ev.HandoffAsked("model_down", reason="The assistant failed in the middle of the call.")
    call = asked_anew(call, human.handoff(call, wanted))
    call, fact = attempts.settle(call, rules)
    return call, so.AIDown() if isinstance(fact, so.HumanLost) else fact


def missed(call: Call) -> Call:
    """The AI owes a caller whom it has met an apology for its absence: once in a call, not every time.

    Who was just being told what became of a human may not have heard it, and is told again.
    """
    if call.news or not call.ai.met:
        return call
    attempt = call.attempt
    if attempt and attempt.ended and call.at - attempt.ended_at < TELLING:
        return replace(call, news=human.gone_news(call))
    news = briefing.interrupted(again=call.ai.excused)
    return replace(call, news=news, ai=replace(call.ai, excused=True))


def _leg(call: Call, k: int, call_sid: str, event: ev.Event) -> Reading:
    if not _expected(call, k):
        return replace(call, stray=call_sid), so.StrayLeg()
    return replace(call, ai=replace(call.ai, call_sid=call_sid)), event


def _expected(call: Call, k: int) -> bool:
    """Whether this leg is the one that was ordered last, and not for nothing."""
    return k == call.ai.k and call.ai.state is not AIState.ABSENT and call.stage in (*WANTED, Stage.HUMAN)


def _current(call: Call, generation: int) -> bool:
    return generation == call.ai.generation and call.ai.state is not AIState.ABSENT
