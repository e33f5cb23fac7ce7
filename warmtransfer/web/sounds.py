"""Sounds that Twilio plays for us: the relay's ring tone, as a file."""

from __future__ import annotations

import base64
import struct
from functools import cache
from itertools import islice

from warmtransfer.relay import tones

_MULAW, _RATE = 7, 8000
_PIECES = tones.ON_PIECES + tones.OFF_PIECES
#: Length of one ring and the pause after it.
RING_SECONDS = _PIECES * tones.PIECE_MS / 1000


@cache
def wav(name: str) -> bytes | None:
    """The sound of this name as a mu-law WAV file at 8 kHz, None when there is none."""
    if name != "ring":
        return None
    return _file(b"".join(base64.b64decode(piece) for piece in islice(tones.ring(), _PIECES)))


def _file(sound: bytes) -> bytes:
    form = struct.pack("<HHIIHH", _MULAW, 1, _RATE, _RATE, 1, 8)
    chunks = b"".join(
        tag + struct.pack("<I", len(body)) + body for tag, body in ((b"fmt ", form), (b"data", sound))
    )
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks
