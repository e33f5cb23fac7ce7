"""The star key of a caller in the room, heard in the audio of the AI's leg.

In a room no key of a participant reaches the app: nothing can ask for keys there, and of key presses only
the leg's own come as messages of its media stream, which is the AI's here and not the caller's. A dial that
ends at a star (`hangupOnStar`, the carrier's page on dialling) would take the caller out of the room in
every stage: one pressed by mistake would cost them the human they talk with, since their leaving ends the
room, and in the line the AI's leg would have to be made anew. So the tone itself is listened for, with
Goertzel's filters, only while the caller waits; and where the carrier should report it as a key of our
stream, that counts too. UNVERIFIED: whether the carrier mixes the tones of a phone into the room (the
simulator's law `room_keys` has both answers). Whoever is not heard pressing can always say it.
"""

from __future__ import annotations

import math
from binascii import a2b_base64
from collections.abc import Sequence
from operator import mul

STAR = "*"
#: Its two frequencies (ITU-T Q.23), and the rate of the audio.
TONES, RATE = (941.0, 1209.0), 8000
#: Samples in a block of 20 ms: its bins are 50 Hz wide, the next tones are 89 and 127 Hz away.
BLOCK = 160
#: Blocks in a row that must be nothing but the tone: 60 ms. A key must sound for 40; networks and people
#: have it sound for twice as long and more.
BLOCKS = 3
#: How much of a block's energy must be found at the two tones: what a telephone that is 1.5 % off leaves
#: there, as is allowed. Speech comes near it for no 60 ms.
PURE = 0.6
#: How much louder one may be than the other, as a ratio of energies: 8 dB, as telephones must accept.
TWIST = 6.3
#: The least mean energy, of samples of 16 bits: below it everything is noise.
LOUD = 150.0**2


def _decoded(code: int) -> float:
    code = ~code & 0xFF
    size = (((code & 0x0F) << 3) + 132 << ((code & 0x70) >> 4)) - 132
    return float(-size if code & 0x80 else size)


_SAMPLES = [_decoded(code) for code in range(256)]
_WAVES = [
    [turn(2 * math.pi * tone * n / RATE) for n in range(BLOCK)]
    for tone in TONES
    for turn in (math.cos, math.sin)
]


class Star:
    """Hears one press of the key. Used in the loop; a frame costs some hundredths of a millisecond."""

    __slots__ = ("_heard", "_left")

    def __init__(self) -> None:
        self._left = b""
        self._heard = 0

    def pressed(self, pieces: Sequence[bytes]) -> bool:
        """Whether the key has been heard with these pieces of base64 mu-law; true once a press."""
        found = False
        sound = b"".join((self._left, *map(a2b_base64, pieces)))
        for at in range(0, len(sound) - BLOCK + 1, BLOCK):
            self._heard = self._heard + 1 if is_star(sound[at : at + BLOCK]) else 0
            found |= self._heard == BLOCKS
        self._left = sound[len(sound) // BLOCK * BLOCK :]
        return found


def is_star(block: bytes) -> bool:
    """Whether these 160 samples of mu-law hold the key's tone and nothing else."""
    samples = [_SAMPLES[code] for code in block]
    energy = sum(map(mul, samples, samples)) / BLOCK
    if energy < LOUD:
        return False
    low, high = (_power(samples, *_WAVES[at : at + 2]) for at in (0, 2))
    if low + high < PURE * energy:
        return False
    return low < TWIST * high and high < TWIST * low


def _power(samples: Sequence[float], cos: Sequence[float], sin: Sequence[float]) -> float:
    """The mean energy of one tone in a block."""
    real: float = sum(map(mul, samples, cos))
    imaginary: float = sum(map(mul, samples, sin))
    return 2 * (real * real + imaginary * imaginary) / BLOCK**2
