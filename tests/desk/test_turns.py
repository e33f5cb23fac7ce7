"""Legs wait for their turn: one after the other, humans first, and only those that are wanted."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.desk.parts import eventually
from warmtransfer.clock import Clock
from warmtransfer.core import pacing
from warmtransfer.desk.turns import Turns
from warmtransfer.errors import Leaving, StoreBusy

GAP = 0.2


class Shared:
    """A line that several processes share, in memory; `away`: the database is."""

    def __init__(self) -> None:
        self.line = pacing.Line()
        self.away = False
        self.lock = threading.Lock()

    def place(self, process: str) -> Place:
        return Place(self, process)


class Place:
    """One process's place in it."""

    def __init__(self, shared: Shared, process: str) -> None:
        self.shared, self.process = shared, process

    def ask(self, waited: Sequence[float], gap: float) -> tuple[float, ...]:
        with self.shared.lock:
            if self.shared.away:
                raise StoreBusy("away")
            now = time.monotonic()
            self.shared.line, left = pacing.ask(self.shared.line, self.process, waited, now, gap)
            return left

    def hold(self, seconds: float) -> None:
        with self.shared.lock:
            self.shared.line = pacing.hold(self.shared.line, time.monotonic(), seconds)


@pytest.fixture
def shared() -> Shared:
    return Shared()


@pytest.fixture
def turns(shared: Shared) -> list[Turns]:
    """Those of two processes."""
    return [Turns(shared.place(name), Clock(), 1 / GAP) for name in "ab"]


Comers = Callable[..., Future[tuple[float, bool]]]


@pytest.fixture
def come() -> Iterator[Comers]:
    """Have somebody come in a thread of their own: when their turn came, and whether they took it."""
    with ThreadPoolExecutor(40) as pool:

        def comes(
            turns: Turns,
            human: bool = False,
            wanted: Callable[[], bool] = lambda: True,
            told: Callable[[float], object] = lambda _: None,
        ) -> Future[tuple[float, bool]]:
            def take() -> tuple[float, bool]:
                took = turns.take(human=human, wanted=wanted, told=told)
                return time.monotonic(), took

            known = len(turns)
            future = pool.submit(take)
            eventually(lambda: len(turns) > known or future.done())
            return future

        yield comes


def test_a_call_that_is_alone_does_not_wait_nor_does_its_human_later(turns: list[Turns]) -> None:
    told: list[float] = []
    began = time.monotonic()
    assert turns[0].take(human=False, wanted=lambda: True, told=told.append)
    assert time.monotonic() - began < GAP / 2
    eventually(lambda: time.monotonic() - began > GAP)
    began = time.monotonic()
    assert turns[1].take(human=True, wanted=lambda: True, told=told.append)
    assert time.monotonic() - began < GAP / 2
    assert told == []


def test_many_at_once_go_one_after_the_other_whichever_process_they_are_in(
    turns: list[Turns], come: Comers
) -> None:
    came = sorted(each.result(20)[0] for each in [come(turns[n % 2]) for n in range(10)])
    gaps = [b - a for a, b in itertools.pairwise(came)]
    assert min(gaps) > GAP - 0.05
    assert came[-1] - came[0] > 9 * GAP - 0.05


def test_a_human_who_comes_last_goes_first_in_either_process(turns: list[Turns], come: Comers) -> None:
    ais = [come(turns[0]) for _ in range(5)]
    here, there = come(turns[0], human=True), come(turns[1], human=True)
    times = sorted(each.result(20)[0] for each in ais)
    for human in (here, there):
        assert human.result(20)[0] < times[3]


def test_who_is_not_wanted_any_more_takes_no_turn_and_holds_nobody_up(
    turns: list[Turns], come: Comers
) -> None:
    gone = threading.Event()
    first = come(turns[0])
    given_up = [come(turns[1], human=True, wanted=lambda: not gone.is_set()) for _ in range(8)]
    last = come(turns[0])
    gone.set()
    assert last.result(20)[0] - first.result(20)[0] < 4 * GAP + 2.2
    took = [each.result(20)[1] for each in given_up]
    assert took.count(False) >= 6
    assert len(turns[1]) == 0


def test_a_wait_is_told_with_its_length_and_no_wait_is_not(turns: list[Turns], come: Comers) -> None:
    told: list[float] = []
    futures = [come(turns[0]) for _ in range(4)]
    came, _ = come(turns[0], told=lambda left: told.append(time.monotonic() + left)).result(20)
    assert [each.result(20)[1] for each in futures] == [True] * 4
    assert told == [pytest.approx(came, abs=0.15)]


def test_a_wait_that_others_make_longer_is_told_again(shared: Shared, come: Comers) -> None:
    slow = Turns(shared.place("a"), Clock(), 2.0)
    told: list[float] = []
    come(slow)
    late = come(slow, told=told.append)
    humans = [come(slow, human=True) for _ in range(4)]
    assert late.result(20)[0] > max(each.result(20)[0] for each in humans)
    assert len(told) >= 2


def test_while_the_database_is_away_each_process_keeps_the_pace_by_itself(
    shared: Shared, turns: list[Turns], come: Comers
) -> None:
    shared.away = True
    came = sorted(each.result(20)[0] for each in [come(turns[0]) for _ in range(4)])
    assert min(b - a for a, b in itertools.pairwise(came)) > GAP - 0.05


def test_a_turn_taken_before_the_database_went_counts_after_it(
    shared: Shared, turns: list[Turns], come: Comers
) -> None:
    first, _ = come(turns[0]).result(20)
    shared.away = True
    assert come(turns[0]).result(20)[0] - first > GAP - 0.05


def test_after_a_refusal_for_haste_nobody_goes_for_a_while(turns: list[Turns], come: Comers) -> None:
    began = time.monotonic()
    turns[0].hold(3 * GAP)
    assert come(turns[1], human=True).result(20)[0] - began > 3 * GAP - 0.05


def test_who_waits_while_we_stop_leaves_the_leg_to_others(turns: list[Turns], come: Comers) -> None:
    come(turns[0]).result(20)
    waiting = come(turns[0])
    turns[0].stop()
    with pytest.raises(Leaving):
        waiting.result(20)
    assert come(turns[1]).result(20)[1]


def test_seconds_are_those_of_the_clock() -> None:
    fast = Turns(Shared().place("a"), Clock(20.0), 1.0)
    began = time.monotonic()
    for _ in range(5):
        assert fast.take(human=False, wanted=lambda: True)
    assert 4 / 20 - 0.02 < time.monotonic() - began < 1.0
