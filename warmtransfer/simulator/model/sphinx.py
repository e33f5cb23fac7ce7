"""The recogniser's own process: audio of utterances comes in on stdin, recognised words go out on stdout.

One JSON object a line. In: {"key", "audio": base64 mu-law}, {"key", "end": true}, {"key", "drop": true}.
Out: {"key": null, "ready": true} once, then {"key", "words", "free", "closed"} per utterance. Free dictation
and the closed list, a second opinion, both decode while the caller speaks: the answer waits for neither.
"""

from __future__ import annotations

import base64
import json
import sys
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import numpy.typing as npt
from pocketsphinx import Decoder

from warmtransfer.simulator.model.words import plain
from warmtransfer.simulator.sound.audio import decode

#: A phrase of the closed list replaces what free dictation understood from this likeness on.
ALIKE = 0.6
#: Frames decoded at once, in 20 ms: a whole buffer costs less than one step per frame.
STEP = 5
#: Cepstral means of speech on a phone line: without them the first utterance of a decoder is misheard.
PHONE_MEANS = "46,21,-21,55,-20,21,-7,-10,-6,-10,10,-2,6"


class Doubler:
    """8 kHz to 16 kHz, continuous over the pieces: zero-stuffed and low-passed by a windowed sinc."""

    taps = 2 * np.sinc(np.arange(-15, 16) / 2) / 2 * np.hanning(33)[1:-1]

    def __init__(self) -> None:
        self._past = np.zeros(30)

    def __call__(self, pcm: npt.NDArray[np.int16]) -> bytes:
        """Twice as many samples, as bytes."""
        stuffed = np.zeros(2 * len(pcm))
        stuffed[::2] = pcm
        joined = np.concatenate([self._past, stuffed])
        self._past = joined[-30:]
        smooth = np.convolve(joined, self.taps, "valid")
        return np.clip(np.rint(smooth), -32768, 32767).astype("<i2").tobytes()


def grammar(phrases: list[str]) -> str:
    """A JSGF grammar that accepts exactly these phrases."""
    listed = "\n  | ".join(sorted({plain(phrase) for phrase in phrases} - {""}))
    return f"#JSGF V1.0;\ngrammar lines;\npublic <line> = {listed};\n"


def known_words(decoder: Decoder, phrases: list[str]) -> list[str]:
    """The phrases whose every word is in the pronouncing dictionary; a grammar refuses the others."""
    return [p for p in phrases if plain(p) and all(decoder.lookup_word(w) for w in plain(p).split())]


class Recogniser:
    """One utterance at a time, decoded as it comes in by free dictation and by the closed list."""

    def __init__(self, phrases: list[str]) -> None:
        # Its second pass over the whole utterance is the slowest part, and changes nothing for our lines.
        self.free = Decoder(samprate=16000, loglevel="FATAL", cmninit=PHONE_MEANS, fwdflat=False)
        usable = known_words(self.free, phrases)
        self.closed: Decoder | None = None
        if usable:
            self.closed = Decoder(samprate=16000, loglevel="FATAL", lm=None, cmninit=PHONE_MEANS)
            self.closed.add_jsgf_string("lines", grammar(usable))
            self.closed.activate_search("lines")
        self.begin()

    def begin(self) -> None:
        """Start a new utterance."""
        self.double = Doubler()
        self.heard = bytearray()
        self.waiting = bytearray()
        self.started = False

    def take(self, mulaw: bytes) -> None:
        """Take a piece of the utterance."""
        self.waiting += mulaw
        if len(self.waiting) >= 160 * STEP:
            self._decode()

    def _decode(self) -> None:
        if not self.started:
            self.free.start_utt()
            if self.closed is not None:
                self.closed.start_utt()
            self.started = True
        raw = self.double(decode(bytes(self.waiting)))
        self.waiting.clear()
        self.heard += raw
        self.free.process_raw(raw, False, False)
        if self.closed is not None:
            self.closed.process_raw(raw, False, False)

    def finish(self) -> dict[str, str]:
        """The words of the utterance; "" when nothing was understood."""
        self._decode()
        self.free.end_utt()
        free, closed = text_of(self.free), ""
        if self.closed is not None:
            self.closed.end_utt()
            closed = text_of(self.closed)
            if free and alike(free, closed) < ALIKE:
                closed = self._again(self.closed)
        self.begin()
        return {"words": closed if alike(free, closed) >= ALIKE else free, "free": free, "closed": closed}

    def _again(self, closed: Decoder) -> str:
        """The closed list's words for the whole utterance at once, which hears better than bit by bit."""
        closed.set_cmn(PHONE_MEANS)
        closed.start_utt()
        closed.process_raw(bytes(self.heard), False, True)
        closed.end_utt()
        return text_of(closed)

    def drop(self) -> None:
        """Forget the utterance that runs."""
        if self.started:
            self.free.end_utt()
            if self.closed is not None:
                self.closed.end_utt()
        self.begin()


def text_of(decoder: Decoder) -> str:
    """The decoder's best words."""
    found = decoder.hyp()
    return found.hypstr if found is not None else ""


def alike(one: str, other: str) -> float:
    """How far two texts agree, letter by letter, 0 to 1."""
    return SequenceMatcher(None, one, other).ratio() if one and other else 0.0


def main() -> None:
    """Serve until stdin ends."""
    phrases: list[str] = json.loads(sys.stdin.readline())
    free: list[Recogniser] = [Recogniser(phrases)]
    busy: dict[str, Recogniser] = {}
    print(json.dumps({"key": None, "ready": True}), flush=True)
    for line in sys.stdin:
        ask: dict[str, Any] = json.loads(line)
        key = str(ask["key"])
        if key not in busy:
            busy[key] = free.pop() if free else Recogniser(phrases)
        if "audio" in ask:
            busy[key].take(base64.b64decode(ask["audio"]))
            continue
        recogniser = busy.pop(key)
        if "end" in ask:
            print(json.dumps({"key": key, **recogniser.finish()}), flush=True)
        else:
            recogniser.drop()
        free.append(recogniser)


if __name__ == "__main__":
    main()
