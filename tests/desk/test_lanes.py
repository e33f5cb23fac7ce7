"""Jobs of one key run in order, jobs of different keys side by side."""

from __future__ import annotations

import threading

from warmtransfer.desk.lanes import Lanes


def test_one_key_is_served_in_order() -> None:
    lanes, seen = Lanes(), []
    for number in range(200):
        lanes.put("one", lambda number=number: seen.append(number))
    assert lanes.close(5.0)
    assert seen == list(range(200))


def test_a_slow_key_delays_no_other() -> None:
    lanes, free, done = Lanes(), threading.Event(), threading.Event()
    lanes.put("slow", lambda: free.wait(5.0))
    lanes.put("quick", done.set)
    assert done.wait(5.0)
    free.set()
    assert lanes.close(5.0)


def test_a_job_that_fails_is_logged_and_the_next_one_runs(caplog) -> None:
    lanes, done = Lanes(), threading.Event()
    lanes.put("one", lambda: 1 / 0)
    lanes.put("one", done.set)
    assert done.wait(5.0)
    assert "ZeroDivisionError" in caplog.text
    assert lanes.close(5.0)


def test_nothing_is_taken_after_the_end() -> None:
    lanes, seen = Lanes(), []
    assert lanes.close(1.0)
    lanes.put("one", lambda: seen.append(1))
    assert len(lanes) == 0
    assert seen == []
