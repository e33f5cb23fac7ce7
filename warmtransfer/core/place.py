"""A place in the line for a human: who comes before whom, and how long it may take."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from statistics import median
from typing import Any

#: Talks that must be known before anybody is told how long it may take.
ENOUGH = 3
#: The priority of whoever has been put first; a plan's are lower.
FIRST = 1000


@dataclass(frozen=True, slots=True)
class Waits:
    """A caller's place. Times are seconds of the wall clock."""

    since: float = 0.0  #: when they first asked; 0.0 for whoever is in no line
    until: float = 0.0  #: when the longest wait is over
    line: str = ""  #: the department whose line it is, empty for the one of everybody else
    priority: int = 0  #: a higher one is called first, however long the others have waited
    phones: tuple[str, ...] = ()  #: the telephones of those who may take the call, in their order
    rest: float = 0.0  #: seconds in which somebody rung in vain is not rung for this caller
    number: int = 0  #: their place as it was last seen; 1 is next
    seconds: float = 0.0  #: how long it may take, as it was last seen; 0.0 when nobody can say
    team: str = ""  #: the department that was asked for: nobody of it is rung once that has closed
    own: tuple[str, ...] = ()  #: of these telephones those asked for in particular: without them, none rings

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Waits:
        """The place that was stored, now or in the releases next to this one."""
        known = {each.name: data[each.name] for each in fields(cls) if each.name in data}
        phones = {name: tuple(known.get(name, ())) for name in ("phones", "own")}
        return cls(**{**known, **phones})

    @property
    def order(self) -> tuple[int, float]:
        """Who comes first: by priority, then whoever has waited longest."""
        return (-self.priority, self.since)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Another caller in a line. `ours`: of this deployment, and so called in by it."""

    call_id: str
    place: Waits
    ours: bool = True

    @property
    def order(self) -> tuple[int, float, str]:
        """Who comes first, also of two who came at once."""
        return (*self.place.order, self.call_id)


def ahead(call_id: str, mine: Waits, line: Iterable[Waiting]) -> list[Waiting]:
    """Who of the others comes before this caller, the first one first."""
    me = Waiting(call_id, mine).order
    return sorted((each for each in line if each.order < me), key=lambda each: each.order)


def number(call_id: str, mine: Waits, line: Iterable[Waiting]) -> int:
    """The caller's place among those who wait for any of the same humans; 1 is next."""
    mine_too = set(mine.phones)
    return 1 + sum(not mine_too.isdisjoint(each.place.phones) for each in ahead(call_id, mine, line))


def estimate(place: int, talks: Sequence[float], lasted: Sequence[float]) -> float:
    """Seconds until it is this place's turn, 0.0 when nobody can say.

    `talks`: how long the last calls with these humans took, each in seconds; `lasted`: for how long each of
    those that run has. A call that has lasted longer than any that is known may last for as long again: its
    human is not counted on.
    """
    if len(talks) < ENOUGH:
        return 0.0
    usual = median(talks)
    free = [left for each in lasted if (left := _left(talks, each)) is not None]
    if not free:
        return 0.0
    heapq.heapify(free)
    for _ in range(place - 1):
        heapq.heapreplace(free, free[0] + usual)
    return max(1.0, free[0])


def _left(talks: Sequence[float], lasted: float) -> float | None:
    """What is usually left of a call that has lasted so long; None when none was ever longer."""
    longer = [each - lasted for each in talks if each > lasted]
    return median(longer) if longer else None


def seen(mine: Waits, place: int, seconds: float) -> Waits:
    """The place as it is seen now."""
    return replace(mine, number=place, seconds=seconds)
