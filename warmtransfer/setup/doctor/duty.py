"""Who is on duty: whether callers who ask for a person find one."""

from __future__ import annotations

from collections.abc import Iterator

from warmtransfer.core.names import fold
from warmtransfer.core.policy import departments, members
from warmtransfer.core.rules import Rules
from warmtransfer.core.words import LANGUAGES, known
from warmtransfer.setup.doctor.line import Area, Line
from warmtransfer.web.parts import People

DUTY = Area("on duty")
#: What becomes of a wish that nobody can serve.
SO = "whoever asks is offered to leave a message"


def duty(people: People) -> Iterator[Line]:
    """The list, who is never there, and whether anybody is now."""
    rules, found = people.rules(), people.now()
    if people.fault:
        yield DUTY.fault(
            "the function given as humans=", people.fault, "correct it: nobody is rung until then"
        )
        return
    for each in rules.departments:
        if not members(rules, each.name):
            what = f"the department {each.name}"
            yield DUTY.warning(what, f"has nobody in it: {SO}", "give a human this department")
    yield from _plans_of_nobody(rules)
    yield from _never_there(rules, people.moment())
    yield from _not_in_their_language(rules)
    names = ", ".join(human.name for human in rules.humans)
    if not names:
        yield DUTY.warning("nobody on duty", f"the list is empty: {SO}", "put somebody on it")
    elif not found.able:
        why = " ".join(why for _, why in found.unable).rstrip(".")
        yield DUTY.warning(
            "nobody on duty", f"{SO}: {why}",
            "nothing, if these are the hours; `flask … warmtransfer humans --at TIME` tells of others",
        )  # fmt: skip
    else:
        now = ", ".join(found.names())
        yield DUTY.ok("WARMTRANSFER_HUMANS", f"{names} may be rung, in this order; now {now}")


def _plans_of_nobody(rules: Rules) -> Iterator[Line]:
    teams = {fold(team) for team in departments(rules) if members(rules, team)}
    for plan in rules.plans:
        if plan.department and fold(plan.department) not in teams:
            yield DUTY.warning(
                f"the plan of {plan.department}", "is for a department that nobody is in",
                "give a human this department, or correct the plan's",
            )  # fmt: skip


def _not_in_their_language(rules: Rules) -> Iterator[Line]:
    by_language: dict[str, list[str]] = {}
    for human in rules.humans:
        if not (known(human.language) or rules.words.are_in(human.language)):
            by_language.setdefault(human.language, []).append(human.name)
    for language, names in by_language.items():
        yield DUTY.warning(
            f"the language of {', '.join(names)}",
            f"is {language}, in which our own sentences are not written: they are said in English",
            f"use one of {', '.join(sorted(LANGUAGES))}; or, where the whole deployment speaks it, set "
            f"WARMTRANSFER_LANGUAGE={language} and WARMTRANSFER_WORDS",
        )


def _never_there(rules: Rules, when: float) -> Iterator[Line]:
    given = [(each.name, each.hours) for each in rules.departments]
    given += [(human.name, human.hours) for human in rules.humans]
    for name, hours in given:
        if hours is not None and hours.opens(when) == 0.0:
            yield DUTY.warning(name, "has hours that never begin", "correct hours or holidays")
