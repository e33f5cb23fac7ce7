"""How it goes: counted from what is stored, so that every process says the same.

What takes a while is counted once for all who ask within a moment.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from warmtransfer.core.call import FREE
from warmtransfer.core.names import called
from warmtransfer.core.outcomes import CallEnd, Outcome
from warmtransfer.ports.store.ledger import Began, Fact, Ledger, Tried

#: Real seconds for which figures are given again: of a day, and of more, which take longer.
FRESH, LONGER = 5.0, 60.0
DAY = 86400.0
#: The steps of a handoff, in order, each from the one before it.
STEPS = ("ringing", "answered", "accepted", "joined", "AI removed")
REACHED = frozenset({Outcome.ACCEPTED.value, Outcome.LAST_RESORT.value})
MESSAGES = frozenset({"MessageTaken", "MessageLeft"})
SHARES = (0.5, 0.9, 0.99)


@dataclass(frozen=True, slots=True)
class Handoff:
    """One request for a person: when it was asked for, who was tried, and what came of it."""

    call_id: str
    asked_at: float
    tried: tuple[Tried, ...]
    rang_at: float  #: of the one who took it, 0 for nobody
    removed_at: float  #: when the AI had left the two alone, 0 for not seen

    @property
    def taken(self) -> Tried | None:
        """Who has got into the call."""
        return next((each for each in self.tried if each.outcome in REACHED and each.joined_at), None)

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
            self.rang_at,
            one.answered_at,
            one.accepted_at,
            one.joined_at,
            self.removed_at,
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
    handoffs: tuple[Handoff, ...] = ()
    losses: int = 0
    began: tuple[float, ...] = field(default=(), repr=False)
    ends: tuple[tuple[str, int], ...] = ()  #: how calls ended, the most frequent first

    @cached_property
    def asked(self) -> int:
        """Handoffs asked for."""
        return len(self.handoffs)

    @cached_property
    def reached(self) -> int:
        """Handoffs in which a person got into the call."""
        return sum(each.taken is not None for each in self.handoffs)

    @property
    def dropped(self) -> int:
        """Calls in which human and caller had been brought together, and one of them left at once."""
        return dict(self.ends).get(CallEnd.DROPPED_EARLY, 0)

    def wait(self, share: float) -> float | None:
        """Seconds within which this share of those who reached somebody did."""
        return quantile([took for each in self.handoffs if (took := each.took) is not None], share)

    @cached_property
    def steps(self) -> list[tuple[str, int, list[float | None]]]:
        """Each step: how often it was seen, and its shares."""
        measured = [each.steps() for each in self.handoffs]
        rows = []
        for number, step in enumerate(STEPS):
            known = [one for each in measured if (one := each[number]) is not None]
            rows.append((step, len(known), [quantile(known, share) for share in SHARES]))
        whole = [took for each in self.handoffs if (took := each.took) is not None]
        return [*rows, ("asked → joined", len(whole), [quantile(whole, share) for share in SHARES])]

    @cached_property
    def outcomes(self) -> list[tuple[str, int, Counter[str], float]]:
        """Each human: how often they were tried, how it ended, and how long they talked."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        talked: Counter[str] = Counter()
        for each in (one for handoff in self.handoffs for one in handoff.tried):
            found[called(each.name)][each.outcome or "open"] += 1
            if each.joined_at and each.ended_at:
                talked[called(each.name)] += max(0, round(each.ended_at - each.joined_at))
        rows = [(name, sum(ends.values()), ends, float(talked[name])) for name, ends in found.items()]
        return sorted(rows, key=lambda row: (-row[1], row[0]))


def quantile(values: Iterable[float], share: float) -> float | None:
    """The smallest value that this share of them does not exceed; None of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def count(calls: Sequence[Began], tried: Sequence[Tried], marks: Sequence[Fact]) -> Figures:
    """The figures of these."""
    asked: dict[str, list[float]] = defaultdict(list)
    others: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in marks:
        if row.event != "HandoffAsked":
            others[row.call_id, row.event].append(row.at)
        elif row.before in FREE:  # a second ask only adds its summary
            asked[row.call_id].append(row.at)
    rounds: dict[str, dict[int, list[Tried]]] = defaultdict(lambda: defaultdict(list))
    for each in tried:
        rounds[each.call_id][each.handoff].append(each)
    handoffs = [
        _handoff(call_id, at, ones, others)
        for call_id in asked.keys() | rounds.keys()
        for at, ones in _asked(asked.get(call_id, []), list(rounds.get(call_id, {}).values()))
    ]
    return Figures(
        calls=len(calls),
        live=sum(each.live for each in calls),
        messages=len({row.call_id for row in marks if row.event in MESSAGES}),
        handoffs=tuple(sorted(handoffs, key=lambda each: (each.asked_at, each.call_id))),
        losses=sum(row.event == "ModelLost" for row in marks),
        began=tuple(each.started_at for each in calls),
        ends=tuple(Counter(each.outcome for each in calls if each.outcome).most_common()),
    )


def _asked(times: list[float], rounds: list[list[Tried]]) -> Iterator[tuple[float, list[Tried]]]:
    """When each round of attempts was asked for. The AI's end asks for some, and is no fact."""
    left = sorted(times)
    for ones in sorted(rounds, key=lambda ones: ones[0].n):
        before = [at for at in left if at <= ones[0].dialled_at]
        at = before[-1] if before else ones[0].dialled_at
        left = [each for each in left if each != at]
        yield at, ones
    yield from ((at, []) for at in left)


def _handoff(
    call_id: str, asked_at: float, tried: list[Tried], others: dict[tuple[str, str], list[float]]
) -> Handoff:
    made = Handoff(call_id, asked_at, tuple(tried), 0.0, 0.0)
    one = made.taken
    if one is None:
        return made
    rang = [
        at
        for at in others[call_id, "HumanRang"]
        if one.dialled_at <= at <= (one.answered_at or one.joined_at)
    ]
    left = [
        at for at in others[call_id, "AILeft"] if at >= one.joined_at and at <= (one.ended_at or math.inf)
    ]
    return Handoff(call_id, asked_at, tuple(tried), min(rang, default=0.0), min(left, default=0.0))


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
            found = count(self._ledger.began(at), self._ledger.tried(at), self._ledger.marks(at))
            self._kept = {key: kept for key, kept in self._kept.items() if time.monotonic() < kept[0]}
            self._kept[at] = (time.monotonic() + fresh, found)
            return found


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
