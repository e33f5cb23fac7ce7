"""What TwiML's attributes may be set to: a value that is none of it is a warning, as an unknown attribute is.

Source: the pages of the verbs, and of the errors 12200, 13212, 13213, 13216 and 16002. What Twilio does with
such a verb then, its pages say of few attributes; here it is as if the attribute were not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Values:
    """What an attribute takes, in words, and whether a value is such."""

    words: str
    fits: Callable[[str], bool]
    code: int = 12200


def _words(*options: str) -> Values:
    return Values(f"one of {', '.join(options)}", lambda value: value in options)


def _list(*options: str, code: int = 12200) -> Values:
    """Some of these, with blanks between them."""
    return Values(f"some of {' '.join(options)}", lambda value: set(value.split()) <= set(options), code)


def _whole(low: int, high: int = 0, *, code: int = 12200) -> Values:
    told = f"a whole number from {low} to {high}" if high else f"a whole number, {low} or more"

    def fits(value: str) -> bool:
        number = int(value) if value.isascii() and value.isdigit() else -1
        return low <= number and (not high or number <= high)

    return Values(told, fits, code)


def _form(words: str, pattern: str) -> Values:
    return Values(words, lambda value: re.fullmatch(pattern, value) is not None)


FLAG = Values("true or false", lambda value: value.lower() in ("true", "false"))
METHOD = Values("GET or POST", lambda value: value.upper() in ("GET", "POST"))
KEYS = _form("keys: some of 0-9 * #", r"[0-9*#]*")
_SECONDS = _form("seconds, or auto", r"[0-9]+(\.[0-9]+)?|auto")
_LEG = _list("initiated", "ringing", "answered", "completed")
_TRACK = _words("inbound_track", "outbound_track", "both_tracks")
_DIRECTION = _words("inbound", "outbound", "both")

FLAGS = (
    "actionOnEmptyResult", "answerOnBridge", "bargeIn", "debug", "endConferenceOnExit", "enhanced", "muted",
    "playBeep", "profanityFilter", "sequential", "startConferenceOnEnter", "transcribe",
)  # fmt: skip
METHODS = (
    "method", "waitMethod", "waitUrlMethod", "statusCallbackMethod", "referMethod",
    "recordingStatusCallbackMethod", "partialResultCallbackMethod", "amdStatusCallbackMethod",
)  # fmt: skip

#: Of an element's attribute; else, under its name alone, of that attribute wherever it is.
VALUES: dict[tuple[str, str] | str, Values] = {
    **dict.fromkeys(FLAGS, FLAG),
    **dict.fromkeys(METHODS, METHOD),
    "loop": _whole(0),
    "finishOnKey": KEYS,
    "trim": _words("trim-silence", "do-not-trim"),
    "recordingStatusCallbackEvent": _list("in-progress", "completed", "absent"),
    "recordingTrack": _DIRECTION,
    "participantLabel": Values("at most 128 letters", lambda value: len(value) <= 128, 16002),
    ("Dial", "hangupOnStar"): Values(FLAG.words, FLAG.fits, 13213),
    ("Dial", "timeout"): _whole(1, code=13212),
    ("Dial", "timeLimit"): _whole(1, code=13216),
    ("Dial", "record"): _words(
        *("do-not-record", "record-from-answer", "record-from-ringing", "record-from-answer-dual"),
        *("record-from-ringing-dual", "true", "false"),
    ),
    ("Pause", "length"): _whole(1),
    ("Play", "digits"): _form("keys and pauses: some of 0-9 * # w W", r"[0-9*#wW]+"),
    ("Number", "sendDigits"): _form("keys and pauses: some of 0-9 * # w W", r"[0-9*#wW]+"),
    ("Number", "statusCallbackEvent"): _LEG,
    ("Client", "statusCallbackEvent"): _LEG,
    ("Sip", "statusCallbackEvent"): _LEG,
    ("Gather", "input"): _list("dtmf", "speech"),
    ("Gather", "timeout"): _SECONDS,
    ("Gather", "numDigits"): _whole(1),
    ("Gather", "speechTimeout"): _SECONDS,
    ("Gather", "maxSpeechTime"): _whole(1),
    ("Conference", "beep"): _words("true", "false", "onEnter", "onExit"),
    ("Conference", "jitterBufferSize"): _words("small", "medium", "large", "off"),
    ("Conference", "maxParticipants"): _whole(1, 250, code=16002),
    ("Conference", "record"): _words("do-not-record", "record-from-start", "true", "false"),
    ("Conference", "statusCallbackEvent"): _list(
        *("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"), code=16002
    ),
    ("Stream", "track"): _TRACK,
    ("Recording", "track"): _DIRECTION,
    ("Recording", "channels"): _words("mono", "dual"),
    ("Record", "timeout"): _whole(1),
    ("Record", "maxLength"): _whole(1),
    ("Reject", "reason"): _words("rejected", "busy"),
}


def wrong(element: str, attribute: str, value: str) -> str:
    """What is wrong with this value, in a sentence; "" for one that may be."""
    values = VALUES.get((element, attribute)) or VALUES.get(attribute)
    if values is None or values.fits(value.strip()):
        return ""
    code = f" ({values.code})" if values.code != 12200 else ""
    return (
        f"<{element} {attribute}={value!r}> is not {values.words}{code}; here it is as if it were not there"
    )
