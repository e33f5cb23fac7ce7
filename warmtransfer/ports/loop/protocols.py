"""What a loop promises: readiness of sockets, timers and real threads as callbacks.

Callbacks of one loop run one at a time, in one place, and must never block; so what only callbacks touch
needs no lock.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from warmtransfer.errors import log_fault

T = TypeVar("T")
Callback = Callable[..., object]
log = logging.getLogger("warmtransfer")


class Watch(Protocol):
    """A socket being watched. Used in the loop only; `close` leaves the socket itself open."""

    def writable(self, callback: Callable[[], object] | None) -> None:
        """Call `callback` whenever the socket takes bytes again; None to stop."""

    def close(self) -> None:
        """Watch no more. Harmless when repeated."""


class Timer(Protocol):
    """A callback to come."""

    def cancel(self) -> None:
        """Never call it; harmless when it has been called. From any thread."""


class Loop(Protocol):
    """Where readiness, timers and calls from other threads become callbacks."""

    def watch(self, sock: socket.socket, on_readable: Callable[[], object]) -> Watch:
        """Call `on_readable` whenever the socket has bytes, or its end, to read. In the loop only."""

    def soon(self, fn: Callback, *args: Any) -> None:
        """Call in the loop, in the order of asking. From any thread; never blocks."""

    def later(self, seconds: float, fn: Callback, *args: Any) -> Timer:
        """Call in the loop after real `seconds`. From any thread."""

    def every(self, seconds: float, after: float, fn: Callback) -> Timer:
        """Call in the loop after real seconds `after`, and then every `seconds`. From any thread.

        Calls keep their place in time, so that those of many timers can share a wake-up; of what was
        missed while the loop was busy, one call at most comes late.
        """

    def offload(self, fn: Callable[..., T], *args: Any) -> T:
        """Run in the one real worker thread and wait for the result without stopping the loop.

        Never from a callback of the loop.
        """

    def spawn(self, fn: Callback, *args: Any) -> None:
        """Run where it may block: in a thread, or a greenlet. From any thread, and from callbacks.

        `threading.Thread.start` may not be called in gevent's hub: it waits for the thread to have begun.
        """

    def aside(self, fn: Callback, *args: Any) -> None:
        """Run in a real thread of its own, for which nobody waits. From any thread, and from callbacks.

        It is for work without a pause that would stop everything else; it may touch nothing of a loop's.
        """

    def watched(self) -> int:
        """How many sockets are being watched."""

    def stop(self) -> None:
        """End threads of its own; nothing is called any more."""


def guarded(fn: Callback, *args: Any) -> None:
    """Call, and log what it raises: one call's fault must not end the loop of all calls."""
    try:
        fn(*args)
    except Exception as fault:  # noqa: BLE001 - its message may be what a caller said
        log_fault(log, fault, "a callback failed")


def next_due(due: float, every: float) -> tuple[float, bool]:
    """When what was due then, in monotonic seconds, is due again, and whether that skips what was missed."""
    missed = (time.monotonic() - due) // every
    return due + every * (1 + max(0.0, missed)), missed >= 1
