"""How often, how long, and from when on."""

from __future__ import annotations

from dataclasses import dataclass

from warmtransfer.core.policy import department, plan
from warmtransfer.core.rules import Department, Human, Rules

#: Steps in which a moment is looked for at which both a human and their department are there.
STEPS = 30


@dataclass(frozen=True, slots=True)
class Limits:
    """What a deployment decides about callbacks; seconds."""

    tries: int = 3
    between: float = 900.0  #: from the end of a try to the next one
    again: float = 60.0  #: before somebody is looked for again when nobody can be rung
    on_line: float = 5.0  #: before we look again whether the caller has hung up
    keep: float = 3 * 86_400.0  #: from its time until it is given up because nobody could be rung
    ring: float = 30.0  #: for which the caller's phone rings
    margin: float = 15.0  #: on top of a ring: the carrier's own 5, queueing, delivery of the news
    briefing: float = 60.0
    joining: float = 12.0  #: what the caller hears first, before we look for them in the room
    checking: float = 60.0  #: between looks at a talk
    ending: float = 10.0  #: a sentence to whoever waits, before what is left is ended
    patience: int = 6  #: looks in a row without an answer before a leg is taken for ended


def opens(rules: Rules, target: str, when: float) -> float:
    """The first moment from `when` on at which somebody is there for this target; 0.0 for never."""
    team = next((each for each in rules.departments if each.name == department(rules, target)), None)
    found = [_opens(human, team, when) for human in plan(rules, target) if not human.away]
    return min((at for at in found if at), default=0.0)


def _opens(human: Human, team: Department | None, when: float) -> float:
    at = when
    hours = [each for each in (human.hours, team.hours if team else None) if each is not None]
    for _ in range(STEPS):
        later = at
        for each in hours:
            later = each.opens(later)
            if not later:
                return 0.0
        if later == at:
            return at
        at = later
    return 0.0
