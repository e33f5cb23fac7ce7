"""What promises and timings rest on: when the AI was heard, when the caller waited, who interrupted whom."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from warmtransfer.simulator.sound.audio import RATE, SAMPLES, TICK
from warmtransfer.simulator.witness.evidence import Evidence, Item, Leg, Row, Words
from warmtransfer.simulator.witness.hearing import Span, find, loud, matched, quiet, runs, voiced, without

#: Seconds of an item's audio that are looked for in a recording, and how like it must be.
SAMPLE_SECONDS, ALIKE = 0.8, 0.6
#: Seconds within which an answer follows what it answers.
SOON = 10.0
TRANSCRIBED = "conversation.item.input_audio_transcription.completed"


@dataclass(frozen=True)
class Heard:
    """One item of the model as a leg heard it: from `start`, and at least up to `end`."""

    item: Item
    start: float
    end: float
    least: float  #: seconds of the item that were certainly heard
    most: float | None  #: seconds after which it was certainly not heard any more; None: heard to the end


def heard_items(evidence: Evidence) -> list[Heard]:
    """The items of the model that the caller heard, in order; those never heard are left out."""
    found: list[Heard] = evidence.once("heard", lambda: list(_heard_items(evidence)))
    return found


def _heard_items(evidence: Evidence) -> list[Heard]:
    caller = evidence.caller
    if caller is None or caller.answered is None:
        return []
    pcm, found = evidence.heard(caller), []
    for item in evidence.items:
        sound = item.pcm
        begin = next((span[0] for span in runs(loud(sound))), None)
        if begin is None:
            continue
        first = round(begin / TICK) * SAMPLES
        sample = sound[first : first + round(SAMPLE_SECONDS * RATE)]
        since = item.sent - caller.answered - 0.2
        score, at = find(sample, pcm, since, since + SOON + 20)
        if score < ALIKE:
            continue
        place = round(at * RATE) - first
        least, most = matched(sound[first:], pcm, place + first)
        start = caller.answered + at
        found.append(Heard(item, start, start + least, begin + least, None if most is None else begin + most))
    return found


def utterances(evidence: Evidence, leg: Leg | None) -> list[Span]:
    """When the person on a leg was speaking, by the sound of it; pauses within a sentence are bridged."""
    if leg is None or leg.answered is None:
        return []
    return runs(voiced(evidence.said(leg)), leg.answered, bridge=0.5, least=0.1)


def first_human_word(evidence: Evidence) -> float | None:
    """When the human first spoke to the caller."""
    met = evidence.met
    spans = utterances(evidence, met)
    return next((begin for begin, _ in spans if met is not None and begin >= met.talks[0]), None)


def waits(evidence: Evidence) -> list[Span]:
    """When the caller was waiting for somebody to be there, without the time they spoke themselves.

    From the answer to the first word of the AI, or of a human where there is no AI, and from the first dial
    until a human speaks to them, or until the last attempt has failed.
    """
    caller = evidence.caller
    if caller is None or caller.answered is None:
        return []
    end = _end(evidence, caller)
    spans = [(caller.answered, _first_word(evidence) or first_human_word(evidence) or end)]
    if evidence.kind("human"):
        spans.append((min(evidence.dials), _talk(evidence, end)))
    speaking = utterances(evidence, caller)
    return [part for span in spans for part in without(span, speaking)]


def replies(evidence: Evidence) -> list[Span]:
    """The silences between what the caller said to the AI and what they heard next."""
    caller = evidence.caller
    if caller is None or caller.answered is None:
        return []
    end = _end(evidence, caller)
    until = min(evidence.dials, default=end)
    sounds = runs(loud(evidence.heard(caller)), caller.answered)
    overs = [over for _, over in utterances(evidence, caller) if over < min(until, end - 0.05)]
    return [(over, next((max(begin, over) for begin, stop in sounds if stop > over), end)) for over in overs]


def _end(evidence: Evidence, caller: Leg) -> float:
    return caller.ended or (caller.answered or 0.0) + len(evidence.heard(caller)) / RATE


def _talk(evidence: Evidence, end: float) -> float:
    """When the caller's waiting for a human was over."""
    if evidence.met is not None:
        return min(end, first_human_word(evidence) or end)
    return min(end, max(leg.ended or end for leg in evidence.kind("human")))


def _first_word(evidence: Evidence) -> float | None:
    return next((each.start for each in heard_items(evidence)), None)


