"""A judged promise, in words that tell why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """Whether a promise was kept, and what shows it; `seen` is False when there was nothing to judge."""

    ok: bool
    why: str
    seen: bool = True


def held(why: str) -> Verdict:
    """A promise that was kept."""
    return Verdict(True, why)


def unseen(why: str) -> Verdict:
    """A promise that could not be judged, which does not count as kept."""
    return Verdict(False, why, seen=False)


def seconds(at: float | None) -> str:
    """A time of the trace."""
    return "no time" if at is None else f"{at:.2f} s"
