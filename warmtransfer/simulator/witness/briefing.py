"""The two promises about the briefing: nobody else hears it, and it comes before the caller's voice."""

from __future__ import annotations

import asyncio
import json
import math

from warmtransfer.simulator.sound.audio import PCM, RATE
from warmtransfer.simulator.sound.speech import spoken
from warmtransfer.simulator.twiml.grammar import TwimlError, parse
from warmtransfer.simulator.witness.evidence import Evidence, Leg, Words
from warmtransfer.simulator.witness.hearing import Within, chunks, find, loud, voiced
from warmtransfer.simulator.witness.measures import plain, tool_calls, utterances
from warmtransfer.simulator.witness.verdict import Verdict, held, seconds, unseen

#: Length of the pieces that are looked for, and the likeness from which a piece counts as heard, by a caller
#: who must not hear it as by a human who must: a text that the network has read before it reads a little
#: otherwise the next time (0.48 at the least), and what was not read is below 0.3.
PIECE, HEARD = 1.0, 0.4
#: Seconds for which the room may still be heard by somebody who is held: it is mixed in pieces.
LATE = 0.1
#: A voice mixed with others still has this likeness to itself.
RECOGNISED = 0.5


def briefing_private(evidence: Evidence) -> Verdict:
    """Nothing that a human heard before joining occurs in what the caller heard."""
    caller = evidence.caller
    briefed = [leg for leg in evidence.kind("human") if len(briefing(evidence, leg))]
    if not briefed or caller is None or caller.answered is None:
        return unseen("no human was briefed")
    worst, pieces = 0.0, 0
    for leg in briefed:
        assert leg.answered is not None
        since = round(max(0.0, leg.answered - caller.answered - 0.5) * RATE)
        room = Within(evidence.heard(caller)[since:])
        pcm = briefing(evidence, leg)
        for at, piece in chunks(pcm, voiced(pcm), PIECE, PIECE, 0.5):
            likeness, sample = room.find(piece)
            worst, pieces = max(worst, likeness), pieces + 1
            if likeness >= HEARD:
                when = caller.answered + (since + sample) / RATE
                return Verdict(
                    False, f"the caller heard at {seconds(when)} what {leg.label} heard {at:.0f} s in"
                )
    if not pieces:
        return unseen("no words were read to any human")
    return held(
        f"none of {pieces} pieces of the briefing is in the caller's ear (likeness at most {worst:.2f})"
    )


def briefing(evidence: Evidence, leg: Leg) -> PCM:
    """What a human heard between the answer and the room, with silence for what was the room's own.

    Who is announced joins muted, and hears the room as everybody there does until they are held, to be told.
    """
    if leg.answered is None:
        return evidence.heard(None)
    until = leg.talks[0] - leg.answered if leg.talks else None
    pcm = evidence.heard(leg)[: None if until is None else max(0, round(until * RATE))].copy()
    told = min((each.start for each in evidence.read_to(leg)), default=math.inf)
    for since, held_at in leg.overheard:
        last = min(held_at + LATE, told) - leg.answered
        end = len(pcm) if last == math.inf else round(last * RATE)
        pcm[max(0, round((since - leg.answered) * RATE)) : end] = 0
    return pcm


def human_briefed_first(evidence: Evidence) -> Verdict:
    """The human heard the whole summary before any of the caller's voice."""
    met, caller = evidence.met, evidence.caller
    if met is None or caller is None or met.answered is None:
        return unseen("no human came into the room")
    told = summary_read(evidence, met)
    if told is None:
        return Verdict(False, f"no summary was read to {met.label}")
    if not told.whole:
        return Verdict(False, f"the summary was cut short at {seconds(told.end)}: “{told.text}”")
    likeness, at = found_in(told, evidence, met)
    if likeness < HEARD:
        return Verdict(False, f"the summary is not in what {met.label} heard (likeness {likeness:.2f})")
    ended = met.answered + at
    voice = caller_in(evidence, met)
    if voice is None:
        gone = met.ended if met.ended is not None else float("inf")
        if not any(over > met.talks[0] and begin < gone for begin, over in utterances(evidence, caller)):
            return unseen(f"the caller said nothing to {met.label}")
        return Verdict(False, f"{met.label} never heard the caller")
    if voice < ended - 0.02:
        return Verdict(
            False, f"the caller was heard at {seconds(voice)}, the summary ended at {seconds(ended)}"
        )
    return held(
        f"the summary ended at {seconds(ended)}, the caller was first heard {voice - ended:.1f} s later"
    )


def summary_read(evidence: Evidence, leg: Leg) -> Words | None:
    """The words read to a human that hold the summary: most of the model's words, or else the longest."""
    joined = leg.talks[0]
    read = [each for each in evidence.read_to(leg) if each.start < joined]
    wanted: set[str] = set()
    for at, message in tool_calls(evidence):
        if at < read[-1].end if read else False:
            wanted = set(plain(given_summary(str(message.get("arguments", ""))))) or wanted
    if not read:
        return None
    best = max(read, key=lambda each: (len(wanted & set(plain(each.text))), len(each.text), -each.start))
    if wanted and len(wanted & set(plain(best.text))) < min(len(wanted), len(set(plain(best.text)))) / 2:
        return None
    whole = [each for each in read if each.text == best.text and each.whole]
    return whole[0] if whole else best


def given_summary(arguments: str) -> str:
    """The summary in the arguments of a tool call, "" when they cannot be read."""
    try:
        fields = json.loads(arguments)
    except ValueError:
        return ""
    return str(fields.get("summary", "")) if isinstance(fields, dict) else ""


def found_in(told: Words, evidence: Evidence, leg: Leg) -> tuple[float, float]:
    """Likeness of a text, read aloud again, to what the leg heard then; and where in that it ended."""
    sound = asyncio.run(spoken(told.text, *voice_of(evidence, told.text)))
    assert leg.answered is not None
    begin = told.start - leg.answered - 0.5
    scores, over = [], 0.0
    for at, part in chunks(sound, loud(sound), PIECE, PIECE, 0.5):
        # The synthesiser drifts by a few milliseconds in long texts: each piece is looked for by itself.
        likeness, found = find(part, evidence.heard(leg), max(0.0, begin + at), begin + at + PIECE + 1.0)
        scores.append(likeness)
        over = found + (len(sound) / RATE - at)
    return (min(scores), over) if scores else (0.0, 0.0)


def voice_of(evidence: Evidence, text: str) -> tuple[str, str]:
    """Voice and language of the Say that held a text, from the document it came in."""
    for row in evidence.rows:
        if row["kind"] != "webhook" or not str(row.get("body", "")).lstrip().startswith("<"):
            continue
        try:
            document = parse(str(row["body"]), str(row["url"]), "text/xml")
        except TwimlError:
            continue
        for verb in document.verbs:
            for each in (verb, *verb.children):
                if each.name == "Say" and each.text == text:
                    return each.attrs.get("voice", ""), each.attrs.get("language", "")
    return "", ""


def caller_in(evidence: Evidence, leg: Leg) -> float | None:
    """When a leg first heard the caller's voice."""
    caller = evidence.caller
    if caller is None or caller.answered is None or leg.answered is None:
        return None
    said, ear = evidence.said(caller), evidence.heard(leg)
    for at, piece in chunks(said, voiced(said), 0.5, 0.1, 0.6):
        place = caller.answered + at - leg.answered
        if place + 0.6 < 0:
            continue
        likeness, found = find(piece, ear, place - 0.15, place + 0.5 + 0.15)
        if likeness >= RECOGNISED:
            return leg.answered + found
    return None
