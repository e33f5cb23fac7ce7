"""What a process does by itself, again and again, beside its calls."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from warmtransfer.clock import Clock
from warmtransfer.errors import WarmTransferError, log_fault

log = logging.getLogger("warmtransfer")

#: Seconds between two looks at most, and before one that failed is made again.
LOOK = 5.0
#: Real seconds between two looks at least.
BREATH = 0.05


class Chore:
    """One thread; `look` says after how many seconds it is to look again. It may block and raise."""

    def __init__(self, name: str, look: Callable[[], float], clock: Clock) -> None:
        self._name = name
        self._look = look
        self._clock = clock
        self._ended = threading.Event()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Look from now on; harmless when repeated."""
        if self._thread is None and not self._ended.is_set():
            self._thread = threading.Thread(target=self._live, name=f"warmtransfer-{self._name}", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Look now. Never blocks."""
        self._woken.set()

    def leave(self) -> None:
        """Begin no look from now on."""
        self._ended.set()
        self._woken.set()

    def stop(self, seconds: float) -> None:
        """The same, and wait for one that is being made; real seconds."""
        self.leave()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(seconds)

    @property
    def ended(self) -> bool:
        """Whether nothing is begun any more."""
        return self._ended.is_set()

    def _live(self) -> None:
        while not self._ended.is_set():
            self._woken.clear()
            wait = LOOK
            try:
                wait = min(LOOK, self._look())
            except WarmTransferError as fault:
                log.warning("%s are looked for again in a moment: %s", self._name, fault)
            except Exception as fault:  # noqa: BLE001 - what is kept must not depend on one that is odd
                if not self._ended.is_set():
                    log_fault(log, fault, "%s could not be looked after", self._name)
            self._woken.wait(max(BREATH, self._clock.real(wait)))
