"""Jobs of one key run in order, jobs of different keys side by side."""

from __future__ import annotations

import threading

import pytest

from warmtransfer.desk.lanes import Lanes


def started() -> Lanes:
    """Lanes at work."""
    lanes = Lanes()
    lanes.start()
    return lanes


def test_one_key_is_served_in_order() -> None:
    lanes, seen = started(), []
    for number in range(200):
        lanes.put("one", lambda number=number: seen.append(number))
    assert lanes.close(5.0)
    assert seen == list(range(200))


def test_a_slow_key_delays_no_other() -> None:
    lanes, free, done = started(), threading.Event(), threading.Event()
    lanes.put("slow", lambda: free.wait(5.0))
    lanes.put("quick", done.set)
    assert done.wait(5.0)
    free.set()
    assert lanes.close(5.0)


def test_a_job_that_fails_is_logged_by_name_and_line_and_the_next_one_runs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What an exception says may be a caller's number, or their words."""
    lanes, done = started(), threading.Event()

    def broken() -> None:
        raise ValueError("+15550109999 said that the card is 4929")

    lanes.put("one", broken)
    lanes.put("one", done.set)
    assert done.wait(5.0)
    assert lanes.close(5.0)
    assert "a job of lane one failed: ValueError (lanes.py:" in caplog.text
    assert "test_lanes.py:" in caplog.text
    assert "555" not in caplog.text
    assert "4929" not in caplog.text


def test_nothing_is_taken_after_the_end() -> None:
    lanes, seen = started(), []
    assert lanes.close(1.0)
    lanes.put("one", lambda: seen.append(1))
    assert len(lanes) == 0
    assert seen == []


def test_work_waits_for_the_start_and_is_then_done() -> None:
    lanes, done = Lanes(), threading.Event()
    before = threading.active_count()
    lanes.put("one", done.set)
    assert (len(lanes), threading.active_count()) == (1, before)
    for _ in range(2):
        lanes.start()
    assert done.wait(5.0)
    assert lanes.close(5.0)


def test_lanes_that_never_started_end_at_once() -> None:
    assert Lanes().close(60.0)


def test_a_thread_that_cannot_begin_holds_up_its_own_work_and_loses_none(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begin = threading.Thread.start
    refusals = iter(range(3))

    def start(thread: threading.Thread) -> None:
        if thread.name.startswith("lane poor") and next(refusals, None) is not None:
            raise RuntimeError("can't start new thread")
        begin(thread)

    lanes, seen, other = started(), [], threading.Event()
    monkeypatch.setattr(threading.Thread, "start", start)
    lanes.put("poor", lambda: seen.append(1))
    lanes.put("poor", lambda: seen.append(2))
    lanes.put("rich", other.set)
    assert other.wait(5.0)
    assert lanes.close(5.0)
    assert seen == [1, 2]
    assert caplog.text.count("no thread can be begun") == 1
