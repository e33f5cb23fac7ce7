"""Weekly hours: open or not, until when, over midnight, over a change of the clocks, and on holidays."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmtransfer.core.hours import DAY, Holiday, Hours, Span
from warmtransfer.core.reach import Reason, Why, open_at
from warmtransfer.core.rules import Department, Human

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(
    BERLIN,
    tuple(Span(day, opens, closes) for day in range(5) for opens, closes in ((540, 720), (780, 1020))),
    (Holiday("2026-12-25", "Christmas Day"),),
)
NIGHT = Hours(BERLIN, (Span(4, 22 * 60, 30 * 60),))
ALWAYS = Hours(BERLIN, tuple(Span(day, 0, DAY) for day in range(7)))


def at(text: str, zone: ZoneInfo = BERLIN) -> float:
    """The moment of this local time."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


@pytest.mark.parametrize(
    ("when", "opens", "closes"),
    [
        ("2026-12-07T08:59:59", "2026-12-07T09:00", ""),
        ("2026-12-07T09:00", "", "2026-12-07T12:00"),
        ("2026-12-07T12:00", "2026-12-07T13:00", ""),
        ("2026-12-07T16:59:59", "", "2026-12-07T17:00"),
        ("2026-12-07T17:00", "2026-12-08T09:00", ""),
        ("2026-12-04T18:00", "2026-12-07T09:00", ""),
        ("2026-12-24T18:00", "2026-12-28T09:00", ""),
    ],
)
def test_an_office_is_open_within_its_hours_and_says_when_next(when: str, opens: str, closes: str) -> None:
    now = at(when)
    assert OFFICE.open(now) is not bool(opens)
    assert OFFICE.opens(now) == (at(opens) if opens else now)
    assert OFFICE.closes(now) == (at(closes) if closes else now)
    assert OFFICE.changes(now) == at(opens or closes)


def test_a_night_belongs_to_the_day_it_begins_on() -> None:
    assert NIGHT.open(at("2026-12-05T05:59"))
    assert not NIGHT.open(at("2026-12-05T06:00"))
    assert not NIGHT.open(at("2026-12-04T05:00"))
    free = Hours(BERLIN, NIGHT.spans, (Holiday("2026-12-05"),))
    assert free.open(at("2026-12-05T05:00")), "Friday's night, though Saturday is a holiday"
    assert not Hours(BERLIN, NIGHT.spans, (Holiday("2026-12-04"),)).open(at("2026-12-05T05:00"))


def test_who_is_always_open_never_closes() -> None:
    assert ALWAYS.closes(at("2026-12-05T12:00")) == 0.0


def test_who_never_works_never_opens() -> None:
    never = Hours(BERLIN, ())
    assert (never.open(0.0), never.opens(at("2026-12-05T12:00"))) == (False, 0.0)


def test_hours_stay_the_clocks_when_that_is_changed() -> None:
    sunday = Hours(BERLIN, (Span(6, 60, 5 * 60),))
    spring, autumn = at("2026-03-29T01:00"), at("2026-10-25T01:00")
    assert sunday.closes(spring) - spring == 3 * 3600
    assert sunday.closes(autumn) - autumn == 5 * 3600


def test_the_same_moment_is_another_time_elsewhere() -> None:
    there = Hours(ZoneInfo("America/New_York"), OFFICE.spans)
    now = at("2026-12-07T09:30")
    assert OFFICE.open(now)
    assert there.opens(now) == at("2026-12-07T09:00", ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("Europe/Berlin", "Berlin"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
    ],
)
def test_a_zone_is_said_by_its_city(key: str, said: str) -> None:
    assert Hours(ZoneInfo(key), ()).place() == said


def test_a_closed_human_or_department_says_until_when() -> None:
    evening = at("2026-12-07T18:00")
    opens = at("2026-12-08T09:00")
    for who in (Human("sam", "+15550100001", hours=OFFICE), Department("billing", hours=OFFICE)):
        assert open_at(who, evening) == Reason(Why.CLOSED, opens, OFFICE)
        assert open_at(who, opens) is None
    assert open_at(Human("sam", "+15550100001"), evening) is None
    assert open_at(Human("sam", "+15550100001", away=True), opens) == Reason(Why.AWAY)


@given(st.floats(0, 4e9))
def test_open_and_closed_take_turns(when: float) -> None:
    change = OFFICE.changes(when)
    assert change > when
    assert OFFICE.open(change) is not OFFICE.open(when)
