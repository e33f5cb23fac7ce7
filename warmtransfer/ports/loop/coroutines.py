"""asyncio, for what a host app wrote with `async def`: one loop in a thread of its own."""

from __future__ import annotations

import asyncio
import contextvars
import queue
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Coroutines:
    """Runs coroutines in one asyncio loop, which begins with the first of them.

    One loop for all: a client or a pool that belongs to a loop serves every call. The thread is the system's
    own also where gevent has patched: asyncio's mark of the running loop is the thread's, and two greenlets
    that each ran a loop would find the other's.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, make: Callable[[], Coroutine[Any, Any, T]], seconds: float | None = None) -> T:
        """Block until the coroutine has ended; its result, or what it raised.

        It is made and runs in the loop, and is cancelled after `seconds`; TimeoutError then.
        """
        done = asyncio.run_coroutine_threadsafe(_outcome(make, seconds), self._running())
        result, fault = done.result()
        if fault is not None:
            raise fault
        return result  # type: ignore[return-value]

    def stop(self) -> None:
        """End the loop, and what still runs in it; a later `run` begins another."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.call_soon_threadsafe(loop.stop)

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                begun: queue.SimpleQueue[asyncio.AbstractEventLoop] = queue.SimpleQueue()
                start_thread(lambda: _serve(begun.put))
                self._loop = begun.get()
            return self._loop


async def _outcome(
    make: Callable[[], Coroutine[Any, Any, T]], seconds: float | None
) -> tuple[T | None, BaseException | None]:
    """What came of it: a SystemExit that left a task would end the loop of all calls."""
    try:
        async with asyncio.timeout(seconds):
            return await make(), None
    except asyncio.CancelledError:
        raise
    except BaseException as fault:  # noqa: BLE001 - raised again by whoever waits
        return None, fault


def _serve(begun: Callable[[asyncio.AbstractEventLoop], object]) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.call_soon(begun, loop, context=contextvars.Context())
    try:
        loop.run_forever()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def start_thread(main: Callable[[], object]) -> None:
    """A thread of the system: gevent's own, where it has patched, is a greenlet."""
    if "gevent.monkey" in sys.modules:
        sys.modules["gevent.monkey"].get_original("_thread", "start_new_thread")(main, ())
    else:
        threading.Thread(target=main, name="warmtransfer-asyncio", daemon=True).start()
