"""What is asked for by somebody who looks after a call: what fits the call as it stands counts."""

from __future__ import annotations

from dataclasses import replace

from warmtransfer.core import briefing
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.call import AIState, Call, Style
from warmtransfer.core.conclusions import Reading
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import Rules


def stop(call: Call, event: ev.StopAsked, rules: Rules) -> Reading:
    """Counts once, about those who are rung, or whose ring is being ended."""
    if call.handoff.stopped or not _meant(call, event.attempt):
        return call, None
    return _given_up(replace(call, handoff=replace(call.handoff, stopped=True))), event


def following(call: Call, event: ev.NextAsked, rules: Rules) -> Reading:
    """Whoever is rung together is given up together."""
    if not call.trying or not _meant(call, event.attempt):
        return call, None
    return _given_up(call), event


def _meant(call: Call, n: int) -> bool:
    """Whether it is about the newest round: whoever asks may have seen the one before."""
    return n == 0 or any(each.n == n for each in call.together)


def _given_up(call: Call) -> Call:
    for each in call.trying:
        call = call.with_attempt(replace(each, outcome=Outcome.CANCELLED))
    return call


def back(call: Call, event: ev.ReturnAsked, rules: Rules) -> Reading:
    """Whatever was to become of the call after this human: it goes on. Who talks over the carrier's own
    bridge to the last resort cannot be taken away."""
    attempt = call.attempt
    if attempt is None or attempt.ended or call.bridged or event.attempt not in (0, attempt.n):
        return call, None
    if attempt.style is Style.REDIRECT:
        # Their leg hangs on the caller's, which asks what comes next when it has ended.
        return call.with_attempt(replace(attempt, last=False)), so.BridgeUnwanted()
    call = call.with_attempt(replace(attempt, last=False, ended_at=call.at))
    news = briefing.human_gone(attempt.name)
    return replace(call, news=news, ai=replace(call.ai, down=False, losses=())), event


def tell(call: Call, event: ev.TellAsked, rules: Rules) -> Reading:
    """Only an AI that is with the caller can be told anything."""
    text = briefing.tidy(event.text, briefing.TOLD_LIMIT)
    if call.ai.state is not AIState.UP or not text:
        return call, None
    if event.aloud:
        return replace(call, note=briefing.to_say(text)), so.AIToSay()
    return replace(call, note=briefing.to_know(text)), so.AIToKnow()


def end_ai(call: Call, event: ev.EndAIAsked, rules: Rules) -> Reading:
    """A leg that is there, and not the bridge to the last resort."""
    return call, event if call.ai.state is not AIState.ABSENT and not call.bridged else None


def hang_up(call: Call, event: ev.HangUpAsked, rules: Rules) -> Reading:
    """The caller is not asked what comes next, should their leg ask before it has ended."""
    for each in call.together:
        if each.outcome is None:
            call = call.with_attempt(replace(each, outcome=Outcome.CANCELLED))
    return replace(call, hung_up=True), event
