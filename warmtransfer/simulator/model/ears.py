"""Ears: what turns an utterance into words. One listens in a process of its own, one knows the recordings."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import sys
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from warmtransfer.simulator.audio import decode

PCM = npt.NDArray[np.int16]
UNCLEAR = "(unclear)"


class Hearing(Protocol):
    """One utterance being listened to."""

    def feed(self, mulaw: bytes) -> None:
        """Take the next piece of the utterance."""

    async def words(self) -> str:
        """The utterance has ended: what was said."""

    def drop(self) -> None:
        """Nobody wants to know any more."""


class Ears(Protocol):
    """A recogniser for any number of utterances at once."""

    def begin(self) -> Hearing:
        """Start to listen to a new utterance."""

    async def close(self) -> None:
        """Stop, with any process that belongs to it."""


class MatchHearing:
    """Collects an utterance and looks for the shipped recordings in it."""

    def __init__(self, library: Mapping[str, tuple[str, PCM]]) -> None:
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


class MatchEars:
    """Identifies which shipped recording was said: fast and always the same, for stories."""

    def __init__(self, recordings: Mapping[str, tuple[str, PCM]]) -> None:
        self._library = {name: (text, trimmed(pcm)) for name, (text, pcm) in recordings.items()}

    def begin(self) -> MatchHearing:
        """Start to listen to a new utterance."""
        return MatchHearing(self._library)

    async def close(self) -> None:
        """Nothing to stop."""


def trimmed(pcm: PCM, level: int = 200) -> PCM:
    """A recording without the silence around it."""
    loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > level)
    return pcm[loud[0] : loud[-1] + 1] if len(loud) else pcm


#: The normalised correlation from which a recording counts as said, and the shortest overlap that is judged.
LIKENESS, OVERLAP = 0.5, 2400


def found_in(heard: PCM, library: Mapping[str, tuple[str, PCM]]) -> str:
    """The words of every recording that occurs in the audio, in the order of time."""
    hits: list[tuple[float, int, int, str]] = []
    for text, line in library.values():
        likeness, lag = correlated(heard, line)
        if likeness >= LIKENESS:
            start, end = max(0, lag), min(len(heard), lag + len(line))
            said = portion(text, (start - lag) / len(line), (end - lag) / len(line))
            hits.append((likeness, start, end, said))
    chosen: list[tuple[float, int, int, str]] = []
    for hit in sorted(hits, reverse=True):
        if all(min(hit[2], other[2]) - max(hit[1], other[1]) < 800 for other in chosen):
            chosen.append(hit)
    return " ".join(hit[3] for hit in sorted(chosen, key=lambda hit: hit[1])) or UNCLEAR


def portion(text: str, start: float, end: float) -> str:
    """The words of a spoken text that fall into a part of its time, taking time as even over the letters."""
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


def correlated(heard: PCM, line: PCM) -> tuple[float, int]:
    """The best normalised correlation of a line with the audio it overlaps, and the line's place in it."""
    if min(len(heard), len(line)) < OVERLAP:
        return 0.0, 0
    one, other = heard.astype(np.float64), line.astype(np.float64)
    size = 1 << (len(one) + len(other)).bit_length()
    product = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size)), size)
    lags = np.arange(-len(other) + OVERLAP, len(one) - OVERLAP + 1)
    dots = product[lags % size]
    ones = np.concatenate([[0.0], np.cumsum(one**2)])
    others = np.concatenate([[0.0], np.cumsum(other**2)])
    low, high = np.maximum(lags, 0), np.minimum(lags + len(other), len(one))
    energy_one = ones[high] - ones[low]
    energy_other = others[high - lags] - others[low - lags]
    # An overlap with next to nothing of either sound in it would match anything.
    enough = (energy_one > 0.1 * ones[-1]) & (energy_other > 0.1 * others[-1])
    scores = np.where(enough, dots / np.sqrt(np.maximum(energy_one * energy_other, 1.0)), 0.0)
    best = int(np.argmax(scores))
    return float(scores[best]), int(lags[best])


class SphinxHearing:
    """One utterance on its way to the recogniser's process."""

    def __init__(self, ears: SphinxEars, key: str) -> None:
        self._ears = ears
        self._key = key

    def feed(self, mulaw: bytes) -> None:
        """Take the next piece of the utterance."""
        self._ears.tell(self._key, audio=base64.b64encode(mulaw).decode())

    async def words(self) -> str:
        """What was recognised; "(unclear)" for nothing."""
        answer = self._ears.expect(self._key)
        self._ears.tell(self._key, end=True)
        return str((await answer)["words"]) or UNCLEAR

    def drop(self) -> None:
        """Forget the utterance."""
        self._ears.tell(self._key, drop=True)


class SphinxEars:
    """Talks to the recogniser's process; its steps of up to 150 ms never stall audio here."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._keys = itertools.count(1)
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, phrases: list[str]) -> SphinxEars:
        """Start the process and wait until its decoders are loaded."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "warmtransfer.simulator.model.sphinx",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(phrases).encode() + b"\n")
        ready = await asyncio.wait_for(process.stdout.readline(), 60)
        if not ready:
            raise RuntimeError("the recogniser's process ended before it was ready")
        return cls(process)

    def begin(self) -> SphinxHearing:
        """Start to listen to a new utterance."""
        return SphinxHearing(self, str(next(self._keys)))

    def tell(self, key: str, **fields: object) -> None:
        """Send one message to the process."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"key": key, **fields}).encode() + b"\n")

    def expect(self, key: str) -> asyncio.Future[dict[str, Any]]:
        """A future for the answer to an utterance."""
        self._asked[key] = asyncio.get_running_loop().create_future()
        return self._asked[key]

    async def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 5)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._reader

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            answer = json.loads(line)
            future = self._asked.pop(str(answer["key"]), None)
            if future is not None and not future.done():
                future.set_result(answer)
        for future in self._asked.values():
            if not future.done():
                future.set_result({"words": ""})
