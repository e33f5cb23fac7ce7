"""Twilio's words that both of its sides need: the port that asks (`ports/carrier/`) and the web that is told.

Neither may import the other, and a word spelled twice is one day spelled in two ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from warmtransfer.core.legs import Ended, Heard, Leg, LegState, Place

#: Identical on every leg: the first joiner's callback and events win for the whole conference.
ROOM_EVENTS = ("start", "end", "join", "leave", "hold", "modify", "announcement")
LEG_EVENTS = ("initiated", "ringing", "answered", "completed")

#: Conferences that have not ended; one with a lone caller is still `init`. Twilio lists only those in
#: progress when it is not told which (its changelog of 2026: conference-list-endpoint-rollout-extended).
#: In the order in which a conference goes through them, so that none slips from one to the other unseen.
LIVE_ROOMS = ("init", "in-progress")

#: CallStatus after which a leg is over (https://www.twilio.com/docs/voice/api/call-resource).
ENDED: Mapping[str, Ended] = {
    "completed": Ended.COMPLETED,
    "busy": Ended.BUSY,
    "failed": Ended.FAILED,
    "no-answer": Ended.NO_ANSWER,
    "canceled": Ended.CANCELLED,
}

#: What may be tuned of the detection of machines, Twilio's name for it, and from what to what it takes:
#: https://www.twilio.com/docs/voice/answering-machine-detection (seconds, then milliseconds).
TUNED: dict[str, tuple[str, int, int]] = {
    "timeout": ("machine_detection_timeout", 3, 59),
    "speech_threshold": ("machine_detection_speech_threshold", 1000, 6000),
    "speech_end_threshold": ("machine_detection_speech_end_threshold", 500, 5000),
    "silence_timeout": ("machine_detection_silence_timeout", 2000, 10000),
}
#: For a human at whose telephone machines are not to be detected.
OFF = "off"

#: AnsweredBy values that are no machine's (https://www.twilio.com/docs/voice/answering-machine-detection).
_HEARD = {"human": Heard.HUMAN, "unknown": Heard.UNKNOWN}


def heard(answered_by: str) -> Heard | None:
    """Who picked up by this AnsweredBy; None while nothing is said of it."""
    return _HEARD.get(answered_by, Heard.MACHINE) if answered_by else None


def place(participant: Any) -> Place:
    """Where a participant is (https://www.twilio.com/docs/voice/api/conference-participant-resource): in no
    room, if its leg is not up."""
    if str(participant.status or "connected") != "connected":
        return Place.OUT
    if participant.hold:
        return Place.HELD
    return Place.MUTED if participant.muted else Place.IN


def leg(status: str) -> Leg:
    """Where a leg of this CallStatus is; an empty one is of a leg that Twilio does not know."""
    if status in ENDED:
        return ENDED[status]
    if status == "in-progress":
        return LegState.UP
    return LegState.COMING if status else LegState.UNKNOWN


def detection(text: str) -> str:
    """How machines are detected, in the one way in which that is written; raises ValueError for another."""
    words = text.replace(",", " ").split()
    if words in ([], ["standard"], [OFF]):
        return OFF if words == [OFF] else ""
    found: dict[str, int] = {}
    for word in words:
        name, _, value = word.partition("=")
        if name not in TUNED:
            raise ValueError(f"{word!r} is neither standard nor off, nor NAME=NUMBER of {', '.join(TUNED)}")
        _, least, most = TUNED[name]
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            unit = "seconds" if name == "timeout" else "milliseconds"
            raise ValueError(f"{name} is {value!r}; give {unit} from {least} to {most}")
        found[name] = int(value)
    return " ".join(f"{name}={value}" for name, value in found.items())
