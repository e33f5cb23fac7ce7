"""One utterance on a leg's line, from its first sound to the pause that ends it."""

from __future__ import annotations

import asyncio
from collections import deque

from warmtransfer.simulator.sound.audio import PCM, TICK, Frame, joined
from warmtransfer.simulator.sound.ear import Ear

#: Sound from before speech was noticed that belongs to it, in ticks.
BEFORE = 25


class Utterance:
    """Copies what the phone says; tells when it begins, and when it has paused long enough or is too long."""

    def __init__(self, pause: float, longest: float) -> None:
        self.began, self.ended = asyncio.Event(), asyncio.Event()
        self._pause, self._longest = pause, longest
        self._ear = Ear()
        self._before: deque[Frame] = deque(maxlen=BEFORE)
        self._frames: list[Frame] = []

    def copy(self, track: str, frame: Frame) -> None:
        """Takes this tick's frame."""
        if self.ended.is_set():
            return
        self._ear.hear(frame)
        if not self.began.is_set():
            self._before.append(frame)
            if self._ear.spoken_to:
                self._frames = list(self._before)
                self.began.set()
            return
        self._frames.append(frame)
        if self._ear.quiet >= self._pause or self.seconds >= self._longest:
            self.ended.set()

    @property
    def seconds(self) -> float:
        """How long it is so far."""
        return len(self._frames) * TICK

    @property
    def sound(self) -> PCM:
        """What was said so far."""
        return joined(list(self._frames))
