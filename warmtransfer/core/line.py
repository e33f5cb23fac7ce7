"""The line for a human: who may wait in it, which place they have, and how long that may take."""

from __future__ import annotations

from dataclasses import replace

from warmtransfer.core.call import Call
from warmtransfer.core.place import Waits, estimate, number, seen
from warmtransfer.core.plans import Known
from warmtransfer.core.policy import department
from warmtransfer.core.rounds import own_phones, phones, plan_for
from warmtransfer.core.rules import Rules


def joined(call: Call, rules: Rules) -> Call | None:
    """The call in the line, as long as it may wait: whoever was in it keeps the time of first asking.

    None without a line, when it is full or the longest wait is over; nor does a caller begin to wait whom no
    AI can keep company.
    """
    plan, before, others = plan_for(call, rules), call.waits, rules.known.line
    since = before.since or call.at
    full = sum(each.ours and each.place.line == plan.department for each in others) >= plan.line_length
    if not plan.line or since + plan.longest_wait <= call.at:
        return None
    if not before.since and (full or call.ai.down):
        return None
    waits = Waits(
        since,
        since + plan.longest_wait,
        plan.department,
        max(plan.priority, before.priority),
        phones(call, rules),
        plan.rest,
        team=department(rules, call.handoff.target),
        own=own_phones(call, rules),
    )
    return replace(call, waits=now(call.id, waits, rules.known, call.at))


def now(call_id: str, place: Waits, known: Known, at: float) -> Waits:
    """The place as things stand: its number, and how long it may take."""
    mine = number(call_id, place, known.line)
    talks = [each for phone in place.phones for each in known.talks.get(phone, ())]
    lasted = [at - since for phone in place.phones for since in known.engaged.get(phone, ())]
    return seen(place, mine, estimate(mine, talks, lasted))
