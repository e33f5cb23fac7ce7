"""Sounds the relay makes itself: a ring tone, a quieter one while a tool works, and recorded lines."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import cycle

#: Milliseconds of one piece.
PIECE_MS = 200
#: US ringback, 440 and 480 Hz; pauses shorter than the 4 s of a real one, so that nobody thinks it went dead.
TONES = (440, 480)
ON_PIECES, OFF_PIECES = 10, 7
#: Of full scale, both tones together: well below speech.
LEVEL = 0.12
#: While a tool works: a short soft note every 1.4 s. A ring tone would say that somebody is being called.
HUM, HUM_LEVEL, HUM_OFF_PIECES = 440, 0.05, 6
#: The words of the recorded lines in sounds/, for what was said.
LINES = {
    "comfort": "One moment please. I am connecting you with somebody who can help.",
    "hello": "Hello. How can I help you?",
    "pardon": "I am sorry, I did not get that. Could you say it again, please?",
}

_BIAS, _CLIP = 0x84, 32635


def mulaw(sample: int) -> int:
    """One 16-bit sample as G.711 mu-law."""
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), _CLIP) + _BIAS
    exponent = magnitude.bit_length() - 8
    return ~(sign | exponent << 4 | magnitude >> exponent + 3 & 0x0F) & 0xFF


@cache
def _on() -> bytes:
    """A piece of tone: both tones start and end at zero, so pieces join without a click."""
    period = [sum(math.sin(2 * math.pi * tone * n / 8000) for tone in TONES) / 2 for n in range(200)]
    sound = bytes(mulaw(round(value * LEVEL * 32767)) for value in period)
    return base64.b64encode(sound * (PIECE_MS * 8 // len(sound)))


@cache
def _note() -> bytes:
    """A piece of the soft note, swelling and fading away."""
    count = PIECE_MS * 8
    wave = (math.sin(2 * math.pi * HUM * n / 8000) * math.sin(math.pi * n / count) for n in range(count))
    return base64.b64encode(bytes(mulaw(round(value * HUM_LEVEL * 32767)) for value in wave))


@cache
def _off() -> bytes:
    return base64.b64encode(b"\xff" * PIECE_MS * 8)


def ring() -> Iterator[bytes]:
    """Base64 pieces of ring tone without end, starting with the tone."""
    return cycle((_on(),) * ON_PIECES + (_off(),) * OFF_PIECES)


def hum() -> Iterator[bytes]:
    """Base64 pieces of the quiet tone without end, starting with its note."""
    return cycle((_note(), *(_off(),) * HUM_OFF_PIECES))


@cache
def pieces(line: str) -> tuple[bytes, ...]:
    """A recorded line in base64 pieces."""
    sound = recorded(line)
    size = PIECE_MS * 8
    return tuple(base64.b64encode(sound[at : at + size]) for at in range(0, len(sound), size))


@cache
def recorded(line: str) -> bytes:
    """A recorded line as mu-law at 8000 Hz, without its WAV header."""
    data = resources.files("warmtransfer.relay").joinpath("sounds", f"{line}.wav").read_bytes()
    at = data.index(b"data") + 4
    length = int.from_bytes(data[at : at + 4], "little")
    return data[at + 4 : at + 4 + length]
