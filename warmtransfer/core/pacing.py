"""Whose turn it is to have a leg made: so many a second, and humans before AIs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

#: Seconds by which a human counts as having waited longer: one goes first, but for an AI that waits so long.
HEAD_START = 10.0
#: Seconds after which those of a process that has not asked again count as gone.
STALE = 3.0
#: Seconds for which nobody's turn can be put off: more than that, and a clock was set.
LONGEST = 30.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """The legs that wait in one process: since when each does, the first first, and when it last asked."""

    process: str
    since: tuple[float, ...]
    seen: float


@dataclass(frozen=True, slots=True)
class Line:
    """Everybody who waits for a turn, and when the next one is: seconds of one clock."""

    free_at: float = 0.0
    waiting: tuple[Waiting, ...] = ()

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Line:
        """The line as it was stored; what is not known here is left out."""
        waiting = (
            Waiting(str(each["process"]), tuple(map(float, each["since"])), float(each["seen"]))
            for each in data.get("waiting", ())
        )
        return cls(float(data.get("free_at", 0.0)), tuple(waiting))


def ask(
    line: Line, process: str, waited: Sequence[float], at: float, gap: float
) -> tuple[Line, tuple[float, ...]]:
    """The turn for the first of those in this process, who have `waited` so long, if it is time.

    The line afterwards, and for each the seconds until their turn as things stand; the first one's turn has
    come with 0, and is taken. `gap`: seconds between two turns.
    """
    if line.free_at > at + LONGEST + gap:
        line = replace(line, free_at=at + gap)
    others = tuple(each for each in line.waiting if each.process != process and at - each.seen < STALE)
    since = tuple(at - each for each in sorted(waited, reverse=True))
    rivals = sorted((other, each.process) for each in others for other in each.since)
    left = max(0.0, line.free_at - at)
    ahead = [sum(rival < (each, process) for rival in rivals) + n for n, each in enumerate(since)]
    if since and not ahead[0] and not left:
        return _after(at + gap, others, Waiting(process, since[1:], at)), (0.0, *(n * gap for n in ahead[1:]))
    # Whoever is ahead and does not take what is free now is about to.
    return _after(line.free_at, others, Waiting(process, since, at)), tuple(left + n * gap for n in ahead)


def hold(line: Line, at: float, seconds: float) -> Line:
    """The same, and nobody's turn comes within these seconds."""
    return replace(line, free_at=max(line.free_at, at + min(seconds, LONGEST)))


def _after(free_at: float, others: tuple[Waiting, ...], mine: Waiting) -> Line:
    return Line(free_at, (*others, mine) if mine.since else others)
