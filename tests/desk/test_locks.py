"""A name's lock is held by one at a time, and forgotten when nobody wants it."""

from __future__ import annotations

import threading

import pytest

from tests.desk.parts import eventually
from warmtransfer.desk.locks import Locks


def test_one_at_a_time_holds_a_name_and_nothing_is_kept_of_it() -> None:
    locks, inside, most, never = Locks(), [0], [0], threading.Event()

    def work() -> None:
        for _ in range(20):
            with locks.held("one", 10.0):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                never.wait(0.0005)  # the others have their turn now
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert len(locks) == 0


def test_a_name_that_stays_locked_is_given_up_and_stays_locked() -> None:
    locks, free = Locks(), threading.Event()

    def hold() -> None:
        with locks.held("one", 1.0):
            free.wait(10.0)

    holder = threading.Thread(target=hold)
    holder.start()
    eventually(lambda: len(locks) == 1)
    for _ in range(2):
        with pytest.raises(TimeoutError), locks.held("one", 0.02):
            pass
    with locks.held("another", 0.02):
        assert len(locks) == 2
    free.set()
    holder.join()
    assert len(locks) == 0


def test_a_fault_inside_lets_go() -> None:
    locks = Locks()
    with pytest.raises(KeyError), locks.held("one", 1.0):
        raise KeyError("x")
    with locks.held("one", 0.02):
        assert len(locks) == 1
