"""What is heard on a leg that a machine has picked up, and how long it may take, means for the call."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.attempts import out
from warmtransfer.core.call import Attempt, Call, Stage, Style
from warmtransfer.core.conclusions import Fact, Reading
from warmtransfer.core.legs import Heard
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import Rules
from warmtransfer.core.screening import ASKED, Said, Screen

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
    asked = attempt.screen is not Screen.LISTENING
    match event.said:
        case Said.ASKS:
            since = attempt.screened_at if asked else call.at
            return _now(call, attempt, Screen.TOLD, since), so.ScreenAsks()
        case Said.HOLD | Said.NOTHING | Said.MENU if asked:
            return _now(call, attempt, Screen.WAITING, attempt.screened_at), None
        case Said.WORDS | Said.YES if asked:
            return _now(call, attempt, Screen.THERE, attempt.screened_at), so.PersonThere()
        case Said.HOLD if not asked:
            return call, None  # it goes on speaking, and is listened to
        case Said.MENU:
            return _given_up(call, attempt, Outcome.PHONE_MENU)
        case Said.GONE | Said.WORDS | Said.YES | Said.NOTHING | Said.HOLD:
            return _given_up(call, attempt, Outcome.SCREENED if asked else Outcome.MACHINE)
        case _:
            assert_never(event.said)


def _now(call: Call, attempt: Attempt, screen: Screen, since: float) -> Call:
    return call.with_attempt(replace(attempt, screen=screen, screened_at=since))


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
            outcome = Outcome.SCREENED if each.screen in ASKED else Outcome.MACHINE
            call, fact = _given_up(call, each, outcome)
            return (call, fact) if fact else None
    return None


def not_listened(call: Call, attempt: Attempt) -> Reading:
    """It could not be: then it is what the detection says."""
    if attempt.screen is not Screen.LISTENING or not attempt.trying:
        return call, None
    return _given_up(call, attempt, Outcome.MACHINE)
