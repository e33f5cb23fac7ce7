"""Who can be reached now, and why the others cannot: what the model chooses from."""

from __future__ import annotations

from dataclasses import dataclass

from warmtransfer.core.call import Call
from warmtransfer.core.policy import department_at, departments, meant, members, nobody_in_particular
from warmtransfer.core.reach import Reason, soonest
from warmtransfer.core.rounds import plan_for
from warmtransfer.core.rounds import reason as hindrance
from warmtransfer.core.rules import Human, Rules
from warmtransfer.core.saying import reason

#: What the model may ask for where a plan knows better than the model who comes first.
ANYONE = "anyone"


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody to hand over to, by the name that the model may say."""

    name: str
    description: str = ""
    team: bool = False  #: a department
    language: str = ""  #: in which they are told what it is about, as two letters; empty for the call's


@dataclass(frozen=True, slots=True)
class Available:
    """As it is at one moment."""

    able: tuple[Choice, ...] = ()
    unable: tuple[tuple[Choice, str], ...] = ()  #: and why, in a sentence
    until: float = 0.0  #: when the clock changes it, seconds of the wall clock; 0.0 for never

    def names(self) -> list[str]:
        """Who can be reached."""
        return [each.name for each in self.able]

    def told(self) -> str:
        """All of it in words for the model."""
        able = "; ".join(map(shown, self.able))
        first = f"Can be reached now: {able}." if able else "Nobody can be reached now."
        why = " ".join(why for _, why in self.unable)
        return f"{first} Cannot be reached now: {why}" if why else first


def shown(each: Choice) -> str:
    """A name with what it is for, and how its summary is to be written."""
    about = f"{each.name}: {each.description}" if each.description else each.name
    return f"{about} (summary in the language {each.language})" if each.language else about


def available(rules: Rules, when: float) -> Available:
    """Departments, then humans, in the order in which they are written.

    Who is in a department is offered by name, too: callers ask for people.
    """
    able: list[Choice] = []
    unable: list[tuple[Choice, str]] = []
    found = [(_team(rules, name), why_team(rules, name, when)) for name in departments(rules)]
    named = {choice.name for choice, _ in found}
    # Whose name is their department's is offered once.
    found += [
        (Choice(human.name, human.description, language=human.language), why(human, rules, when))
        for human in rules.humans
        if human.name not in named
    ]
    for choice, hindered in found:
        if hindered is None:
            able.append(choice)
        else:
            unable.append((choice, reason(choice.name, hindered, when, choice.team)))
    if _plan_picks(rules) and len(able) > 1:
        able.insert(0, Choice(ANYONE, "whoever is free, unless the caller wants somebody in particular"))
    return Available(tuple(able), tuple(unable), _until(rules, when))


def anyone(rules: Rules, target: str) -> bool:
    """Whether this target leaves it to the plan who is rung."""
    return nobody_in_particular(target) and not meant(rules, target)


def _plan_picks(rules: Rules) -> bool:
    """Whether the default plan has more to say than the list's own order."""
    plan = plan_for(Call(""), rules)
    return (plan.size != 1 or bool(plan.first)) and not meant(rules, ANYONE)


def why(human: Human, rules: Rules, when: float) -> Reason | None:
    """Why this human cannot be reached at `when`, by their hours and by what is known of them now."""
    return hindrance(human, Call("", at=when), rules)


def why_team(rules: Rules, name: str, when: float) -> Reason | None:
    """Why nobody of this department can be reached at `when`."""
    hindered = soonest(why(human, rules, when) for human in members(rules, name))
    return department_at(rules, name, when) or hindered


def _team(rules: Rules, name: str) -> Choice:
    written = next((each.description for each in rules.departments if each.name == name), "")
    people = members(rules, name)
    if not written and [human.name for human in people] == [name]:
        written = people[0].description
    languages = {human.language for human in people}
    return Choice(name, written, team=True, language=languages.pop() if len(languages) == 1 else "")


def _until(rules: Rules, when: float) -> float:
    given = (*(each.hours for each in rules.humans), *(each.hours for each in rules.departments))
    hours = {each for each in given if each is not None}
    ends = [each.changes(when) for each in hours]
    ends += [found.until for human in rules.humans if (found := why(human, rules, when))]
    return min((later for later in ends if later > when), default=0.0)
