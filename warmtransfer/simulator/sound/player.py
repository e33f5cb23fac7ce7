"""A port that plays clips: the voice of the network on a line, and the mouth of a phone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Protocol

from warmtransfer.simulator.sound.audio import PCM, SILENCE, TICK, Frame, frames


class Port(Protocol):
    """One side of a line."""

    def speak(self) -> Frame:
        """What this side says into the line; called once per 20 ms tick."""

    def hear(self, frame: Frame) -> None:
        """Take what the other side said in this tick."""


class Player:
    """Plays one clip at a time, a frame per tick; silent between clips and deaf always.

    Clips advance only while something ticks the player, so one that is connected to
    nothing waits. All methods are called from the event loop's thread.
    """

    def __init__(self) -> None:
        self._rest: Iterator[Frame] = iter(())
        self._next: Frame | None = None
        self._done: asyncio.Future[bool] | None = None

    @property
    def playing(self) -> bool:
        """Whether a clip is under way."""
        return self._next is not None

    async def play(self, pcm: PCM, loops: int = 1) -> bool:
        """Play `loops` times, 0 for ever; True at the end, False when stopped or replaced."""
        parts = frames(pcm)
        if not parts:
            return True
        turns = repeat(parts) if loops == 0 else repeat(parts, loops)
        return await self._start(chain.from_iterable(turns))

    async def silence(self, seconds: float) -> bool:
        """Play nothing for this long; True at the end, False when stopped or replaced."""
        count = round(seconds / TICK)
        return await self._start(repeat(SILENCE, count)) if count > 0 else True

    def stop(self) -> None:
        """End what is playing: its play() returns False."""
        self._finish(False)

    def speak(self) -> Frame:
        """The next frame; the clip counts as played when its last frame is handed out."""
        frame = self._next
        if frame is None:
            return SILENCE
        self._next = next(self._rest, None)
        if self._next is None:
            self._finish(True)
        return frame

    def hear(self, frame: Frame) -> None:
        """Players are deaf."""

    async def _start(self, rest: Iterator[Frame]) -> bool:
        self._finish(False)
        done = self._done = asyncio.get_running_loop().create_future()
        self._rest, self._next = rest, next(rest, None)
        if self._next is None:
            self._finish(True)
        try:
            whole: bool = await done
            return whole
        finally:
            if self._done is done:
                self._finish(False)

    def _finish(self, whole: bool) -> None:
        self._rest, self._next = iter(()), None
        done, self._done = self._done, None
        if done is not None and not done.done():
            done.set_result(whole)
