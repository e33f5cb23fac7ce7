"""What is kept of the sound: a pair of WAV files for each leg, and the account's recordings."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.sound.audio import PCM, save_wav
from warmtransfer.simulator.sound.engine import Recorder
from warmtransfer.simulator.tasks import Tasks


@dataclass
class Recording:
    """One recording as the API has it, from its beginning on."""

    sid: str
    source: str
    call_sid: str = ""
    conference_sid: str = ""
    channels: int = 1
    track: str = "both"
    status: str = "in-progress"
    error: int = 0
    duration: int | None = None
    sides: tuple[PCM, ...] = ()  #: the sound of each channel, once it has been taken
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)
    ended_at: float | None = None

    @property
    def active(self) -> bool:
        """Whether it is still being taken, or could go on."""
        return self.status in ("in-progress", "paused")


class Recordings:
    """Saves sound in a folder; without one, only the account's recordings are held, in memory."""

    def __init__(self, out: Path | None, tasks: Tasks, clock: Clock) -> None:
        self.out = out
        self.kept: dict[str, Recording] = {}
        self._clock = clock
        self._tasks = tasks
        self._taken: set[str] = set()

    def end(self, recording: Recording, sides: tuple[PCM, ...]) -> None:
        """Keeps the sound of a recording that has ended."""
        recording.sides = sides
        recording.ended_at = self._clock.now()
        if self.out is not None and len(sides[0]):
            save_wav(self.out / f"{recording.sid}.wav", *sides)

    def let_go(self, horizon: float) -> None:
        """Forgets recordings that ended before this time; their files stay."""
        for sid, recording in list(self.kept.items()):
            if recording.ended_at is not None and recording.ended_at < horizon:
                del self.kept[sid]

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
