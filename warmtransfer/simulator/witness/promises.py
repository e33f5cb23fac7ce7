"""The promises of a call, each judged from the network's recordings and messages alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from warmtransfer.simulator.witness import measures
from warmtransfer.simulator.witness.briefing import briefing_private, human_briefed_first
from warmtransfer.simulator.witness.evidence import Evidence
from warmtransfer.simulator.witness.hearing import Span
from warmtransfer.simulator.witness.verdict import Verdict, held, seconds, unseen

#: Longest silence while waiting, seconds.
LONGEST_SILENCE = 2.0
#: Longest pause before a reply of the AI. It is the model's thought; the local one's slows with the machine.
REPLIES_WITHIN = 4.0
#: Longest time the AI may be heard after the model has noticed the caller, seconds.
STOPS_WITHIN = 0.3
#: How far the cut of the model's memory may be from what was heard, seconds.
CUT_TOLERANCE = 0.15


def caller_never_left(evidence: Evidence) -> Verdict:
    """The caller joined once, and left only by hanging up."""
    caller = evidence.caller
    if caller is None or not caller.joined:
        return Verdict(False, "the caller never came into the room")
    if len(caller.joined) > 1:
        return Verdict(False, f"the caller joined {len(caller.joined)} times")
    hung_up = [float(row["t"]) for row in evidence.notes("hangup") if row.get("call_sid") == caller.call_sid]
    gone = caller.left[0][0] if caller.left else caller.ended
    if not hung_up:
        return Verdict(False, f"the caller did not hang up, and yet was out of the room at {seconds(gone)}")
    if gone is not None and gone < hung_up[0] - 0.001:
        return Verdict(
            False, f"out of the room at {seconds(gone)}, before hanging up at {seconds(hung_up[0])}"
        )
    return held(f"joined at {seconds(caller.joined[0])}, hung up at {seconds(hung_up[0])}")


def caller_never_in_silence(evidence: Evidence) -> Verdict:
    """While waiting for anyone, the caller heard no gap longer than two seconds.

    A pause before the AI's reply is no waiting, as long as it is one that people make.
    """
    if evidence.caller is None or not len(evidence.heard(evidence.caller)):
        return Verdict(False, "there is no recording of what the caller heard")
    gap, reply = longest(measures.silences(evidence)), longest(measures.replies(evidence))
    gap_length, reply_length = gap[1] - gap[0], reply[1] - reply[0]
    if reply_length > REPLIES_WITHIN:
        return Verdict(
            False, f"the caller heard nothing for {reply_length:.2f} s from {seconds(reply[0])} on"
        )
    where = f"the longest gap while waiting is {gap_length:.2f} s, at {seconds(gap[0])}"
    return Verdict(
        gap_length <= LONGEST_SILENCE, f"{where}; the slowest reply of the AI took {reply_length:.2f} s"
    )


def longest(spans: list[Span]) -> Span:
    """The longest of these stretches of time."""
    return max(spans, key=lambda span: span[1] - span[0], default=(0.0, 0.0))


def ai_left_after_human_joined(evidence: Evidence) -> Verdict:
    """The AI's leg was in the room when the human came in, and left after that."""
    met = evidence.met
    if met is None:
        return unseen("no human came into the room")
    joined = met.talks[0]
    for leg in evidence.kind("ai"):
        if not leg.joined or leg.joined[0] > joined:
            continue
        gone = min([at for at, _ in leg.left] + ([leg.ended] if leg.ended is not None else []), default=None)
        if gone is None:
            return Verdict(False, f"{leg.label} never left")
        if gone >= joined:
            return held(
                f"{met.label} joined at {seconds(joined)}, {leg.label} left {gone - joined:.2f} s later"
            )
    return Verdict(False, f"no AI was in the room when {met.label} joined at {seconds(joined)}")


def one_human_at_a_time(evidence: Evidence) -> Verdict:
    """No human was dialled while another's leg was up, but for those whom the plan rings at once; and never
    were two in the room."""
    humans = evidence.kind("human")
    if not humans:
        return unseen("no human was dialled")
    for leg, dialled in zip(humans, evidence.dials, strict=True):
        others = [
            other
            for other, before in zip(humans, evidence.dials, strict=True)
            if other is not leg and before <= dialled and (other.ended is None or dialled < other.ended)
        ]
        if len(others) >= evidence.together:
            up = " and ".join(other.to for other in others)
            return Verdict(False, f"{leg.to} was dialled at {seconds(dialled)}, while {up} was up")
    both = _two_inside(evidence)
    if both is not None:
        return Verdict(False, f"two humans were in the room at {seconds(both)}")
    if evidence.together > 1:
        return held(f"{len(humans)} dialled, never more than {evidence.together} at once; one in the room")
    return held(f"{len(humans)} dialled, each after the one before had ended")


