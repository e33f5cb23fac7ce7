"""Lines, their recordings, and the engine that moves a frame both ways every 20 ms."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Protocol

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.sound.audio import PCM, SILENCE, TICK, Frame, joined, save_wav
from warmtransfer.simulator.sound.mixer import Mixer
from warmtransfer.simulator.sound.player import Port


class Copy(Protocol):
    """What may listen in on a line: a one-way media stream."""

    def copy(self, track: str, frame: Frame) -> None:
        """Take this tick's frame of `inbound` (from the phone) or `outbound` (to it)."""


class Recorder:
    """What a phone heard and what it said, frame by frame from the answer on."""

    def __init__(self) -> None:
        self.started: float | None = None
        """Simulated time of sample 0, None until the line is in the engine."""
        self._heard: list[Frame] = []
        self._said: list[Frame] = []

    def add(self, heard: Frame, said: Frame) -> None:
        """One more tick."""
        self._heard.append(heard)
        self._said.append(said)

    @property
    def seconds(self) -> float:
        """Length so far."""
        return len(self._heard) * TICK

    def heard(self, since: float = 0.0) -> PCM:
        """What the phone heard, from `since` seconds after the answer."""
        return joined(self._heard[round(since / TICK) :])

    def said(self, since: float = 0.0) -> PCM:
        """What the phone said, aligned with heard()."""
        return joined(self._said[round(since / TICK) :])

    def save(self, heard: Path, said: Path | None = None) -> None:
        """Write the WAV files; may be called at any time, and again."""
        save_wav(heard, self.heard())
        if said is not None:
            save_wav(said, self.said())


class Line:
    """One phone line from answer to hang-up: a phone here, the network over there."""

    def __init__(self, phone: Port, recorder: Recorder | None = None) -> None:
        self.phone = phone
        self.recorder = Recorder() if recorder is None else recorder
        self.port: Port | None = None
        self._said: Frame = SILENCE
        self._taps: dict[Copy, str] = {}

    def tap(self, copy: Copy, track: str = "inbound") -> None:
        """Copy `inbound`, `outbound` or `both` tracks there from the next tick on."""
        if track not in ("inbound", "outbound", "both"):
            raise ValueError(f"no such track: {track}")
        self._taps[copy] = track

    def untap(self, copy: Copy) -> None:
        """Copy no more."""
        self._taps.pop(copy, None)

    def connect(self, port: Port | None) -> None:
        """Put this on the network's end from the next tick on; None is silence."""
        self.port = port

    def upwards(self) -> None:
        """First half of a tick: the phone's speech reaches the network."""
        self._said = self.phone.speak()
        if self.port is not None:
            self.port.hear(self._said)

    def downwards(self) -> None:
        """Second half: the network's speech reaches the phone."""
        heard = self.port.speak() if self.port is not None else SILENCE
        self.phone.hear(heard)
        self.recorder.add(heard, self._said)
        for copy, track in self._taps.items():
            if track != "outbound":
                copy.copy("inbound", self._said)
            if track != "inbound":
                copy.copy("outbound", heard)


class Engine:
    """Ticks every line and mixer each 20 ms of simulated time, and never skips a tick.

    Within a tick all phones speak, then the rooms are mixed, then all phones hear: speech
    crosses a room in the same tick, and one tick later where a seat is itself the phone of
    another line. After a stall the missed ticks follow at once, one by one, with the event
    loop's other work between them.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.ticks = 0
        self._lines: dict[Line, None] = {}
        self._mixers: dict[Mixer, None] = {}
        self._work = asyncio.Event()
        self._origin = 0.0

    @property
    def now(self) -> float:
        """Simulated time of the tick that is due next."""
        return self._origin + self.ticks * TICK

    def add(self, part: Line | Mixer) -> None:
        """Tick this from now on; a line's recording starts here."""
        if not self._lines and not self._mixers:
            self._origin, self.ticks = self.clock.now(), 0
        if isinstance(part, Mixer):
            self._mixers[part] = None
        else:
            part.recorder.started = self.now
            self._lines[part] = None
        self._work.set()

    def remove(self, part: Line | Mixer) -> None:
        """Tick this no more; unknown parts are ignored."""
        if isinstance(part, Mixer):
            self._mixers.pop(part, None)
        else:
            self._lines.pop(part, None)
        if not self._lines and not self._mixers:
            self._work.clear()

    async def run(self) -> None:
        """Tick until cancelled; sleeps while there is nothing to tick."""
        while True:
            await self._work.wait()
            late = self.clock.now() - self.now
            if late < 0:
                await self.clock.sleep(-late)
            else:
                self.tick()
                await asyncio.sleep(0)

    def tick(self) -> None:
        """One frame both ways on every line."""
        lines = list(self._lines)
        for line in lines:
            line.upwards()
        for mixer in self._mixers:
            mixer.tick()
        for line in lines:
            line.downwards()
        self.ticks += 1
