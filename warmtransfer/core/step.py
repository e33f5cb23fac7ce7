"""One decision: a call and a fact in, the call after it and what is to be done out."""

from __future__ import annotations

from dataclasses import replace

from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import SEEKING, Call, Stage, awaited
from warmtransfer.core.conclusions import Fact
from warmtransfer.core.counts import ABOUT_AI, KEEPS_PLACE, MINDS_AI, RENEWS, WAITS
from warmtransfer.core.endings import noted
from warmtransfer.core.place import Waits
from warmtransfer.core.reading import read
from warmtransfer.core.reading.bridge import next_look
from warmtransfer.core.reading.screening import next_limit
from warmtransfer.core.rules import Rules
from warmtransfer.core.table import TABLE

#: Seconds until a look that is overdue.
AT_ONCE = 0.5


def step(call: Call, event: ev.Event, at: float, rules: Rules) -> tuple[Call, tuple[do.Order, ...]]:
    """The call after `event`, which happened at wall-clock second `at`, and what is to be done.

    Total: any event in any stage gives an answer. TypeError for what is no event.
    """
    before = call
    call, fact = read(replace(call, at=at), event, rules)
    row = TABLE[call.stage].get(type(fact)) if fact else None
    if fact is None or row is None:
        return noted(before, call), ()
    stage, templates = row
    serial = call.alarm
    call = enter(call, stage, fact, rules)
    orders = []
    for template in templates:
        for order in template.for_call(call, rules, getattr(fact, "n", 0)):
            call = order.advance(call)
            orders.append(order)
    if call.alarm != serial:
        call = replace(call, alarm_at=first_look(call, rules))
    return noted(before, call), tuple(orders)


def leads(call: Call, event: ev.Event, at: float, rules: Rules) -> bool:
    """Whether `event` would lead anywhere as the call stands: there is a row for it, and it is not stale."""
    call, fact = read(replace(call, at=at), event, rules)
    return fact is not None and type(fact) in TABLE[call.stage]


def enter(call: Call, stage: Stage, fact: Fact, rules: Rules) -> Call:
    """The call in `stage`, its timer armed when the stage is new or the wait starts anew."""
    same = stage is call.stage
    if stage not in KEEPS_PLACE and call.waits.since:
        call = replace(call, waits=Waits())
    if stage is Stage.OVER and not same:
        call = replace(call, ended_at=call.at)
    elif call.stage is Stage.OVER and not same:
        call = replace(call, ended_at=0.0)
    if same and call.alarm_at and not isinstance(fact, RENEWS):
        return call
    due = call.at + wait(call, stage, WAITS[stage], not same, rules)
    if same and stage in SEEKING | MINDS_AI and isinstance(fact, ABOUT_AI) and call.due_at > call.at:
        due = call.due_at
    laps = call.laps if same else 0
    return replace(call, stage=stage, alarm=call.alarm + 1, alarm_at=due, due_at=due, laps=laps)


def first_look(call: Call, rules: Rules) -> float:
    """When the alarm goes off: at the wait's end, or sooner, to look after an AI that is on its way, or at
    two who talk."""
    if call.stage in MINDS_AI:
        given_up = max(next_limit(call, rules), call.at + AT_ONCE) if next_limit(call, rules) else call.due_at
        ai = call.at + rules.connecting + turn(call.ai.turn_at, call) if awaited(call) else call.due_at
        return min(call.due_at, ai, given_up)
    look = next_look(call, rules) if call.stage is Stage.HUMAN else 0.0
    return min(call.due_at, max(look, call.at + AT_ONCE)) if look else call.due_at


def wait(call: Call, stage: Stage, rule: str, entering: bool, rules: Rules) -> float:
    """Seconds this stage waits: ringing adds the phone's own time, a new conversation the introduction's,
    and a leg that is still to be made what is left until its turn."""
    seconds: float = getattr(rules, rule)
    if stage is Stage.RINGING:
        rings = (do.ring_seconds(each, rules) + turn(each.turn_at, call) for each in call.trying)
        return seconds + max(rings, default=0.0)
    if stage is Stage.WAITING:
        return min(seconds, max(0.0, call.waits.until - call.at))
    if stage in (Stage.CONNECTING, Stage.RETURNING):
        return seconds + turn(call.ai.turn_at, call)
    return rules.introduction if stage is Stage.HUMAN and entering else seconds


def turn(at: float, call: Call) -> float:
    """Seconds left until a leg's turn."""
    return max(0.0, at - call.at)
