"""The loop: order, timers, real threads, and faults that stay where they are."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from warmtransfer.ports.loop.choose import make_loop
from warmtransfer.ports.loop.hub import HubLoop
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.loop.selecting import SelectorLoop

T = TypeVar("T")


def until(met: Callable[[], T], seconds: float = 5.0) -> T:
    """Ask again until it gives something true."""
    end = time.monotonic() + seconds
    while not (found := met()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)
    return found


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = make_loop()
    yield made
    made.stop()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    yield ours, theirs
    ours.close()
    theirs.close()


def test_the_loop_fits_the_process() -> None:
    """gevent's hub where gevent has patched sockets, a thread with a selector elsewhere."""
    made = make_loop()
    patched = socket.socket.__module__.startswith("gevent")
    assert isinstance(made, HubLoop if patched else SelectorLoop)
    made.stop()


def test_calls_from_threads_are_made_in_their_order_one_at_a_time(loop: Loop) -> None:
    calls: list[int] = []
    where: set[int] = set()

    def note(number: int) -> None:
        where.add(threading.get_ident())
        calls.append(number)

    for number in range(1000):
        loop.soon(note, number)
    until(lambda: len(calls) == 1000)
    assert calls == list(range(1000))
    assert len(where) == 1


def test_a_fault_of_one_callback_does_not_end_the_others(loop: Loop) -> None:
    calls: list[str] = []
    loop.soon(lambda: 1 // 0)
    loop.later(0.01, lambda: 1 // 0)
    loop.soon(calls.append, "soon")
    loop.later(0.02, calls.append, "later")
    until(lambda: calls == ["soon", "later"])


def test_a_fault_is_logged_by_name_and_line(
    loop: Loop, pair: tuple[socket.socket, ...], caplog: pytest.LogCaptureFixture
) -> None:
    """What an exception says may be a caller's number, or their words."""

    def broken() -> None:
        ours.recv(10)
        raise ValueError("+15550109999 said that the card is 4929")

    ours, theirs = pair
    watch: list[object] = []
    loop.soon(lambda: watch.append(loop.watch(ours, broken)))
    loop.soon(broken)
    theirs.send(b"x")
    until(lambda: caplog.text.count("a callback failed: ValueError (") >= 1)
    assert "test_loop.py:" in caplog.text
    assert "555" not in caplog.text
    assert "4929" not in caplog.text
    loop.soon(lambda: watch[0].close())  # type: ignore[attr-defined]
    until(lambda: not loop.watched())  # a loop that is stopped calls nothing, and the watch would stay


def test_timers_go_off_in_the_order_of_their_time(loop: Loop) -> None:
    calls: list[str] = []
    began = time.monotonic()
    loop.later(0.15, calls.append, "third")
    loop.later(0.05, calls.append, "first")
    loop.later(0.1, calls.append, "second")
    until(lambda: len(calls) == 3)
    assert calls == ["first", "second", "third"]
    assert time.monotonic() - began >= 0.15


def test_a_cancelled_timer_never_goes_off(loop: Loop) -> None:
    calls: list[str] = []
    timer = loop.later(0.05, calls.append, "cancelled")
    loop.later(0.1, calls.append, "kept")
    timer.cancel()
    timer.cancel()
    until(lambda: calls)
    assert calls == ["kept"]


def test_a_timer_may_be_cancelled_by_a_callback_of_the_same_moment(loop: Loop) -> None:
    calls: list[str] = []
    timers = [loop.later(0.05, lambda: timers[1].cancel()), loop.later(0.06, calls.append, "never")]
    loop.later(0.1, calls.append, "end")
    until(lambda: calls)
    assert calls == ["end"]


def test_a_timer_that_repeats_does_so_until_it_is_cancelled(loop: Loop) -> None:
    calls: list[float] = []

    def work() -> None:
        calls.append(time.monotonic())
        if len(calls) == 5:
            timer.cancel()
        raise ValueError("logged, and no reason to end")

    began = time.monotonic()
    timer = loop.every(0.02, 0.1, work)
    until(lambda: len(calls) == 5)
    assert calls[0] - began >= 0.1
    assert calls[4] - began >= 0.18
    gone: list[str] = []
    loop.later(0.1, gone.append, "end")
    until(lambda: gone)
    assert len(calls) == 5


def test_a_timer_that_repeats_keeps_its_place_in_time_and_makes_nothing_up(loop: Loop) -> None:
    """One call may come late; those after it come when they would have come anyway."""
    calls: list[float] = []

    def work() -> None:
        calls.append(time.monotonic())
        if len(calls) == 2:
            while time.monotonic() < calls[1] + 0.54:  # the loop is busy over two of its times
                continue

    began = time.monotonic()
    timer = loop.every(0.2, 0.2, work)
    until(lambda: len(calls) == 5)
    timer.cancel()
    places = [(at - began) / 0.2 for at in calls]
    assert len([place for place in places if place % 1 > 0.6]) <= 1, places
    assert len(calls) <= int(places[-1]) - 1, places


def test_a_timer_that_repeats_ends_with_the_loop(loop: Loop) -> None:
    calls: list[float] = []
    timer = loop.every(0.02, 0.02, lambda: calls.append(time.monotonic()))
    until(lambda: calls)
    loop.stop()
    timer.cancel()
    count = len(calls)
    gate = threading.Event()
    gate.wait(0.1)
    assert len(calls) == count
    if isinstance(loop, HubLoop):
        import gevent

        assert gevent.wait(timeout=1.0), "the timer keeps the hub awake"


def test_a_readable_socket_is_announced(loop: Loop, pair: tuple[socket.socket, ...]) -> None:
    got: list[bytes] = []
    ours, theirs = pair
    loop.soon(lambda: loop.watch(ours, lambda: got.append(ours.recv(100))))
    theirs.sendall(b"one")
    until(lambda: got == [b"one"])
    theirs.sendall(b"two")
    until(lambda: got == [b"one", b"two"])
    assert loop.watched() == 1


def test_a_socket_that_takes_bytes_again_is_announced(loop: Loop, pair: tuple[socket.socket, ...]) -> None:
    ours, theirs = pair
    sent: list[int] = []

    def fill() -> None:
        watch = loop.watch(ours, lambda: None)

        def more() -> None:
            try:
                sent.append(ours.send(b"x" * 100000))
            except BlockingIOError:
                return
            if sum(sent) >= 1_000_000:
                watch.writable(None)
                watch.close()
                watch.close()

        watch.writable(more)

    loop.soon(fill)
    got = 0
    while got < 1_000_000:
        got += len(theirs.recv(65536))
    until(lambda: loop.watched() == 0)


def test_work_is_done_in_one_real_thread_and_its_result_comes_back(loop: Loop) -> None:
    """SQLite wants one thread, and the loop goes on meanwhile."""
    calls: list[str] = []
    gate = threading.Event()

    def work(number: int) -> int:
        until(lambda: calls)
        return number * 2

    loop.later(0.02, calls.append, "meanwhile")
    assert loop.offload(work, 21) == 42
    assert calls == ["meanwhile"]
    assert not gate.is_set()


def test_a_fault_of_offloaded_work_comes_back(loop: Loop) -> None:
    with pytest.raises(ZeroDivisionError):
        loop.offload(lambda: 1 // 0)


def test_spawned_work_may_block_and_may_be_asked_for_in_a_callback(loop: Loop) -> None:
    """Thread.start waits for the thread to have begun, which gevent's hub must not."""
    gate = threading.Event()
    calls: list[str] = []

    def work() -> None:
        calls.append("waits")
        gate.wait(5)
        calls.append("done")

    loop.soon(loop.spawn, work)
    loop.later(0.05, calls.append, "loop goes on")
    loop.later(0.06, gate.set)
    until(lambda: len(calls) == 3)
    assert calls == ["waits", "loop goes on", "done"]


def test_work_aside_has_a_real_thread_of_its_own_and_nobody_waits_for_it(loop: Loop) -> None:
    out, into = os.pipe()
    calls: list[str] = []

    def work() -> None:
        os.read(out, 1)  # also under gevent this stops the whole thread
        loop.soon(calls.append, "done")

    loop.soon(loop.aside, work)
    assert loop.offload(lambda: 42) == 42
    loop.later(0.02, calls.append, "loop goes on")
    until(lambda: calls)
    os.write(into, b"-")
    until(lambda: len(calls) == 2)
    assert calls == ["loop goes on", "done"]
    for each in (out, into):
        os.close(each)


def test_work_that_hangs_does_not_keep_the_loop_from_its_end(loop: Loop) -> None:
    out, into = os.pipe()
    begun = threading.Event()

    def hang() -> None:
        loop.soon(begun.set)
        os.read(out, 1)

    loop.spawn(loop.offload, hang)
    assert begun.wait(5)
    before = time.monotonic()
    loop.stop()
    assert time.monotonic() - before < 3.0
    os.write(into, b"-")
    for each in (out, into):
        os.close(each)


def test_nothing_is_called_after_the_end(loop: Loop) -> None:
    calls: list[str] = []
    loop.later(0.05, calls.append, "late")
    loop.stop()
    loop.soon(calls.append, "soon")
    gate = threading.Event()
    gate.wait(0.1)
    assert not calls
