"""Who is rung next."""

from __future__ import annotations

from collections.abc import Callable

from warmtransfer.core.call import Call
from warmtransfer.core.names import fold
from warmtransfer.core.rules import Human, Rules


def meant(rules: Rules, target: str) -> tuple[Human, ...]:
    """The configured humans whom `target` may name, in their order; nobody when it names none of them.

    A whole name counts before a part of one, and that before a word of the description: whoever is named
    never loses to somebody who is only described so. A name that several bear, or a department, means all
    of them.
    """
    found = (tuple(human for human in rules.humans if fits(human)) for fits in _ways(target))
    return next((some for some in found if some), ())


def named(rules: Rules, target: str) -> Human | None:
    """The one human whom `target` names; None also when it may be more than one."""
    some = meant(rules, target)
    return some[0] if len(some) == 1 else None


def _ways(target: str) -> list[Callable[[Human], bool]]:
    """What makes a human be the one meant, surest first."""
    words = fold(target)
    if not words:
        return []
    whole, each = "".join(words), set(words)
    return [
        lambda human: human.name.strip() == target.strip(),
        lambda human: human.name.strip().casefold() == target.strip().casefold(),
        lambda human: "".join(fold(human.name)) == whole,
        lambda human: each <= set(fold(human.name)),
        lambda human: each <= set(fold(f"{human.name} {human.description}")),
    ]


def next_human(call: Call, rules: Rules) -> Human | None:
    """The human to ring now: whom the caller asked for, then the list in its order.

    Each telephone rings once per handoff, whoever shares it, and never the one that the call comes from.
    """
    tried = [each for each in call.attempts if each.handoff == call.handoff.number]
    first = meant(rules, call.handoff.target)
    order = (*first, *(human for human in rules.humans if human not in first))
    # Behind an extension there is another telephone than the one that shows this number.
    rung = {(call.caller, ""), *((each.number, each.digits) for each in tried)}
    names = {each.name for each in tried}
    return next((h for h in order if h.name not in names and (h.number, h.digits) not in rung), None)
