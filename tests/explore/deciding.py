"""Decisions of the real `step`, each taken once; and our real documents, each written once."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from tests.core.stories import RULES
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Handoff
from warmtransfer.core.order import Order
from warmtransfer.core.plans import Known
from warmtransfer.core.rules import Rules
from warmtransfer.core.step import step
from warmtransfer.web.links import Links
from warmtransfer.web.twiml import Documents, Phrasing

#: Every fact happens at this second; what was before lies long enough back.
NOW = 1000.0
#: When alarms go off: of a stage's wait, and before its end.
LATE = NOW + 40.0
SOON = NOW + 20.0
DOCUMENTS = Documents(Links("https://example.test", "/wt"), Phrasing(), lambda: RULES)

Decided = tuple[Call, tuple[Order, ...]]
_DECIDED: dict[tuple[int, ev.Event, float, int], Decided] = {}
_ENGAGED: dict[int, tuple[Rules, Rules]] = {}
_CALLS: dict[Call, Call] = {}


def one(call: Call) -> Call:
    """The call that stands for all that are equal to it: to compare two is to look whether they are one."""
    return _CALLS.setdefault(call, call)


def decided(call: Call, fact: ev.Event, at: float, rules: Rules) -> Decided:
    """What `step` makes of it, in a world of few times."""
    key = (id(call), fact, at, id(rules))
    known = _DECIDED.get(key)
    if known is None:
        then, orders = step(call, fact, at, rules)
        known = _DECIDED[key] = (one(_settled(then)), orders)
    return known


def engaged(rules: Rules) -> Rules:
    """The rules while both humans talk with other callers: one object each, as `decided` knows them."""
    known = _ENGAGED.get(id(rules))
    if known is None or known[0] is not rules:
        busy = Known(engaged={human.number: (1.0,) for human in rules.humans})
        known = _ENGAGED[id(rules)] = (rules, replace(rules, known=busy))
    return known[1]


def forget() -> None:
    """The table is another one now."""
    _DECIDED.clear()


def _settled(call: Call) -> Call:
    """The call with its times made few: what happened lies back, what is awaited is ahead."""
    attempts = tuple(
        replace(
            each,
            dialled_at=1.0,
            answered_at=min(each.answered_at, 1.0),
            accepted_at=min(each.accepted_at, 1.0),
            joined_at=min(each.joined_at, 1.0),
            ended_at=min(each.ended_at, 1.0),
            screened_at=min(each.screened_at, 1.0),
            parted_at=min(each.parted_at, 1.0),
            proofs=tuple(replace(proof, at=1.0) for proof in each.proofs[-3:]),
        )
        for each in call.attempts
    )
    return replace(
        call,
        attempts=attempts,
        handoff=_handoff(call.handoff),
        past=tuple(_handoff(each) for each in call.past),
        alarm=1 if call.alarm_at else 0,
        alarm_at=0.0 if not call.alarm_at else SOON if call.alarm_at < call.due_at else LATE,
        due_at=LATE if call.alarm_at else 0.0,
        at=NOW,
        ai=replace(call.ai, losses=tuple(NOW for _ in call.ai.losses)),
        started_at=min(call.started_at, 1.0),
        ended_at=min(call.ended_at, 1.0),
        comforted_until=0.0,
        laps=min(call.laps, 7),
    )


def _handoff(handoff: Handoff) -> Handoff:
    return replace(handoff, asked_at=min(handoff.asked_at, 1.0), ended_at=min(handoff.ended_at, 1.0))


@lru_cache(maxsize=200_000)
def document(kind: str, call: Call, number: int = 0) -> str:
    """What kind of document our web would answer with now: the verb that matters in it."""
    if kind == "caller":
        xml = DOCUMENTS.caller(call)
    elif kind == "ai":
        xml = DOCUMENTS.ai(call, number)
    else:
        xml = DOCUMENTS.human(call, number)
    for verb in ("Connect", "Gather", "Conference", "Record", "Number"):
        if f"<{verb}" in xml:
            return verb
    return "Bridge" if xml.endswith("<Response />") else "Hangup"
