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


@pytest.mark.parametrize(
    ("when", "opens", "closes"),
    [
        ("2027-03-28T01:30+01:00", "", "2027-03-28T03:00+02:00"),
        ("2027-03-28T03:15+02:00", "2027-03-28T22:00+02:00", ""),
        ("2026-10-25T02:15+02:00", "", "2026-10-25T02:30+02:00"),
        ("2026-10-25T02:45+02:00", "2026-10-25T02:00+01:00", ""),
        ("2026-10-25T02:15+01:00", "", "2026-10-25T02:30+01:00"),
        ("2026-10-25T02:30+01:00", "2026-10-25T22:00+01:00", ""),
    ],
)
def test_hours_that_end_within_a_change_of_the_clock_end_with_what_it_shows(
    when: str, opens: str, closes: str
) -> None:
    nights = Hours(BERLIN, tuple(Span(day, 22 * 60, 26 * 60 + 30) for day in range(7)))
    now = datetime.fromisoformat(when).timestamp()
    assert nights.open(now) is not bool(opens)
    assert nights.changes(now) == datetime.fromisoformat(opens or closes).timestamp()


def test_of_what_begins_while_an_hour_comes_twice_the_first_is_told() -> None:
    hours = Hours(BERLIN, (Span(5, 22 * 60, 26 * 60 + 30), Span(6, 160, 170)))
    now = datetime.fromisoformat("2026-10-25T02:35+02:00").timestamp()
    assert hours.opens(now) == datetime.fromisoformat("2026-10-25T02:40+02:00").timestamp()


#: Two that change at night, two at midnight, one that left out a day.
ZONES = ("Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "America/Santiago", "Pacific/Apia")
TURNS = {
    zone: [
        now
        for now in range(int(at("2010-01-01")), int(at("2012-02-01")), 4 * 3600)
        if datetime.fromtimestamp(now - 4 * 3600, ZoneInfo(zone)).utcoffset()
        != datetime.fromtimestamp(now, ZoneInfo(zone)).utcoffset()
    ]
    for zone in ZONES
}


@given(st.data(), st.sampled_from(ZONES), st.lists(st.tuples(st.integers(0, 6), *[st.integers(0, 1439)] * 2)))
def test_open_is_what_the_clock_on_the_wall_shows(
    data: st.DataObject, key: str, given_spans: list[tuple[int, int, int]]
) -> None:
    zone = ZoneInfo(key)
    spans = [Span(day, begin, end if end > begin else end + DAY) for day, begin, end in given_spans]
    now = data.draw(st.sampled_from(TURNS[key])) + data.draw(st.integers(-400, 160)) * 60
    there = datetime.fromtimestamp(now, zone)
    minute, today = there.hour * 60 + there.minute, there.weekday()
    shown = any(
        (span.day == today and span.opens <= minute < span.closes)
        or ((span.day + 1) % 7 == today and span.opens <= minute + DAY < span.closes)
        for span in spans
    )
    hours = Hours(zone, tuple(spans))
    assert hours.open(now) is shown
    change = hours.changes(now)
    assert change == 0.0 or hours.open(change) is not shown
    for middle in (now + 60, (now + change) // 2):
        assert not now < middle < change or hours.open(middle) is shown, "nothing changes before that"


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
