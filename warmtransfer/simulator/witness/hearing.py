"""Measuring sound: what is loud, how long it is quiet, and whether one sound occurs in another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from warmtransfer.simulator.sound.audio import PCM, RATE, SAMPLES, TICK
from warmtransfer.simulator.sound.ear import is_voice

Span = tuple[float, float]
Flags = npt.NDArray[np.bool_]

#: What is fainter than this is silence to a caller.
SILENT_DBFS = -50.0
_LOUD = (32768 * 10 ** (SILENT_DBFS / 20)) ** 2


def loud(pcm: PCM) -> Flags:
    """For each 20 ms whether there is any sound to speak of."""
    whole = pcm[: len(pcm) // SAMPLES * SAMPLES].astype(np.float64).reshape(-1, SAMPLES)
    flags: Flags = (whole**2).mean(axis=1) > _LOUD
    return flags


def voiced(pcm: PCM) -> Flags:
    """For each 20 ms whether it sounds and is not a mere tone, such as ringing."""
    count = len(pcm) // SAMPLES
    rows = pcm[: count * SAMPLES].reshape(-1, SAMPLES)
    return np.array([is_voice(row) for row in rows], dtype=np.bool_)


def runs(flags: Flags, start: float = 0.0, bridge: float = 0.0, least: float = 0.0) -> list[Span]:
    """Spans in which the flags are set; gaps up to `bridge` are closed, those under `least` dropped."""
    padded = np.concatenate([[False], flags, [False]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(padded))
    spans: list[Span] = []
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        begin, end = start + float(first) * TICK, start + float(last) * TICK
        if spans and begin - spans[-1][1] <= bridge:
            begin = spans.pop()[0]
        spans.append((begin, end))
    return [span for span in spans if span[1] - span[0] >= least]


def without(span: Span, holes: Iterable[Span]) -> list[Span]:
    """What is left of a span when the holes are taken out."""
    left = [span]
    for begin, end in sorted(holes):
        left = [
            part
            for a, b in left
            for part in ((a, min(b, begin)), (max(a, end), b))
            if part[1] - part[0] > 1e-9
        ]
    return left


def quiet(flags: Flags, start: float, spans: Iterable[Span]) -> list[Span]:
    """The silences that lie within these spans of time; `start` is the time of the first flag."""
    silent = runs(~flags, start)
    found: list[Span] = []
    for begin, end in spans:
        found += [(max(a, begin), min(b, end)) for a, b in silent if min(b, end) > max(a, begin)]
        sounded_until = start + len(flags) * TICK
        if end > max(begin, sounded_until):  # a recording that stopped is silence too
            found.append((max(begin, sounded_until), end))
    return found


@dataclass
class Within:
    """A recording in which short sounds are looked for."""

    pcm: PCM

    def __post_init__(self) -> None:
        wave = self.pcm.astype(np.float64)
        self._energy = np.concatenate([[0.0], np.cumsum(wave**2)])
        self._size = 1 << (len(wave) + 8 * RATE).bit_length()
        self._spectrum = np.fft.rfft(wave, self._size)

    def find(self, sound: PCM) -> tuple[float, int]:
        """Likeness (0 to 1) of the best place for a sound of at most 8 s, and its sample."""
        wave = sound.astype(np.float64)
        power = float(wave @ wave)
        places = len(self.pcm) - len(wave) + 1
        if places < 1 or power <= len(wave) * _LOUD / 10:
            return 0.0, 0
        product = np.fft.irfft(self._spectrum * np.conj(np.fft.rfft(wave, self._size)), self._size)[:places]
        there = self._energy[len(wave) :] - self._energy[: -len(wave)]
        scores = product / np.sqrt(np.maximum(there * power, len(wave) * _LOUD / 10 * power))
        best = int(np.argmax(scores))
        return float(scores[best]), best


def find(sound: PCM, pcm: PCM, begin: float, end: float) -> tuple[float, float]:
    """Likeness and time (seconds from the start of `pcm`) of a sound between two times of a recording."""
    first = max(0, round(begin * RATE))
    part = pcm[first : max(first, round(end * RATE))]
    if len(part) < len(sound):
        return 0.0, 0.0
    score, sample = Within(part).find(sound)
    return score, (first + sample) / RATE


def chunks(pcm: PCM, flags: Flags, seconds: float, step: float, filled: float) -> list[tuple[float, PCM]]:
    """Pieces of this length, every `step` seconds, at least `filled` of whose frames are flagged."""
    size, stride = round(seconds / TICK), max(1, round(step / TICK))
    starts = range(0, max(0, len(flags) - size + 1), stride)
    return [
        (first * TICK, pcm[first * SAMPLES : (first + size) * SAMPLES])
        for first in starts
        if float(flags[first : first + size].mean()) >= filled
    ]


#: Frames in a row that are alike, and are not so by chance.
CHANCE = 3


def matched(sound: PCM, pcm: PCM, sample: int) -> tuple[float, float | None]:
    """How much of `sound` is in `pcm` from `sample` on, frame by frame.

    Seconds up to the end of the last loud frame that is there, and up to the first loud one after it that
    is not; None when nothing is missing. What is silent in between may have been heard or not. Once something
    is missing, what is there again is so for `CHANCE` frames: a single frame of a voice is like many others.
    """
    last, missing, row = 0.0, None, 0
    flags = loud(sound)
    for number in np.flatnonzero(flags):
        here = sound[number * SAMPLES : (number + 1) * SAMPLES].astype(np.float64)
        at = sample + int(number) * SAMPLES
        there = pcm[at : at + SAMPLES].astype(np.float64)
        row = row + 1 if len(there) == len(here) and alike(here, there) > 0.8 else 0
        if row and (missing is None or row >= CHANCE):
            last, missing = (int(number) + 1) * TICK, None
        elif missing is None:
            missing = int(number) * TICK
    return last, missing


def alike(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    """Likeness of two sounds of the same length, sample by sample."""
    power = float(one @ one) * float(other @ other)
    return float(one @ other) / power**0.5 if power else 0.0
