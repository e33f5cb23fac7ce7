"""What a callback can reach keeps the promises; and a table, or an order, that did not would be caught."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from tests.explore.callbacks import World, ends_well, faults, moves, new, progress
from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks import orders as do
from warmtransfer.core.callbacks.callback import Stage
from warmtransfer.core.callbacks.table import TABLE

S = Stage
RINGS = ("do Dial",)
GATE = (*RINGS, "1 answers")
CALLING = (*GATE, "1 presses 1", "do Dial")
#: What happens on the way to each place from which a search begins.
PLACES: dict[str, tuple[str, ...]] = {
    "due": (),
    "dialling": ("timer",),
    "ringing": RINGS,
    "the gate": GATE,
    "listening": (*GATE, "1 is a machine", "do ListenToLeg"),
    "calling": CALLING,
    "joining": (*CALLING, "2 answers"),
    "talking": (*CALLING, "1 enters", "2 answers", "2 enters"),
    "the second human": (*RINGS, "1: busy"),
    "a caller who is busy": (*CALLING, "1 enters", "2: busy", "news LegEnded"),
}


def at(place: str, troubles: int = 0, wishes: int = 0) -> World:
    """The world at one of the places, where troubles may begin."""
    world = new()
    for wish in PLACES[place]:
        for _ in range(50):
            found = next((then for name, then in moves(world) if name.startswith(wish)), None)
            if found is not None:
                world = found
                break
            world = next(progress(world))[1]
        else:
            raise AssertionError(f"nothing leads to: {wish}")
    return world._replace(troubles=troubles, wishes=wishes)


def search(first: World, most: int) -> tuple[int, dict[str, list[str]]]:
    """How many states there were, breadth first, and of each promise that breaks the shortest way to it."""
    came: dict[World, tuple[World | None, str]] = {first: (None, "")}
    line, broken = deque([first]), {}
    while line:
        world = line.popleft()
        for fault in (*faults(world), ends_well(world, not first.troubles)):
            if fault and fault not in broken:
                broken[fault] = _way(came, world)
        if broken:
            break
        for name, then in moves(world):
            if then not in came and len(came) < most:
                came[then] = (world, name)
                line.append(then)
    return len(came), broken


def _way(came: dict[World, tuple[World | None, str]], end: World) -> list[str]:
    way, world = [], end
    while (found := came[world])[0] is not None:
        way.append(found[1])
        world = found[0]
    return way[::-1]


@pytest.mark.parametrize("place", PLACES)
def test_whatever_goes_wrong_once_nobody_is_rung_twice_or_forgotten(place: str) -> None:
    states, broken = search(at(place, troubles=1, wishes=1), most=500)
    assert broken == {}
    assert states == 500


@pytest.mark.parametrize("place", PLACES)
def test_where_nothing_goes_wrong_no_timer_of_ours_is_needed(place: str) -> None:
    states, broken = search(at(place, wishes=1), most=200)
    assert broken == {}
    assert states > 10


#: A wrong table: the stage, the fact, the row in its place or None for no row, and from where it shows.
MUTANTS: dict[str, tuple[Stage, type[ev.Fact], Any, str]] = {
    "ringing has no timer": (S.RINGING, ev.HumanOut, None, "dialling"),
    "the caller is rung as soon as a human answers": (
        S.RINGING, ev.LegAnswered, (S.CALLING, (do.Dial(),)), "ringing",
    ),
    "an unsure dial is made again": (S.RINGING, ev.DialUnsure, (S.RINGING, (do.Dial(),)), "dialling"),
    "who waits is never told": (S.CALLING, ev.CallerOut, (S.CALLING, ()), "calling"),
    "a cancelled one goes on": (S.RINGING, ev.Cancelled, (S.RINGING, (do.EndLegs(),)), "ringing"),
    "a talk is never over": (S.TALKING, ev.TalkOver, None, "talking"),
    "a try never ends": (S.ENDING, ev.TimedOut, (S.ENDING, ()), "calling"),
    "the last try is not the last": (
        S.ENDING, ev.OutOfTries, (S.WAITING, ()), "a caller who is busy",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_row_breaks_a_promise(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stage, fact, row, place = MUTANTS[name]
    smooth, troubled = at(place, wishes=1), at(place, troubles=1, wishes=1)
    rows: dict[Any, Any] = dict(TABLE[stage])
    del rows[fact]
    if row is not None:
        rows[fact] = row
    monkeypatch.setitem(TABLE, stage, rows)
    assert search(smooth, most=300)[1] or search(troubled, most=2000)[1]


def test_a_dial_that_is_made_although_it_was_given_up_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(do.Dial, "wanted", lambda self, callback: True)
    broken = search(at("dialling", wishes=1), most=300)[1]
    assert "somebody is rung although it was cancelled" in broken


def test_a_dial_that_is_made_again_after_a_kill_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.explore.callbacks.dies", lambda world: world)
    assert "a leg is made twice" in search(at("dialling", troubles=1), most=300)[1]
