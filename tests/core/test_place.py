"""Who comes before whom in a line, and how long it may take: a number only where enough is known."""

from __future__ import annotations

from random import Random

import pytest

from warmtransfer.core.place import Waiting, Waits, ahead, estimate, number

SAM, KIM, LEE = "+15550100001", "+15550100002", "+15550100003"


def waiting(call_id: str, since: float, *phones: str, priority: int = 0) -> Waiting:
    return Waiting(call_id, Waits(since=since, priority=priority, phones=phones))


LINE = [
    waiting("c", 30.0, SAM),
    waiting("b", 20.0, KIM),
    waiting("urgent", 40.0, SAM, KIM, priority=1),
    waiting("a", 10.0, SAM, KIM),
]


def test_a_higher_priority_comes_first_and_then_whoever_has_waited_longest() -> None:
    assert [each.call_id for each in ahead("z", Waits(since=50.0), LINE)] == ["urgent", "a", "b", "c"]


def test_two_who_came_at_once_have_an_order_too() -> None:
    twins = [waiting("x", 5.0, SAM), waiting("y", 5.0, SAM)]
    assert [each.call_id for each in ahead("y", twins[1].place, twins)] == ["x"]
    assert ahead("x", twins[0].place, twins) == []


@pytest.mark.parametrize(("phones", "place"), [((SAM,), 4), ((KIM,), 4), ((SAM, KIM), 5), ((LEE,), 1)])
def test_only_those_count_who_wait_for_the_same_humans(phones: tuple[str, ...], place: int) -> None:
    assert number("z", Waits(since=50.0, phones=phones), LINE) == place


def test_nobody_is_told_a_number_before_three_calls_are_known() -> None:
    assert estimate(1, [300.0, 300.0], [60.0]) == 0.0
    assert estimate(1, [300.0, 300.0, 300.0], [60.0]) == 240.0


def test_of_a_call_that_lasts_longer_than_any_nobody_can_say_when_it_ends() -> None:
    assert estimate(1, [100.0, 200.0, 300.0], [301.0]) == 0.0
    assert estimate(1, [100.0, 200.0, 300.0], [301.0, 100.0]) == 150.0, "by the one that is known"


def test_a_call_that_runs_is_measured_by_those_that_were_longer() -> None:
    """Most are short; one that has lasted is one of the long ones."""
    assert estimate(1, [60.0, 60.0, 60.0, 600.0], [100.0]) == 500.0


def test_each_who_is_before_takes_the_first_who_is_free_and_a_usual_call_with_them() -> None:
    talks = [300.0, 300.0, 300.0]
    assert [estimate(place, talks, [0.0, 200.0]) for place in (1, 2, 3, 4)] == [100.0, 300.0, 400.0, 600.0]


def test_a_later_place_never_takes_less_and_a_known_one_is_never_no_time_at_all() -> None:
    dice = Random(7)
    for _ in range(200):
        talks = [dice.uniform(5.0, 900.0) for _ in range(dice.randint(3, 20))]
        lasted = [dice.uniform(0.0, 900.0) for _ in range(dice.randint(1, 4))]
        told = [estimate(place, talks, lasted) for place in range(1, 9)]
        assert told == sorted(told)
        assert all(each >= 1.0 for each in told) or not any(told)


def test_a_place_survives_being_stored_and_what_a_later_release_adds_is_left_out() -> None:
    place = waiting("a", 10.0, SAM, KIM, priority=2).place
    kept = {"since": 10.0, "priority": 2, "phones": [SAM, KIM], "mood": "fine"}
    assert Waits.from_dict(kept) == place
