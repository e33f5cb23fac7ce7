"""Tells one story to a world in which one process may die, and judges what became of it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass

import requests

from tests.calls.story import KIM, SAM, human
from tests.calls.world import Row
from tests.chaos.promises import Case, Verdicts, judge
from tests.chaos.scene import Scene
from tests.chaos.stories import Told
from tests.chaos.worlds import ChaosWorld, Pace

#: Simulated seconds for which a killed process is away before it is made anew, when it is the only one.
AWAY = 3.0
#: Simulated seconds in which everything has ended after the caller has.
ENDING = 60.0

_callers = itertools.count(1)


def number() -> str:
    """Another caller's number."""
    return f"+1555{next(_callers) % 10_000_000:07d}"


@dataclass
class Result:
    """What became of one telling."""

    verdicts: Verdicts
    case: Case
    struck: bool  #: whether the armed boundary was reached
    passed: list[str]  #: the boundaries, when none was armed
    took: float  #: real seconds
    fair: bool  #: whether the machine kept up


class Telling:
    """One story, told once. `boundary`: where the first process that comes to it dies; "" for nowhere."""

    def __init__(self, world: ChaosWorld, story: Told, boundary: str = "") -> None:
        self._world = world
        self._story = story
        self._boundary = boundary
        self._rows: list[Row] = []
        self._down: dict[int, float] = {}  #: port -> real time at which it is to be made anew
        self._asked = False
        self._over: list[Row] = []
        self._pace = Pace(world.speed)

    def tell(self) -> Result:
        """Tell it to its end, look after whoever has died, and judge."""
        world, story, began = self._world, self._story, time.monotonic()
        self._set_up()
        self._number = number()
        self._caller = world.control("POST", "/calls", {"from": self._number, "steps": list(story.steps)})[
            "call_sid"
        ]
        self._scene = Scene(self._caller)
        kept = self._until(lambda: story.ending(self._scene) or self._gone(), story.patience)
        kept = kept and story.ending(self._scene)
        if story.away:
            self._be_away()
        self._until(self._gone, story.linger)
        hung_up = self._hang_up()
        # A callback that the law has late may be under way again by the next look: nothing was, once.
        left = [] if self._until(self._ended, ENDING) else self._left()
        calls = self._over or world.calls_of(self._number)
        log, _ = world.log_since(self._log_from)
        struck = bool(self._boundary) and world.struck()
        case = Case(
            self._rows, self._caller, calls, hung_up, left, kept, log,
            struck=struck or bool(story.faults or story.away) or "lost" in story.laws.get("callbacks", ""),
            moves=story.moves, thanked=story.thanked, together=story.together,
        )  # fmt: skip
        passed = [] if self._boundary else world.passed()
        fair = self._pace.kept(self._rows)
        return Result(judge(case), case, struck, passed, time.monotonic() - began, fair)

    def _set_up(self) -> None:
        world, story = self._world, self._story
        world.settings = self._settings()
        world.afresh()
        named = {phone["number"] for phone in story.phones}
        world.phones(*(human(each, "no-answer") for each in (SAM, KIM) if each not in named), *story.phones)
        world.control("PUT", "/laws", story.laws)
        world.control("PUT", "/faults", list(story.faults))
        _, self._log_from = world.log_since(0)
        _, self._next = world.news(0)
        world.arm(self._boundary)

    def _settings(self) -> dict[str, str]:
        given = dict(self._story.settings)
        if "[[human]]" in (people := given.get("WARMTRANSFER_HUMANS", "")):
            path = self._world.folder / "humans.toml"
            path.write_text(people)
            given["WARMTRANSFER_HUMANS"] = str(path)
        return given

    # Going on ---------------------------------------------------------------------------------------

    def _until(self, met: Callable[[], bool], seconds: float) -> bool:
        """Look after everything until this is so, at most simulated seconds."""
        end = time.monotonic() + seconds / self._world.speed
        while True:
            self._tend()
            if met():
                return True
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
            self._pace.round()

    def _tend(self) -> None:
        """Read the news, make anew who has died, and ask as the operator does."""
        rows, self._next = self._world.news(self._next)
        self._rows += rows
        for row in rows:
            self._scene.take(row)
        for port in self._world.ports:
            if self._world.alive(port):
                continue
            now = time.monotonic()
            back = self._down.setdefault(port, now + (self._story.away or AWAY) / self._world.speed)
            if len(self._world.ports) == 1 and now >= back:
                del self._down[port]
                self._world.make(port)
        if self._story.asks and not self._asked and self._scene.served():
            self._asked = self._ask()

    def _be_away(self) -> None:
        """The app dies; go on once it has come back and the caller is served again."""
        for port in self._world.ports:
            self._world.kill(port)
        self._tend()
        served = self._scene.served
        self._until(lambda: (not self._down and served()) or self._gone(), self._story.patience)

    def _ask(self) -> bool:
        """The operator asks, and knows whether it has been heard."""
        calls = self._world.calls_of(self._number)
        if not calls:
            return False
        try:
            path = f"/calls/{calls[-1]['id']}/handoff"
            self._world.api("POST", path, {"target": self._story.asks, "summary": "The operator wants it."})
        except (requests.RequestException, AssertionError):
            return False
        return True

    # Ending -----------------------------------------------------------------------------------------

    def _gone(self) -> bool:
        caller = self._scene.caller
        return caller is not None and caller.ended is not None

    def _hang_up(self) -> float | None:
        if self._gone():
            notes = (row for row in self._rows if row.get("event") == "hangup" and row["kind"] == "note")
            return next((float(row["t"]) for row in notes if row.get("call_sid") == self._caller), None)
        at = self._world.now()
        self._world.control("POST", f"/calls/{self._caller}/hangup")
        return at

    def _ended(self) -> bool:
        """Every leg, stream and callback, and by the app itself the call with its orders."""
        if not self._gone() or self._left():
            return False
        if not any(self._world.alive(port) for port in self._world.ports):
            return False
        calls = self._world.calls_of(self._number)
        done = all(order["done_at"] for call in calls for row in call["journal"] for order in row["orders"])
        over = done and all(call["stage"] == "over" for call in calls)
        if over:
            self._over = calls  # a look that comes after the end orders something once more
        return over and (bool(calls) or not self._joined())

    def _joined(self) -> bool:
        caller = self._scene.caller
        return caller is not None and bool(caller.joined)

    def _left(self) -> list[str]:
        state = self._world.control("GET", "/state")
        legs = [str(leg["label"] or leg["to"]) for leg in state["legs"]]
        return [*legs, *(f"{state[name]} {name}" for name in ("webhooks",) if state[name]),
                *(f"stream {sid}" for sid in state["streams"])]  # fmt: skip
