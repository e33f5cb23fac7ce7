"""Media Streams messages: what Twilio sends, read strictly, and what we send.

Source: twilio.com/docs/voice/media-streams/websocket-messages. Numbers arrive as JSON strings. Audio stays
base64 text from one end to the other: it is never decoded here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from warmtransfer.ports.audio import ALPHABET, is_base64

#: The longest message taken: one of 20 ms has about 400 bytes, and nothing Twilio sends comes near this.
LIMIT = 64 * 1024
#: And the longest of the first two: `start` repeats our own parameters, of 500 characters at most each.
START_LIMIT = 16 * 1024
#: What `start` must promise; anything else would reach the model as noise.
FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}

#: A media message as Twilio writes it, byte for byte; any other spelling is read as JSON.
_USUAL = re.compile(
    rb'\{"event":"media","sequenceNumber":"[0-9]+","media":\{"track":"inbound","chunk":"[0-9]+",'
    rb'"timestamp":"[0-9]+","payload":"([A-Za-z0-9+/]+={0,2})"\},"streamSid":"([A-Za-z0-9]+)"\}'
).fullmatch
_DIGITS = bytes.maketrans(b"0123456789", b"0" * 10)
_LETTERS = bytes(65 if each in ALPHABET else each if each == 61 else 33 for each in range(256))


class BadMessage(ValueError):
    """Not a message Twilio would send; says what is wrong with it, never its content."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The first message of a stream."""


@dataclass(frozen=True, slots=True)
class Start:
    """The second message: which stream and leg this is, and the parameters of our own TwiML."""

    stream_sid: str
    call_sid: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Media:
    """A piece of the leg's audio: base64 mu-law. `timestamp` is milliseconds since the stream's start."""

    payload: bytes
    timestamp: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What was sent before the mark of this name has been played, or was cleared."""

    name: str


@dataclass(frozen=True, slots=True)
class Digit:
    """A key was pressed."""

    digit: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The stream is over: its leg has ended or was given another document."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message of a kind that came after this was written; it means nothing to us."""

    event: str


Message = Connected | Start | Media | Mark | Digit | Stop | Unknown


class Usual:
    """Finds the audio in media messages of one stream that are spelled exactly as usual.

    Of a message's own there are only digits and audio: with those made alike, it has to be the one before.
    """

    __slots__ = (
        "_after", "_audio", "_before", "_end", "_sid", "_size", "_start",
    )  # fmt: skip

    def __init__(self, stream_sid: str) -> None:
        self._sid = stream_sid.encode("utf-8", "replace")
        self._size = -1  #: of the messages that are recognised
        self._start = self._end = 0  #: of the audio in them
        self._before = self._audio = self._after = b""

    def payload(self, data: bytes) -> bytes | None:
        """The message's payload, which may stand between quotes as it is; None of any other message."""
        if len(data) != self._size:
            return self._learn(data)
        start, end = self._start, self._end
        payload = data[start:end]
        if (
            payload.translate(_LETTERS) == self._audio
            and data[:start].translate(_DIGITS) == self._before
            and data[end:] == self._after
        ):
            return payload
        return self._learn(data)

    def _learn(self, data: bytes) -> bytes | None:
        found = _USUAL(data)
        if found is None:
            return None
        payload, sid = found.groups()
        if sid != self._sid or len(payload) & 3:
            return None
        self._size = len(data)
        self._start, self._end = found.span(1)
        self._before = data[: self._start].translate(_DIGITS)
        self._audio = payload.translate(_LETTERS)
        self._after = data[self._end :]
        return payload


def parse(data: bytes | str) -> Message:
    """Read one message; raises BadMessage."""
    try:
        message = json.loads(data)
    except ValueError as exc:
        raise BadMessage("not JSON") from exc
    except RecursionError as exc:
        raise BadMessage("nested too deeply") from exc
    if not isinstance(message, dict):
        raise BadMessage("not an object")
    event = _text(message, "event")
    reader = _READERS.get(event)
    return reader(message) if reader else Unknown(event[:40])


def _start(message: dict[str, Any]) -> Start:
    start = _object(message, "start")
    found = _object(start, "mediaFormat")
    if any(found.get(key) != value for key, value in FORMAT.items()):
        raise BadMessage("start.mediaFormat is not mu-law at 8000 Hz in one channel")
    parameters = start.get("customParameters", {})
    if not isinstance(parameters, dict) or not all(isinstance(value, str) for value in parameters.values()):
        raise BadMessage("start.customParameters is not an object of texts")
    return Start(_text(start, "streamSid"), _text(start, "callSid"), parameters)


def _media(message: dict[str, Any]) -> Media | Unknown:
    media = _object(message, "media")
    if media.get("track", "inbound") != "inbound":
        return Unknown("media of another track")
    payload = _text(media, "payload")
    timestamp = _text(media, "timestamp")
    audio = payload.encode("utf-8", "replace")
    if not is_base64(audio):
        raise BadMessage("media.payload is not base64")
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 15:
        raise BadMessage("media.timestamp is not a number")
    return Media(audio, int(timestamp))


def _mark(message: dict[str, Any]) -> Mark:
    return Mark(_text(_object(message, "mark"), "name"))


def _digit(message: dict[str, Any]) -> Digit:
    digit = _text(_object(message, "dtmf"), "digit")
    if not re.fullmatch(r"[0-9*#A-D]", digit):
        raise BadMessage("dtmf.digit is not a key")
    return Digit(digit)


def _object(message: dict[str, Any], key: str) -> dict[str, Any]:
    found = message.get(key)
    if not isinstance(found, dict):
        raise BadMessage(f"{key} is not an object")
    return found


def _text(message: dict[str, Any], key: str) -> str:
    found = message.get(key)
    if not isinstance(found, str) or not found:
        raise BadMessage(f"{key} is not a text")
    return found


_READERS: dict[str, Callable[[dict[str, Any]], Message]] = {
    "connected": lambda message: Connected(),
    "start": _start,
    "media": _media,
    "mark": _mark,
    "dtmf": _digit,
    "stop": lambda message: Stop(),
}


# What we send -----------------------------------------------------------------------------------------


class Spelling:
    """The messages we may send on one stream."""

    def __init__(self, stream_sid: str) -> None:
        sid = json.dumps(stream_sid).encode()
        self._media = b'{"event":"media","streamSid":' + sid + b',"media":{"payload":"'
        self._mark = b'{"event":"mark","streamSid":' + sid + b',"mark":{"name":'
        self._clear = b'{"event":"clear","streamSid":' + sid + b"}"

    def media(self, payload: bytes) -> bytes:
        """Play this base64 mu-law after everything sent before."""
        return self._media + payload + b'"}}'

    def mark(self, name: str) -> bytes:
        """Tell us when everything sent before has been played."""
        return self._mark + json.dumps(name).encode() + b"}}"

    def clear(self) -> bytes:
        """Play nothing of what is buffered; Twilio then gives back every outstanding mark."""
        return self._clear
