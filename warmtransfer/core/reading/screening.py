"""What is heard on a leg that a machine has picked up, and how long it may take, means for the call."""

from __future__ import annotations

from dataclasses import replace

from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.attempts import out
from warmtransfer.core.call import Attempt, Call, Stage, Style
from warmtransfer.core.conclusions import Fact, Reading
from warmtransfer.core.legs import Heard
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import Rules
from warmtransfer.core.screening import ASKED, Screen, ended_as, hears

#: Seconds by which a limit may come sooner: clocks are rounded.
SOON = 0.25


def may_screen(attempt: Attempt, heard: Heard) -> bool:
    """Whether it may be a telephone that asks who calls: a leg of their own, which can be listened to."""
    own = attempt.style is Style.SCREEN and bool(attempt.call_sid)
    return heard is Heard.MACHINE and own and attempt.screen is Screen.NONE


def listens(call: Call, attempt: Attempt) -> Reading:
    """A machine has picked up: what it says is listened to before it is given up."""
    attempt = replace(attempt, screen=Screen.LISTENING, screened_at=call.at)
    return call.with_attempt(attempt), so.MayScreen(attempt.n)


def spoke(call: Call, event: ev.LegSpoke, rules: Rules) -> Reading:
    """Only of a leg that is listened to, and while nothing is decided."""
    attempt = next((each for each in call.trying if each.n == event.n), None)
    if attempt is None or not (attempt.screen in (Screen.LISTENING, *ASKED) or attempt.to_be_sure):
        return call, None
    then = hears(attempt.screen, event.said)
    if isinstance(then, Outcome):
        return _given_up(call, attempt, then)
    asks = then is Screen.TOLD and attempt.screen is Screen.LISTENING
    attempt = replace(attempt, screen=then, screened_at=call.at if asks else attempt.screened_at)
    fact = {Screen.TOLD: so.ScreenAsks(), Screen.THERE: so.PersonThere()}.get(then)
    return call.with_attempt(attempt), fact


def _given_up(call: Call, attempt: Attempt, outcome: Outcome) -> Reading:
    return out(call.with_attempt(replace(attempt, outcome=outcome)), so.MachineAnswered(attempt.n))


def limit(attempt: Attempt, rules: Rules) -> float:
    """Until when this leg is listened to, or may keep us waiting; 0.0 for no limit of this kind."""
    if not attempt.trying or attempt.screen not in (Screen.LISTENING, *ASKED):
        return 0.0
    return attempt.screened_at + (rules.screening if attempt.screen in ASKED else rules.listening)


def next_limit(call: Call, rules: Rules) -> float:
    """The first of these limits, 0.0 for none."""
    return min((at for each in call.trying if (at := limit(each, rules))), default=0.0)


def overdue(call: Call, rules: Rules) -> tuple[Call, Fact] | None:
    """The call with the first of those given up whose limit is over; None for none."""
    if call.stage not in (Stage.RINGING, Stage.BRIEFING):
        return None
    for each in call.trying:
        if 0.0 < limit(each, rules) <= call.at + SOON:
            call, fact = _given_up(call, each, ended_as(each.screen) or Outcome.MACHINE)
            return (call, fact) if fact else None
    return None


def not_listened(call: Call, attempt: Attempt) -> Reading:
    """It could not be: then it is what the detection says."""
    if attempt.screen is not Screen.LISTENING or not attempt.trying:
        return call, None
    return _given_up(call, attempt, Outcome.MACHINE)
