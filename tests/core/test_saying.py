"""Why somebody cannot be reached is said as people say it, to the model and to callers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from warmtransfer.core.hours import Holiday, Hours, Span
from warmtransfer.core.reach import Reason, Why
from warmtransfer.core.rules import Department, Human, Rules
from warmtransfer.core.saying import opens, reason, reasons
from warmtransfer.core.words import LANGUAGES

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(
    BERLIN,
    tuple(Span(day, 9 * 60, 17 * 60 + 30) for day in range(5)),
    (Holiday("2026-12-25", "Christmas Day"),),
)
SAM = Human("sam", "+15550100001", departments=("billing",))


def at(text: str) -> float:
    """The moment of this time in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


def rules(hours: Hours = OFFICE) -> Rules:
    """A department with these hours, and one human in it."""
    return Rules(humans=(replace(SAM, hours=hours),), departments=(Department("billing", hours=hours),))


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2026-12-07T07:00", "Billing opens at 9:00 Berlin time."),
        ("2026-12-07T18:00", "Billing opens tomorrow at 9:00 Berlin time."),
        ("2026-12-05T18:00", "Billing opens on Monday at 9:00 Berlin time."),
        (
            "2026-12-25T10:00",
            "Billing is closed today for Christmas Day and opens on Monday at 9:00 Berlin time.",
        ),
        ("2026-12-07T10:00", ""),
    ],
)
def test_the_model_is_told_when_a_department_opens(when: str, said: str) -> None:
    assert reasons(rules(), "billing", at(when)) == said


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (Reason(Why.AWAY), "Sam is away."),
        (Reason(Why.BUSY), "Sam is on another call."),
        (Reason(Why.RUNG), "Sam was called a moment ago and could not be had."),
        (Reason(Why.CLOSED, 0.0, OFFICE), "Sam is closed."),
    ],
)
def test_other_reasons_are_said_too(why: Reason, said: str) -> None:
    assert reason("sam", why, at("2026-12-07T10:00")) == said


def test_a_closure_of_weeks_is_told_with_its_date() -> None:
    away = Hours(BERLIN, OFFICE.spans, tuple(Holiday(f"2026-12-{day:02}") for day in range(1, 32)))
    assert reasons(rules(away), "billing", at("2026-12-07T10:00")) == (
        "Billing opens on 1 January at 9:00 Berlin time."
    )
    assert opens(rules(away), "billing", at("2026-12-07T10:00"), LANGUAGES["en"]) == ""


def test_no_more_reasons_are_given_than_anybody_listens_to() -> None:
    many = Rules(humans=tuple(Human(f"human {n}", f"+1555010000{n}", away=True) for n in range(9)))
    said = reasons(many, "", at("2026-12-07T10:00"))
    assert said.count("is away") == 6
    assert said.endswith("Nor can the others be reached.")


@pytest.mark.parametrize(
    ("language", "when", "said"),
    [
        ("en", "2026-12-07T07:00", "We are closed at the moment, and open at 9 AM."),
        ("en", "2026-12-07T20:00", "We are closed at the moment, and open tomorrow at 9 AM."),
        ("de", "2026-12-05T07:00", "Im Moment ist bei uns geschlossen, wir öffnen am Montag um 9:00 Uhr."),
        ("en", "2026-12-07T10:00", ""),
    ],
)
def test_a_caller_is_told_when_we_open_in_their_language(language: str, when: str, said: str) -> None:
    assert opens(rules(), "", at(when), LANGUAGES[language]) == said


def test_who_is_asked_for_is_no_reason_to_call_the_house_closed() -> None:
    two = Rules(humans=(Human("sam", "+15550100001", away=True), Human("kim", "+15550100002")))
    assert opens(two, "sam", at("2026-12-07T07:00"), LANGUAGES["en"]) == ""
    assert reasons(two, "sam", at("2026-12-07T07:00")) == "Sam is away."
    assert reasons(two, "", at("2026-12-07T07:00")) == ""
