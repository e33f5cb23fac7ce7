"""New legs take turns: so many a second, humans before AIs, and nobody waits for ever."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest

from warmtransfer.core.pacing import HEAD_START, LONGEST, STALE, Line, Waiting, ask, hold

GAP = 0.5
#: When each arrives, in which process, and whether it is a human's leg.
Arrival = tuple[float, str, bool]


def served(arrivals: Iterable[Arrival], tick: float = 0.01, gap: float = GAP) -> list[tuple[float, Arrival]]:
    """When each one's turn came; the first in every process asks again and again."""
    line, done = Line(), []
    open_ = sorted(arrivals)
    for n in itertools.count():
        at = 1000.0 + n * tick
        for process in ("a", "b"):
            mine = [each for each in open_ if each[1] == process and each[0] <= at]
            mine.sort(key=lambda each: each[0] - HEAD_START * each[2])
            waited = [at - each[0] + HEAD_START * each[2] for each in mine]
            line, left = ask(line, process, waited, at, gap)
            if left and not left[0]:
                done.append((at, mine[0]))
                open_.remove(mine[0])
        if not open_:
            return done
    return done


def test_who_comes_alone_does_not_wait() -> None:
    assert ask(Line(), "a", [0.0], 1000.0, GAP) == (Line(1000.5), (0.0,))


def test_no_two_turns_are_closer_than_the_gap_whichever_process_asks() -> None:
    done = served([(1000.0, "ab"[n % 2], n % 3 == 0) for n in range(12)])
    times = [at for at, _ in done]
    assert len(times) == 12
    assert min(b - a for a, b in itertools.pairwise(times)) >= GAP - 1e-9
    assert times[-1] - times[0] <= 11 * (GAP + 0.02), "and none is lost"


def test_a_human_who_comes_later_goes_before_the_ais_that_wait_also_those_of_another_process() -> None:
    done = served([(1000.0, "a", False)] * 4 + [(1000.6, "b", True)])
    assert [human for _, (_, _, human) in done] == [False, False, True, False, False]


def test_those_of_a_kind_go_in_the_order_in_which_they_came() -> None:
    done = served([(1000.0 + n / 100, "ab"[n % 2], False) for n in range(8)])
    assert [each for _, each in done] == sorted(each for _, each in done)


def test_an_ai_does_not_starve_behind_humans_who_keep_coming() -> None:
    humans = [(1000.0 + n * GAP / 2, "b", True) for n in range(60)]
    done = served([(1000.1, "a", False), *humans])
    order = [human for _, (_, _, human) in done]
    before = done[: order.index(False)]
    assert len(before) > 10
    assert all(came <= 1000.1 + HEAD_START for _, (came, _, _) in before)


def test_each_is_told_how_long_it_will_be() -> None:
    line = Line(1000.3, (Waiting("b", (900.0, 999.9), 1000.0),))
    _, left = ask(line, "a", [5.0, 0.05], 1000.0, GAP)
    assert left == pytest.approx((0.3 + GAP, 0.3 + 3 * GAP))


def test_a_process_that_asks_no_more_holds_nobody_up() -> None:
    line = Line(0.0, (Waiting("b", (900.0,), 1000.0),))
    assert ask(line, "a", [1.0], 1000.0 + STALE - 0.1, GAP)[1] == (GAP,)
    assert ask(line, "a", [1.0], 1000.0 + STALE, GAP)[1] == (0.0,)


def test_who_has_nobody_waiting_any_more_is_not_in_the_line() -> None:
    line, _ = ask(Line(2000.0), "a", [1.0], 1990.0, GAP)
    assert [each.process for each in line.waiting] == ["a"]
    assert ask(line, "a", [], 1990.0, GAP) == (Line(2000.0), ())


def test_a_carrier_that_refuses_for_haste_is_left_alone_for_a_while() -> None:
    line = hold(Line(1000.2), 1000.0, 1.5)
    assert ask(line, "a", [0.0], 1000.0, GAP)[1] == (1.5,)
    assert hold(line, 1000.0, 0.1) == line


def test_a_clock_that_was_set_back_stops_nobody_for_longer_than_a_turn() -> None:
    assert ask(Line(5000.0), "a", [0.0], 1000.0, GAP)[1] == (GAP,)
    assert hold(Line(), 1000.0, 9999.0) == Line(1000.0 + LONGEST)
