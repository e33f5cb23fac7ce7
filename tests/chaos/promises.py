"""The promises of a call in which anything may have died, judged by the network's trace and the store."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.calls.world import Row
from tests.chaos.scene import REPORT, Leg, Scene

#: What each real end of a leg may be called; besides these, whatever is said in `_forgiven`.
TRUE = {
    "busy": {"busy"},
    "no-answer": {"no_answer", "timed_out"},
    "failed": {"failed", "unreachable", "blocked"},
    "canceled": {"cancelled", "caller_left", "no_answer", "timed_out", "machine"},
}
#: What may be said of a leg that something else than a person has picked up.
MACHINES = {"machine", "screened", "phone_menu"}
PROMISES = {
    "caller": "the caller's leg is whole until they hang up",
    "one": "never more humans rung at once than the plan says (one, in turn), never two in the room",
    "once": "no human is rung twice in one attempt",
    "ai": "the AI is removed only while a human is in",
    "up": "no leg is left up",
    "outcome": "every attempt ends in one true outcome",
    "kept": "what was promised to the caller is done or said",
    "orders": "every order is done, or known not to be",
    "code": "no fault in our own code",
}

#: Seconds after which an AI that has a stream and a model is not replaced for the want of either.
STEADY = 8.0
AT_ONCE = 0.5
#: Seconds that a decision and its order may lie apart.
JUST = 4.0


@dataclass
class Case:
    """All that is known of a call that is over."""

    rows: list[Row]
    caller_sid: str
    calls: list[Row]  #: as the app has stored it; more than one when it was begun anew
    hung_up: float | None  #: when the caller did, by the simulator's clock
    left: list[str] = field(default_factory=list)  #: legs that were still up long after
    kept: bool | None = None  #: whether the story came to its end; None when that was not to be
    log: str = ""
    struck: bool = False  #: whether anything was killed, lost or refused: then some things cannot be known
    moves: bool = False
    thanked: bool = False
    together: int = 1  #: how many humans the plan rings at once


@dataclass
class Verdicts:
    """How often each promise was put to the test, and how it was broken."""

    tested: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[str, str]] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)  #: what no promise covers, and docs/promises.md says so

    def test(self, promise: str, fault: str = "") -> None:
        """One test of a promise; `fault` says how it was broken."""
        assert promise in PROMISES
        self.tested[promise] += 1
        if fault:
            self.broken.append((promise, fault))

    def add(self, other: Verdicts) -> None:
        """Count another call's too."""
        self.tested += other.tested
        self.broken += other.broken
        self.limits += other.limits


def told(tested: Mapping[str, int], broken: Mapping[str, int]) -> int:
    """Print how often each promise was put to the test, and was broken; how many were."""
    for name, sentence in PROMISES.items():
        print(f"  {tested.get(name, 0):6} times: {sentence}: {broken.get(name, 0)} broken")
    return sum(broken.values())


def judge(case: Case) -> Verdicts:
    """Every promise, by everything that has happened."""
    found = Verdicts()
    scene, replacements = Scene(case.caller_sid), _replacements(case)
    for row in case.rows:
        _dialling(row, scene, found, case.together)
        _removing(row, scene, found, replacements)
        scene.take(row)
        _joining(row, scene, found)
    _caller(case, scene, found)
    _attempts(case, scene, found)
    found.test("up", f"still up: {', '.join(case.left)}" if case.left else "")
    if case.kept is not None and not found.limits:
        found.test("kept", "" if case.kept else f"the caller waits in vain, {_state(case)}")
    _store(case, found)
    fault = re.search(r"^.*(failed in our own code|a callback failed|Traceback).*$", case.log, re.MULTILINE)
    found.test("code", fault[0] if fault else "")
    return found


def _state(case: Case) -> str:
    return ", ".join(f"stage {call['stage']}" for call in case.calls) or "no call is stored"


# While it happens -----------------------------------------------------------------------------------


def _dialling(row: Row, scene: Scene, found: Verdicts, together: int) -> None:
    """Nobody is rung while another human's leg is up, or as many as the plan rings at once."""
    if row["kind"] != "leg" or row["event"] != "dialled":
        return
    if row.get("direction") == "inbound" or str(row.get("to", "")).startswith("app:"):
        return
    others = [leg.to for leg in scene.up("human")]
    more = len(others) >= together
    found.test("one", f"{row['to']} is rung while {', '.join(others)} is up" if more else "")


