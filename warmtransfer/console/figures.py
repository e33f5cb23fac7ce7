"""How it goes: counted from what is stored, so that every process says the same.

Of a call that the release before has decided about, how long some of its steps took is not known.

What takes a while is counted once for all who ask within a moment.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from warmtransfer.core.names import called
from warmtransfer.core.outcomes import CallEnd, Outcome
from warmtransfer.ports.store.ledger import Became, Began, Ledger, Tried

#: Real seconds for which figures are given again: of a day, and of more, which take longer.
FRESH, LONGER = 5.0, 60.0
DAY = 86400.0
#: The steps of a handoff, in order, each from the one before it.
STEPS = ("ringing", "answered", "accepted", "joined", "AI removed")
REACHED = frozenset({Outcome.ACCEPTED.value, Outcome.LAST_RESORT.value})
SHARES = (0.5, 0.9, 0.99)


@dataclass(frozen=True, slots=True)
class Handoff:
    """One request for a person: when it was asked for, and who has got into the call, if anybody has."""

    asked_at: float
    taken: Tried | None = None

    @property
    def took(self) -> float | None:
        """Seconds from the asking to the joining."""
        return self.taken.joined_at - self.asked_at if self.taken else None

    def steps(self) -> list[float | None]:
        """Seconds that each of `STEPS` took, None for one that is not known."""
        one = self.taken
        if one is None:
            return [None] * len(STEPS)
        times = [
            self.asked_at,
            one.rang_at,
            one.answered_at,
            one.accepted_at,
            one.joined_at,
            one.alone_at,
        ]
        found: list[float | None] = []
        last = self.asked_at
        for at in times[1:]:
            found.append(max(0.0, at - last) if at else None)
            last = at or last
        return found


@dataclass(frozen=True)
class Figures:
    """What was between then and now. What is made of it is made once."""

    calls: int = 0
    live: int = 0
    messages: int = 0
    asked: int = 0  #: requests for a person
    handoffs: tuple[Handoff, ...] = field(default=(), repr=False)  #: those that led to one
    became: tuple[Became, ...] = ()  #: how it went with those who were rung
    losses: int = 0
    each: tuple[Began, ...] = field(default=(), repr=False)
    ends: tuple[tuple[str, int], ...] = ()  #: how calls ended, the most frequent first

    @property
    def reached(self) -> int:
        """Handoffs in which a person got into the call."""
        return len(self.handoffs)

    @property
    def dropped(self) -> int:
        """Calls in which human and caller had been brought together, and one of them left at once."""
        return dict(self.ends).get(CallEnd.DROPPED_EARLY, 0)

    def wait(self, share: float) -> float | None:
        """Seconds within which this share of those who reached somebody did."""
        return quantile(self._took, share)

    @cached_property
    def _took(self) -> list[float]:
        return sorted(took for each in self.handoffs if (took := each.took) is not None)

    @property
    def began(self) -> list[float]:
        """When each call did."""
        return [each.started_at for each in self.each]

    @cached_property
    def silence(self) -> Silence:
        """The silences of all of them, and the model's losses."""
        return silence(self.each)

    @cached_property
    def steps(self) -> list[tuple[str, int, list[float | None]]]:
        """Each step: how often it was seen, and its shares."""
        measured = [each.steps() for each in self.handoffs]
        rows = []
        for number, step in enumerate(STEPS):
            known = sorted(one for each in measured if (one := each[number]) is not None)
            rows.append((step, len(known), shares(known)))
        return [*rows, ("asked → joined", len(self._took), shares(self._took))]

    @cached_property
    def outcomes(self) -> list[tuple[str, int, Counter[str], float]]:
        """Each human: how often they were tried, how it ended, and how long they talked."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        talked: Counter[str] = Counter()
        for each in self.became:
            found[called(each.name)][each.outcome or "open"] += each.many
            talked[called(each.name)] += round(each.talked)
        rows = [(name, sum(ends.values()), ends, float(talked[name])) for name, ends in found.items()]
        return sorted(rows, key=lambda row: (-row[1], row[0]))


@dataclass(frozen=True, slots=True)
class Silence:
    """The longest silences of some calls, and how often the model was lost in them."""

    measured: int  #: calls of which the silence is known
    seconds: list[float | None]  #: its shares
    losses: int
    lost: list[float | None]  #: the shares of how often it was in one call


def silence(calls: Sequence[Began]) -> Silence:
    """Of these."""
    known = sorted(each.quiet for each in calls if each.quiet > 0)
    losses = sorted(each.losses for each in calls)
    return Silence(len(known), shares(known), sum(losses), shares(losses))


def shares(ordered: Sequence[float]) -> list[float | None]:
    """The value of each of `SHARES`; what they are of rises."""
    return [quantile(ordered, share) for share in SHARES]


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest value that this share of them does not exceed; None of none. They rise."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def count(calls: Sequence[Began], tried: Sequence[Tried], became: Sequence[Became], more: int = 0) -> Figures:
    """The figures of these; `more`: requests for a person that their calls do not count themselves."""
    return Figures(
        calls=len(calls),
        live=sum(each.live for each in calls),
        messages=sum(each.messaged for each in calls),
        asked=sum(each.asked for each in calls) + more,
        handoffs=tuple(each for each in handoffs(tried) if each.taken),
        became=tuple(became),
        losses=sum(each.losses for each in calls),
        each=tuple(calls),
        ends=tuple(Counter(each.outcome for each in calls if each.outcome).most_common()),
    )


def handoffs(tried: Iterable[Tried]) -> list[Handoff]:
    """The requests for a person for which these were tried, in their order. The AI's end asks for some."""
    found: dict[tuple[str, int], Handoff] = {}
    for each in tried:
        key = each.call_id, each.handoff
        known = found.get(key)
        if known is not None and known.taken:
            continue
        asked_at = known.asked_at if known else each.asked_at or each.dialled_at
        taken = each if each.joined_at and each.outcome in REACHED else None
        found[key] = Handoff(asked_at, taken)
    return list(found.values())


class Counting:
    """Counts once for all who ask within a moment."""

    def __init__(self, ledger: Ledger, now: Callable[[], float]) -> None:
        self._ledger = ledger
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[float, tuple[float, Figures]] = {}  #: by since when: until when it is good

    def since(self, at: float) -> Figures:
        """The figures of the calls that began then or later."""
        fresh = LONGER if self._now() - at > DAY else FRESH
        with self._lock:
            until, known = self._kept.get(at, (0.0, Figures()))
            if time.monotonic() < until:
                return known
            found = self._count(at)
            self._kept = {key: kept for key, kept in self._kept.items() if time.monotonic() < kept[0]}
            self._kept[at] = (time.monotonic() + fresh, found)
            return found

    def _count(self, at: float) -> Figures:
        ledger = self._ledger
        return count(ledger.began(at), ledger.reached(at), ledger.became(at), ledger.uncounted(at))


def hours(began: Iterable[float], since: float, until: float, parts: int) -> list[int]:
    """How many of these began in each part of the time between."""
    found = [0] * parts
    for at in began:
        if since <= at < until:
            found[int((at - since) / (until - since) * parts)] += 1
    return found


def spark(counts: Sequence[int]) -> str:
    """Counts as a line of blocks."""
    top = max(counts, default=0)
    return "".join(" ▁▂▃▄▅▆▇█"[math.ceil(each / top * 8) if top else 0] for each in counts)
