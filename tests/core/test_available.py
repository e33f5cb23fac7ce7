"""What the model chooses from: who can be reached now, and why the others cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from warmtransfer.core.available import Available, Choice, anyone, available
from warmtransfer.core.hours import Hours, Span
from warmtransfer.core.plans import Known, Plan
from warmtransfer.core.rules import Department, Human, Rules

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(BERLIN, tuple(Span(day, 9 * 60, 17 * 60) for day in range(5)))
LATE = Hours(BERLIN, tuple(Span(day, 12 * 60, 20 * 60) for day in range(7)))
RULES = Rules(
    humans=(
        Human("sam", "+15550100001", "invoices", departments=("billing",), hours=OFFICE),
        Human("kim", "+15550100002", departments=("support",), hours=LATE),
        Human("reception", "+15550100003", "anything", departments=("reception",)),
        Human("pat", "+15550100004", away=True),
    ),
    departments=(Department("billing", "invoices and payments", OFFICE),),
)


def at(day: int, hour: int, minute: int = 0) -> float:
    """A moment in December 2026; the 7th is a Monday."""
    return datetime(2026, 12, day, hour, minute, tzinfo=BERLIN).timestamp()


def test_departments_come_first_and_whose_name_is_its_departments_is_offered_once() -> None:
    found = available(RULES, at(7, 13))
    assert found.able == (
        Choice("billing", "invoices and payments", team=True),
        Choice("support", team=True),
        Choice("reception", "anything", team=True),
        Choice("sam", "invoices"),
        Choice("kim"),
    )
    assert found.unable == ((Choice("pat"), "Pat is away."),)
    assert found.until == at(7, 17)


def test_who_is_closed_is_told_with_the_time_at_which_that_ends() -> None:
    found = available(RULES, at(7, 8))
    assert found.names() == ["reception"]
    assert found.told() == (
        "Can be reached now: reception: anything. Cannot be reached now: "
        "Billing opens at 9:00 Berlin time. Support opens at 12:00 Berlin time. "
        "Sam is there again at 9:00 Berlin time. Kim is there again at 12:00 Berlin time. Pat is away."
    )
    assert found.until == at(7, 9)


def test_where_a_plan_knows_who_comes_first_the_model_may_leave_it_to_the_plan() -> None:
    rules = replace(RULES, plans=(Plan(size=0),))
    assert available(rules, at(7, 13)).names() == ["anyone", *available(RULES, at(7, 13)).names()]
    assert anyone(rules, "Anyone")
    assert "anyone" not in available(rules, at(6, 21)).names(), "where one is there, that one is it"
    assert "anyone" not in available(replace(RULES, plans=(Plan("billing", 0),)), at(7, 13)).names()


def test_somebody_who_is_called_anyone_is_meant_by_that_name() -> None:
    humans = (Human("anyone", "+15550100001"), Human("kim", "+15550100002"))
    rules = Rules(humans=humans, plans=(Plan(size=0),))
    assert available(rules, 0.0).names() == ["anyone", "kim"]
    assert not anyone(rules, "anyone")


def test_with_everybody_closed_nobody_can_be_reached() -> None:
    rules = Rules(humans=RULES.humans[:2], departments=RULES.departments)
    found = available(rules, at(6, 21))
    assert found.able == ()
    assert found.told().startswith("Nobody can be reached now. Cannot be reached now: Billing opens tomorrow")
    assert available(Rules(), at(6, 21)) == Available()


def test_who_is_briefed_in_another_language_has_the_summary_written_in_it() -> None:
    rules = Rules(humans=(Human("sam", "+15550100001", "invoices", departments=("billing",), language="de"),))
    assert available(rules, 0.0).told() == (
        "Can be reached now: billing (summary in the language de); "
        "sam: invoices (summary in the language de)."
    )


def test_a_department_that_stands_in_the_list_is_told_of_while_nobody_is_in_it() -> None:
    rules = Rules(humans=(Human("sam", "+15550100001"),), departments=(Department("legal", "contracts"),))
    assert available(rules, 0.0).unable == (
        (Choice("legal", "contracts", team=True), "Nobody of Legal is there now."),
    )


def test_a_department_is_closed_when_all_of_its_humans_are() -> None:
    rules = Rules(humans=(Human("sam", "+15550100001", departments=("billing",), away=True),))
    assert [why for _, why in available(rules, 0.0).unable] == [
        "Nobody of Billing is free now.",
        "Sam is away.",
    ]


def test_who_is_busy_or_was_just_rung_is_told_until_that_is_over() -> None:
    rules = Rules(
        humans=(Human("sam", "+15550100001", at_once=2), Human("kim", "+15550100002")),
        known=Known(engaged={"+15550100001": (1.0,), "+15550100002": (2.0,)}, vain={"+15550100001": 50.0}),
    )
    found = available(rules, 100.0)
    assert [why for _, why in found.unable] == [
        "Sam was called a moment ago and could not be had.",
        "Kim is on another call.",
    ]
    assert found.until == 170.0
    assert available(rules, 170.0).names() == ["sam"]
