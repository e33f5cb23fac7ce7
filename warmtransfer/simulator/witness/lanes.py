"""What the picture shows of each leg: when it was up, what was said on it, what it heard, what happened."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from warmtransfer.simulator.witness import measures
from warmtransfer.simulator.witness.evidence import Evidence, Leg
from warmtransfer.simulator.witness.hearing import Span, loud, runs, voiced

#: Gaps in what is heard that are too short to be seen.
BRIDGE = 0.25


@dataclass(frozen=True)
class Block:
    """Words: spoken by the leg, or read to it (`read`); `cut` when the caller spoke over them."""

    start: float
    end: float
    text: str
    read: bool = False
    cut: bool = False


@dataclass(frozen=True)
class Mark:
    """Something that happened on a leg."""

    at: float
    text: str


@dataclass
class Lane:
    """One leg of the picture."""

    title: str
    kind: str
    rings: list[Span] = field(default_factory=list)
    line: list[Span] = field(default_factory=list)
    room: list[Span] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    voices: list[Span] = field(default_factory=list)  #: when it heard speech
    tones: list[Span] = field(default_factory=list)  #: when it heard ringing

    def up(self, span: Span) -> bool:
        """Whether the leg existed at any time in this span."""
        return any(begin < span[1] and span[0] < end for begin, end in (*self.rings, *self.line, *self.room))


def lanes(evidence: Evidence, names: dict[str, str]) -> list[Lane]:
    """One lane for each leg: the caller's, then the AI's, then the humans' in the order of dialling."""
    legs = [*evidence.kind("caller"), *evidence.kind("ai"), *evidence.kind("human")]
    return [_lane(evidence, leg, names) for leg in legs]


def _lane(evidence: Evidence, leg: Leg, names: dict[str, str]) -> Lane:
    end = leg.ended if leg.ended is not None else float(evidence.rows[-1]["t"])
    lane = Lane(_title(leg, names), leg.kind)
    if leg.kind == "human":
        lane.rings.append((leg.dialled, leg.answered or end))
    if leg.answered is not None:
        lane.line.append((leg.answered, end))
        _hearing(evidence, leg, lane)
    for number, joined in enumerate(leg.joined):
        lane.room.append((joined, leg.left[number][0] if number < len(leg.left) else end))
    lane.blocks = _ai_blocks(evidence, leg) if leg.kind == "ai" else _blocks(evidence, leg)
    lane.marks = _marks(evidence, leg)
    return lane


def _title(leg: Leg, names: dict[str, str]) -> str:
    if leg.kind == "human":
        label = leg.kind if leg.label == leg.to else leg.label
        return f"{label}\n{names.get(leg.to, '')}\n{leg.to}".replace("\n\n", "\n")
    return leg.label


def _hearing(evidence: Evidence, leg: Leg, lane: Lane) -> None:
    heard, begin = evidence.heard(leg), leg.answered or 0.0
    voice, sound = voiced(heard), loud(heard)
    lane.voices = runs(voice, begin, bridge=BRIDGE, least=0.06)
    masked = sound & ~_within(lane.voices, begin, len(sound))
    lane.tones = runs(masked, begin, bridge=BRIDGE, least=0.2)


def _within(spans: list[Span], begin: float, count: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    flags = np.zeros(count, dtype=np.bool_)
    for start, end in spans:
        flags[round((start - begin) / 0.02) : round((end - begin) / 0.02)] = True
    return flags


def _blocks(evidence: Evidence, leg: Leg) -> list[Block]:
    said = [Block(each.start, each.end, each.text) for each in evidence.spoken_by(leg)]
    read = [
        Block(each.start, each.end, each.text, read=True, cut=not each.whole)
        for each in evidence.read_to(leg)
    ]
    return sorted(said + read, key=lambda block: block.start)


def _ai_blocks(evidence: Evidence, leg: Leg) -> list[Block]:
    remembered = {str(row.get("item_id")): str(row.get("text", "")) for row in evidence.notes("truncated")}
    blocks = []
    for each in measures.heard_items(evidence):
        if leg.up(each.start):
            cut = each.most is not None
            text = remembered.get(each.item.id, each.item.text) if cut else each.item.text
            blocks.append(Block(each.start, each.end, text, cut=cut))
    return blocks


def _marks(evidence: Evidence, leg: Leg) -> list[Mark]:
    marks = [Mark(float(row["t"]), f"presses {row.get('digit')}") for row in evidence.notes("press")
             if row.get("call_sid") == leg.call_sid]  # fmt: skip
    marks += [Mark(at, "in the room") for at in leg.joined]
    if leg.kind == "ai":
        marks += [Mark(at, "asks for a person") for at, _ in measures.tool_calls(evidence) if leg.up(at)]
    broken = measures.interruption(evidence)
    if broken is not None and leg.kind == "caller":
        marks.append(Mark(broken.spoke, "interrupts"))
    hung_up = [row for row in evidence.notes("hangup") if row.get("call_sid") == leg.call_sid]
    if leg.ended is not None:
        ends = {"completed": "hangs up" if hung_up else "leaves" if leg.kind == "ai" else "ends"}
        marks.append(Mark(leg.ended, ends.get(leg.status, leg.status.replace("-", " "))))
    if leg.kind == "human" and leg.answered is not None:
        marks.append(Mark(leg.answered, "answers"))
    return sorted(marks, key=lambda mark: mark.at)