def _joining(row: Row, scene: Scene, found: Verdicts) -> None:
    if row["kind"] == "leg" and row["event"] == "joined":
        humans = [sid for sid in scene.room() if sid in scene.legs and scene.legs[sid].kind == "human"]
        inside = [sid for sid in humans if not scene.legs[sid].silent or sid == row["call_sid"]]
        if scene.legs[row["call_sid"]].silent:
            inside = []  # announced, and not let in yet: others may be so beside them
        if row["call_sid"] in inside:
            found.test("one", f"{len(inside)} humans in the room" if len(inside) > 1 else "")


def _replacements(case: Case) -> list[float]:
    """When an AI's leg was dialled, in a call whose process may have left and handed its stream on."""
    if not case.struck:
        return []
    legs = [row for row in case.rows if row["kind"] == "leg" and row["event"] == "dialled"]
    return [float(row["t"]) for row in legs if str(row.get("to", "")).startswith("app:")]


def _removing(row: Row, scene: Scene, found: Verdicts, replacements: list[float]) -> None:
    """An AI that works, or whose stream we have ended, leaves the caller's room only when a human is in it.

    What was decided while the human was in may be done when they have just gone. A process that leaves
    ends its streams in form, and the next one has another AI dialled in the place of the leg that it ends.
    """
    leg = scene.legs.get(str(row.get("call_sid", "")))
    if row["kind"] != "leg" or row["event"] != "left" or leg is None or leg.kind != "ai":
        return
    room = scene.room()
    if leg.sid not in room or str(row["reason"]).startswith("conference_ended"):
        return
    others = [sid for sid in room if sid != leg.sid and sid in scene.legs and scene.legs[sid].kind == "ai"]
    at = float(row["t"])
    ours = scene.working(STEADY) or at - scene.closed_by_us < JUST
    replaced = not scene.working(STEADY) and any(abs(at - when) < JUST for when in replacements)
    alone = ours and not others and at - scene.human_at > JUST and not replaced
    found.test("ai", f"{leg.label} is removed at {row['t']:.1f} s, and no human is in" if alone else "")


# Afterwards -----------------------------------------------------------------------------------------


def _caller(case: Case, scene: Scene, found: Verdicts) -> None:
    """The caller's leg ended because they hung up, and was in its room until then."""
    leg = scene.caller
    if leg is None:
        return
    for at in _unserved(case):
        gone = [leg.ended or 1e9, *(when for when, _ in leg.left)]
        if any(at - 1.0 <= when <= at + 20.0 for when in gone) or not leg.joined:
            found.limits.append("a document of the caller's leg was asked for while no app was there")
            return
    until = case.hung_up if case.hung_up is not None else 1e9
    if leg.ended is not None and leg.ended < until - 0.2 and not _thanked(case):
        found.test("caller", f"the leg ended at {leg.ended:.1f} s by itself ({leg.status})")
        return
    out = [(at, why) for at, why in leg.left if at < until - 0.2]
    if out and not case.moves and not _at_the_tone(case):
        found.test("caller", f"out of the room at {out[0][0]:.1f} s: {out[0][1]}")
        return
    found.test("caller")


def _thanked(case: Case) -> bool:
    facts = {row["event"] for call in case.calls for row in call["journal"]}
    return case.thanked and bool(facts & {"MessageLeft"})


def _at_the_tone(case: Case) -> bool:
    """Whether the caller was taken out of their room to leave a message."""
    return any(row["after"] == "message" for call in case.calls for row in call["journal"])


def _unserved(case: Case) -> Iterator[float]:
    """When a document for the caller's own leg could not be had."""
    for row in case.rows:
        if row["kind"] != "webhook" or int(row["status"]) in range(200, 300):
            continue
        form = dict(map(tuple, row.get("form") or ()))
        document = re.search(r"/voice|/caller/\w+/(next|dial)", row["url"])
        if document and form.get("CallSid") == case.caller_sid:
            yield float(row["t"])


def _for_callbacks(case: Case) -> set[str]:
    """Legs that were dialled for a callback: they belong to no attempt of the call it was promised in."""
    dials = [row for row in case.rows if row["kind"] == "rest" and "/callback/" in str(row.get("form"))]
    return {str((row.get("response") or {}).get("sid", "")) for row in dials}


