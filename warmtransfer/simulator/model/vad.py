"""Voice activity detection on phone audio: 20 ms frames in, speech started and stopped out."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import webrtcvad

from warmtransfer.simulator.sound.audio import decode

FRAME_BYTES = 160
FRAME_MS = 20
#: Speech starts when this many of the last frames are voiced.
WINDOW, VOICED = 6, 4
#: Frames below this level (RMS of 16-bit samples) are never speech: comfort noise and mu-law's idle hiss.
FLOOR = 60.0


@dataclass(frozen=True)
class Started:
    """Speech began; `audio` is the padding and the frames that showed it."""

    audio_start_ms: int
    audio: bytes


@dataclass(frozen=True)
class Stopped:
    """Speech ended; the end includes the silence that proved it."""

    audio_end_ms: int


@dataclass(frozen=True)
class Voice:
    """One more frame of the speech that runs."""

    audio: bytes


class Detector:
    """Cuts a stream of mu-law bytes into utterances by the `turn_detection` of the session.

    Times are milliseconds of audio appended since the session began. The eagerness of semantic_vad becomes
    a silence duration, since nothing here understands the end of a sentence.
    """

    def __init__(self, settings: dict[str, Any] | None) -> None:
        self.received_ms = 0
        self.speaking = False
        self._rest = bytearray()
        self._recent: deque[bool] = deque(maxlen=WINDOW)
        self._past: deque[bytes] = deque()
        self._quiet_ms = 0
        self.configure(settings)

    def configure(self, settings: dict[str, Any] | None) -> None:
        """Take new settings; speech that runs goes on under them. None turns detection off."""
        self.on = settings is not None
        given = settings or {}
        silence = {"low": 1200, "medium": 700, "high": 400, "auto": 700}.get(str(given.get("eagerness")), 500)
        self.silence_ms = int(given.get("silence_duration_ms", silence))
        self.padding_ms = int(given.get("prefix_padding_ms", 300))
        threshold = float(given.get("threshold", 0.5))
        self._vad = webrtcvad.Vad(min(3, int(threshold * 4)))

    def feed(self, data: bytes) -> list[Started | Stopped | Voice]:
        """Take appended bytes of any number; gives what they showed, in order."""
        self._rest += data
        shown: list[Started | Stopped | Voice] = []
        while len(self._rest) >= FRAME_BYTES:
            frame = bytes(self._rest[:FRAME_BYTES])
            del self._rest[:FRAME_BYTES]
            shown += self._frame(frame)
        return shown

    def clear(self) -> None:
        """Forget audio not yet judged and any speech that runs."""
        self._rest.clear()
        self._recent.clear()
        self._past.clear()
        self.speaking = False

    def _voiced(self, frame: bytes) -> bool:
        pcm = decode(frame)
        level = float(np.sqrt(np.mean(np.square(pcm.astype(np.float64)))))
        return level >= FLOOR and bool(self._vad.is_speech(pcm.tobytes(), 8000))

    def _frame(self, frame: bytes) -> list[Started | Stopped | Voice]:
        self.received_ms += FRAME_MS
        if not self.on:
            return []
        voiced = self._voiced(frame)
        if self.speaking:
            return self._during(frame, voiced)
        self._recent.append(voiced)
        self._past.append(frame)
        while len(self._past) > WINDOW + self.padding_ms // FRAME_MS:
            self._past.popleft()
        if sum(self._recent) < VOICED:
            return []
        self.speaking, self._quiet_ms = True, 0
        audio = b"".join(self._past)
        self._recent.clear()
        self._past.clear()
        return [Started(self.received_ms - len(audio) // 8, audio)]

    def _during(self, frame: bytes, voiced: bool) -> list[Started | Stopped | Voice]:
        self._quiet_ms = 0 if voiced else self._quiet_ms + FRAME_MS
        if self._quiet_ms < self.silence_ms:
            return [Voice(frame)]
        self.speaking = False
        return [Voice(frame), Stopped(self.received_ms)]
