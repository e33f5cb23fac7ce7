"""The console's pages: templates in a room of their own, whatever the host app has made of its own."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from warmtransfer.numbers import spaced, withheld
from warmtransfer.web.moments import lasting

#: Signs that turn the letters behind them around, to the end of the line.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: The most letters of a telephone's number as people read it; longer ones are addresses.
TELEPHONE = 24
STATIC = Path(__file__).parent / "static"


class Pages:
    """Renders templates; times are told in one zone. Everything is escaped but what is Markup."""

    def __init__(self, base: Callable[[], str], zone: str, company: str) -> None:
        """`base` gives the path of the console, as the browser has it."""
        self._zone = ZoneInfo(zone)
        self._jinja = Environment(
            loader=PackageLoader("warmtransfer.console"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.globals.update(at=lambda path: base() + path, asset=_asset, company=company)
        self._jinja.filters.update(
            number=shown, caller=caller, words=words, straight=straight, clock=self.clock,
            short=self.short, day=self.day, written=self.written, iso=self.iso, lasting=lasting,
            ticking=self.ticking, when=self.when,
            seconds=seconds,
        )  # fmt: skip

    def render(self, template: str, /, **given: Any) -> Markup:
        """A page, or a part of one."""
        return Markup(self._jinja.get_template(template).render(**given))

    def local(self, at: float) -> datetime:
        """A time in the deployment's zone."""
        return datetime.fromtimestamp(at, self._zone)

    def clock(self, at: float) -> str:
        """The time of day, to the second."""
        return f"{self.local(at):%H:%M:%S}"

    def short(self, at: float) -> str:
        """A day and a time of it; the year is not in doubt."""
        return f"{self.local(at):%a} {self.local(at).day} {self.local(at):%b}, {self.local(at):%H:%M}"

    def day(self, at: float) -> str:
        """The day, as people say it."""
        return f"{self.local(at):%a} {self.local(at).day} {self.local(at):%b %Y}"

    def written(self, at: float) -> str:
        """A time with its date and zone."""
        return f"{self.local(at):%Y-%m-%d %H:%M:%S %Z}"

    def iso(self, at: float) -> str:
        """A time for machines."""
        return self.local(at).isoformat(timespec="seconds")

    def when(self, at: float) -> Markup:
        """The time of day; the date and zone when it is pointed at."""
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            self.iso(at), self.written(at), self.clock(at)
        )

    def ticking(self, since: float, now: float) -> Markup:
        """How long ago this was, going on to tick."""
        return Markup('<time data-since="{}" title="since {}">{}</time>').format(
            f"{since:.1f}", self.written(since), lasting(max(0.0, now - since))
        )

    def midnight(self, now: float, days: int = 0) -> float:
        """When today began, or the day so many days ago."""
        today = self.local(now).date()
        start = datetime.fromordinal(today.toordinal() - days)
        return start.replace(tzinfo=self._zone).timestamp()

    def span(self, day: str) -> tuple[float, float]:
        """From when to when a day as 2026-11-29 lasts; raises ValueError."""
        begin = datetime.strptime(day, "%Y-%m-%d")
        end = datetime.fromordinal(begin.toordinal() + 1)
        return begin.replace(tzinfo=self._zone).timestamp(), end.replace(tzinfo=self._zone).timestamp()


def shown(number: str) -> str:
    """A telephone number as people read it, or what there is in its place."""
    return "number withheld" if withheld(number) else spaced(number)


def caller(number: str, name: str = "") -> Markup:
    """Who calls: their name, if the carrier knows it, and their number, which does not break in two."""
    told = shown(number)
    kind = "address" if len(told) > TELEPHONE else "tel"
    number = Markup('<bdi class="{}">{}</bdi>').format(kind, told)
    return Markup("<bdi>{}</bdi> <small>{}</small>").format(name, number) if name else number


def straight(text: str) -> str:
    """A text without signs that turn letters around."""
    return _TURNS.sub("", text)


def words(text: str) -> Markup:
    """What somebody said or wrote: its letters may run from right to left, those around it do not."""
    return Markup("<bdi>{}</bdi>").format(straight(text))


def escaped(given: object) -> str:
    """HTML of what somebody else gives: text is escaped, Markup is as it is."""
    return str(escape(given))


def seconds(value: float | None) -> str:
    """A short span, as `8.4 s` or `1:20`; a dash for none."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:.1f} s" if value < 60 else lasting(value)


@cache
def files() -> Mapping[str, bytes]:
    """Our files, by name."""
    return {each.name: each.read_bytes() for each in STATIC.iterdir()}


@cache
def _asset(name: str) -> str:
    """Where the file of this name is, by its content: a browser keeps it until there is another."""
    return f"/static/{name}?{hashlib.sha256(files()[name]).hexdigest()[:12]}"
