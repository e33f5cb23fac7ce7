"""Hours and holidays are read as people write them, and what cannot be read is told how to be written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from warmtransfer.core.hours import DAY, Hours, Span
from warmtransfer.timetable import holidays, hours, zone

OFFICE = tuple(Span(day, 540, 1020) for day in range(5))


def spans(given: Any) -> tuple[Span, ...]:
    """The spans of these hours."""
    found = hours(given, "Europe/Berlin", ())
    assert isinstance(found, Hours)
    return found.spans


@pytest.mark.parametrize(
    "given",
    [
        "mon-fri 9:00-17:00",
        "Monday - Friday 9-17",
        "mon–fri: 09:00 – 17:00",
        "mon,tue,wed 9-17; thu, fri 9-17",
        ["mon-wed 9-17", "thu-fri 9-17"],
        {"mon-thu": "9-17", "fri": ["9-12", "12-17"]},
        "Mon to Fri 9 to 17\n",
    ],
)
def test_an_office_week_may_be_written_in_many_ways(given: Any) -> None:
    found = Hours(zone=hours("daily 0-24", "Europe/Berlin", ()).zone, spans=spans(given))  # type: ignore[union-attr]
    monday = datetime(2026, 12, 7, tzinfo=UTC).timestamp() - 3600
    for day in range(7):
        for minute in (539, 540, 1019, 1020):
            when = monday + (day * DAY + minute) * 60
            assert found.open(when) is (day < 5 and 540 <= minute < 1020), (day, minute)


def test_a_break_a_night_and_the_turn_of_the_week() -> None:
    assert spans("mon 9-12:30, 13:30-17") == (Span(0, 540, 750), Span(0, 810, 1020))
    assert spans("fri 22-6") == (Span(4, 1320, 1800),)
    assert spans("sat-mon 10-11") == (Span(0, 600, 660), Span(5, 600, 660), Span(6, 600, 660))
    assert spans("daily 0-24") == tuple(Span(day, 0, DAY) for day in range(7))
    assert spans("never") == ()
    assert hours("always", "UTC", ()) is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("9-17", "'' is no day of the week"),
        ("mon-fri", "has no times"),
        ("moonday 9-17", "'moonday' is no day of the week"),
        ("t 9-17", "'t' is no day"),
        ("mon 9-25", "beyond the day's 24 hours"),
        ("mon 24-25", "beyond"),
        ("mon 9:75-10", "beyond"),
        ("mon nine-five", "has no times"),
        ("mon 9", "is no time from and to"),
        ("mon 9-17 and tue", "is no time from and to"),
        (9, "write them as"),
        ([9], "give text"),
        ({"mon": 9}, "write them as"),
    ],
)
def test_hours_that_cannot_be_read_are_told_how_to_be_written(given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        hours(given, "UTC", ())


def test_holidays_are_dates_spans_or_a_country() -> None:
    found = holidays(["2026-12-24", date(2026, 12, 31), "2027-08-02..2027-08-04 summer break"])
    assert [day.date for day in found] == [
        "2026-12-24", "2026-12-31", "2027-08-02", "2027-08-03", "2027-08-04",
    ]  # fmt: skip
    assert found[-1].name == "summer break"
    this = datetime.now(UTC).year
    german = {day.date: day.name for day in holidays("DE")}
    assert german[f"{this}-10-03"] == "German Unity Day"
    assert german[f"{this + 9}-12-25"] == "Christmas Day"
    assert f"{this}-03-08" not in german
    assert f"{this}-03-08" in {day.date for day in holidays("de-be, 2026-12-24")}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("christmas", "is no holiday; give dates"),
        ("XX", "no country whose holidays are known"),
        ("DE-ZZ", "no country whose holidays are known"),
        ("2026-02-30", "no date of the calendar"),
        ("2026-12-31..2026-12-24", "ends before it begins"),
        ("2026-12-31..2046-12-24", "longer than a year"),
        (5, "give dates"),
        ([5], "give text"),
    ],
)
def test_holidays_that_cannot_be_read_are_told_how_to_be_written(given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        holidays(given)


def test_a_zone_is_one_of_the_tz_database() -> None:
    assert zone("America/New_York") == "America/New_York"
    with pytest.raises(ValueError, match="Europe/Berlin"):
        zone("Berlin")
