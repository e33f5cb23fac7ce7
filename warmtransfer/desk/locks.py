"""One lock for each name that somebody wants right now, and none for the others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Locks:
    """Calls come and go, and so do their locks: nothing is kept of a name that nobody waits for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._wanted: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def held(self, name: str, seconds: float) -> Iterator[None]:
        """Hold the lock of `name`; raises TimeoutError when it cannot be had within real `seconds`."""
        with self._guard:
            lock, wanted = self._wanted.get(name, (threading.Lock(), 0))
            self._wanted[name] = (lock, wanted + 1)
        try:
            if not lock.acquire(timeout=seconds):
                raise TimeoutError(f"{name} stays locked")
            try:
                yield
            finally:
                lock.release()
        finally:
            with self._guard:
                lock, wanted = self._wanted.pop(name)
                if wanted > 1:
                    self._wanted[name] = (lock, wanted - 1)

    def __len__(self) -> int:
        with self._guard:
            return len(self._wanted)
