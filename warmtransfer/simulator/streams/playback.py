"""What an app sends down a media stream: its messages checked, its audio buffered, its marks kept."""

from __future__ import annotations

import base64
import binascii
import json
from collections import deque
from dataclasses import dataclass
from typing import Any

from warmtransfer.simulator.sound.audio import RATE, SAMPLES, SILENCE, SILENCE_MULAW, Frame, decode

MALFORMED, INVALID = 31950, 31951
LONGEST = 600 * RATE
"""Bytes that may wait to be played: ten minutes, then 31931 and the media is discarded."""


class Refused(Exception):
    """A message Twilio does not take, with its error code."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


@dataclass(frozen=True)
class Message:
    """One good message of the app: `media` with audio, `mark` with a name, or `clear`."""

    event: str
    audio: bytes = b""
    name: str = ""


_FIELDS = {
    "media": {"event", "streamSid", "media"},
    "mark": {"event", "streamSid", "mark"},
    "clear": {"event", "streamSid"},
}


def parse(text: str, sid: str) -> Message:
    """Read a message as strictly as documented; Refused says what is wrong with it."""
    try:
        body = json.loads(text)
    except ValueError as fault:
        raise Refused(MALFORMED, f"not JSON: {fault}") from fault
    if not isinstance(body, dict) or not isinstance(body.get("event"), str):
        raise Refused(MALFORMED, "not an object with an event")
    event = body["event"]
    fields = _FIELDS.get(event)
    if fields is None:
        raise Refused(INVALID, f"unknown event {event!r}")
    if set(body) != fields:
        raise Refused(INVALID, f"{event} must have the fields {sorted(fields)}, not {sorted(body)}")
    if body["streamSid"] != sid:
        raise Refused(INVALID, f"streamSid {body['streamSid']!r} is not this stream")
    if event == "media":
        return Message(event, audio=_payload(body["media"]))
    if event == "mark":
        return Message(event, name=_only(body["mark"], "name", "mark"))
    return Message(event)


def _only(part: Any, field: str, where: str) -> str:
    if not isinstance(part, dict) or set(part) != {field} or not isinstance(part[field], str):
        raise Refused(INVALID, f"{where} must hold {field!r}, a string, and nothing else")
    value: str = part[field]
    return value


def _payload(part: Any) -> bytes:
    text = _only(part, "payload", "media")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise Refused(INVALID, f"payload is not base64: {fault}") from fault


class Playback:
    """The audio waiting to be played, in order of receipt, and the marks set in it."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._taken = 0
        self._marks: deque[tuple[int, str]] = deque()

    @property
    def seconds(self) -> float:
        """How much is waiting."""
        return len(self._waiting) / RATE

    def feed(self, audio: bytes) -> bool:
        """Add audio; False when that would be more than LONGEST, and then nothing is added."""
        if len(self._waiting) + len(audio) > LONGEST:
            return False
        self._waiting += audio
        return True

    def mark(self, name: str) -> bool:
        """Set a mark after all audio so far; True when nothing waits, so that it is due at once."""
        if not self._waiting and not self._marks:
            return True
        self._marks.append((self._taken + len(self._waiting), name))
        return False

    def clear(self) -> list[str]:
        """Forget all audio; the outstanding marks, in order."""
        names = [name for _, name in self._marks]
        self._waiting.clear()
        self._marks.clear()
        return names

    def due(self) -> list[str]:
        """Names of the marks before which all has been played; call before take()."""
        names = []
        while self._marks and self._marks[0][0] <= self._taken:
            names.append(self._marks.popleft()[1])
        return names

    def take(self) -> Frame:
        """The next 20 ms, filled up with silence."""
        if not self._waiting:
            return SILENCE
        data = bytes(self._waiting[:SAMPLES])
        del self._waiting[:SAMPLES]
        self._taken += len(data)
        if len(data) < SAMPLES:
            data += SILENCE_MULAW[len(data) :]
        return SILENCE if data == SILENCE_MULAW else decode(data)