def silences(evidence: Evidence) -> list[Span]:
    """Every silence the caller heard while waiting."""
    caller = evidence.caller
    if caller is None or caller.answered is None:
        return []
    spans = merged(waits(evidence))
    return quiet(loud(evidence.heard(caller)), caller.answered, spans)


def merged(spans: list[Span]) -> list[Span]:
    """The same stretches of time without overlaps."""
    whole: list[Span] = []
    for begin, end in sorted(spans):
        if whole and begin <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((begin, end))
    return whole


@dataclass(frozen=True)
class Ask:
    """The caller's words that led to the first dial, as spoken and as recognised; `cause` is the wire's."""

    spoken: Words
    recognised: str
    cause: float | None  #: when the app was told: the transcript, or the completed tool call
    dialled: float


def ask(evidence: Evidence) -> Ask | None:
    """The last thing the caller said before anybody was dialled."""
    caller = evidence.caller
    if caller is None or not evidence.dials:
        return None
    dialled = min(evidence.dials)
    before = [each for each in evidence.spoken_by(caller) if each.end <= dialled + 0.05]
    if not before:
        return None
    spoken = before[-1]
    told = [
        (at, str(message.get("transcript", "")))
        for at, message in evidence.realtime("server", TRANSCRIBED)
        if spoken.start < at <= dialled
    ]
    heard = [str(row.get("text", "")) for row in evidence.notes("recognised") if _within(row, spoken)]
    called = [at for at, _ in tool_calls(evidence) if spoken.start < at <= dialled]
    causes = [at for at, text in told if similar(text, spoken.text) >= 0.6] + called
    recognised = max(
        [text for _, text in told] + heard, key=lambda text: similar(text, spoken.text), default=""
    )
    return Ask(spoken, recognised, min(causes, default=None), dialled)


def _within(row: Row, spoken: Words) -> bool:
    if "end" not in row:
        return spoken.start < float(row["t"]) < spoken.end + 5
    return float(row["start"]) < spoken.end and spoken.start < float(row["end"])


def tool_calls(evidence: Evidence) -> list[tuple[float, Row]]:
    """The model's completed calls of the tool that hands over, as the app was told of them."""
    done = evidence.realtime("server", "response.function_call_arguments.done")
    return [(at, message) for at, message in done if evidence.tool in ("", message.get("name"))]


def similar(one: str, other: str) -> float:
    """How alike two texts are, word by word, from 0 to 1."""
    return SequenceMatcher(None, plain(one), plain(other)).ratio()


def plain(text: str) -> list[str]:
    """The words of a text, without capitals and punctuation."""
    return "".join(each if each.isalnum() else " " for each in text.casefold()).split()


@dataclass(frozen=True)
class Interruption:
    """The caller spoke over the AI. Times are of the trace; None for what did not happen."""

    heard: Heard
    spoke: float
    noticed: float | None  #: the model said so
    stopped: float  #: the last sound of the AI on the caller's ear
    cut: float | None  #: seconds at which the model's memory was cut


def interruption(evidence: Evidence) -> Interruption | None:
    """The first time the caller spoke over the AI."""
    caller, items = evidence.caller, heard_items(evidence)
    for number, each in enumerate(items):
        for begin, end in utterances(evidence, caller):
            if each.start + 0.3 < begin < each.start + each.item.seconds - 0.5 and begin < each.end + 0.3:
                later = items[number + 1].start if number + 1 < len(items) else end + SOON
                return _interruption(evidence, each, (begin, end), later)
    return None


def _interruption(evidence: Evidence, each: Heard, spoken: Span, later: float) -> Interruption:
    caller = evidence.caller
    assert caller is not None
    assert caller.answered is not None
    begin, end = spoken
    noticed = next(
        (
            at
            for at, _ in evidence.realtime("server", "input_audio_buffer.speech_started")
            if begin - 0.1 <= at <= end + 1
        ),
        None,
    )
    sounds = runs(loud(evidence.heard(caller)), caller.answered)
    stopped = max((min(stop, later) for start, stop in sounds if start < later - 0.02), default=begin)
    cuts = evidence.realtime("client", "conversation.item.truncate")
    cut = next(
        (float(message["audio_end_ms"]) / 1000 for at, message in cuts
         if message.get("item_id") == each.item.id and begin <= at <= end + 3),
        None,
    )  # fmt: skip
    return Interruption(each, begin, noticed, stopped, cut)
