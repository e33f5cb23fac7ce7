"""Ring plans, and what has to be known of telephones to follow one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: Seconds for which somebody who was rung in vain for one caller is not rung for another.
REST = 120.0


class First(StrEnum):
    """Who comes first, besides the list's own order."""

    IDLE = "longest idle first"  #: whoever has not spoken with a caller for the longest
    SPOKE = "last who spoke with this caller first"


@dataclass(frozen=True, slots=True)
class Plan:
    """How the humans of a department are rung; without one, all others."""

    department: str = ""
    size: int = 1  #: how many at once: a round; 0 for all
    first: tuple[First, ...] = ()  #: the first of them counts most
    rest: float = REST  #: seconds after a ring in vain

    def __str__(self) -> str:
        how = {0: "all at once", 1: "in turn"}.get(self.size, f"rounds of {self.size}")
        rest = () if self.rest == REST else (f"rest {self.rest:g}",)
        return ", ".join((how, *self.first, *rest))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of telephones when somebody is to be rung. Times are seconds of the wall clock."""

    engaged: Mapping[str, tuple[float, ...]] = field(default_factory=dict)  #: since when, each call of ours
    vain: Mapping[str, float] = field(default_factory=dict)  #: when they were last rung in vain for another
    idle: Mapping[str, float] = field(default_factory=dict)  #: when their last talk with a caller ended
    spoke: Mapping[str, float] = field(default_factory=dict)  #: when they last spoke with this caller
    away: Mapping[str, float] = field(default_factory=dict)  #: by name: since when they are off duty


@dataclass(frozen=True, slots=True)
class Claim:
    """One of the seats of a telephone, held by an attempt of the call that is decided."""

    telephone: str
    seats: int
    n: int


def telephone(number: str, digits: str) -> str:
    """What names one telephone: behind an extension there is another than the one that shows the number."""
    return f"{number} {digits}".strip()


def read(text: str, department: str = "") -> Plan:
    """The plan that these words say, such as `rounds of 2, longest idle first`; ValueError for others."""
    size, first, rest = 1, [], REST
    for part in (" ".join(each.split()).lower() for each in text.split(",")):
        rounds = re.fullmatch(r"rounds of (\d{1,2})", part)
        rests = re.fullmatch(r"rest (\d{1,4})", part)
        if part in ("", "in turn"):
            continue
        if part == "all at once":
            size = 0
        elif rounds and int(rounds[1]) > 1:
            size = int(rounds[1])
        elif rests:
            rest = float(rests[1])
        elif part in list(First):
            first.append(First(part))
        else:
            raise ValueError(
                f"{part!r} is none of in turn, all at once, rounds of 2 (or more), {', '.join(First)}, "
                "rest 120 (seconds after a ring in vain)"
            )
    return Plan(department, size, tuple(dict.fromkeys(first)), rest)
