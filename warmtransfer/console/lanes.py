"""One call as lanes over time: who was on the line, who heard whom, what rang and what was said.

The drawing of the demo's picture, made of what is stored. When words were said is known by their end alone:
where they began is reckoned from their length.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from warmtransfer.console import wording
from warmtransfer.core.call import Attempt, Call, Stage
from warmtransfer.core.names import called
from warmtransfer.web import hearing, minutes, timeline

#: Letters that are spoken in a second.
LETTERS = 14.0
#: Points in a second, and the fewest of a picture.
SCALE, NARROWEST = 20.0, 640.0
#: A stretch in which nothing changes is drawn as if it were no longer than so many seconds.
STILL = 9.0
#: Points of the strip of stages, of a lane, and of a letter.
STRIP, LANE, LETTER = 22.0, 46.0, 6.1

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Block:
    """Something said: by whoever's lane it is, or `read` to them alone."""

    span: Span
    text: str
    read: bool = False
    cut: bool = False  #: was not heard to its end


@dataclass(frozen=True, slots=True)
class Mark:
    """An instant of a lane."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One leg. `line`: it was up; `room`: with the caller; `rings`: a telephone rang."""

    kind: str
    title: str
    line: tuple[Span, ...] = ()
    room: tuple[Span, ...] = ()
    rings: tuple[Span, ...] = ()
    blocks: tuple[Block, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """The lanes of one call between two instants, and how they are drawn."""

    begin: float
    end: float
    stages: tuple[tuple[float, Stage], ...]
    lanes: tuple[Lane, ...]
    #: Instants, and where they are; between them time goes evenly.
    points: tuple[tuple[float, float], ...]

    @property
    def width(self) -> float:
        """Points."""
        return self.points[-1][1] + 12

    @property
    def height(self) -> float:
        """Points."""
        return STRIP + LANE * len(self.lanes) + 20

    def x(self, at: float) -> float:
        """Where an instant is."""
        at = min(max(at, self.begin), self.end)
        after = min(max(bisect_left(self.points, (at, 0.0)), 1), len(self.points) - 1)
        (left, x), (right, end) = self.points[after - 1], self.points[after]
        return round(x + (end - x) * (at - left) / (right - left), 1)

    def folds(self) -> list[tuple[float, float]]:
        """Stretches that are drawn shorter than they were: where, and how long they were."""
        return [
            (round((x + after) / 2, 1), end - at)
            for (at, x), (end, after) in pairwise(self.points)
            if end - at > STILL
        ]

    def bar(self, span: Span) -> tuple[float, float]:
        """Where a span begins, and how wide it is."""
        return self.x(span[0]), max(1.0, round(self.x(span[1]) - self.x(span[0]), 1))

    def strip(self) -> list[tuple[float, float, str, str]]:
        """Each stage: where, how wide, its name, and what fits of it."""
        ends = [*(at for at, _ in self.stages[1:]), self.end]
        found = []
        for (at, stage), end in zip(self.stages, ends, strict=True):
            left, wide = self.bar((at, end))
            found.append((left, wide, wording.SHORT[stage], fitted(wording.SHORT[stage], wide)))
        return found

    def ticks(self) -> list[tuple[float, float]]:
        """Seconds that are named below the lanes, and where they are."""
        found: list[tuple[float, float]] = []
        folded = [x for x, _ in self.folds()]
        for second in range(int(self.end - self.begin) + 1):
            x = self.x(self.begin + second)
            free = not found or x - found[-1][0] >= 70
            if free and second % 5 == 0 and all(abs(x - each) > 30 for each in folded):
                found.append((max(x, 14.0), float(second)))
        return found


def picture(call: Call, journal: Sequence[Any], words: Sequence[Any], now: float) -> Picture:
    """What has happened until now; `words` as they were noted."""
    begin = call.started_at or (journal[0].at if journal else now)
    news = max((row.at for row in journal), default=begin)
    end = max((call.ended_at or now) if call.stage is not Stage.OVER else call.ended_at or news, begin + 1.0)
    legs = {leg.label: (leg.began_at, leg.ended_at or end) for leg in minutes.legs(call, journal)}
    lanes = [_caller(call, journal, words, (begin, end)), *_ai(call, journal, legs, words)]
    lanes += [_human(each, call, journal, legs, words, end) for each in call.attempts]
    stages = tuple(_stages(journal, begin))
    instants = {at for at, _ in stages} | {at for lane in lanes for at in _instants(lane)}
    return Picture(begin, end, stages, tuple(lanes), tuple(_points(begin, end, instants)))


def _instants(lane: Lane) -> Iterator[float]:
    """When something changes in a lane."""
    for span in (*lane.line, *lane.room, *lane.rings, *(each.span for each in lane.blocks)):
        yield from span
    yield from (each.at for each in lane.marks)


def _points(begin: float, end: float, instants: Iterable[float]) -> Iterator[tuple[float, float]]:
    """The instants from begin to end, and where they are drawn."""
    there = sorted({begin, end, *(at for at in instants if begin < at < end)})
    drawn = sum(min(after - at, STILL) for at, after in pairwise(there))
    scale = max(SCALE, NARROWEST / drawn)
    x = 4.0
    yield begin, x
    for at, after in pairwise(there):
        x += min(after - at, STILL) * scale
        yield after, x


def fitted(text: str, wide: float) -> str:
    """As much of the text as fits so many points."""
    most = int((wide - 8) / LETTER)
    if most >= len(text):
        return text
    return f"{text[: most - 1].rstrip()}…" if most >= 4 else ""


def _stages(journal: Iterable[Any], begin: float) -> list[tuple[float, Stage]]:
    found: list[tuple[float, Stage]] = []
    for row in journal:
        try:
            stage = Stage(str(row.after))
        except ValueError:  # another release's
            continue
        if stage is not Stage.OVER and (not found or found[-1][1] is not stage):
            found.append((max(row.at, begin), stage))
    return found


def _blocks(words: Iterable[Any], who: str, begin: float) -> list[Block]:
    """What somebody said, one after the other."""
    found: list[Block] = []
    free = begin
    for line in words:
        if line.who == who:
            long = max(0.5, len(line.text) / LETTERS)
            span = (max(free, line.at - long), max(line.at, free + 0.2))
            found.append(Block(span, line.text, cut=line.text.endswith("…")))
            free = span[1] + 0.05
    return found


def _caller(call: Call, journal: Sequence[Any], words: Sequence[Any], whole: Span) -> Lane:
    joined = next((row.at for row in journal if row.event == "CallerJoined"), 0.0)
    room = ((joined, whole[1]),) if joined else ()
    marks = (Mark(call.ended_at, "hung up"),) if call.ended_at and call.left else ()
    return Lane("caller", "Caller", (whole,), room, (), tuple(_blocks(words, "caller", whole[0])), marks)


def _ai(call: Call, journal: Sequence[Any], legs: dict[str, Span], words: Sequence[Any]) -> list[Lane]:
    line = tuple(span for label, span in legs.items() if label.startswith("ai-"))
    if not line:
        return []
    events = {"ModelLost": "model lost", "StreamEnded": "line lost", "Disclosed": "said it is an AI"}
    marks = tuple(Mark(row.at, events[row.event]) for row in journal if row.event in events)
    return [Lane("ai", "AI", line, line, (), tuple(_blocks(words, "ai", line[0][0])), marks)]


def _human(
    tried: Attempt,
    call: Call,
    journal: Sequence[Any],
    legs: dict[str, Span],
    words: Sequence[Any],
    end: float,
) -> Lane:
    over = tried.ended_at or end
    picked_up = tried.answered_at or tried.joined_at
    rang = [row.at for row in journal if row.event == "HumanRang" and row.data.get("n") == tried.n]
    rings = ((rang[0] if rang else tried.dialled_at, picked_up or over),) if tried.dialled_at else ()
    line = (legs[tried.label],) if tried.label in legs else ()
    room = ((tried.joined_at, min(over, call.ended_at or over)),) if tried.joined_at else ()
    decided = tried.accepted_at or (over if tried.ended_at else end)
    blocks = []
    for told in timeline.told_to(tried.n, words):
        long = max(0.5, len(told.text) / LETTERS)
        blocks.append(
            Block((told.at, min(told.at + long, max(decided, told.at + 0.3))), told.text, read=True)
        )
    marks = [Mark(tried.accepted_at, "took the call")] if tried.accepted_at else []
    if tried.ended_at and not tried.joined_at:
        marks.append(Mark(tried.ended_at, wording.became(tried)))
    return Lane("human", f"{called(tried.name)}", line, room, rings, tuple(blocks), tuple(marks))


def spoken(words: Iterable[Any]) -> list[Any]:
    """What caller and AI said; the rest was told to humans."""
    return [line for line in words if not hearing.told_to(line.who)]
