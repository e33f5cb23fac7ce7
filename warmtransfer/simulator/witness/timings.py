"""How long the parts of a call took, in milliseconds, by the network's clock."""

from __future__ import annotations

from warmtransfer.simulator.witness import measures
from warmtransfer.simulator.witness.briefing import summary_read
from warmtransfer.simulator.witness.evidence import Evidence, Leg

NAMES = (
    "answer_to_first_word",
    "ask_to_dial",
    "dial_to_answer",
    "answer_to_first_words",
    "answer_to_keys",
    "answer_to_matter",
    "answer_to_accept",
    "accept_to_joined",
    "joined_to_ai_removed",
    "longest_silence",
)

#: What each is measured from and to.
MEANING = {
    "answer_to_first_word": "from the caller's answer to the AI's first word on their ear",
    "ask_to_dial": "from the end of the caller's asking for a person to the first dial",
    "dial_to_answer": "from dialling the human who joined to their answer",
    "answer_to_first_words": "from that answer to the end of the first words: for whom, from whom",
    "answer_to_keys": "to the end of the sentence that names the key 1: they can accept",
    "answer_to_matter": "to the beginning of what the call is about",
    "answer_to_accept": "to the key that accepts: the briefing",
    "accept_to_joined": "from the key to the human being in the caller's room",
    "joined_to_ai_removed": "from then to the AI's leaving: its line of introduction",
    "longest_silence": "the longest silence the caller heard while waiting",
}


def timings(evidence: Evidence) -> dict[str, int | None]:
    """Every timing by name; None where one of its ends did not happen."""
    caller, met, asked = evidence.caller, evidence.met, measures.ask(evidence)
    heard = measures.heard_items(evidence)
    first, keys, matter = _read(evidence, met)
    pressed, joined = _accepted(evidence, met), met.talks[0] if met else None
    answered = met.answered if met else None
    silences = measures.silences(evidence)
    found = {
        "answer_to_first_word": _between(
            caller.answered if caller else None, heard[0].start if heard else None
        ),
        "ask_to_dial": _between(asked.spoken.end, asked.dialled) if asked else None,
        "dial_to_answer": _between(_dialled(evidence, met), answered),
        "answer_to_first_words": _between(answered, first),
        "answer_to_keys": _between(answered, keys),
        "answer_to_matter": _between(answered, matter),
        "answer_to_accept": _between(answered, pressed),
        "accept_to_joined": _between(pressed, joined),
        "joined_to_ai_removed": _between(joined, _ai_left(evidence, joined)),
        "longest_silence": round(1000 * max((end - begin for begin, end in silences), default=0.0)),
    }
    return {name: found[name] for name in NAMES}


def _between(begin: float | None, end: float | None) -> int | None:
    return None if begin is None or end is None else round(1000 * (end - begin))


def _dialled(evidence: Evidence, leg: Leg | None) -> float | None:
    pairs = zip(evidence.kind("human"), evidence.dials, strict=True)
    return next((at for each, at in pairs if each is leg), None)


def _accepted(evidence: Evidence, leg: Leg | None) -> float | None:
    """The last key the human pressed before joining."""
    if leg is None:
        return None
    keys = [float(row["t"]) for row in evidence.notes("press") if row.get("call_sid") == leg.call_sid]
    return max((at for at in keys if at <= leg.talks[0]), default=None)


def _read(evidence: Evidence, leg: Leg | None) -> tuple[float | None, float | None, float | None]:
    """When the first words ended, the first sentence that names the key 1, and when the summary began."""
    if leg is None or not leg.talks:
        return None, None, None
    read = [each for each in evidence.read_to(leg) if each.start < leg.talks[0]]
    keys = next((each.end for each in read if "1" in measures.plain(each.text) and each.whole), None)
    told = summary_read(evidence, leg)
    return next((each.end for each in read), None), keys, told.start if told else None


def _ai_left(evidence: Evidence, joined: float | None) -> float | None:
    """When the AI that was in the room at the human's join left it."""
    if joined is None:
        return None
    gone = [at for leg in evidence.kind("ai") for at, _ in leg.left if at >= joined]
    return min(gone, default=None)
