"""Simulated time: every wait and every time stamp of the simulator goes through one Clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


class Clock:
    """Simulated seconds since start, `speed` times as fast as the real ones.

    `epoch` is the value of time.monotonic() at t=0, so that processes which are given
    the same epoch and speed agree on the time.
    """

    def __init__(self, speed: float = 1.0, epoch: float | None = None) -> None:
        if not speed > 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        self.speed = speed
        self.epoch = time.monotonic() if epoch is None else epoch

    def now(self) -> float:
        """Simulated seconds since the epoch."""
        return (time.monotonic() - self.epoch) * self.speed

    async def sleep(self, seconds: float) -> None:
        """Wait for this many simulated seconds."""
        await asyncio.sleep(max(0.0, seconds) / self.speed)

    def call_later(self, seconds: float, fn: Callable[..., object], *args: object) -> asyncio.TimerHandle:
        """Call fn(*args) in this many simulated seconds; the handle cancels it."""
        loop = asyncio.get_running_loop()
        return loop.call_later(max(0.0, seconds) / self.speed, fn, *args)

    async def wait_for(self, awaitable: Awaitable[T], seconds: float) -> T:
        """Await with a limit in simulated seconds; raises TimeoutError when it is reached."""
        try:
            return await asyncio.wait_for(awaitable, max(0.0, seconds) / self.speed)
        except TimeoutError as limit:
            raise TimeoutError(f"nothing within {seconds} simulated seconds") from limit
