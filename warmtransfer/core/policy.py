"""Who is meant, and who may be rung for that."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from warmtransfer.core.names import fold
from warmtransfer.core.reach import Reason, Why, open_at, soonest
from warmtransfer.core.rules import Human, Rules


def meant(rules: Rules, target: str) -> tuple[Human, ...]:
    """The configured humans whom `target` may name, in their order; nobody when it names none of them.

    A whole name counts before a department's, that before a part of either, and that before a word of the
    description: whoever is named never loses to somebody who is only described so. A name that several bear,
    or a department, means all of them.
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
        lambda human: any("".join(fold(team)) == whole for team in human.departments),
        lambda human: each <= set(fold(human.name)),
        lambda human: any(each <= set(fold(team)) for team in human.departments),
        lambda human: each <= set(fold(" ".join((human.name, *human.departments, human.description)))),
    ]


def departments(rules: Rules) -> tuple[str, ...]:
    """All departments in the order in which they are written, those with a table first.

    One with a table is one also while nobody is in it: its only human may be off the list for the moment.
    """
    written = (each.name for each in rules.departments)
    return tuple(dict.fromkeys((*written, *_teams(rules.humans))))


def _teams(humans: Iterable[Human]) -> Iterable[str]:
    return (team for human in humans for team in human.departments)


def department(rules: Rules, target: str) -> str:
    """The one department that `target` names, "" for none: also when a human of another bears that name."""
    words = fold(target)
    bearers = [human for human in rules.humans if any(fits(human) for fits in _ways(target)[:3])]
    if not words or any(words not in map(fold, human.departments) for human in bearers):
        return ""
    teams = departments(rules)
    whole = [team for team in teams if "".join(fold(team)) == "".join(words)]
    if whole:
        return whole[0]
    if any(set(words) <= set(fold(human.name)) for human in rules.humans):
        return ""
    parts = [team for team in teams if set(words) <= set(fold(team))]
    return parts[0] if len(parts) == 1 else ""


def known(rules: Rules, target: str) -> bool:
    """Whether `target` names anybody, or a department, be it without anybody."""
    return bool(meant(rules, target) or department(rules, target))


def members(rules: Rules, team: str) -> tuple[Human, ...]:
    """The humans of a department."""
    return tuple(human for human in rules.humans if team in human.departments)


def plan(rules: Rules, target: str) -> tuple[Human, ...]:
    """Everybody who may be rung for this target, in order: a department's humans and nobody else's; or whom
    it names, then the list in its order."""
    team = department(rules, target)
    if team:
        return members(rules, team)
    first = meant(rules, target)
    return (*first, *(human for human in rules.humans if human not in first))


def department_at(rules: Rules, team: str, when: float) -> Reason | None:
    """Why nobody of this department can be rung at `when`, as far as the list and hours go."""
    people = members(rules, team)
    if not people:
        return Reason(Why.EMPTY)
    for each in rules.departments:
        if each.name == team and (reason := open_at(each, when)):
            return reason
    return soonest(open_at(human, when) for human in people)


def unreachable(rules: Rules, target: str, when: float) -> tuple[tuple[str, Reason], ...]:
    """Who of those that `target` means cannot be rung at `when`, and why: a department, or humans by name.

    When nobody at all can be rung, everybody of the plan.
    """
    team = department(rules, target)
    if team:
        closed = department_at(rules, team, when)
        return ((team, closed),) if closed else ()
    able = [human for human in rules.humans if open_at(human, when) is None]
    some = meant(rules, target) if able else plan(rules, target)
    found = ((human.name, open_at(human, when)) for human in some)
    return tuple((name, reason) for name, reason in found if reason)
