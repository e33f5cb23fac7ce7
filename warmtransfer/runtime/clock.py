"""Time, which whole-call tests may run faster."""

from __future__ import annotations

import time


class Clock:
    """Seconds that pass `speed` times as fast as real ones. Production uses the default, 1."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._wall = time.time()
        self._start = time.monotonic()

    def now(self) -> float:
        """Seconds since 1970; at speed 1, the wall clock."""
        if self.speed == 1.0:
            return time.time()
        return self._wall + (time.monotonic() - self._start) * self.speed

    def monotonic(self) -> float:
        """Seconds that never go back, from an arbitrary start."""
        return time.monotonic() * self.speed

    def real(self, seconds: float) -> float:
        """The real seconds to give to a socket or a wait for `seconds` of this clock."""
        return seconds / self.speed
