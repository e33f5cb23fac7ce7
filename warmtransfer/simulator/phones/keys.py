"""The tones of a telephone's keys."""

from __future__ import annotations

from functools import cache

import numpy as np

from warmtransfer.simulator.sound.audio import PCM, frozen, pause, tone

#: The keys as they lie on a telephone, and the two frequencies of each (ITU-T Q.23).
ROWS = ("123A", "456B", "789C", "*0#D")
LOW, HIGH = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
#: Seconds that a key sounds, and that are quiet before the next.
SOUNDS, RESTS = 0.14, 0.06
LEVEL = -16.0


@cache
def key_tone(key: str) -> PCM:
    """A key's tone and the rest after it; ValueError for a key that no telephone has."""
    for row, low in zip(ROWS, LOW, strict=True):
        if key and key in row:
            high = HIGH[row.index(key)]
            return frozen(np.concatenate([tone(SOUNDS, low, high, level=LEVEL), pause(RESTS)]))
    raise ValueError(f"no telephone has the key {key!r}")
