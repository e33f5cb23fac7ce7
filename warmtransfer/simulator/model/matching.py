"""Ears that know the shipped recordings: they tell which was said, fast and always the same."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from warmtransfer.simulator.model.ears import UNCLEAR
from warmtransfer.simulator.sound.audio import PCM, decode

Signal = npt.NDArray[np.float64]

#: The normalised correlation from which a recording counts as said.
LIKENESS = 0.5
#: Sound is compared at 4 kHz; the shortest overlap that is judged, in such samples.
OVERLAP = 1200
#: Two recordings found in one utterance may overlap by this much.
MARGIN = 400


def halved(pcm: PCM) -> Signal:
    """The sound at half its rate, as numbers to calculate with."""
    even = pcm[: len(pcm) // 2 * 2].astype(np.float64)
    return (even[::2] + even[1::2]) / 2


def trimmed(pcm: PCM, level: int = 200) -> PCM:
    """A recording without the silence around it."""
    loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > level)
    return pcm[loud[0] : loud[-1] + 1] if len(loud) else pcm


@dataclass(frozen=True)
class Line:
    """One recording and its words."""

    text: str
    signal: Signal

    @cached_property
    def energy(self) -> Signal:
        """The energy of every beginning of it."""
        return np.concatenate([[0.0], np.cumsum(self.signal**2)])

    @cached_property
    def _spectra(self) -> dict[int, npt.NDArray[np.complex128]]:
        return {}

    def spectrum(self, size: int) -> npt.NDArray[np.complex128]:
        """The conjugate spectrum at this size, kept."""
        if size not in self._spectra:
            self._spectra[size] = np.conj(np.fft.rfft(self.signal, size))
        return self._spectra[size]


class MatchEars:
    """Identifies shipped recordings by normalised correlation; anything else is "(unclear)"."""

    def __init__(self, recordings: Mapping[str, tuple[str, PCM]]) -> None:
        self._library = [Line(text, halved(trimmed(pcm))) for text, pcm in recordings.values()]

    def begin(self) -> MatchHearing:
        """Start to listen to a new utterance."""
        return MatchHearing(self._library)

    async def close(self) -> None:
        """Nothing to stop."""


class MatchHearing:
    """Collects an utterance and looks for the recordings in it."""

    def __init__(self, library: list[Line]) -> None:
        self._library = library
        self._audio = bytearray()

    def feed(self, mulaw: bytes) -> None:
        """Take the next piece of the utterance."""
        self._audio += mulaw

    async def words(self) -> str:
        """The texts of the recordings found, in order; "(unclear)" when there are none."""
        return await asyncio.to_thread(found_in, decode(bytes(self._audio)), self._library)

    def drop(self) -> None:
        """Forget the audio."""
        self._audio.clear()


def found_in(heard: PCM, library: Iterable[Line]) -> str:
    """The words of every recording that occurs in the audio, in the order of time."""
    signal = halved(heard)
    energy = np.concatenate([[0.0], np.cumsum(signal**2)])
    hits: list[tuple[float, int, int, str]] = []
    spectra: dict[int, npt.NDArray[np.complex128]] = {}
    for line in library:
        if min(len(signal), len(line.signal)) < OVERLAP:
            continue
        size = 1 << (len(signal) + len(line.signal)).bit_length()
        if size not in spectra:
            spectra[size] = np.fft.rfft(signal, size)
        likeness, lag = correlated(spectra[size], energy, line, size)
        if likeness >= LIKENESS:
            length = len(line.signal)
            start, end = max(0, lag), min(len(signal), lag + length)
            hits.append(
                (likeness, start, end, portion(line.text, (start - lag) / length, (end - lag) / length))
            )
    chosen: list[tuple[float, int, int, str]] = []
    for hit in sorted(hits, reverse=True):
        if all(min(hit[2], other[2]) - max(hit[1], other[1]) < MARGIN for other in chosen):
            chosen.append(hit)
    return " ".join(hit[3] for hit in sorted(chosen, key=lambda hit: hit[1])) or UNCLEAR


def correlated(
    spectrum: npt.NDArray[np.complex128], energy: Signal, line: Line, size: int
) -> tuple[float, int]:
    """The best normalised correlation of a line with the audio it overlaps, and the line's place in it."""
    product = np.fft.irfft(spectrum * line.spectrum(size), size)
    length = len(energy) - 1
    lags = np.arange(-len(line.signal) + OVERLAP, length - OVERLAP + 1)
    low, high = np.maximum(lags, 0), np.minimum(lags + len(line.signal), length)
    ours = energy[high] - energy[low]
    theirs = line.energy[high - lags] - line.energy[low - lags]
    # An overlap with next to nothing of either sound in it would match anything.
    enough = (ours > 0.1 * energy[-1]) & (theirs > 0.1 * line.energy[-1])
    scores = np.where(enough, product[lags % size] / np.sqrt(np.maximum(ours * theirs, 1.0)), 0.0)
    best = int(np.argmax(scores))
    return float(scores[best]), int(lags[best])


def portion(text: str, start: float, end: float) -> str:
    """The words of a spoken text that fall into a part of its time, taken as even over the letters."""
    if start < 0.15 and end > 0.85:
        return text
    kept: list[str] = []
    place = 0.0
    for word in text.split():
        middle = (place + len(word) / 2) / len(text)
        place += len(word) + 1
        if start <= middle <= end:
            kept.append(word)
    return " ".join(kept)
