"""Sounds that Twilio plays for us: computed, not shipped."""

from __future__ import annotations

import io
import math
import wave
from array import array
from functools import cache

RATE = 8000
#: The North American ring: 440 and 480 Hz. Its pause is shorter than a network's, so that it does not
#: sound like silence to somebody who waits.
_TONES = (440.0, 480.0)
RING_ON, RING_OFF = 2.0, 1.0
_LOUDNESS = 2600


@cache
def wav(name: str) -> bytes | None:
    """The sound of this name as a 16-bit mono WAV file at 8 kHz, None when there is none."""
    return _file(ring()) if name == "ring" else None


def ring() -> array[int]:
    """One ring and the pause after it."""
    samples = array("h", (_sample(at / RATE) for at in range(int(RING_ON * RATE))))
    samples.extend([0] * int(RING_OFF * RATE))
    return samples


def _sample(at: float) -> int:
    edge = min(1.0, at / 0.01, (RING_ON - at) / 0.01)
    return int(_LOUDNESS * edge * sum(math.sin(2 * math.pi * tone * at) for tone in _TONES))


def _file(samples: array[int]) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return target.getvalue()