def _attempts(case: Case, scene: Scene, found: Verdicts) -> None:
    """Each attempt has one leg at most and one outcome, which is what happened to that leg."""
    attempts = [attempt for call in case.calls for attempt in call["attempts"]]
    back = _for_callbacks(case)
    rung = Counter(leg.to for leg in scene.humans() if leg.sid not in back)
    tried = Counter(str(attempt["number"]) for attempt in attempts)
    for number, times in rung.items():
        more = times > tried[number]
        found.test("once", f"{number} was rung {times} times in {tried[number]} attempts" if more else "")
    for attempt in attempts:
        found.test("outcome", _untrue(attempt, scene, case))


def _untrue(attempt: Row, scene: Scene, case: Case) -> str:
    """What is wrong with an attempt's outcome, or "" when it is true."""
    outcome, who = attempt["outcome"], f"attempt {attempt['n']} ({attempt['name']})"
    if not outcome:
        return f"{who} has no outcome"
    leg = _leg_of(attempt, scene, case)
    if leg is None:
        known = {"error", "unreachable", "failed", "caller_left", "cancelled", "timed_out", "taken"}
        return "" if outcome in known else f"{who} is {outcome}, and no leg was ever dialled"
    with_caller = bool(leg.joined and attempt["style"] != "announce") or leg.bridged is not None
    if with_caller and outcome not in ("accepted", "last_resort"):
        return f"{who} talked with the caller and is {outcome}"
    if outcome == "accepted" and not with_caller and leg.pressed != "1" and not leg.joined:
        return f"{who} is accepted, but pressed {leg.pressed or 'nothing'}"
    if outcome == "taken":
        same = (each for call in case.calls for each in call["attempts"] if _together(each, attempt, call))
        beaten = any(each["outcome"] == "accepted" for each in same)
        return "" if beaten else f"{who} is taken, and nobody rung beside them has accepted"
    if outcome == "error" and case.struck:
        return ""
    if leg.status in TRUE and leg.answered is None:
        true = TRUE[leg.status] | {"caller_left"}
        return "" if outcome in true else f"{who} ended {leg.status} and is {outcome}"
    # Who hangs up while they answer has not answered, as a <Dial> has it.
    at_once = {"no_answer"} if leg.ended and leg.answered and leg.ended - leg.answered < AT_ONCE else set()
    if (
        leg.answered is not None
        and outcome in {"busy", "no_answer", "failed", "unreachable", "error"} - at_once
    ):
        return f"{who} answered and is {outcome}"
    late = {"hung_up"} if not with_caller else set()  # hung up before anybody could tell us of the key
    if leg.pressed == "1" and outcome not in {"accepted", "caller_left", "timed_out", "cancelled"} | late:
        return f"{who} pressed 1 and is {outcome}"
    if outcome in MACHINES and not leg.machine:
        return f"{who} is no machine"
    if outcome in {"declined", "hung_up"} and not leg.pressed and leg.machine:
        return f"{who} is a mailbox and is {outcome}"
    if outcome == "declined" and not leg.pressed:
        return f"{who} is declined and pressed nothing"
    return ""


def _together(each: Row, attempt: Row, call: Row) -> bool:
    """Whether both were begun together."""
    return attempt in call["attempts"] and each.get("first") == attempt.get("first") != 0


def _leg_of(attempt: Row, scene: Scene, case: Case) -> Leg | None:
    if attempt["call_sid"] in scene.legs:
        return scene.legs[attempt["call_sid"]]
    others = {each["call_sid"] for call in case.calls for each in call["attempts"]}
    same = [leg for leg in scene.humans() if leg.to == attempt["number"] and leg.sid not in others]
    return same[0] if len(same) == 1 else None


def _store(case: Case, found: Verdicts) -> None:
    """Nothing that was ordered is open when a call is over."""
    orders: list[dict[str, Any]] = [
        order for call in case.calls for row in call["journal"] for order in row["orders"]
    ]
    still = [order["order"] for order in orders if not order["done_at"]]
    over = all(call["stage"] == "over" for call in case.calls)
    if orders:
        found.test(
            "orders", "" if over and not still else f"{_state(case)}, open: {', '.join(still) or 'none'}"
        )


def reported(call: Row) -> bool:
    """Whether the caller of a stored call has been told what became of every attempt, or there was none."""
    attempts = call["attempts"]
    if not all(attempt["ended"] and attempt["outcome"] for attempt in attempts):
        return False
    if attempts and attempts[-1]["outcome"] == "accepted":
        return True
    since = max((float(attempt["ended_at"]) for attempt in attempts), default=0.0) - 1.0
    said = (line for line in call["transcript"] if line["who"] == "ai" and float(line["at"]) >= since)
    return not attempts or any(REPORT.search(line["text"]) for line in said)
