"""Time, which whole-call tests may run faster."""

from __future__ import annotations

import time


class Clock:
    """Seconds that pass `speed` times as fast as real ones. Production uses the default, 1.

    `since` is the value of time.monotonic() from which on they pass so fast: a process that starts later
    with the same one goes on where the time of the others is.
    """

    def __init__(self, speed: float = 1.0, since: float | None = None) -> None:
        self.speed = speed
        self._start = time.monotonic() if since is None else since
        self._wall = time.time() - (time.monotonic() - self._start)

    def hurry(self, speed: float) -> None:
        """Pass so fast from now on, for tests: before anything waits by this clock."""
        self._wall, self._start = self.now(), time.monotonic()
        self.speed = speed

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
