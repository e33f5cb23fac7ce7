"""Alarms go off when they are due, each once."""

from __future__ import annotations

import threading
from dataclasses import replace

from tests.desk.parts import eventually
from warmtransfer.clock import Clock
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage
from warmtransfer.desk.lanes import Lanes
from warmtransfer.desk.timers import Timers
from warmtransfer.ports.loop.selecting import SelectorLoop


def test_an_alarm_that_waits_to_be_decided_does_not_go_off_again() -> None:
    """While the database is away every fact of the call arms it anew, and other processes find it overdue."""
    loop, lanes, clock, free = SelectorLoop(), Lanes(), Clock(), threading.Event()
    decided: list[ev.Event] = []

    def post(call_id: str, fact: ev.Event) -> None:
        free.wait(10)
        decided.append(fact)

    lanes.start()
    timers = Timers(loop, clock, lanes, post)
    due = Call(id="c1", stage=Stage.AI, alarm=1, alarm_at=clock.now() - 1.0)
    try:
        for _ in range(5):
            timers.arm(due)
            eventually(lambda: len(timers) == 0)
        free.set()
        timers.arm(replace(due, alarm=2))
        eventually(lambda: len(decided) == 2)
        timers.arm(replace(due, alarm=3))
        eventually(lambda: ev.TimedOut(Stage.AI, 3) in decided)
    finally:
        free.set()
        timers.stop()
        lanes.close(5.0)
        loop.stop()
    assert decided == [ev.TimedOut(Stage.AI, serial) for serial in (1, 2, 3)]
