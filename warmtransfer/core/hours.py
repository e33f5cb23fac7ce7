"""When somebody may be rung: weekly hours in a time zone, and the days on which nobody works.

Arithmetic only. The zone and the holidays are found when a configuration is read; no clock is asked here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

#: Minutes of a day.
DAY = 24 * 60
#: Days ahead in which an opening is looked for: a year's closure is no plan to open again.
HORIZON = 370


@dataclass(frozen=True, slots=True)
class Span:
    """Open from one minute to another, on one day of every week. It belongs to the day it begins on."""

    day: int  #: 0 is Monday
    opens: int  #: minutes since that day's midnight
    closes: int  #: the same; beyond `DAY` it reaches into the next day


@dataclass(frozen=True, slots=True)
class Holiday:
    """A date on which no span begins."""

    date: str  #: as 2026-12-25
    name: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly hours. Times are seconds of the wall clock; 0.0 stands for never."""

    zone: ZoneInfo
    spans: tuple[Span, ...]
    holidays: tuple[Holiday, ...] = ()

    def open(self, when: float) -> bool:
        """Whether `when` lies within a span."""
        return self._end(when) > 0.0

    def opens(self, when: float) -> float:
        """The next moment at which it is open: `when` itself, if it is."""
        if self.open(when):
            return when
        for today, tomorrow in pairwise(self._days(when, HORIZON + 1)):
            if any(opens > when for opens, _ in today):
                # A night of today may go on in an hour that comes twice, after a beginning of tomorrow.
                return min(opens for opens, _ in (*today, *tomorrow) if opens > when)
        return 0.0

    def closes(self, when: float) -> float:
        """The moment at which it is closed next: `when` itself, if it is; never for who is always open."""
        if not self.open(when):
            return when
        end = when
        # Spans that touch are one; more than a week of them has no end.
        for _ in range(DAY):
            later = self._end(end)
            if later == 0.0:
                return end
            if later - when > 8 * DAY * 60.0:
                return 0.0
            end = later
        return 0.0

    def changes(self, when: float) -> float:
        """The next moment after `when` at which it opens or closes."""
        return self.closes(when) if self.open(when) else self.opens(when)

    def holiday(self, when: float) -> Holiday | None:
        """The holiday on the day of `when` there."""
        return self._holiday(self._day(when))

    def place(self) -> str:
        """The zone as it is said: the city's name, or UTC."""
        area, _, city = self.zone.key.rpartition("/")
        return city.replace("_", " ") if area and area != "Etc" else self.zone.key.rpartition("/")[2]

    def local(self, when: float) -> datetime:
        """Date and time there."""
        return datetime.fromtimestamp(when, self.zone)

    def _end(self, when: float) -> float:
        """When the span that `when` lies in ends, 0.0 for none; the latest of several."""
        spans = (span for day in self._days(when, 0) for span in day)
        return max((closes for opens, closes in spans if opens <= when < closes), default=0.0)

    def _days(self, when: float, days: int) -> Iterator[list[tuple[float, float]]]:
        """The spans of each day as moments, from the day before `when` there to `days` after it."""
        today = self._day(when)
        for ahead in range(-1, days + 1):
            day = today + timedelta(days=ahead)
            spans = () if self._holiday(day) else self.spans
            yield [found for span in spans if span.day == day.weekday() for found in self._moments(day, span)]

    def _moments(self, day: date, span: Span) -> Iterator[tuple[float, float]]:
        """When the clock on the wall shows a time of this span: twice, where it is put back meanwhile."""
        opens, closes = self._shown(day, span.opens), self._shown(day, span.closes)
        if opens[0] < opens[-1] or closes[0] < closes[-1]:
            back = self._turned(*(closes if closes[0] < closes[-1] else opens))
            yield from ((opens[0], min(closes[0], back)), (max(opens[-1], back), closes[-1]))
        elif opens[0] < closes[0]:
            yield opens[0], closes[0]

    def _shown(self, day: date, minutes: int) -> tuple[float, float]:
        """When the clock shows this time first and last: the moment of a change that leaves it out."""
        days, minute = divmod(minutes, DAY)
        then = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60), self.zone)
        first, last = then.timestamp(), then.replace(fold=1).timestamp()
        if last < first:
            first = last = self._turned(last, first)
        return first, last

    def _turned(self, before: float, after: float) -> float:
        """The moment between these at which the clock is changed."""
        low, high = int(before), int(after)
        offset = self.local(low).utcoffset()
        while high - low > 1:
            middle = (low + high) // 2
            if self.local(middle).utcoffset() == offset:
                low = middle
            else:
                high = middle
        return float(high)

    def _day(self, when: float) -> date:
        return self.local(when).date()

    def _holiday(self, day: date) -> Holiday | None:
        iso = day.isoformat()
        return next((each for each in self.holidays if each.date == iso), None)


def local(when: float, zone: str) -> datetime:
    """Date and time in a zone."""
    return datetime.fromtimestamp(when, ZoneInfo(zone))
