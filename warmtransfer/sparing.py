"""Lines that strangers can cause: said at once, then at most one a minute, with how many there were."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

#: Seconds between two lines of one topic.
PAUSE = 60.0
#: Topics remembered at once; the oldest is forgotten.
TOPICS = 100


class Sparing:
    """Says each topic's line sparingly, so that nobody outside can fill a log. Any thread may call it."""

    def __init__(
        self, log: logging.Logger, pause: float = PAUSE, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._log = log
        self._pause = pause
        self._now = now
        self._lock = threading.Lock()
        self._said: dict[str, tuple[float, int]] = {}  #: topic: last said when, and how often not since

    def say(self, topic: str, level: int, text: str, *arguments: object) -> None:
        """Log this line, unless one of its topic was logged a moment ago."""
        with self._lock:
            at, kept = self._said.get(topic, (-self._pause, 0))
            now = self._now()
            if now - at < self._pause:
                self._said[topic] = (at, kept + 1)
                return
            self._said.pop(topic, None)
            self._said[topic] = (now, 0)
            if len(self._said) > TOPICS:
                del self._said[next(iter(self._said))]
        if kept:
            self._log.log(level, text + " (%d more like it since the last such line)", *arguments, kept)
        else:
            self._log.log(level, text, *arguments)
