"""How the ready app ends: a signal is heard whatever hangs, what runs is finished, and then it is gone.

Signals come through a file descriptor to a thread of the system: a hub that is stuck hears nothing, and would
never end. The same thread counts the seconds; should it hang too, the kernel's alarm ends the process.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

from warmtransfer.ports.loop.coroutines import start_thread

log = logging.getLogger("warmtransfer")

OURS = frozenset({signal.SIGTERM, signal.SIGINT})
#: Seconds from the first signal to the process's end, whatever hangs. Hosts kill after 10 and more.
MOST = 9.0
#: Of these, for what runs to be finished; the rest is for closing.
FINISHING = 6.0
CLOSING = 2.0
#: Seconds without a request after which nobody is waiting for an answer.
QUIET = 0.3
#: Seconds behind `MOST` after which the kernel ends the process.
ALARM = 0.5

HANGS = b"warmtransfer: something hangs; the process ends with it, and the next one takes up what is undone\n"


class Parent(Protocol):
    """A process that has started this one, and speaks to it."""

    def fileno(self) -> int:
        """What can be read when it has something to say."""

    def hear(self) -> tuple[bool, bool]:
        """What it says: whether we are to end, and whether it is there at all."""


class Signals:
    """Calls `told`, in another thread, at the first SIGTERM or SIGINT; a second one ends the process at once.

    Made in the main thread, once. `seconds` after the first the process is ended too. A `parent` that says
    so, or is gone, counts as the first and never as the second: a host may signal every process itself.
    """

    def __init__(
        self, told: Callable[[], object], seconds: float = MOST, parent: Parent | None = None
    ) -> None:
        self._told = told
        self._seconds = seconds
        self._parent = parent
        self._parent_ends = False
        self._out, written = os.pipe()
        os.set_blocking(written, False)
        signal.set_wakeup_fd(written, warn_on_full_buffer=False)
        for number in OURS:
            signal.signal(number, _noted)
        # A child that a host's tool has forked shares the descriptor: its end is not ours.
        os.register_at_fork(after_in_child=_forget)
        start_thread(self._hear)

    def _hear(self) -> None:
        signals = 0
        while not (signals or self._parent_ends):
            signals += self._next(None)
        signal.setitimer(signal.ITIMER_REAL, self._seconds + ALARM)
        self._told()
        end = time.monotonic() + self._seconds
        while signals < 2 and (left := end - time.monotonic()) > 0:
            signals += self._next(left)
        if signals < 2:
            # Not by the log, whose lock somebody may hold who hangs.
            os.write(2, HANGS)
        os._exit(1)

    def _next(self, seconds: float | None) -> bool:
        """Whether it is a signal of ours that has come; nothing has after `seconds`, or the parent's word."""
        waited = [self._out, *([self._parent] if self._parent else [])]
        found = _original("select", "select")(waited, [], [], seconds)[0]
        if self._parent in found and self._parent:
            ends, there = self._parent.hear()
            self._parent_ends = self._parent_ends or ends
            self._parent = self._parent if there else None
        return self._out in found and not OURS.isdisjoint(os.read(self._out, 64))


class Life(Protocol):
    """What of the app's running the end is about."""

    def leave(self) -> int:
        """Take no new calls or streams, and end the streams; how many there were."""

    def unfinished(self) -> int:
        """Orders and facts that wait or are being worked on."""

    def stop(self, seconds: float) -> None:
        """Stop for good."""


class Server(Protocol):
    """What of the HTTP server the end is about."""

    def leave(self) -> None:
        """Keep no connection behind its answer."""

    def quiet(self) -> float:
        """Seconds for which nobody has been waiting for an answer."""

    def close(self) -> None:
        """Take no more connections."""


def leave(server: Server, life: Life) -> bool:
    """End the calls' work here in such a way that another process takes it up; whether all was finished.

    Requests are answered until the end: a port that is closed would tell callers of an application error.
    """
    began = time.monotonic()
    server.leave()
    streams = life.leave()
    log.info("told to end: no new calls or streams; %d conversations move, what runs is finished", streams)
    while time.monotonic() < began + FINISHING:
        if not life.unfinished() and server.quiet() > QUIET:
            break
        time.sleep(0.02)
    left = life.unfinished()
    server.close()
    life.stop(CLOSING)
    if left:
        log.warning("ended with %d orders or facts unfinished: the next process takes them up", left)
    return not left


def _noted(number: int, frame: Any) -> None:
    """Nothing: that there is a handler has the number written to the descriptor."""


def _forget() -> None:
    signal.set_wakeup_fd(-1)
    for number in OURS:
        signal.signal(number, signal.SIG_DFL)


def _original(module: str, name: str) -> Any:
    """The system's own, where gevent may have put another in its place."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey.get_original(module, name) if monkey else getattr(import_module(module), name)
