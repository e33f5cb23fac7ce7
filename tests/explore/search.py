"""Explores what one call with two humans can reach, and checks the promises on every state:
python -m tests.explore.search --style redirect --troubles 1 --most 200000."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field, replace

from tests.core.stories import styled
from tests.explore.deciding import forget
from tests.explore.moves import progress
from tests.explore.promises import PROMISES, SMOOTH, EndsWell
from tests.explore.troubles import moves
from tests.explore.world import World, new_world
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage, Style
from warmtransfer.core.plans import Plan
from warmtransfer.core.rules import Card, Rules


@dataclass
class Found:
    """What a search came upon."""

    states: int = 0
    moves: int = 0
    cut: bool = False  #: whether there was more than it was allowed to see
    depths: Counter[int] = field(default_factory=Counter)  #: states by the fewest moves that lead to them
    stages: Counter[Stage] = field(default_factory=Counter)
    broken: dict[str, list[str]] = field(default_factory=dict)  #: promise -> the moves that broke it


#: The humans, who may also accept and decline in writing.
WRITTEN_TO = replace(
    styled(Style.SCREEN), humans=tuple(replace(h, card=Card.SMS) for h in styled(Style.SCREEN).humans)
)

#: Kinds of calls: by the style of both humans, who are rung in turn; and both at once.
TOGETHER, ANNOUNCED, LINE = "all at once", "announced at once", "in line"
CARD, CARDS = "with cards", "all at once, with cards"
RULES: dict[str, Rules] = {
    **{style: styled(style) for style in Style},
    TOGETHER: replace(styled(Style.SCREEN), plans=(Plan(size=0),)),
    ANNOUNCED: replace(styled(Style.ANNOUNCE), plans=(Plan(size=0),)),
    CARD: WRITTEN_TO,
    CARDS: replace(WRITTEN_TO, plans=(Plan(size=0),)),
    LINE: replace(styled(Style.SCREEN), plans=(Plan(longest_wait=30.0),)),
}
ASKED = ("ai", "a human is asked for")
RINGS = (*ASKED, "human-1 rings")
TAKEN = {
    Style.SCREEN: (*RINGS, "human-1 answers", "human-1 presses 1"),
    Style.ANNOUNCE: (*RINGS, "human-1 answers", "human-1 is no machine", "human-1 hears it all"),
    Style.REDIRECT: (*RINGS, "human-1 answers", "human-1 presses 1"),
}
LAST = {
    Style.SCREEN: "human-1 enters",
    Style.ANNOUNCE: "do LetHumanIn human-1",
    Style.REDIRECT: "human-1 hangs up",
}

#: What people do on the way to each place from which a search begins; all else goes its way.
PLACES: dict[tuple[str, str], tuple[str, ...]] = {
    (Style.SCREEN, "the start"): (),
    (Style.SCREEN, "the AI"): ("ai",),
    (Style.SCREEN, "the end"): ("ai", "caller hangs up"),
    (Style.SCREEN, "asked early"): ("caller joins", "a human is asked for", "human-1 rings"),
    (Style.SCREEN, "connecting"): ("ai-1 up",),
    (Style.SCREEN, "leaving"): (*RINGS, "human-1 answers", "caller hangs up"),
    (Style.SCREEN, "a message"): ("ai", "model gone", "human-1 is busy", "human-2 is busy", "caller asks"),
    (Style.SCREEN, "the same phone again"): (
        *ASKED, "done and unsure DialHuman", f"lost {ev.HumanDialled(1, 'CAhuman1')}", "human-1 is busy",
        "human-2 is busy", "ai", "a human is asked for",
    ),
    (Style.REDIRECT, "moving"): ASKED,
}  # fmt: skip
#: From where somebody who looks after the call is searched with, beside those.
LISTENING = (*TAKEN[Style.SCREEN], LAST[Style.SCREEN], "asked for join", "who listens comes in")
PLACES[Style.SCREEN, "somebody listens"] = LISTENING
#: Places that lie behind a handoff that failed, before which a human was asked for.
TWICE = ("the same phone again", "asked twice")
for style in Style:
    PLACES |= {
        (style, "ringing"): RINGS,
        (style, "the gate"): (*RINGS, "human-1 answers"),
        (style, "joining"): TAKEN[style],
        (style, "a human"): (*TAKEN[style], LAST[style]),
        (style, "the second human"): (*RINGS, "human-1 is busy"),
    }


BOTH = (*ASKED, "human-1 rings", "human-2 rings")
PLACES |= {
    (TOGETHER, "ringing"): BOTH,
    (TOGETHER, "the gate"): (*BOTH, "human-1 answers"),
    (TOGETHER, "two gates"): (*BOTH, "human-1 answers", "human-2 answers"),
    (TOGETHER, "joining"): (*BOTH, "human-1 answers", "human-2 answers", "human-1 presses 1"),
    (TOGETHER, "one is out"): (*BOTH, "human-2 is busy"),
    (TOGETHER, "dialling"): ASKED,
    (CARD, "ringing"): RINGS,
    (CARD, "accepted"): (*RINGS, "human-1 accepts on the card", "human-1 answers"),
    (CARDS, "ringing"): BOTH,
    (CARDS, "the gate"): (*BOTH, "human-1 answers"),
    (CARDS, "accepted"): (*BOTH, "human-1 accepts on the card", "human-1 answers"),
    (CARDS, "joining"): (*BOTH, "human-1 answers", "human-1 accepts on the card", "human-1 is heard"),
    (LINE, "waiting"): ASKED,
    (LINE, "asked early"): ("caller joins", "a human is asked for"),
    (LINE, "the turn"): (*ASKED, "the humans are free", "the turn comes"),
    (LINE, "asked twice"): (*ASKED, "the humans are free"),
    (LINE, "rung in vain"): (*ASKED, "the humans are free", "the turn comes", "human-1 rings"),
    (ANNOUNCED, "the gate"): (*BOTH, "human-1 answers"),
    (ANNOUNCED, "two on hold"): (
        *BOTH, "human-1 answers", "human-2 answers", "human-1 is no machine", "human-2 is no machine",
    ),
}  # fmt: skip


def at(style: str, place: str, troubles: int, asks: int = 1, wishes: int = 0) -> World:
    """The world at one of the places, where troubles may begin."""
    forget()
    world = new_world(0, asks + (place in TWICE), RULES[style], busy=style == LINE)
    for wish in PLACES[style, place]:
        world = _until(world._replace(troubles=1, wishes=1), wish)
    return world._replace(troubles=troubles, wishes=wishes)


def _until(world: World, wish: str) -> World:
    for _ in range(200):
        if wish == "ai" and world.call.stage is Stage.AI and not world.mail:
            return world
        then = dict(moves(world)).get(wish)
        if then is not None:
            return then
        step = next(progress(world), None)
        assert step is not None, f"nothing leads to: {wish}"
        world = step[1]
    raise AssertionError(f"nothing leads to: {wish}")


def search(first: World, most: int, stop: bool = False) -> Found:
    """Breadth first, so that what breaks a promise is told by the shortest way to it; `stop` at the first."""
    forget()
    smooth = not first.troubles
    checks = (*PROMISES, *(SMOOTH if smooth else ()), EndsWell(smooth))
    found = Found()
    came: dict[World, tuple[World | None, str, int]] = {first: (None, "", 0)}
    line = deque([first])
    while line:
        world = line.popleft()
        depth = came[world][2]
        found.states += 1
        found.depths[depth] += 1
        found.stages[world.call.stage] += 1
        for check in checks:
            fault = check(world)
            if fault and fault not in found.broken:
                found.broken[fault] = _way(came, world)
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
            came[then] = (world, name, depth + 1)
            line.append(then)
    return found


def _way(came: dict[World, tuple[World | None, str, int]], end: World) -> list[str]:
    way = [f"= {end.call.stage} ai={end.call.ai.state} caller={end.caller} news={end.call.news[:60]!r}"]
    world: World | None = end
    while world is not None:
        world, name, _ = came[world]
        way.append(name)
    return way[-2::-1]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.explore.search", description=__doc__)
    parser.add_argument("--troubles", type=int, default=1, help="how many things may go wrong in one call")
    parser.add_argument("--asks", type=int, default=1, help="how often a human is asked for")
    parser.add_argument("--wishes", type=int, default=0, help="how much somebody who looks after it asks for")
    parser.add_argument("--most", type=int, default=30_000, help="states to look at, from each place")
    parser.add_argument("--style", choices=list(RULES), help="of this style only")
    parser.add_argument("--place", choices=sorted({place for _, place in PLACES}), help="from there only")
    options = parser.parse_args()
    all_found: dict[str, list[Found]] = {}
    for style, place in PLACES:
        if options.style in (None, style) and options.place in (None, place):
            began = time.process_time()
            found = search(at(style, place, options.troubles, options.asks, options.wishes), options.most)
            report(f"{style}, {place}", found, time.process_time() - began)
            all_found.setdefault(style, []).append(found)
    for style, each in all_found.items():
        report_style(style, each)
    return 1 if any(found.broken for each in all_found.values() for found in each) else 0


def report(place: str, found: Found, cost: float) -> None:
    """What was seen from one place, and how each promise that broke can be broken."""
    whole = "not all there are" if found.cut else "all there are"
    print(
        f"{place}: {found.states} states ({whole}), {found.moves} moves, "
        f"{len(found.broken)} promises broken, {cost:.0f} s of processor"
    )
    print("  by depth: " + " ".join(str(count) for _, count in sorted(found.depths.items())))
    print("  by stage: " + ", ".join(f"{stage} {count}" for stage, count in sorted(found.stages.items())))
    for fault, way in found.broken.items():
        print(f"  BROKEN: {fault}")
        for move in way:
            print(f"      {move}")
    sys.stdout.flush()


def report_style(style: str, all_found: list[Found]) -> None:
    """What was seen of one style, by how many moves away from where a search began."""
    depths = sum((found.depths for found in all_found), Counter[int]())
    states, deepest = sum(depths.values()), max(depths)
    moved = sum(found.moves for found in all_found)
    broken = sum(len(found.broken) for found in all_found)
    print(f"style {style}: {states} states, {moved} moves, {deepest} deep, {broken} promises broken")
    print("  by depth: " + ", ".join(f"{depth}: {count}" for depth, count in sorted(depths.items())))


if __name__ == "__main__":
    sys.exit(main())
