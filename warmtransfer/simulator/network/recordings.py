"""What is kept of the sound: a pair of WAV files for each leg, and what <Record> was told to keep."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.sound.audio import PCM, save_wav
from warmtransfer.simulator.sound.engine import Recorder
from warmtransfer.simulator.tasks import Tasks


class Recordings:
    """Saves sound in a folder; without one, only what <Record> keeps is held, in memory."""

    def __init__(self, out: Path | None, tasks: Tasks, clock: Clock) -> None:
        self.out = out
        self._clock = clock
        self._made: dict[str, float] = {}
        self.clips: dict[str, PCM] = {}
        self._tasks = tasks
        self._taken: set[str] = set()

    def clip(self, sid: str, pcm: PCM) -> None:
        """Keeps a recording under its SID."""
        self.clips[sid] = pcm
        self._made[sid] = self._clock.now()
        if self.out is not None and len(pcm):
            save_wav(self.out / f"{sid}.wav", pcm)

    def let_go(self, horizon: float) -> None:
        """Forgets recordings made before this time; their files stay."""
        for sid in [sid for sid, made in self._made.items() if made < horizon]:
            del self._made[sid], self.clips[sid]

    def leg(self, label: str, sid: str, recorder: Recorder, *, mirrored: bool) -> tuple[str, str] | None:
        """Saves what a leg heard and said, the other way round if `mirrored`; returns the files' names."""
        if self.out is None:
            return None
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", label).strip("-") or sid
        if stem in self._taken:
            stem = f"{stem}-{sid[-6:]}"
        self._taken.add(stem)
        heard, said = self.out / f"{stem}.wav", self.out / f"{stem}-said.wav"
        files = (said, heard) if mirrored else (heard, said)
        self._tasks.spawn(asyncio.to_thread(recorder.save, *files))
        return heard.name, said.name
