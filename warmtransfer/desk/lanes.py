"""Work that is done in line, off the caller's thread."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from contextlib import suppress

from warmtransfer.errors import log_fault
from warmtransfer.sparing import Sparing

log = logging.getLogger("warmtransfer")

Job = Callable[[], None]

#: Seconds before a thread that could not be begun is tried again.
AGAIN = 0.1


class Lanes:
    """Runs jobs of one key in their order, jobs of different keys side by side.

    A lane's thread lives only while it has work, so a thousand quiet calls cost nothing. `put` is called in
    gevent's hub too, which may neither wait for a lock nor for a thread to have begun, so it only queues;
    one thread of our own, which `start` begins, does the rest.
    """

    def __init__(self, name: str = "lanes") -> None:
        self._lock = threading.Lock()
        self._waiting: dict[Hashable, deque[Job]] = {}
        self._idle = threading.Condition(self._lock)
        self._closed = False
        self._lines = Sparing(log)
        self._new: queue.SimpleQueue[tuple[Hashable, Job] | None] = queue.SimpleQueue()
        self._starter = threading.Thread(target=self._start, name=name, daemon=True)

    def start(self) -> None:
        """Do what is queued, and go on; harmless when repeated, but not by two threads at once."""
        if self._starter.ident is None:
            self._starter.start()

    def put(self, key: Hashable, job: Job) -> None:
        """Queue `job` behind the others of its key; after `close` it is dropped."""
        if not self._closed:
            self._new.put((key, job))

    def close(self, seconds: float) -> bool:
        """Take no more work, and wait at most `seconds` (real ones) for what is queued."""
        self._closed = True
        self._new.put(None)
        if self._starter.ident is None:
            return True
        end = time.monotonic() + seconds
        self._starter.join(seconds)
        with self._lock:
            return self._idle.wait_for(lambda: not self._waiting, max(0.0, end - time.monotonic()))

    def __len__(self) -> int:
        with self._lock:
            return self._new.qsize() + sum(len(lane) for lane in self._waiting.values())

    def _start(self) -> None:
        unborn: deque[Hashable] = deque()  #: lanes whose thread could not begin
        open_ = True
        while open_ or unborn:
            with suppress(queue.Empty):
                new = self._new.get(timeout=AGAIN if unborn else None)
                open_ = open_ and new is not None
                if new is not None and self._first(*new):
                    unborn.append(new[0])
            while unborn and self._begin(unborn[0]):
                unborn.popleft()

    def _first(self, key: Hashable, job: Job) -> bool:
        """Queue the job; whether its lane has no thread yet."""
        with self._lock:
            lane = self._waiting.get(key)
            if lane is not None:
                lane.append(job)
                return False
            self._waiting[key] = deque([job])
            return True

    def _begin(self, key: Hashable) -> bool:
        """Begin the lane's thread; False when the system gives none: its work waits."""
        try:
            threading.Thread(target=self._run, args=(key,), name=f"lane {key}", daemon=True).start()
        except (RuntimeError, MemoryError) as fault:
            self._lines.say("threads", logging.ERROR, "no thread can be begun, work waits: %s", fault)
            return False
        return True

    def _run(self, key: Hashable) -> None:
        while True:
            with self._lock:
                lane = self._waiting[key]
                if not lane:
                    del self._waiting[key]
                    self._idle.notify_all()
                    return
                job = lane[0]
            try:
                job()
            except Exception as fault:  # noqa: BLE001 - its message may be what a caller said
                log_fault(log, fault, "a job of lane %s failed", key)
            with self._lock:
                lane.popleft()
