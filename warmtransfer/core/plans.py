"""Ring plans, and what has to be known of telephones to follow one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from warmtransfer.core.place import Waiting

#: Seconds for which somebody who was rung in vain for one caller is not rung for another.
REST = 120.0
#: Seconds that a caller waits in the line at most, and callers in one line, unless the plan says otherwise.
LONGEST_WAIT, LINE_LENGTH = 600.0, 10


class First(StrEnum):
    """Who comes first, besides the list's own order."""

    IDLE = "longest idle first"  #: whoever has not spoken with a caller for the longest
    SPOKE = "last who spoke with this caller first"


#: Fields that say something of a line, and nothing where there is none.
OF_A_LINE = ("line_length", "longest_wait")
#: Fields that are numbers, as they are said, and what makes a value of the digits.
NUMBERS = {
    "rest": r"rest (\d{1,4})",
    "line_length": r"line of ([1-9]\d{0,2})",
    "longest_wait": r"longest wait ([1-9]\d{0,3})",
    "priority": r"priority (\d{1,3})",
}
KINDS: dict[str, Callable[[str], int | float]] = {
    "rest": float, "line_length": int, "longest_wait": float, "priority": int,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """How the humans of a department are rung; without one, all others."""

    department: str = ""
    size: int = 1  #: how many at once: a round; 0 for all
    first: tuple[First, ...] = ()  #: the first of them counts most
    rest: float = REST  #: seconds after a ring in vain
    line: bool = True  #: whether callers may wait in a line while all are busy with other callers
    longest_wait: float = LONGEST_WAIT  #: seconds in it at most
    line_length: int = LINE_LENGTH  #: callers in it at most
    priority: int = 0  #: callers of a plan with a higher one are called out of the line first

    def __str__(self) -> str:
        how = {0: "all at once", 1: "in turn"}.get(self.size, f"rounds of {self.size}")
        rest = () if self.rest == REST else (f"rest {self.rest:g}",)
        return ", ".join((how, *self.first, *rest, *self._line()))

    def _line(self) -> Iterator[str]:
        """What is said of the line: what is not as usual."""
        if not self.line:
            yield "no line"
        elif self.line_length != LINE_LENGTH:
            yield f"line of {self.line_length}"
        if self.line and self.longest_wait != LONGEST_WAIT:
            yield f"longest wait {self.longest_wait:g}"
        if self.priority:
            yield f"priority {self.priority}"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of telephones when somebody is to be rung. Times are seconds of the wall clock."""

    engaged: Mapping[str, tuple[float, ...]] = field(default_factory=dict)  #: since when, each call of ours
    vain: Mapping[str, float] = field(default_factory=dict)  #: when they were last rung in vain for another
    idle: Mapping[str, float] = field(default_factory=dict)  #: when their last talk with a caller ended
    spoke: Mapping[str, float] = field(default_factory=dict)  #: when they last spoke with this caller
    away: Mapping[str, float] = field(default_factory=dict)  #: by name: since when they are off duty
    line: tuple[Waiting, ...] = ()  #: the other callers who wait in a line
    talks: Mapping[str, tuple[float, ...]] = field(default_factory=dict)  #: seconds the last ones took


@dataclass(frozen=True, slots=True)
class Claim:
    """One of the seats of a telephone, held by an attempt of the call that is decided, or by who listens."""

    telephone: str
    seats: int
    n: int  #: the attempt, or `Supervisor.seat`


def telephone(number: str, digits: str) -> str:
    """What names one telephone: behind an extension there is another than the one that shows the number."""
    return f"{number} {digits}".strip()


#: Each field of a plan that is said, with the words that say it.
Said = dict[str, tuple[Any, str]]


def read(text: str, department: str = "") -> Plan:
    """The plan that these words say, such as `rounds of 2, longest idle first`; ValueError for others."""
    return made(said(text), department)


def made(words: Said, department: str = "") -> Plan:
    """The plan of which this is said."""
    return Plan(department, **{name: value for name, (value, _) in words.items()})


def said(text: str) -> Said:
    """What these words say of a plan; ValueError for others, and for two of which only one can hold."""
    found: Said = {}
    for part in filter(None, (" ".join(each.split()).lower() for each in text.split(","))):
        name, value = _field(part)
        before, words = found.get(name, ((), part))
        if name == "first":
            value = tuple(dict.fromkeys((*before, value)))
        elif name in found and before != value:
            raise ValueError(contradiction(words, part))
        found[name] = value, part
    clash = without_line(found)
    if clash:
        raise ValueError(contradiction(found["line"][1], found[clash][1]))
    return found


def contradiction(one: str, other: str) -> str:
    """What is wrong with two things of which only one can hold."""
    return f"{one!r} and {other!r} contradict each other: write one of them"


def without_line(words: Said) -> str:
    """What is said of a line although there is none, by its field; "" for nothing."""
    none = words.get("line", (True, ""))[0] is False
    return next((name for name in OF_A_LINE if none and name in words), "")


def _field(part: str) -> tuple[str, Any]:
    """The field of a plan that these words say, and its value; ValueError for no such words."""
    if part == "no line":
        return "line", False
    if part in ("in turn", "all at once"):
        return "size", int(part == "in turn")
    if part in list(First):
        return "first", First(part)
    if (rounds := re.fullmatch(r"rounds of (\d{1,2})", part)) and int(rounds[1]) > 1:
        return "size", int(rounds[1])
    for name, pattern in NUMBERS.items():
        if found := re.fullmatch(pattern, part):
            return name, KINDS[name](found[1])
    raise ValueError(
        f"{part!r} is none of in turn, all at once, rounds of 2 (or more), {', '.join(First)}, "
        "rest 120 (seconds after a ring in vain), no line, line of 10 (callers who wait), "
        "longest wait 600 (seconds), priority 1 (or more: called first)"
    )
