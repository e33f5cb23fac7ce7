"""The keys that a caller presses, heard in the audio of the AI's leg, and taken out of what the model hears.

In a room no key of a participant reaches the app: nothing can ask for keys there, and of key presses only
the leg's own come as messages of its media stream, which is the AI's here and not the caller's. A dial that
ends at a star (`hangupOnStar`, the carrier's page on dialling) would take the caller out of the room in
every stage: one pressed by mistake would cost them the human they talk with, since their leaving ends the
room, and in the line the AI's leg would have to be made anew. So the tones themselves are listened for, with
Goertzel's filters; and where the carrier should report one as a key of our stream, that counts too.
UNVERIFIED: whether the carrier mixes the tones of a phone into the room (the simulator's law `room_keys` has
both answers). Whoever is not heard pressing can always say it.

A model takes a tone for speech: it would answer it with "I did not understand that", over what it was to say.
Therefore silence takes its place. Every frame of every call comes through here, so nearly all are let go by
how often their sign changes, which is counted in the base64 as it came: a twentieth of what the frame costs
anyway. None is held back.
"""

from __future__ import annotations

import cmath
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Sequence
from operator import mul

STAR = "*"
#: The keys, and the two frequencies of each (ITU-T Q.23); the rate of the audio.
KEYS = ("123A", "456B", "789C", "*0#D")
LOW, HIGH, RATE = (697.0, 770.0, 852.0, 941.0), (1209.0, 1336.0, 1477.0, 1633.0), 8000
#: Samples in a block of 20 ms: its bins are 50 Hz wide, two tones of a group are 73 Hz apart and more.
BLOCK = 160
#: Every second sample is enough: no tone is above 2000 Hz.
STEP = 2
#: Blocks in a row that must be nothing but the tone, for a press: 60 ms. A key must sound for 40; networks
#: and people have it sound for twice as long and more. Silence takes the place of the first one already.
BLOCKS = 3
#: How much of a block's energy must be found at the two tones: what a telephone that is 1.5 % off leaves
#: there, as is allowed. Speech comes near it for no 60 ms.
PURE = 0.6
#: How much louder one may be than the other, as a ratio of energies: 8 dB, as telephones must accept, and one
#: more for what the filters lose of tones that are off.
TWIST = 8.0
#: The least mean energy, of samples of 16 bits: below it everything is noise.
LOUD = 150.0**2
BESIDE = (0.992, 1.008)
#: How often the sign changes in a block of two tones: from the lowest alone to the highest alone, each 1.5 %
#: off. Vowels are below, hissing is above it.
FEWEST, MOST = 26, 68
#: The least of ups after a down among every third sample, of those that are heard at all.
UPS = 12
FAINT = 40.0

_SIGNS = int.from_bytes(b"\x80" * (BLOCK - 1), "big")
_SILENT = b"\xff"
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _decoded(code: int) -> float:
    code = ~code & 0xFF
    size = (((code & 0x0F) << 3) + 132 << ((code & 0x70) >> 4)) - 132
    return float(-size if code & 0x80 else size)


_SAMPLES = [_decoded(code) for code in range(256)]
#: Length of a block in base64. Each fourth letter is a sample, but for the last bits of its loudness.
_LETTERS = len(b2a_base64(bytes(BLOCK), newline=False))


def _up_or_down(letter: int) -> int:
    found = _ALPHABET.find(letter)
    size = _SAMPLES[found << 2] if found >= 0 else 0.0
    return ord("+") if size > FAINT else ord("-") if size < -FAINT else 0


_UPS = bytes(map(_up_or_down, range(256)))
#: A tone is looked for a little beside its place, on both sides: telephones are off by as much as 1.5 %.
_LOW, _HIGH = (
    [
        [[cmath.exp(2j * cmath.pi * tone * off * n / RATE) for n in range(0, BLOCK, STEP)] for off in BESIDE]
        for tone in group
    ]
    for group in (LOW, HIGH)
)


class Keys:
    """Hears one caller's keys: `pressed(key)` is called once a press. Used in the loop."""

    __slots__ = ("_calm", "_key", "_left", "_pressed", "_run")

    def __init__(self, pressed: Callable[[str], object]) -> None:
        self._pressed = pressed
        self._left = b""  #: the begun block
        self._key = ""  #: that sounds
        self._run = 0  #: for so many blocks
        self._calm = True  #: no key sounds, and no block is begun

    def silenced(self, pieces: Sequence[bytes]) -> Sequence[bytes]:
        """These pieces of base64 mu-law, with silence for each in which a key sounds, or has just ended."""
        if len(pieces) == 1 and self._calm and _never(pieces[0]):
            return pieces
        return [_silence(each) if self._sounds(each) else each for each in pieces]

    def _sounds(self, piece: bytes) -> bool:
        if self._calm and _never(piece):
            return False
        sound = self._left + a2b_base64(piece)
        found = bool(self._key)
        for at in range(0, len(sound) - BLOCK + 1, BLOCK):
            key = key_in(sound[at : at + BLOCK])
            found = found or bool(key)
            self._note(key)
        self._left = sound[len(sound) // BLOCK * BLOCK :]
        self._calm = not self._key and not self._left
        return found

    def _note(self, key: str) -> None:
        self._run = self._run + 1 if key == self._key else 1
        self._key = key
        if key and self._run == BLOCKS:
            self._pressed(key)


def _never(piece: bytes) -> bool:
    """Whether this is one block in which no key sounds, as is nearly always seen at a glance."""
    return len(piece) == _LETTERS and piece[::4].translate(_UPS).count(b"-+") < UPS


def key_in(block: bytes) -> str:
    """The key whose tone these 160 samples of mu-law hold and nothing else; empty for none."""
    bits = int.from_bytes(block, "big")
    if not FEWEST <= ((bits ^ bits >> 8) & _SIGNS).bit_count() <= MOST:
        return ""
    samples = [_SAMPLES[code] for code in block[::STEP]]
    energy = sum(map(mul, samples, samples)) / len(samples)
    if energy < LOUD:
        return ""
    row, low = _loudest(samples, _LOW)
    if low * (1 + TWIST) < PURE * energy:
        return ""  # what the other may have at the most does not make up for it
    column, high = _loudest(samples, _HIGH)
    if low + high < PURE * energy or low > TWIST * high or high > TWIST * low:
        return ""
    return KEYS[row][column]


def _loudest(samples: Sequence[float], group: Sequence[Sequence[Sequence[complex]]]) -> tuple[int, float]:
    """Which tone of a group is loudest, and its mean energy."""
    sizes = [max(abs(sum(map(mul, samples, wave))) for wave in waves) for waves in group]
    size = max(sizes)
    return sizes.index(size), 2 * (size / len(samples)) ** 2


def _silence(piece: bytes) -> bytes:
    return b2a_base64(_SILENT * len(a2b_base64(piece)), newline=False)
