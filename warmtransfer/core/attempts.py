"""The attempts of one call: who is tried, how each one ended, and what follows from the last."""

from __future__ import annotations

from dataclasses import replace

from warmtransfer.core import briefing
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.call import AIState, Attempt, Call, Outcome, Style
from warmtransfer.core.policy import next_human
from warmtransfer.core.rules import Human, Rules

#: Twilio's terminal CallStatus (or our own word) -> outcome, unless the attempt already has one.
_STATUS = {
    "busy": Outcome.BUSY,
    "no-answer": Outcome.NO_ANSWER,
    "canceled": Outcome.CANCELLED,
    "failed": Outcome.FAILED,
    "unreachable": Outcome.UNREACHABLE,
    "missing": Outcome.ERROR,
}


def outcome_of(status: str, sip: str, attempt: Attempt) -> Outcome:
    """The typed outcome of a leg that ended with this status, SIP 404 and 480 being unreachable."""
    better = attempt.outcome is Outcome.TIMED_OUT and status in ("busy", "no-answer", "failed")
    if attempt.outcome is not None and not better:
        return attempt.outcome  # of our own timer only until the carrier's word is known, perhaps by looking
    if status == "failed" and sip in ("404", "480", "604"):
        return Outcome.UNREACHABLE
    if status in _STATUS:
        return _STATUS[status]
    return Outcome.DECLINED if attempt.answered_at else Outcome.NO_ANSWER


def close(call: Call, n: int, outcome: Outcome, sip: str = "") -> Call:
    """The call with attempt `n` over."""
    attempt = call.attempts[n - 1]
    ended = replace(attempt, outcome=outcome, ended=True, ended_at=call.at, sip=sip or attempt.sip)
    return call.with_attempt(ended)


def start(call: Call, human: Human) -> Call:
    """The call with a new attempt at `human`."""
    attempt = Attempt(
        n=len(call.attempts) + 1,
        handoff=call.handoff.number,
        name=human.name,
        number=human.number,
        style=human.style,
        dialled_at=call.at,
    )
    return replace(call, attempts=(*call.attempts, attempt))


def settle(call: Call, rules: Rules, others: bool = True) -> tuple[Call, ev.Event]:
    """Start the next attempt, or conclude that nobody is left; `others=False` rings nobody else."""
    if call.attempt is not None and not call.attempt.ended:
        return call, so.LegStillUp()
    human = next_human(call, rules) if others else None
    if human is not None:
        call = start(call, human)
        return call, so.RedirectAsked() if human.style is Style.REDIRECT else so.HumanLost()
    call = replace(call, news=briefing.exhausted(call))
    if call.ai.down:
        return call, so.NobodyAtAll()
    return call, so.NobodyLeft() if call.ai.state is AIState.UP else so.NobodyHere()
