"""gevent's hub as the loop: callbacks run in it, between the greenlets."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable
from typing import Any, TypeVar

import gevent
from gevent.monkey import get_original
from gevent.threadpool import ThreadPool

from warmtransfer.errors import log_fault
from warmtransfer.ports.loop.protocols import Callback, Timer, Watch, guarded, next_due

T = TypeVar("T")
log = logging.getLogger("warmtransfer")

#: Seconds that the worker thread has to end.
ENDING = 1.0


class HubLoop:
    """Callbacks run in the hub of the thread that made this loop."""

    def __init__(self) -> None:
        self._hub = gevent.get_hub()
        self._thread_id = get_original("_thread", "get_ident")
        self._home = self._thread_id()
        self._pool = ThreadPool(1, hub=self._hub)
        self.stopped = False
        self._watches: set[_HubWatch] = set()

    def watch(self, sock: socket.socket, on_readable: Callable[[], object]) -> Watch:
        """Watch through libev; see Loop."""
        return _HubWatch(self._hub.loop, sock.fileno(), on_readable, self._watches)

    def soon(self, fn: Callback, *args: Any) -> None:
        """Wake the hub, if this is another thread; see Loop."""
        if self._thread_id() == self._home:
            self._hub.loop.run_callback(self._run, fn, *args)
        else:
            self._hub.loop.run_callback_threadsafe(self._run, fn, *args)

    def later(self, seconds: float, fn: Callback, *args: Any) -> Timer:
        """Arm a timer of the hub; see Loop."""
        return self._armed(_HubTimer(self, (fn, *args)), seconds)

    def every(self, seconds: float, after: float, fn: Callback) -> Timer:
        """Arm a timer of the hub that repeats; see Loop."""
        return self._armed(_HubTimer(self, (fn,), seconds), after)

    def offload(self, fn: Callable[..., T], *args: Any) -> T:
        """Run in a thread that gevent knows nothing of; see Loop."""
        result, fault = self._pool.apply(_outcome, (fn, args))
        if fault is not None:
            raise fault
        return result  # type: ignore[no-any-return]

    def spawn(self, fn: Callback, *args: Any) -> None:
        """Run in a greenlet; see Loop."""
        self.soon(gevent.spawn, guarded, fn, *args)

    def aside(self, fn: Callback, *args: Any) -> None:
        """Run in a thread that gevent knows nothing of; see Loop."""
        get_original("_thread", "start_new_thread")(guarded, (fn, *args))

    def watched(self) -> int:
        """See Loop."""
        return len(self._watches)

    def stop(self) -> None:
        """Call nothing any more."""
        self.stopped = True
        # It waits for what its thread does, which a database that hangs never ends.
        with gevent.Timeout(ENDING, False):
            self._pool.kill()

    @property
    def hub_loop(self) -> Any:
        """The event loop that timers are armed on."""
        return self._hub.loop

    def _armed(self, timer: _HubTimer, seconds: float) -> _HubTimer:
        if self._thread_id() == self._home:
            timer.start(seconds)
        else:
            self.soon(timer.start, seconds)
        return timer

    def _run(self, fn: Callback, *args: Any) -> None:
        if not self.stopped:
            guarded(fn, *args)

    def fire(self, call: tuple[Any, ...]) -> None:
        """Call what a timer has waited for."""
        self._run(*call)


class _HubTimer:
    def __init__(self, loop: HubLoop, call: tuple[Any, ...], every: float = 0.0) -> None:
        self._loop = loop
        self._call = call
        self._every = every
        self._timer: Any = None
        self._due = 0.0  #: monotonic seconds
        self._cancelled = False

    def start(self, seconds: float) -> None:
        if not self._cancelled:
            self._due = time.monotonic() + seconds
            self._timer = self._loop.hub_loop.timer(max(seconds, 0.0), self._every)
            self._timer.start(self._fire, update=True)  # the hub's own time may be old

    def cancel(self) -> None:
        self._cancelled = True
        self._loop.soon(self._close)

    def _fire(self) -> None:
        if not self._every or self._cancelled or self._loop.stopped:
            self._close()
        else:
            self._keep_time()
        if not self._cancelled:
            self._cancelled = not self._every
            self._loop.fire(self._call)

    def _keep_time(self) -> None:
        """Skip what was missed: libev goes on from when it was late, so that all timers would become one."""
        self._due, missed = next_due(self._due, self._every)
        if missed:
            self._close()
            self.start(self._due - time.monotonic())

    def _close(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer.close()
            self._timer = None


class _HubWatch:
    def __init__(
        self, loop: Any, fd: int, on_readable: Callable[[], object], watches: set[_HubWatch]
    ) -> None:
        self._read = loop.io(fd, 1)
        self._write = loop.io(fd, 2)
        self._read.start(_guarded, on_readable)
        self._watches = watches
        self._closed = False
        watches.add(self)

    def writable(self, callback: Callable[[], object] | None) -> None:
        if self._closed:
            return
        self._write.stop()
        if callback is not None:
            self._write.start(guarded, callback)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._watches.discard(self)
            for watcher in (self._read, self._write):
                watcher.stop()
                watcher.close()


def _guarded(fn: Callable[[], object]) -> None:
    """`guarded`, without arguments to pass on: it runs for every frame."""
    try:
        fn()
    except Exception as fault:  # noqa: BLE001 - its message may be what a caller said
        log_fault(log, fault, "a callback failed")


def _outcome(fn: Callable[..., T], args: tuple[Any, ...]) -> tuple[T | None, Exception | None]:
    """What `fn` gave, or raised: gevent prints what leaves its threads, also what is expected."""
    try:
        return fn(*args), None
    except Exception as fault:  # noqa: BLE001 - raised again by whoever waits
        return None, fault
