"""What the caller has heard: a ledger of the audio sent to the carrier, and of when it plays.

The carrier buffers what we send and plays it in order, in real time. Time comes in with every question, in
seconds of any clock that does not go back; lengths are milliseconds of audio.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

#: Told that a sound begins behind which there is none: when the last had been heard, and now.
Begins = Callable[[float, float], object]
#: An item of our own (ring tone, recorded line): nothing the model ever knew of.
OWN = ""


@dataclass(slots=True)
class Segment:
    """A stretch of one item's audio that was sent at once."""

    item: str
    content: int
    ms: float
    sent: float  #: when it was sent: it cannot play before
    sound: bytes = b""  #: as it was sent, for somebody who begins to listen while it plays


@dataclass(frozen=True, slots=True)
class Cut:
    """What an interruption means. `clear`: something was still to be heard."""

    clear: bool = False
    truncate: tuple[str, int, int] | None = None  #: item, content index, milliseconds heard
    delete: tuple[str, ...] = ()  #: items of which nothing was heard
    heard: tuple[tuple[str, float], ...] = ()  #: share of each cut item that was heard, 0 to 1


@dataclass(frozen=True, slots=True)
class _Pending:
    name: str
    behind: int  #: number of the last segment before the mark


def _unheeded(heard_until: float, now: float) -> None:
    """Nobody wants to know."""


class Ledger:
    """The FIFO of one stream. A new stream needs a new ledger: nothing sent before can be heard on it."""

    def __init__(self, name: str = "", begins: Begins = _unheeded) -> None:
        self._begins = begins
        self._name = name
        self._queue: deque[Segment] = deque()
        self._queued: dict[str, int] = {}  #: how many of the queue's segments are of this item
        self._until = 0.0  #: when the last segment will have been heard
        self._first = 0  #: number of the queue's first segment
        self._free = 0.0  #: when the first segment's predecessor ended
        self._marks: deque[_Pending] = deque()
        self._serial = 0
        self._sent: dict[str, float] = {}
        self._heard: dict[str, float] = {}
        self._content: dict[str, int] = {}
        self.generation = 0  #: counts interruptions; older marks mean nothing

    # What happens -----------------------------------------------------------------------------------

    def sent(self, item: str, content: int, ms: float, now: float, sound: bytes = b"") -> None:
        """Audio of `item` was handed to the carrier."""
        self.settle(now)
        if not self._queue:
            self._begins(self._free, now)
            self._free = self._until = max(self._free, now)
        self._until = max(self._until, now) + ms / 1000
        self._queue.append(Segment(item, content, ms, now, sound))
        self._queued[item] = self._queued.get(item, 0) + 1
        self._sent[item] = self._sent.get(item, 0.0) + ms
        self._content.setdefault(item, content)

    def mark(self) -> str:
        """A new unique name for a mark behind everything sent so far."""
        self._serial += 1
        name = f"{self._name}{self.generation}.{self._serial}"
        self._marks.append(_Pending(name, self._first + len(self._queue) - 1))
        return name

    def returned(self, name: str, now: float) -> bool:
        """A mark came back; False when it is of an older generation, or not ours.

        What was sent before it has been played, whatever the clock said, and what follows starts now.
        """
        known = next((each for each in self._marks if each.name == name), None)
        if known is None:
            return False
        while self._marks and self._marks[0].name != name:
            self._marks.popleft()
        self._marks.popleft()
        early = False
        while self._queue and self._first <= known.behind:
            self._drop_first()
            early = True
        if early or self._first == known.behind + 1:
            self._free = self._until = now
            for each in self._queue:
                self._until = max(self._until, each.sent) + each.ms / 1000
        return True

    def interrupt(self, now: float) -> Cut:
        """The caller must hear no more: what is unheard is forgotten, marks get a new generation."""
        self.settle(now)
        if not self._queue:
            return Cut()
        playing = self._queue[0]
        start = max(self._free, playing.sent)
        part = min(max(0.0, (now - start) * 1000), playing.ms)
        if playing.item != OWN:
            self._heard[playing.item] = self._heard.get(playing.item, 0.0) + part
        items = list(dict.fromkeys(each.item for each in self._queue if each.item != OWN))
        truncate: tuple[str, int, int] | None = None
        delete: list[str] = []
        for item in items:
            ms = int(self._heard.get(item, 0.0))
            if ms > 0 and truncate is None:
                truncate = (item, self._content[item], ms)
            else:
                delete.append(item)
        shares = tuple((item, self.share(item)) for item in items)
        self._forget()
        self._free = now
        return Cut(True, truncate, tuple(delete), shares)

    # What is asked ----------------------------------------------------------------------------------

    def settle(self, now: float) -> None:
        """Count as heard what has played by the clock."""
        while self._queue:
            first = self._queue[0]
            end = max(self._free, first.sent) + first.ms / 1000
            if end > now:
                return
            self._drop_first()
            self._free = end

    def left(self, now: float) -> float:
        """Seconds until everything sent has been heard, `0.0` when it has."""
        self.settle(now)
        return self._until - now if self._queue else 0.0

    def heard_until(self, now: float) -> float:
        """When the last of what was sent has been heard, or will have been; `0.0` for nothing ever."""
        self.settle(now)
        return self._until if self._queue else self._free

    def unheard(self, now: float) -> Iterator[tuple[bytes, float]]:
        """What was sent and is still to be heard, each with how many milliseconds of it have been."""
        self.settle(now)
        for number, each in enumerate(self._queue):
            start = max(self._free, each.sent)
            yield each.sound, 0.0 if number else max(0.0, (now - start) * 1000)

    def speaking(self, now: float) -> bool:
        """Whether something of the model's, and not only our own tones, is still to be heard."""
        self.settle(now)
        return len(self._queued) > (OWN in self._queued)

    def finished(self, item: str, now: float) -> bool:
        """Whether all that was sent of `item` has been heard."""
        self.settle(now)
        return item not in self._queued

    def share(self, item: str) -> float:
        """How much of what was sent of `item` has been heard, 0 to 1."""
        sent = self._sent.get(item, 0.0)
        return min(1.0, self._heard.get(item, 0.0) / sent) if sent else 0.0

    # ------------------------------------------------------------------------------------------------

    def _drop_first(self) -> None:
        first = self._queue.popleft()
        self._first += 1
        left = self._queued[first.item] - 1
        if left:
            self._queued[first.item] = left
        else:
            del self._queued[first.item]
        if first.item != OWN:
            self._heard[first.item] = self._heard.get(first.item, 0.0) + first.ms

    def _forget(self) -> None:
        self._first += len(self._queue)
        self._queue.clear()
        self._queued.clear()
        self._marks.clear()
        self.generation += 1
