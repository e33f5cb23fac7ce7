"""Ears that know what the simulator has spoken, and tell which of it was said; the rest goes to other ears.

The normalised correlation does not mind levels, mu-law, resampling, or a line that was cut short.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from warmtransfer.simulator.model.ears import UNCLEAR, Ears, Hearing
from warmtransfer.simulator.sound.audio import PCM, RATE, decode
from warmtransfer.simulator.sound.speech import QUIET, Speech, Words

Signal = npt.NDArray[np.float64]

#: The normalised correlation from which a line counts as said, and that of a very short one.
LIKENESS, SHORT_LIKENESS = 0.5, 0.75
#: Sound is compared at 4 kHz; the shortest overlap that is judged like any other, in such samples.
OVERLAP = 1200
#: Two lines found in one utterance may overlap by this much.
MARGIN = 400
#: A line this much alike that holds this part of the utterance's energy ends the search.
CERTAIN, WHOLE = 0.9, 0.95
#: A line that lost parts on the way is compared in pieces this long, each up to so far from its place,
#: and counts as said from this mean likeness on.
PIECE, DRIFT, PIECEWISE = 1000, 400, 0.7
#: How many spoken lines are kept in mind, the latest first to be compared; the shipped ones come after.
KEPT = 128


def halved(pcm: PCM) -> Signal:
    """The sound at half its rate, as numbers to calculate with."""
    even = pcm[: len(pcm) // 2 * 2].astype(np.float64)
    return (even[::2] + even[1::2]) / 2


@dataclass(frozen=True)
class Line:
    """One line, without the silence around it: its signal, and when its words begin, in seconds of that."""

    text: str
    signal: Signal
    words: Words

    @classmethod
    def of(cls, speech: Speech) -> Line:
        """What is compared of a speech."""
        loud = np.flatnonzero(np.abs(speech.pcm.astype(np.int32)) > QUIET)
        first, last = (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, len(speech.pcm))
        words = tuple((max(0.0, at - first / RATE), word) for at, word in speech.words)
        return cls(speech.text, halved(speech.pcm[first:last]), words)

    @property
    def overlap(self) -> int:
        """The shortest overlap that is judged, in samples."""
        return min(OVERLAP, len(self.signal) * 4 // 5)

    @cached_property
    def energy(self) -> Signal:
        """The energy of every beginning of it."""
        return np.concatenate([[0.0], np.cumsum(self.signal**2)])

    def spectrum(self, size: int) -> npt.NDArray[np.complex128]:
        """The conjugate spectrum at this size."""
        return np.conj(np.fft.rfft(self.signal, size))

    def portion(self, start: int, end: int) -> str:
        """The text of the samples from `start` to `end`: those words of which the middle is in them."""
        length = len(self.signal) * 2 / RATE
        low, high = start * 2 / RATE, end * 2 / RATE
        ends = [at for at, _ in self.words[1:]] + [length]
        timed = zip(self.words, ends, strict=True)
        kept = [word for (at, word), until in timed if low <= (at + until) / 2 <= high]
        return self.text if len(kept) == len(self.words) else " ".join(kept)


class MatchEars:
    """Identifies lines by normalised correlation; what is none of them goes to the other ears, if any.

    Without others, it is "(unclear)".
    """

    def __init__(self, shipped: Iterable[Speech], others: Ears | None = None) -> None:
        self._shipped = [Line.of(speech) for speech in shipped]
        self._spoken: dict[tuple[str, int], Line] = {}
        self._others = others

    def learn(self, speech: Speech) -> None:
        """Keep a line in mind that is about to be spoken."""
        line = Line.of(speech)
        key = speech.text, hash(speech.pcm.tobytes())
        self._spoken.pop(key, None)
        self._spoken[key] = line
        if len(self._spoken) > KEPT:
            self._spoken.pop(next(iter(self._spoken)))

    def known(self) -> list[Line]:
        """Every line, the one spoken last first."""
        return [*reversed(self._spoken.values()), *self._shipped]

    def begin(self) -> MatchHearing:
        """Start to listen to a new utterance."""
        return MatchHearing(self, self._others.begin() if self._others is not None else None)

    async def close(self) -> None:
        """Stop the other ears."""
        if self._others is not None:
            await self._others.close()


class MatchHearing:
    """Collects an utterance and looks for known lines in it, while the other ears listen too."""

    def __init__(self, ears: MatchEars, other: Hearing | None) -> None:
        self._ears = ears
        self._other = other
        self._audio = bytearray()

    def feed(self, mulaw: bytes) -> None:
        """Take the next piece of the utterance."""
        self._audio += mulaw
        if self._other is not None:
            self._other.feed(mulaw)

    async def words(self) -> str:
        """The texts of the lines found, in order; what the other ears heard when there are none."""
        found = await asyncio.to_thread(told_by, decode(bytes(self._audio)), self._ears.known())
        if self._other is None:
            return found
        if found == UNCLEAR:
            return await self._other.words()
        self._other.drop()
        return found

    def drop(self) -> None:
        """Forget the audio."""
        self._audio.clear()
        if self._other is not None:
            self._other.drop()


@dataclass(frozen=True, order=True)
class Hit:
    """A line found in an utterance: how much alike, from where to where, and what of it."""

    likeness: float
    start: int
    end: int
    text: str


def found_in(heard: PCM, library: Iterable[Line]) -> str:
    """The words of every line that occurs in the audio, in the order of time."""
    signal = halved(heard)
    energy = np.concatenate([[0.0], np.cumsum(signal**2)])
    hits: list[Hit] = []
    spectra: dict[int, npt.NDArray[np.complex128]] = {}
    for line in library:
        if min(len(signal), len(line.signal)) <= line.overlap or not energy[-1]:
            continue
        size = 1 << (len(signal) + len(line.signal)).bit_length()
        if size not in spectra:
            spectra[size] = np.fft.rfft(signal, size)
        likeness, lag = correlated(spectra[size], energy, line, size)
        if likeness >= (LIKENESS if line.overlap == OVERLAP else SHORT_LIKENESS):
            start, end = max(0, lag), min(len(signal), lag + len(line.signal))
            hits.append(Hit(likeness, start, end, line.portion(start - lag, end - lag)))
            if likeness >= CERTAIN and energy[end] - energy[start] >= WHOLE * energy[-1]:
                break
    chosen: list[Hit] = []
    for hit in sorted(hits, reverse=True):
        if all(min(hit.end, other.end) - max(hit.start, other.start) < MARGIN for other in chosen):
            chosen.append(hit)
    texts = [hit.text for hit in sorted(chosen, key=lambda hit: hit.start) if hit.text]
    return " ".join(texts) or UNCLEAR


def told_by(heard: PCM, library: list[Line]) -> str:
    """The words of the lines that occur in the audio whole or cut short, else of one that lost parts."""
    found = found_in(heard, library)
    return mended(heard, library) if found == UNCLEAR else found


def mended(heard: PCM, library: Iterable[Line]) -> str:
    """The one line most like the audio when some of it was lost on the way, so that its parts have moved."""
    signal = halved(heard)
    energy = np.concatenate([[0.0], np.cumsum(signal**2)])
    best, text = PIECEWISE, UNCLEAR
    spectra: dict[int, npt.NDArray[np.complex128]] = {}
    for line in library:
        if len(line.signal) < 2 * PIECE or len(line.signal) > len(signal) + DRIFT or not energy[-1]:
            continue
        size = 1 << (len(signal) + PIECE * 2).bit_length()
        if size not in spectra:
            spectra[size] = np.fft.rfft(signal, size)
        likeness = piecewise(spectra[size], energy, line.signal, size)
        if likeness > best:
            best, text = likeness, line.text
            if best >= CERTAIN:
                break
    return text


def piecewise(spectrum: npt.NDArray[np.complex128], energy: Signal, line: Signal, size: int) -> float:
    """How much alike the pieces of a line are, each near its place: the mean of their correlations."""
    places: list[tuple[int, Signal, float]] = []
    offset = 0
    for piece in np.array_split(line, len(line) // PIECE):
        power = float(piece @ piece)
        span = len(energy) - len(piece)
        product = np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, size)), size)[: max(0, span)]
        ours = energy[len(piece) :][:span] - energy[:span]
        floor = 0.01 * energy[-1] * len(piece) / len(energy)
        scores = np.where(ours > floor, product / np.sqrt(np.maximum(ours * power, 1.0)), 0.0)
        places.append((offset, scores, power))
        offset += len(piece)
    if any(not len(scores) for _, scores, _ in places):
        return 0.0
    first, scores, _ = max(places, key=lambda place: float(place[1].max()))
    origin = int(np.argmax(scores)) - first
    total = 0.0
    for offset, scores, power in places:
        near = scores[max(0, origin + offset - DRIFT) : max(0, origin + offset + DRIFT)]
        total += power * (float(near.max()) if len(near) else 0.0)
    return total / max(1.0, sum(power for _, _, power in places))


def correlated(
    spectrum: npt.NDArray[np.complex128], energy: Signal, line: Line, size: int
) -> tuple[float, int]:
    """The best normalised correlation of a line with the audio it overlaps, and the line's place in it."""
    product = np.fft.irfft(spectrum * line.spectrum(size), size)
    length = len(energy) - 1
    lags = np.arange(-len(line.signal) + line.overlap, length - line.overlap + 1)
    low, high = np.maximum(lags, 0), np.minimum(lags + len(line.signal), length)
    ours = energy[high] - energy[low]
    theirs = line.energy[high - lags] - line.energy[low - lags]
    # An overlap with next to nothing of either sound in it would match anything.
    enough = (ours > 0.1 * energy[-1]) & (theirs > 0.1 * line.energy[-1])
    scores = np.where(enough, product[lags % size] / np.sqrt(np.maximum(ours * theirs, 1.0)), 0.0)
    best = int(np.argmax(scores))
    return float(scores[best]), int(lags[best])
