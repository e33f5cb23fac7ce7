"""Background work that is counted, reported when it fails, and ended together."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Coroutine
from typing import Any, TypeVar

from warmtransfer.simulator.trace import Trace

T = TypeVar("T")


class Tasks:
    """Owns every task that nobody awaits; one that fails is a `fault` note and a traceback on stderr."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._live: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Starts work in the background."""
        task = asyncio.get_running_loop().create_task(work)
        self._live.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._live.discard(task)
        if task.cancelled() or task.exception() is None:
            return
        error = task.exception()
        traceback.print_exception(error, file=sys.stderr)
        self._trace.note("fault", what="the simulator itself failed", error=repr(error))

    @property
    def count(self) -> int:
        """How many are running."""
        return len(self._live)

    async def close(self) -> None:
        """Cancels everything and waits for it."""
        live = [t for t in self._live if t is not asyncio.current_task()]
        for task in live:
            task.cancel()
        if live:
            await asyncio.wait(live, timeout=5)
