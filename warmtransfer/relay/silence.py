"""The longest silence of one stream: the caller heard nothing of ours, and said nothing themselves."""

from __future__ import annotations

from collections.abc import Callable


class Silence:
    """Looked at when a sound begins after there was none, and not at each piece of one."""

    __slots__ = ("_clock", "_counts", "_longest", "_since", "_until", "talking")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._longest = 0.0
        self._since = clock()  #: no silence began before
        self._until = 0.0  #: an announcement of the carrier's is heard until then
        self._counts = True
        self.talking = False  #: the caller speaks

    def sounded(self, heard_until: float, now: float) -> None:
        """A sound begins; the one before it had been heard to its end at `heard_until`."""
        if now - heard_until > self._longest and self._counts and not self.talking:
            silence = now - max(self._since, self._until, heard_until)
            self._longest = max(self._longest, silence)

    def caller(self, talking: bool, heard_until: float) -> None:
        """Whether the caller speaks now."""
        now = self._clock()
        self.sounded(heard_until, now)
        self.talking, self._since = talking, now

    def follow(self, counts: bool, announced: float, heard_until: float) -> None:
        """Whether the caller waits for us at all, and until when an announcement is heard."""
        if counts is not self._counts or announced > self._until:
            now = self._clock()
            self.sounded(heard_until, now)
            self._counts, self._until, self._since = counts, announced, now

    def longest(self, heard_until: float) -> float:
        """Seconds, with what goes on now."""
        self.sounded(heard_until, self._clock())
        return self._longest