def _two_inside(evidence: Evidence) -> float | None:
    """When a second human could talk in the room, None for never; one who is muted is not there yet."""
    humans = {leg.call_sid for leg in evidence.kind("human")}
    inside: set[str] = set()
    for row in evidence.rows:
        sid = str(row.get("call_sid", ""))
        if row["kind"] != "leg" or sid not in humans:
            continue
        if row["event"] in ("joined", "unmuted") and not row.get("muted"):
            inside.add(sid)
        elif row["event"] in ("left", "ended"):
            inside.discard(sid)
        if len(inside) > 1:
            return float(row["t"])
    return None


def caller_was_understood(evidence: Evidence) -> Verdict:
    """The caller's recognised words, and nothing else, made the app dial."""
    found = measures.ask(evidence)
    if not evidence.dials:
        return unseen("nobody was dialled")
    if found is None:
        return Verdict(
            False, f"somebody was dialled at {seconds(min(evidence.dials))}, before the caller spoke"
        )
    if measures.similar(found.recognised, found.spoken.text) < 0.6:
        return Verdict(False, f"“{found.spoken.text}” was understood as “{found.recognised}”")
    if found.cause is None:
        return Verdict(False, "neither transcript nor tool call reached the app before it dialled")
    late = found.dialled - found.spoken.end
    if late > evidence.patience:
        return Verdict(False, f"dialled only {late:.1f} s after “{found.spoken.text}”")
    return held(f"“{found.recognised}” was recognised, and dialling began {late:.2f} s after it was said")


def barge_in_obeyed(evidence: Evidence) -> Verdict:
    """The AI fell silent soon after the caller spoke over it, and remembers only what was heard."""
    found = measures.interruption(evidence)
    if found is None:
        return unseen("the caller did not speak over the AI")
    if found.noticed is None:
        return Verdict(False, "the model did not notice that the caller spoke")
    late = found.stopped - found.noticed
    if late > STOPS_WITHIN:
        return Verdict(False, f"the AI was heard for {late * 1000:.0f} ms after the model noticed the caller")
    if found.heard.most is None:
        return held(f"silent {late * 1000:.0f} ms after the notice; the item had been heard to its end")
    low, high = found.heard.least - CUT_TOLERANCE, found.heard.most + CUT_TOLERANCE
    heard = f"heard were {found.heard.least:.2f} to {found.heard.most:.2f} s"
    if found.cut is None:
        return Verdict(False, f"the model's memory was not cut; {heard}")
    if not low <= found.cut <= high:
        return Verdict(False, f"the memory was cut at {found.cut:.2f} s, but {heard}")
    after = max(0.0, late) * 1000
    return held(f"silent {after:.0f} ms after the notice; memory cut at {found.cut:.2f} s, {heard}")


def nothing_left_running(evidence: Evidence) -> Verdict:
    """Five seconds after the end nothing was up any more; told to end, every process did."""
    left = evidence.leftovers
    if left is None:
        return unseen("nobody looked")
    still = [f"{count} {name}" for name, count in left.items() if count]
    return Verdict(not still, f"still there: {', '.join(still)}" if still else "no " + ", ".join(left))


PROMISES: dict[str, Callable[[Evidence], Verdict]] = {
    "caller_never_left": caller_never_left,
    "caller_never_in_silence": caller_never_in_silence,
    "briefing_private": briefing_private,
    "human_briefed_first": human_briefed_first,
    "ai_left_after_human_joined": ai_left_after_human_joined,
    "one_human_at_a_time": one_human_at_a_time,
    "caller_was_understood": caller_was_understood,
    "barge_in_obeyed": barge_in_obeyed,
    "nothing_left_running": nothing_left_running,
}

#: Promises that hang on what the script says and when: warnings when the model is a real one.
SCRIPTED = frozenset({"caller_was_understood", "barge_in_obeyed"})


@dataclass(frozen=True)
class Judgement:
    """All verdicts, by name; a broken promise that is only a warning does not make the call a failure."""

    verdicts: dict[str, Verdict]
    lenient: bool = False
    absent: frozenset[str] = frozenset()  #: those that the story does not put to the test

    def spared(self, name: str) -> bool:
        """Whether there was nothing to judge a promise by, and there was to be nothing."""
        return name in self.absent and not self.verdicts[name].seen

    def warning(self, name: str) -> bool:
        """Whether a promise is broken, and that may be the script's fault."""
        verdict = self.verdicts[name]
        return not verdict.ok and self.lenient and (name in SCRIPTED or not verdict.seen)

    @property
    def ok(self) -> bool:
        """Whether every promise was kept, warnings aside, that was put to the test."""
        return all(
            verdict.ok or self.warning(name) or self.spared(name) for name, verdict in self.verdicts.items()
        )


def judge(evidence: Evidence, *, lenient: bool = False, absent: Iterable[str] = ()) -> Judgement:
    """Judge every promise; those named as absent may be unseen, but not broken."""
    verdicts = {name: promise(evidence) for name, promise in PROMISES.items()}
    return Judgement(verdicts, lenient, frozenset(absent))
