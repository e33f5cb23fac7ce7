"""A jitter buffer: frames come in bursts and late, and leave one a tick."""

from __future__ import annotations

from collections import deque

from warmtransfer.simulator.sound.audio import SILENCE, Frame

#: Frames of 20 ms that are waited for before the first is played: at first, at best, at worst.
FIRST, LEAST, MOST = 3, 2, 15
#: Frames above the wanted depth at which some are left out, so that a slow clock adds no delay for ever.
SPARE = 5
#: Ticks without a gap after which one frame less is waited for.
CALM = 500


class Jitter:
    """Waits for a few frames, then gives one a tick; waits for more when it has run dry.

    The depth grows by a frame with every gap and shrinks by one after ten seconds without. Frames that
    have piled up beyond it are left out, the oldest first.
    """

    def __init__(self) -> None:
        self.depth = FIRST
        self._frames: deque[Frame] = deque()
        self._flowing = False
        self._calm = 0

    def put(self, frame: Frame) -> None:
        """One more has come in."""
        self._frames.append(frame)
        while len(self._frames) > self.depth + SPARE:
            self._frames.popleft()
        if len(self._frames) >= self.depth:
            self._flowing = True

    def take(self) -> Frame:
        """The frame of this tick; silence while it waits."""
        if not self._flowing:
            return SILENCE
        if not self._frames:
            self._flowing, self._calm = False, 0
            self.depth = min(MOST, self.depth + 1)
            return SILENCE
        self._calm += 1
        if self._calm >= CALM:
            self.depth, self._calm = max(LEAST, self.depth - 1), 0
        return self._frames.popleft()

    def clear(self) -> None:
        """Another call: nothing of the last one is left."""
        self._frames.clear()
        self._flowing = False
