"""Who is meant, and who may be rung for that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from warmtransfer.core.fillers import EITHER, FILLERS, NOT, SOMEBODY, UNITS
from warmtransfer.core.names import fold
from warmtransfer.core.reach import Reason, Why, open_at, soonest
from warmtransfer.core.rules import Human, Rules


def meant(rules: Rules, target: str) -> tuple[Human, ...]:
    """The configured humans whom `target` may name, in their order; nobody when it names none of them.

    A whole name counts before a department's, that before a part of either, and that before what is told of
    them: whoever is named never loses to somebody who is only described so. A name that several bear, or a
    department, means all of them; so do several names. Words that say nothing of anybody mean nobody.
    """
    ways = (*_ways(target), _described(rules, target))
    return _first(rules, ways) or _any_of(rules, target)


def named(rules: Rules, target: str) -> Human | None:
    """The one human whom `target` names; None also when it may be more than one."""
    some = meant(rules, target)
    return some[0] if len(some) == 1 else None


def nobody_in_particular(target: str) -> bool:
    """Whether the target says that anybody will do."""
    words = set(fold(target))
    return bool(words & SOMEBODY) and words <= SOMEBODY | FILLERS


def _first(rules: Rules, ways: Iterable[Callable[[Human], bool]]) -> tuple[Human, ...]:
    found = (tuple(human for human in rules.humans if fits(human)) for fits in ways)
    return next((some for some in found if some), ())


def _any_of(rules: Rules, target: str) -> tuple[Human, ...]:
    """Everybody who is named, when several names are; nobody when one of them is none."""
    words = re.split(r"([,;/&+\s])", target)
    parts, part = [], ""
    for word in words:
        if (word in ",;/&+" and word) or (EITHER.issuperset(fold(word)) and fold(word)):
            parts.append(part)
            part = ""
        else:
            part += word
    parts = [each for each in (*parts, part) if fold(each)]
    found = [_first(rules, _ways(each)) for each in parts]
    if len(parts) < 2 or not all(found):
        return ()
    return tuple(human for human in rules.humans if any(human in some for some in found))


def _telling(words: Iterable[str]) -> set[str]:
    """Those that say something of somebody."""
    found = set(words) - FILLERS - SOMEBODY - EITHER
    return found - UNITS or found


def _told(text: str) -> set[str]:
    """What a description says that somebody is for, and not what they are not for."""
    found: set[str] = set()
    for clause in re.split(r"[,;:.!?()\n]", text):
        words = fold(clause)
        until = next((n for n, word in enumerate(words) if word in NOT), len(words))
        found |= _telling(words[:until])
    return found


def _within(words: Iterable[str], told: Iterable[str]) -> bool:
    """Whether each of the words is told, be it in another number."""
    known = {_stem(each) for each in told}
    return all(_stem(word) in known for word in words)


def _stem(word: str) -> str:
    """The word without the ending of a plural, where something is left of it."""
    return next((word.removesuffix(end) for end in ("s", "n") if word.endswith(end) and len(word) > 4), word)


def _described(rules: Rules, target: str) -> Callable[[Human], bool]:
    """Fits those of whom, or of whose department, it is told that they are for this."""
    words = fold(target)
    wanted = _telling(words) if not NOT.intersection(words) else set()
    of_teams = {each.name: _told(each.description) for each in rules.departments}

    def fits(human: Human) -> bool:
        known = _telling(fold(" ".join((human.name, *human.departments)))) | _told(human.description)
        for team in human.departments:
            known |= of_teams.get(team, set())
        return bool(wanted) and _within(wanted, known)

    return fits


def _ways(target: str) -> list[Callable[[Human], bool]]:
    """What makes a human be the one who is named, surest first."""
    words = fold(target)
    if not words:
        return []
    whole, each = "".join(words), set(words)
    surely: list[Callable[[Human], bool]] = [
        lambda human: human.name.strip() == target.strip(),
        lambda human: human.name.strip().casefold() == target.strip().casefold(),
        lambda human: "".join(fold(human.name)) == whole,
        lambda human: any("".join(fold(team)) == whole for team in human.departments),
    ]
    telling = _telling(words)
    if not telling or NOT.intersection(words):
        return surely
    return [
        *surely,
        lambda human: each <= set(fold(human.name)),
        lambda human: any(telling <= set(fold(team)) for team in human.departments),
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
    telling = _telling(words)
    parts = [team for team in teams if telling and telling <= set(fold(team))]
    if parts or NOT.intersection(words) or meant(rules, target):
        return parts[0] if len(parts) == 1 and not NOT.intersection(words) else ""
    told = [each.name for each in rules.departments if _within(telling, _told(each.description))]
    return told[0] if len(told) == 1 and telling else ""


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
