"""One decision of the core, as the store saves it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from warmtransfer.core import events as ev
from warmtransfer.core.call import Call
from warmtransfer.core.plans import Known
from warmtransfer.core.rounds import claims, rings
from warmtransfer.core.rules import Rules
from warmtransfer.core.step import step
from warmtransfer.ports.store.records import Decision, Ringing


def decided(call: Call, event: ev.Event, at: float, rules: Rules, holds: bool = False) -> Decision:
    """What `event` makes of the call.

    What is known of telephones makes fewer of them ring, never more: only a decision that rings somebody is
    made again with that, and all others cost no question.
    """
    decision = Decision(call, event, *step(call, event, at, rules), holds=holds)
    if not rings(call, decision.call):
        return decision
    return replace(decision, ringing=Ringing(rules.numbers, partial(_knowing, call, event, at, rules, holds)))


def _knowing(call: Call, event: ev.Event, at: float, rules: Rules, holds: bool, known: Known) -> Decision:
    after, orders = step(call, event, at, replace(rules, known=known))
    return Decision(call, event, after, orders, holds, claims=claims(call, after, rules))
