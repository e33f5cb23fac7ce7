"""Who is rung next."""

from __future__ import annotations

import re

from warmtransfer.core.call import Call
from warmtransfer.core.rules import Human, Rules


def named(rules: Rules, target: str) -> Human | None:
    """The configured human whom `target` names: by name, else by a word of the description."""
    wanted = target.strip().casefold()
    if not wanted:
        return None
    for human in rules.humans:
        if human.name.casefold() == wanted:
            return human
    for human in rules.humans:
        words = re.findall(r"\w+", f"{human.name} {human.description}".casefold())
        if wanted in words:
            return human
    return None


def next_human(call: Call, rules: Rules) -> Human | None:
    """The human to ring now: the one asked for, then the list in its order, each once per handoff."""
    tried = {each.name for each in call.attempts if each.handoff == call.handoff.number}
    first = named(rules, call.handoff.target)
    order = ([first] if first else []) + [human for human in rules.humans if human is not first]
    return next((human for human in order if human.name not in tried), None)
