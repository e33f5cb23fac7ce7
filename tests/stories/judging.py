"""The promises of a telling: chaos's, by trace and store; the witness's, by sound; and that all end with
the caller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.calls.world import Row
from tests.chaos import promises as by_trace
from tests.chaos.promises import Case, Verdicts
from tests.chaos.stories import Told
from tests.stories.catalogue import DEMOS
from warmtransfer.simulator.witness import promises as by_sound
from warmtransfer.simulator.witness.evidence import Evidence, legs_of

#: Seconds within which every other leg is ended, or told to end, once the caller has gone.
SOON = 2.0
#: Seconds by which the trace may tell of a leg's end before the caller's, whose room it ended with.
TOGETHER = 0.5
#: Answers of the law of callbacks under which the app may learn too late what a demo shows that it says.
UNTOLD = ("lost", "shuffled")
GONE = "every other leg is ended within 2 s of the caller's leaving"
#: What each promise says, by its name.
PROMISES = {
    **{name: judge.__doc__ or "" for name, judge in by_sound.PROMISES.items()},
    **by_trace.PROMISES,
    "gone": GONE,
    "shown": "a story of the demo shows what it is told for",
}


@dataclass
class Judged:
    """Which promises were put to the test, and how they were broken."""

    tested: list[str] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)

    def test(self, promise: str, fault: str = "") -> None:
        """One promise, and how it was broken."""
        assert promise in PROMISES
        if promise not in self.tested:
            self.tested.append(promise)
        if fault:
            self.broken.append((promise, fault))


def judged(story: Told, case: Case, verdicts: Verdicts, evidence: Evidence) -> Judged:
    """All promises of a call that has been told."""
    found = Judged()
    for name in verdicts.tested:
        found.test(name)
    for name, why in verdicts.broken:
        found.test(name, why)
    not_claimed = unclaimed(story)
    for name, verdict in by_sound.judge(evidence).verdicts.items():
        if verdict.seen and name not in not_claimed:
            found.test(name, "" if verdict.ok else verdict.why)
    if case.hung_up is not None:
        found.test("gone", still_up(case.rows, case.caller_sid))
    if story.name in DEMOS and not str(story.laws.get("callbacks", "")).startswith(UNTOLD):
        missing = [what for what, seen in DEMOS[story.name].shown(evidence.rows).items() if not seen]
        found.test("shown", f"nothing shows: {'; '.join(missing)}" if missing else "")
    return found


def unclaimed(story: Told) -> frozenset[str]:
    """Promises of the witness that are none in this story, each for its reason."""
    names = set[str]()
    if story.moves:  # out of the room and away from the AI; and a ringing tone of the network has long pauses
        names |= {"caller_never_left", "ai_left_after_human_joined", "caller_never_in_silence"}
    if story.away:  # what is dialled then is dialled by a document, and nobody is told a summary
        names |= {"caller_was_understood", "human_briefed_first", "ai_left_after_human_joined"}
    if story.asks or "stream=refuse;times=0" in story.faults:  # nobody listens to the caller, or need do so
        names |= {"caller_was_understood"}
    if "stream=refuse;times=0" in story.faults:  # one voice reads "decline" to one and "line" to the other
        names |= {"briefing_private"}
    if story.thanked:  # after a message we hang up
        names |= {"caller_never_left"}
    return frozenset(names)


def still_up(rows: Iterable[Row], caller_sid: str) -> str:
    """Which leg outlived the caller by more than `SOON`, though nobody had it ended; "" for none."""
    rows = list(rows)
    legs = legs_of(rows)
    caller = next((leg for leg in legs if leg.call_sid == caller_sid), None)
    if caller is None or caller.ended is None:
        return ""
    for leg in legs:
        if leg is caller or (leg.ended is not None and leg.ended < caller.ended + SOON):
            continue
        ordered = [
            float(row["t"]) for row in rows
            if row["kind"] == "rest" and leg.call_sid in row["path"] and row["method"] in ("POST", "DELETE")
        ]  # fmt: skip
        ends = [*ordered, *(at for at, _ in leg.left), *([leg.ended] if leg.ended is not None else [])]
        first = min((at for at in ends if at >= caller.ended - TOGETHER), default=None)
        if first is None or first > caller.ended + SOON:
            late = "never" if first is None else f"{first - caller.ended:.1f} s later"
            return f"the caller had gone at {caller.ended:.1f} s, {leg.label or leg.to} was ended {late}"
    return ""
