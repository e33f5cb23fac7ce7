"""One decision: a callback and a fact in, the callback after it and what is to be done out."""

from __future__ import annotations

from dataclasses import replace

from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks import orders as do
from warmtransfer.core.callbacks.callback import OVER, Callback, Stage
from warmtransfer.core.callbacks.limits import Limits, opens
from warmtransfer.core.callbacks.reading import read
from warmtransfer.core.callbacks.screening import screened_until
from warmtransfer.core.callbacks.table import TABLE, WAITS
from warmtransfer.core.callbacks.trying import By
from warmtransfer.core.event import Event
from warmtransfer.core.rules import Rules

#: Facts that start the stage's wait anew although the stage does not change.
RENEWS = (
    *(ev.TimedOut, ev.NobodyNow, ev.DueNow, ev.HumanToRing),
    *(ev.MayScreen, ev.ScreenAsks, ev.PersonThere),
)


def step(
    callback: Callback, event: Event, at: float, rules: Rules, limits: Limits
) -> tuple[Callback, tuple[do.Order, ...]]:
    """The callback after `event`, which happened at wall-clock second `at`, and what is to be done.

    Total: any fact in any stage gives an answer. TypeError for what is none.
    """
    callback, fact = read(replace(callback, at=at), event, By(rules, limits))
    row = TABLE[callback.stage].get(type(fact)) if fact else None
    if fact is None or row is None:
        return callback, ()
    stage, templates = row
    callback = _enter(callback, stage, fact, By(rules, limits))
    return callback, tuple(order for each in templates for order in each.for_callback(callback))


def taken(callback: Callback, at: float, rules: Rules, limits: Limits) -> Callback:
    """A new callback, or one whose wish has changed: it waits for its time, or for the next opening."""
    wanted = max(callback.wanted_at, at)
    due = opens(rules, callback.target, wanted) or wanted
    new = replace(callback, at=at, due_at=due, last_at=due + limits.keep)
    return replace(new, stage=Stage.WAITING, alarm=callback.alarm + 1, alarm_at=due, laps=0)


def _enter(callback: Callback, stage: Stage, fact: ev.Fact, by: By) -> Callback:
    same = stage is callback.stage
    if stage in OVER:
        ended = callback.ended_at if same else callback.at
        return replace(callback, stage=stage, alarm=callback.alarm + (not same), alarm_at=0.0, ended_at=ended)
    if same and not isinstance(fact, RENEWS):
        return callback
    due = callback.due_at if stage is Stage.WAITING else callback.at + _wait(callback, stage, by)
    laps = callback.laps if same else 0
    return replace(callback, stage=stage, alarm=callback.alarm + 1, alarm_at=due, laps=laps, ended_at=0.0)


def _wait(callback: Callback, stage: Stage, by: By) -> float:
    human = callback.human
    if stage is Stage.BRIEFING and human is not None and (until := screened_until(human, by.rules)):
        return until - callback.at
    seconds: float = getattr(by.limits, WAITS[stage])
    ringing = stage in (Stage.RINGING, Stage.CALLING) and callback.legs
    return seconds + (callback.legs[-1].ring if ringing else 0.0)
