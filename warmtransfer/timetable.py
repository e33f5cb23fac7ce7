"""Opening hours and holidays as people write them: `mon-fri 9:00-17:00; sat 10-13`, dates, or a country."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from warmtransfer.calendars import public_holidays
from warmtransfer.core.hours import DAY, Holiday, Hours, Span
from warmtransfer.parsing import text, time_zone

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: How hours are written, for whoever has to write them again.
WAY = 'write them as "mon-fri 9:00-12:30, 13:30-17:00; sat 10-14", with a semicolon between the days'
#: How holidays are.
FREE = 'give dates such as "2026-12-24", "2026-12-24..2027-01-01 winter break", or a country such as "DE-BE"'
#: The longest closure that one line may hold, against a year that is mistyped.
LONGEST = 400

_RANGE = re.compile(r"(\d{1,2})(?::(\d\d))?\s*(?:-|–|to)\s*(\d{1,2})(?::(\d\d))?")


def hours(given: Any, zone: str, free: tuple[Holiday, ...]) -> Hours | None:
    """Weekly hours in this zone: text, a list of such texts, or a table of days; None for `always`.

    `never` is no hours at all. Raises ValueError.
    """
    lines = list(_lines(given))
    if not lines:
        raise ValueError(f"there is nothing in it: write always, or never; else {WAY}")
    if [line.strip().lower() for line in lines] == ["always"]:
        return None
    spans = {span for line in lines for span in _spans(line)}
    return Hours(ZoneInfo(zone), tuple(sorted(spans, key=lambda span: (span.day, span.opens))), free)


def readable(given: Any) -> Any:
    """Hours as they are written, once they can be read. Raises ValueError."""
    hours(given, "UTC", ())
    return given


def zone(given: Any) -> str:
    """A time zone by its name."""
    return time_zone(given)


def holidays(given: Any) -> tuple[Holiday, ...]:
    """Days on which nobody works: dates, spans of dates, countries; one, several with commas, or a list."""
    if isinstance(given, str):
        given = [part for part in given.split(",") if part.strip()]
    elif isinstance(given, date):
        given = [given]
    if not isinstance(given, Iterable) or isinstance(given, Mapping):
        raise ValueError(FREE)
    found = {day.date: day for entry in given for day in _days_of(entry)}
    return tuple(found[iso] for iso in sorted(found))


def _lines(given: Any) -> Iterator[str]:
    if isinstance(given, Mapping):
        for days, ranges in given.items():
            if not isinstance(ranges, str | list | tuple):
                raise ValueError(WAY)
            for each in [ranges] if isinstance(ranges, str) else ranges:
                yield f"{days} {text(each)}"
    elif isinstance(given, str):
        yield from (line for line in re.split(r"[;\n]", given) if line.strip())
    elif isinstance(given, Iterable):
        for each in given:
            yield from _lines(text(each))
    else:
        raise ValueError(WAY)


def _spans(line: str) -> Iterator[Span]:
    words = line.strip().lower()
    if words == "never":
        return
    days, figures, ranges = re.match(r"([^\d]*)(\d)?(.*)", words, re.DOTALL).groups()  # type: ignore[union-attr]
    if not figures:
        raise ValueError(f"{line.strip()!r} has no times; {WAY}")
    for day in _days(days):
        for part in f"{figures}{ranges}".split(","):
            yield _span(day, part.strip())


def _days(given: str) -> list[int]:
    found: list[int] = []
    for part in given.strip(" ,:").split(","):
        first, dash, last = (word.strip() for word in re.sub("–| to ", "-", part).partition("-"))
        if first == "daily" and not dash:
            found += range(7)
        elif dash:
            start, end = _day(first), _day(last)
            found += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
        else:
            found.append(_day(first))
    return sorted(set(found))


def _day(word: str) -> int:
    some = [
        number for number, name in enumerate(DAYS) if len(word) >= 2 and name.startswith(word.rstrip("."))
    ]
    if len(some) != 1:
        raise ValueError(f"{word!r} is no day of the week, such as mon or monday; {WAY}")
    return some[0]


def _span(day: int, part: str) -> Span:
    found = _RANGE.fullmatch(part)
    if not found:
        raise ValueError(f"{part!r} is no time from and to, such as 9:00-17:00; {WAY}")
    begin, end = (
        int(hour) * 60 + int(minute or 0) for hour, minute in (found.group(1, 2), found.group(3, 4))
    )
    if begin >= DAY or end > DAY or int(found[2] or 0) > 59 or int(found[4] or 0) > 59:
        raise ValueError(f"{part!r} is beyond the day's 24 hours; {WAY}")
    return Span(day, begin, end if end > begin else end + DAY)


def _days_of(entry: Any) -> Iterator[Holiday]:
    if isinstance(entry, date):
        yield Holiday(entry.isoformat()[:10])
        return
    words = text(entry)
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:\s*\.\.\s*(\d{4}-\d\d-\d\d))?(?:\s+(.*))?", words)
    if not found:
        if not re.fullmatch(r"[A-Za-z]{2}(-[A-Za-z0-9]{1,4})?", words):
            raise ValueError(f"{words!r} is no holiday; {FREE}")
        yield from public_holidays(words)
        return
    try:
        first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2] or found[1])
    except ValueError:
        raise ValueError(f"{words!r} is no date of the calendar; {FREE}") from None
    if not 0 <= (last - first).days <= LONGEST:
        raise ValueError(f"{words!r} ends before it begins, or is longer than a year; {FREE}")
    for ahead in range((last - first).days + 1):
        yield Holiday((first + timedelta(days=ahead)).isoformat(), found[3] or "")
