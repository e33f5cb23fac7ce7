"""The attempts of one call: who is tried, how each one ended, and what follows from the last."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from warmtransfer.core import briefing
from warmtransfer.core import conclusions as so
from warmtransfer.core.call import AIState, Attempt, Call, Handoff, Stage, Style
from warmtransfer.core.legs import Ended
from warmtransfer.core.line import joined
from warmtransfer.core.names import called
from warmtransfer.core.outcomes import Outcome, of_leg
from warmtransfer.core.place import Waits
from warmtransfer.core.reach import Why
from warmtransfer.core.rounds import instead, next_round, skipped
from warmtransfer.core.rules import AfterHuman, Human, Rules
from warmtransfer.core.saying import MOST, passed_over, reasons
from warmtransfer.core.screening import ended_as

#: Who may be the first to leave, of two who talk; ROOM for neither: it was lost.
CALLER, HUMAN, ROOM = "caller", "human", "room"
#: How who answers at the last resort is spoken of: nobody knows them.
COLLEAGUE = "a colleague"
#: Ends of which the carrier knows better than our own timer what became of the leg.
_TOLD = frozenset({Ended.BUSY, Ended.NO_ANSWER, Ended.FAILED})


def outcome_of(ended: Ended, sip: str, attempt: Attempt) -> Outcome:
    """The outcome of an attempt whose leg has ended so, unless it already has one.

    That of our own timer stands only until the carrier's word is known, perhaps by looking.
    """
    better = attempt.outcome is Outcome.TIMED_OUT and ended in _TOLD
    if attempt.outcome is not None and not better:
        return attempt.outcome
    screened = ended_as(attempt.screen) if ended is Ended.COMPLETED else None
    return screened or of_leg(ended, sip)


def close(call: Call, n: int, outcome: Outcome, sip: str = "") -> Call:
    """The call with attempt `n` over."""
    attempt = call.attempts[n - 1]
    ended = replace(attempt, outcome=outcome, ended=True, ended_at=call.at, sip=sip or attempt.sip)
    return call.with_attempt(ended)


def part(call: Call, first: str) -> Call:
    """The call whose human and caller talk no more: who was the first to leave, and when, said once."""
    attempt = call.attempt
    if call.stage is not Stage.HUMAN or attempt is None or attempt.parted_at or not attempt.joined_at:
        return call
    return call.with_attempt(replace(attempt, parted_at=call.at, left_first=first))


def out(call: Call, otherwise: so.Fact) -> so.Reading:
    """One of a round is out: the others go on; `otherwise`, when there are none."""
    if not call.trying:
        return call, otherwise
    gate = call.stage is not Stage.BRIEFING or any(each.answered_at for each in call.trying)
    return call, so.OneOut() if gate else so.NobodyAtGate()


def start(call: Call, human: Human, first: int = 0) -> Call:
    """The call with a new attempt at `human`, in the round that attempt `first` has begun."""
    attempt = Attempt(
        n=len(call.attempts) + 1,
        handoff=call.handoff.number,
        name=human.name,
        number=human.number,
        digits=human.digits,
        caller_id=human.caller_id,
        last=human.after_human is AfterHuman.END,
        style=human.style,
        dialled_at=call.at,
        first=first,
    )
    return replace(call, attempts=(*call.attempts, attempt))


def last_resort(call: Call, call_sid: str, number: str, over: bool) -> Call:
    """The call with the attempt that the AI's leg has made by itself; those that ran before are given up.

    The last of them is over for us from now on: its leg is ended as a stray, also one that turns up later.
    """
    running = call.open
    for each in running:
        given_up = each.outcome or (Outcome.CANCELLED if each.call_sid else Outcome.ERROR)
        last = each is running[-1] or not each.call_sid
        call = close(call, each.n, given_up) if last else call.with_attempt(replace(each, outcome=given_up))
    stray = running[-1].call_sid if running else ""
    call = start(call, Human(COLLEAGUE, number))
    made = replace(
        call.attempts[-1],
        call_sid=call_sid,
        outcome=Outcome.LAST_RESORT,
        answered_at=call.at,
        joined_at=call.at,
        ended=over,
        ended_at=call.at if over else 0.0,
    )
    return replace(call.with_attempt(made), stray=stray)


def settle(call: Call, rules: Rules, others: bool = True) -> tuple[Call, so.Conclusion]:
    """Start the next round, or conclude that nobody is left; `others=False`, or a stop, rings nobody else."""
    if call.open:
        return call, so.LegStillUp()
    others = others and not call.handoff.stopped
    round_ = next_round(call, rules) if others else ()
    call = replace(call, handoff=_noted(call, rules, looked=others and not round_))
    if round_:
        first = len(call.attempts) + 1 if len(round_) > 1 else 0
        for human in round_:
            call = start(call, human, first)
        return call, reached_by(round_[0].style)
    if call.handoff.all_busy and (waiting := joined(call, rules)):
        return replace(waiting, news=briefing.in_line(waiting)), so.InLine()
    return nobody(replace(call, waits=Waits(), news=briefing.exhausted(call)))


def nobody(call: Call) -> tuple[Call, so.Conclusion]:
    """No human comes: the AI has the caller, will have them, or cannot be had."""
    if call.ai.down:
        return call, so.NobodyAtAll()
    if call.ai.state is not AIState.UP:
        return call, so.NobodyHere()
    if not call.handoff.all_busy:
        return call, so.NobodyLeft()
    return call, so.AllBusy(tuple(each for each in call.handoff.skipped if each.why == Why.BUSY))


def _noted(call: Call, rules: Rules, looked: bool) -> Handoff:
    """The handoff with who is not rung now, and why; `looked`: in vain."""
    passed = skipped(call, rules)
    told = reasons(rules, call.handoff.target, call.at), passed_over(passed, call.at)
    busy = looked and any(each.why in (Why.BUSY, Why.AWAITED) for each in passed)
    others = " or ".join(map(called, instead(call, rules)[:MOST])) if looked else ""
    closed = " ".join(filter(None, told))
    return replace(call.handoff, closed=closed, skipped=passed, all_busy=busy, instead=others)


def reached_by(style: Style) -> so.Conclusion:
    """How the next human is reached: on a leg of their own, or by moving the caller's."""
    match style:
        case Style.SCREEN | Style.ANNOUNCE:
            return so.HumanLost()
        case Style.REDIRECT:
            return so.RedirectAsked()
        case _:
            assert_never(style)
