"""How long each leg of a call was up, and the minutes that the carrier would count for it.

A leg counts from its answer to its end, each rounded up to whole minutes; one that nobody answered counts for
nothing. The times are ours: the carrier's may differ by a second, which can be a minute.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from warmtransfer.core.call import Attempt, Call

MINUTE = 60.0
#: Orders after which the AI's leg is no more, once they are done.
_ENDS = frozenset({"RemoveAI", "EndAI"})


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: when it was answered and when it ended, `0.0` for never, or not yet."""

    label: str
    began_at: float
    ended_at: float

    def seconds(self, now: float) -> float:
        """For how long it was up, until `now` if it still is."""
        return max(0.0, (self.ended_at or now) - self.began_at) if self.began_at else 0.0

    def minutes(self, now: float) -> int:
        """What counts: every minute that has begun. A leg that was answered has."""
        return max(1, math.ceil(self.seconds(now) / MINUTE)) if self.began_at else 0


def legs(call: Call, journal: Iterable[Any]) -> list[Leg]:
    """Every leg of the call that was ever up, the caller's first, then in the order of their answers."""
    rows = list(journal)
    humans = (_human(each, call, rows) for each in call.attempts)
    others = [*_ais(call, rows), *_supervisors(call, rows), *humans]
    up = sorted((leg for leg in others if leg.began_at), key=lambda leg: leg.began_at)
    return [Leg("caller", call.started_at, call.ended_at), *up] if call.started_at else up


def _supervisors(call: Call, rows: Iterable[Any]) -> Iterator[Leg]:
    """Whoever has listened: from their key, a few seconds behind the answer, to their leg's end."""
    began: dict[int, float] = {}
    over: dict[int, float] = {}
    for row in rows:
        times = {"SupervisorAccepted": began, "SupervisorEnded": over}.get(row.event)
        if times is not None:
            times.setdefault(int(row.data["n"]), row.at)
    for n, at in began.items():
        yield Leg(f"supervisor-{n}", at, over.get(n, 0.0) or call.ended_at)


def told(call: Call, journal: Iterable[Any], now: float) -> dict[str, Any]:
    """The same as data, with the sum of the minutes. Times are seconds since 1970, in UTC."""
    found = legs(call, journal)
    return {
        "legs": [
            {
                "leg": leg.label,
                "began_at": leg.began_at,
                "ended_at": leg.ended_at or None,
                "seconds": round(leg.seconds(now), 1),
                "minutes": leg.minutes(now),
            }
            for leg in found
        ],
        "minutes": sum(leg.minutes(now) for leg in found),
    }


def _ais(call: Call, rows: list[Any]) -> Iterator[Leg]:
    """The AI's legs: each is answered when it asks for its document."""
    began: dict[int, float] = {}
    ended: dict[int, float] = {}
    for row in rows:
        if row.event in ("AIAsked", "AIJoined"):
            began.setdefault(row.data.get("k", 0), row.at)
        elif row.event == "AILeft":
            _earliest(ended, row.data.get("k", 0), row.at)
        for each in row.orders:
            data = each.order.to_dict()
            if data["order"] in _ENDS and each.done_at:
                _earliest(ended, data.get("k", 0), each.done_at)
    for k, at in began.items():
        yield Leg(f"ai-{k}", at, max(at, ended.get(k, call.ended_at)) if k in ended or call.ended_at else 0.0)


def _earliest(found: dict[int, float], k: int, at: float) -> None:
    found[k] = min(found.get(k, at), at)


def _human(tried: Attempt, call: Call, rows: list[Any]) -> Leg:
    """The leg of an attempt; when the caller goes first, its own end is news that comes later."""
    began = next((at for at in (tried.answered_at, tried.accepted_at, tried.joined_at) if at), 0.0)
    news = [row.at for row in rows if row.event == "HumanEnded" and row.data.get("n") == tried.n]
    ended = min(news, default=0.0) or tried.ended_at or call.ended_at
    return Leg(tried.label, began, max(began, ended) if ended else 0.0)
