"""A human's telephone that asks who calls, told from a mailbox as it is in a call."""

from __future__ import annotations

from dataclasses import replace

from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks.callback import Callback, Leg, Side, Stage
from warmtransfer.core.callbacks.trying import By, Reading
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import Rules
from warmtransfer.core.screening import ASKED, Screen, hears


def may_screen(callback: Callback, leg: Leg) -> bool:
    """Whether what has picked up here, a machine, is to be listened to before it is given up."""
    awaited = callback.stage in (Stage.RINGING, Stage.BRIEFING)
    return awaited and leg.side is Side.HUMAN and bool(leg.call_sid) and leg.screen is Screen.NONE


def listens(callback: Callback, leg: Leg) -> Reading:
    """It is listened to; what is detected has answered, although the news of that may be late."""
    since = leg.answered_at or callback.at
    leg = replace(leg, screen=Screen.LISTENING, screened_at=callback.at, answered_at=since)
    return callback.with_leg(leg), ev.MayScreen()


def spoke(callback: Callback, event: ev.LegSpoke, by: By) -> Reading:
    """Only of the leg that is listened to, and while nothing is decided."""
    leg = callback.leg(event.n)
    if callback.stage is not Stage.BRIEFING or leg is None or leg.ended or leg.outcome:
        return callback, None
    if leg.screen not in (Screen.LISTENING, *ASKED):
        return callback, None
    then = hears(leg.screen, event.said)
    if isinstance(then, Outcome):
        return given_up(callback, leg, then)
    asks = then is Screen.TOLD and leg.screen not in ASKED
    leg = replace(leg, screen=then, screened_at=callback.at if asks else leg.screened_at)
    fact = {Screen.TOLD: ev.ScreenAsks(), Screen.THERE: ev.PersonThere()}.get(then)
    return callback.with_leg(leg), fact


def given_up(callback: Callback, leg: Leg, outcome: Outcome) -> Reading:
    """Nobody is there, or nobody comes."""
    callback = callback.with_leg(replace(leg, outcome=outcome))
    return replace(callback, why=f"{leg.side.value}_{outcome.value}"), ev.HumanOut()


def screened_until(leg: Leg, rules: Rules) -> float:
    """Until when this leg is listened to, or may keep us waiting; 0.0 for no limit of this kind."""
    if leg.screen is Screen.LISTENING:
        return leg.screened_at + rules.listening
    return leg.screened_at + rules.screening if leg.screen in ASKED else 0.0
