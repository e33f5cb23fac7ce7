"""Why somebody cannot be rung now, as data; `briefing` has the words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from warmtransfer.core.hours import Hours
from warmtransfer.core.rules import Department, Human


class Why(StrEnum):
    """What keeps somebody from being rung."""

    CLOSED = "closed"  #: outside their hours, or those of the department
    AWAY = "away"  #: they, or the deployment, said so
    BUSY = "busy"  #: on as many calls of ours as they take at once
    RUNG = "rung"  #: rung in vain a moment ago
    AWAITED = "awaited"  #: free, and somebody who has waited longer is called in first
    EMPTY = "empty"  #: a department that nobody is in as the list is now
    CALLER = "caller"  #: the call comes from their own phone


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not, and until when: seconds of the wall clock, 0.0 for nobody knows."""

    why: Why
    until: float = 0.0
    hours: Hours | None = None  #: those that are closed
    since: float = 0.0  #: when it began, 0.0 for nobody knows


def open_at(who: Human | Department, when: float) -> Reason | None:
    """Why this human, or department, cannot be rung at `when` as far as hours go; None when they can."""
    if isinstance(who, Human) and who.away:
        return Reason(Why.AWAY)
    if who.hours is None or who.hours.open(when):
        return None
    return Reason(Why.CLOSED, who.hours.opens(when), who.hours)


def soonest(reasons: Iterable[Reason | None]) -> Reason | None:
    """Of the reasons of several, the one that is over first; None when one of them has none, or nobody is."""
    found = list(reasons)
    if not found or not all(found):
        return None
    sure = [reason for reason in found if reason]
    return min(sure, key=lambda reason: (reason.until == 0.0, reason.until))
