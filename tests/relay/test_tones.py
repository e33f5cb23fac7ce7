"""The relay's own sounds."""

from __future__ import annotations

import base64
from itertools import islice, pairwise

from warmtransfer.relay import tones

#: mu-law to linear, from G.711's table of segments.
LINEAR = [
    (-1 if code & 0x80 == 0 else 1) * ((((~code & 0x0F) << 3) + 0x84 << ((~code & 0x70) >> 4)) - 0x84)
    for code in range(256)
]


def sound(pieces: list[bytes]) -> list[int]:
    """The samples of base64 pieces."""
    return [LINEAR[code] for code in b"".join(base64.b64decode(each) for each in pieces)]


def test_mulaw_is_g711() -> None:
    assert tones.mulaw(0) == 0xFF
    assert tones.mulaw(32767) == 0x80
    assert tones.mulaw(-32768) == 0x00
    for sample in range(-32000, 32000, 97):
        assert abs(LINEAR[tones.mulaw(sample)] - sample) <= max(4, abs(sample) // 16)


def test_the_ring_tone_begins_with_tone_and_never_pauses_for_two_seconds() -> None:
    pieces = list(islice(tones.ring(), 100))
    assert max(abs(value) for value in sound(pieces[:1])) > 1000
    still = 0
    for value in sound(pieces):
        still = 0 if abs(value) > 200 else still + 1
        assert still < 1.5 * 8000


def test_the_ring_tone_is_gentle_and_has_no_click() -> None:
    """Well below full scale, and no sample jumps to the next."""
    samples = sound(list(islice(tones.ring(), 20)))
    assert max(abs(value) for value in samples) < 6000
    assert max(abs(b - a) for a, b in pairwise(samples)) < 2500


def test_the_recorded_line_is_speech_of_a_few_seconds() -> None:
    samples = sound(list(tones.pieces("comfort")))
    assert 2 < len(samples) / 8000 < 8
    loud = sum(abs(value) > 1000 for value in samples) / len(samples)
    assert 0.1 < loud < 0.9
