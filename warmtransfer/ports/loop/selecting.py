"""A loop for processes that gevent has not patched: one thread with a selector."""

from __future__ import annotations

import heapq
import itertools
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from warmtransfer.ports.loop.protocols import Callback, Timer, Watch, guarded, next_due

T = TypeVar("T")


class SelectorLoop:
    """Callbacks run in one daemon thread of this loop's own, which begins with the first thing to call."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._soon: deque[tuple[Any, ...]] = deque()
        self._timers: list[tuple[float, int, _SelectorTimer]] = []
        self._serial = itertools.count()
        self._stopped = False
        self._wake_out, self._wake_in = socket.socketpair()
        self._wake_out.setblocking(False)
        self._wake_in.setblocking(False)
        self._selector.register(self._wake_out, selectors.EVENT_READ, None)
        self._pool = ThreadPoolExecutor(1, "warmtransfer-store")
        self._thread = threading.Thread(target=self._main, name="warmtransfer-loop", daemon=True)
        self._begun = False
        self._lock = threading.Lock()

    def watch(self, sock: socket.socket, on_readable: Callable[[], object]) -> Watch:
        """Watch through the selector; see Loop."""
        return _SelectorWatch(self._selector, sock, on_readable)

    def soon(self, fn: Callback, *args: Any) -> None:
        """Wake the loop's thread; see Loop."""
        self._soon.append((fn, *args))
        if self._begun:
            self._wake()
        else:
            self._begin()

    def later(self, seconds: float, fn: Callback, *args: Any) -> Timer:
        """Put a timer on the loop's heap; see Loop."""
        timer = _SelectorTimer((fn, *args))
        self._arm(time.monotonic() + max(seconds, 0.0), timer)
        return timer

    def every(self, seconds: float, after: float, fn: Callback) -> Timer:
        """Put a timer on the heap that is put there again; see Loop."""
        timer = _SelectorTimer((fn,), seconds)
        self._arm(time.monotonic() + max(after, 0.0), timer)
        return timer

    def offload(self, fn: Callable[..., T], *args: Any) -> T:
        """Run in the worker thread; see Loop."""
        return self._pool.submit(fn, *args).result()

    def spawn(self, fn: Callback, *args: Any) -> None:
        """Run in a daemon thread; see Loop."""
        threading.Thread(target=guarded, args=(fn, *args), daemon=True).start()

    def aside(self, fn: Callback, *args: Any) -> None:
        """Run in a daemon thread, like all that may block; see Loop."""
        self.spawn(fn, *args)

    def watched(self) -> int:
        """See Loop; the loop's own waking socket does not count."""
        return 0 if self._stopped else len(self._selector.get_map()) - 1

    def stop(self) -> None:
        """End the thread; a callback that runs is finished first."""
        with self._lock:
            self._stopped = True
            begun, self._begun = self._begun, True
        if not begun:
            self._close()
        elif threading.current_thread() is not self._thread:
            self._wake()
            self._thread.join(2.0)
        self._pool.shutdown(wait=False)

    def _arm(self, due: float, timer: _SelectorTimer) -> None:
        self.soon(heapq.heappush, self._timers, (due, next(self._serial), timer))

    def _wake(self) -> None:
        try:
            self._wake_in.send(b"\0")
        except BlockingIOError:
            return  # it is full of wake-ups already
        except OSError:
            if not self._stopped:
                raise

    def _main(self) -> None:
        while not self._stopped:
            for key, ready in self._selector.select(self._patience()):
                if key.data is None:
                    self._drain()
                else:
                    key.data.fire(ready)
            self._call_due()
        self._close()

    def _begin(self) -> None:
        with self._lock:
            if not self._begun:
                self._begun = True
                self._thread.start()

    def _close(self) -> None:
        self._selector.close()
        self._wake_out.close()
        self._wake_in.close()

    def _patience(self) -> float | None:
        if self._soon:
            return 0.0
        return max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else None

    def _drain(self) -> None:
        try:
            while self._wake_out.recv(4096):
                continue
        except BlockingIOError:
            return

    def _call_due(self) -> None:
        for _ in range(len(self._soon)):
            fn, *args = self._soon.popleft()
            guarded(fn, *args)
        while self._timers and self._timers[0][0] <= time.monotonic():
            due, _, timer = heapq.heappop(self._timers)
            if timer.fire():
                self._arm(next_due(due, timer.every)[0], timer)


class _SelectorTimer:
    def __init__(self, call: tuple[Any, ...], every: float = 0.0) -> None:
        self._call: tuple[Any, ...] | None = call
        self.every = every

    def fire(self) -> bool:
        """Call; whether to do so again."""
        call = self._call
        if not self.every:
            self._call = None
        if call is not None:
            guarded(*call)
        return self._call is not None

    def cancel(self) -> None:
        self._call = None


class _SelectorWatch:
    def __init__(
        self, selector: selectors.BaseSelector, sock: socket.socket, on_readable: Callable[[], object]
    ) -> None:
        self._selector = selector
        self._sock = sock
        self._on_readable = on_readable
        self._on_writable: Callable[[], object] | None = None
        self._open = True
        selector.register(sock, selectors.EVENT_READ, self)

    def fire(self, ready: int) -> None:
        if self._open and ready & selectors.EVENT_READ:
            guarded(self._on_readable)
        if self._open and ready & selectors.EVENT_WRITE and self._on_writable is not None:
            guarded(self._on_writable)

    def writable(self, callback: Callable[[], object] | None) -> None:
        if self._open and callback is not self._on_writable:
            self._on_writable = callback
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if callback else 0)
            self._selector.modify(self._sock, wanted, self)

    def close(self) -> None:
        if self._open:
            self._open = False
            self._selector.unregister(self._sock)
