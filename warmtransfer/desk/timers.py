"""One timer per call, armed from what is stored, so that a restart loses none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from warmtransfer.clock import Clock
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call
from warmtransfer.desk.lanes import Lanes
from warmtransfer.ports.loop.protocols import Loop, Timer


class Timers:
    """Posts `TimedOut` when a call's alarm is due. The loop's callback only queues, it never blocks.

    `post` may block, and never raises. An alarm that waits to be decided does not go off again: while a
    database is slow, every fact of the call would have it do so.
    """

    def __init__(
        self, loop: Loop, clock: Clock, lanes: Lanes, post: Callable[[str, ev.Event], None]
    ) -> None:
        self._loop = loop
        self._clock = clock
        self._lanes = lanes
        self._post = post
        self._waiting: set[tuple[str, ev.Event]] = set()
        self._lock = threading.Lock()
        self._armed: dict[str, tuple[int, Timer]] = {}
        self._stopped = False

    def arm(self, call: Call) -> None:
        """Have exactly the alarm that this call has now: a newer one replaces, none cancels."""
        with self._lock:
            armed = self._armed.get(call.id)
            serial = armed[0] if armed else -1
            if self._stopped or serial > call.alarm or (serial == call.alarm and call.alarm_at):
                return
            if armed:
                armed[1].cancel()
                del self._armed[call.id]
            if not call.alarm_at:
                return
            seconds = max(0.0, self._clock.real(call.alarm_at - self._clock.now()))
            fact = ev.TimedOut(call.stage, call.alarm)
            self._armed[call.id] = (call.alarm, self._loop.later(seconds, self._due, call.id, fact))

    def once(self, call_id: str, seconds: float, fact: ev.Event) -> None:
        """Post this fact after `seconds`, besides the alarm."""
        with self._lock:
            if not self._stopped:
                self._loop.later(self._clock.real(seconds), self._queue, call_id, fact)

    def stop(self) -> None:
        """Cancel all of them."""
        with self._lock:
            self._stopped = True
            for _, timer in self._armed.values():
                timer.cancel()
            self._armed.clear()

    def __len__(self) -> int:
        with self._lock:
            return len(self._armed)

    def _due(self, call_id: str, fact: ev.TimedOut) -> None:
        with self._lock:
            armed = self._armed.get(call_id)
            if armed and armed[0] == fact.alarm:
                del self._armed[call_id]
        self._queue(call_id, fact)

    def _queue(self, call_id: str, fact: ev.Event) -> None:
        with self._lock:
            if (call_id, fact) in self._waiting:
                return
            self._waiting.add((call_id, fact))
        self._lanes.put((call_id, "facts"), partial(self._decide, call_id, fact))

    def _decide(self, call_id: str, fact: ev.Event) -> None:
        try:
            self._post(call_id, fact)
        finally:
            with self._lock:
                self._waiting.discard((call_id, fact))


def gone_off(call: Call, alarm: ev.TimedOut) -> bool:
    """Whether another process has let this alarm go off, or it is armed no more."""
    return call.alarm != alarm.alarm or not call.alarm_at
