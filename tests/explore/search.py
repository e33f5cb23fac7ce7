"""Explores what one call with two humans can reach, and checks the promises on every state:
python -m tests.explore.search --troubles 1 --most 200000."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.explore.moves import goes_off, moves, progress
from tests.explore.world import World
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage
from warmtransfer.core.outcomes import Outcome

Promise = Callable[[World], str]

#: What each real end of a leg may be called. None of them is ever "accepted" unless key 1 was.
TRUE = {
    "no_answer": {Outcome.NO_ANSWER, Outcome.CALLER_LEFT, Outcome.TIMED_OUT},
    "busy": {Outcome.BUSY, Outcome.CALLER_LEFT, Outcome.TIMED_OUT},
    "declined": {Outcome.DECLINED, Outcome.CALLER_LEFT, Outcome.MACHINE, Outcome.TIMED_OUT},
    "no_input": {Outcome.NO_INPUT, Outcome.CALLER_LEFT, Outcome.MACHINE, Outcome.TIMED_OUT},
    "talked": {Outcome.ACCEPTED},
}


@dataclass
class Found:
    """What a search came upon."""

    states: int = 0
    moves: int = 0
    deepest: int = 0
    cut: bool = False  #: whether there was more than it was allowed to see
    stages: Counter[Stage] = field(default_factory=Counter)
    broken: dict[str, list[str]] = field(default_factory=dict)  #: promise -> the moves that broke it


def start(troubles: int, asks: int = 1, **given: Any) -> World:
    """The caller has dialled the number."""
    world = World(Call(id="c1"), troubles=troubles, asks=asks)
    return replace(world, **given).tell(ev.CallArrived("CAcaller", "+15550109999", "+15550100000"))


#: What people do on the way to each place from which a search begins; all else goes its way.
PLACES: dict[str, tuple[str, ...]] = {
    "the start": (),
    "the AI": ("ai",),
    "ringing": ("ai", "a human is asked for", "human-1 rings"),
    "the gate": ("ai", "a human is asked for", "human-1 rings", "human-1 answers"),
    "joining": ("ai", "a human is asked for", "human-1 rings", "human-1 answers", "human-1 presses 1"),
    "the second human": ("ai", "a human is asked for", "human-1 rings", "human-1 is busy"),
    "the end": ("ai", "caller hangs up"),
}


def at(place: str, troubles: int, asks: int = 1, **given: Any) -> World:
    """The world at one of the places, where troubles may begin."""
    world = start(0, asks, **given)
    for wish in PLACES[place]:
        world = _until(world, wish)
    return replace(world, troubles=troubles)


def _until(world: World, wish: str) -> World:
    for _ in range(200):
        if wish == "ai" and world.call.stage is Stage.AI and not world.mail:
            return world
        if wish != "ai":
            for name, then in moves(world):
                if name == wish:
                    return then
        step = next(progress(world), None)
        assert step is not None, f"nothing leads to: {wish}"
        world = step[1]
    raise AssertionError(f"nothing leads to: {wish}")


def search(first: World, most: int, stop: bool = False) -> Found:
    """Breadth first, so that what breaks a promise is told by the shortest way to it; `stop` at the first."""
    well = EndsWell(smooth=not first.troubles)
    checks: tuple[Promise, ...] = (broken, a_clock_runs, outcomes_are_true, well)
    found = Found()
    came: dict[World, tuple[World | None, str]] = {first: (None, "")}
    depth = {first: 0}
    line = deque([first])
    while line:
        world = line.popleft()
        found.states += 1
        found.deepest = max(found.deepest, depth[world])
        found.stages[world.call.stage] += 1
        for check in checks:
            fault = check(world)
            if fault and fault not in found.broken:
                found.broken[fault] = [*_way(came, world), *_after(world, fault)]
        if stop and found.broken:
            return found
        if world.broken:
            continue
        for name, then in moves(world):
            found.moves += 1
            if then in came:
                continue
            if len(came) >= most:
                found.cut = True
                continue
            came[then] = (world, name)
            depth[then] = depth[world] + 1
            line.append(then)
    return found


def _way(came: dict[World, tuple[World | None, str]], world: World | None) -> list[str]:
    way: list[str] = []
    while world is not None:
        world, name = came[world]
        way.append(name)
    return way[-2::-1]


def _after(world: World, fault: str) -> list[str]:
    return [f"= {world.call.stage} ai={world.call.ai.state} caller={world.caller}"]


# The promises ---------------------------------------------------------------------------------------


def broken(world: World) -> str:
    """One human at a time, and what else a move alone can break."""
    return world.broken[0] if world.broken else ""


def a_clock_runs(world: World) -> str:
    """A call that is not over never rests without a timer."""
    call = world.call
    if call.stage is Stage.OVER or call.alarm_at:
        return ""
    return f"no timer in {call.stage}"


def outcomes_are_true(world: World) -> str:
    """Every attempt whose leg ended has one outcome, and it is what happened."""
    pending = {getattr(letter.fact, "n", 0) for letter in world.mail}
    for n, how in world.ends:
        attempt = world.call.attempt_number(n)
        if attempt is None or not attempt.ended or n in pending:
            continue
        if attempt.outcome is None:
            return f"attempt that {how} has no outcome"
        if how in TRUE and attempt.outcome not in TRUE[how]:
            return f"attempt that {how} is called {attempt.outcome}"
        if how == "ended by us" and attempt.outcome in (Outcome.DECLINED,):
            return f"attempt {how} is called {attempt.outcome}"
    return ""


class EndsWell:
    """Whatever has happened: if nothing more goes wrong, the caller gets company, or everything is over.

    The way from a state is always the same, so that most of it has been gone before. `smooth`: and no timer
    of ours is needed for it, which is there for what has gone wrong.
    """

    def __init__(self, smooth: bool = False) -> None:
        self._smooth = smooth
        self._known: dict[World, str] = {}

    def __call__(self, world: World) -> str:
        way: list[World] = []
        fault = ""
        while world not in self._known:
            way.append(world)
            if len(way) > 600:
                fault = f"never at rest: {_why(world)}"
                break
            then = onwards(world)
            if then is None:
                fault = "" if good(world) else f"stuck: {_why(world)}"
                break
            if then.broken:
                fault = f"{then.broken[0]}, afterwards"
                break
            if then == world:
                fault = f"stuck: {_why(world)}"
                break
            if self._smooth and next(progress(world), None) is None:
                fault = f"only a timer helps: {_why(world)}"
                break
            if then in self._known:
                fault = self._known[then]
            world = then
        else:
            fault = self._known[world]
        for each in way:
            self._known[each] = fault
        return fault


def onwards(world: World) -> World | None:
    """The next thing to happen when nothing goes wrong; None at a good end."""
    step = next(progress(world), None)
    if step is not None:
        return step[1]
    if good(world) or not world.call.alarm_at:
        return None
    return goes_off(world)


def good(world: World) -> bool:
    """Nothing is to be done any more, and that is as it should be."""
    call = world.call
    if world.caller == "left":
        return call.stage is Stage.OVER and not world.ai and not world.humans
    if world.caller == "message":
        return call.stage is Stage.MESSAGE and not world.humans
    inside = [leg for leg in world.humans if leg.state == "inside"]
    if call.stage is Stage.HUMAN:
        return bool(inside) and not world.ai
    return call.stage is Stage.AI and world.company() and not world.humans and len(world.ai) == 1


def _why(world: World) -> str:
    call = world.call
    legs = [f"human {leg.state}" for leg in world.humans] + [f"ai {leg.state}" for leg in world.ai]
    return f"{call.stage}, caller {world.caller}, {', '.join(legs) or 'no other leg'}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.explore.search", description=__doc__)
    parser.add_argument("--troubles", type=int, default=1, help="how many things may go wrong in one call")
    parser.add_argument("--asks", type=int, default=1, help="how often a human is asked for")
    parser.add_argument("--most", type=int, default=200_000, help="states to look at")
    parser.add_argument("--place", choices=list(PLACES), help="from there only")
    options = parser.parse_args()
    worst = 0
    for place in [options.place] if options.place else PLACES:
        began = time.process_time()
        found = search(at(place, options.troubles, options.asks), options.most)
        report(place, found, time.process_time() - began)
        worst = max(worst, len(found.broken))
    return 1 if worst else 0


def report(place: str, found: Found, cost: float) -> None:
    """What was seen from one place, and how each promise that broke can be broken."""
    whole = "not all there are" if found.cut else "all there are"
    print(
        f"from {place}: {found.states} states ({whole}), {found.moves} moves, {found.deepest} deep, "
        f"{len(found.broken)} promises broken, {cost:.0f} s of processor"
    )
    print("  " + ", ".join(f"{stage} {count}" for stage, count in sorted(found.stages.items())))
    for fault, way in found.broken.items():
        print(f"  BROKEN: {fault}")
        for move in way:
            print(f"      {move}")


if __name__ == "__main__":
    sys.exit(main())
