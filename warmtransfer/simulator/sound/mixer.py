"""One conference's sound: every seat hears the sum of the others, and never itself."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

from warmtransfer.simulator.sound.audio import PCM, SILENCE, Frame, frames, mixed
from warmtransfer.simulator.sound.player import Port


class Copy(Protocol):
    """What may listen in on a conference: a recording."""

    def copy(self, track: str, frame: Frame) -> None:
        """Take this tick's frame of what everybody says."""


class Seat:
    """A participant's place: a Port on either side of a line.

    hear() takes the participant's speech, speak() gives what all others said in the
    mixer's last tick. A seat that has left is silent.
    """

    def __init__(self, key: str, muted: bool, coaching: str | None) -> None:
        self.key = key
        self.muted = muted
        self.coaching = coaching
        self.hold: Port | None = None
        self.waiting: Port | None = None
        self.said: Frame = SILENCE
        self.heard: Frame = SILENCE

    def speak(self) -> Frame:
        """The mix of the others."""
        return self.heard

    def hear(self, frame: Frame) -> None:
        """Take this tick's speech of the participant."""
        self.said = frame

    @property
    def apart(self) -> Port | None:
        """What the seat hears instead of the room, or None when it is in the room."""
        return self.hold or self.waiting


class _Announcement:
    """Frames for one seat or for all, and the promise that they were played."""

    def __init__(self, pcm: PCM) -> None:
        self.frames = deque(frames(pcm))
        self.done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def close(self, whole: bool) -> None:
        if not self.done.done():
            self.done.set_result(whole)


class Mixer:
    """The seats of one conference and what is announced into it."""

    def __init__(self) -> None:
        self.seats: dict[str, Seat] = {}
        self.taps: dict[Copy, None] = {}
        self._queues: dict[str | None, deque[_Announcement]] = {}

    def join(self, key: str, *, muted: bool = False, coaching: str | None = None) -> Seat:
        """A new seat; a `coaching` seat is heard by the seat of that key and by nobody else."""
        if key in self.seats:
            raise ValueError(f"{key} is in this conference already")
        seat = self.seats[key] = Seat(key, muted, coaching)
        return seat

    def leave(self, key: str) -> None:
        """Take the seat away; what was announced to it alone ends unplayed."""
        seat = self.seats.pop(key, None)
        if seat is not None:
            seat.heard = SILENCE
        self._drop(key)

    def close(self) -> None:
        """The conference is over: everyone leaves and every announcement ends."""
        for key in list(self.seats):
            self.leave(key)
        self._drop(None)

    def mute(self, key: str, muted: bool) -> None:
        """A muted seat hears the room and is not heard."""
        self.seats[key].muted = muted

    def coach(self, key: str, coaching: str | None) -> None:
        """Change whom the seat coaches."""
        self.seats[key].coaching = coaching

    def hold(self, key: str, source: Port | None) -> None:
        """On hold a seat hears `source` alone and is not heard; None takes it back."""
        self.seats[key].hold = source

    def wait(self, key: str, source: Port | None) -> None:
        """Like hold, for the time before the conference starts; None brings the seat in."""
        self.seats[key].waiting = source

    def announce(self, pcm: PCM, key: str | None = None) -> asyncio.Future[bool]:
        """Play into the room, or to one seat alone; True when played, False when cut short.

        It is mixed with what the listener hears anyway. Announcements of one target
        queue. One to the room is not heard by seats on hold or waiting; one to a single
        seat is heard there too.
        """
        announcement = _Announcement(pcm)
        if not announcement.frames or (key is not None and key not in self.seats):
            announcement.close(not announcement.frames)
            return announcement.done
        self._queues.setdefault(key, deque()).append(announcement)
        return announcement.done

    def tick(self) -> None:
        """Mix what the seats said since the last tick into what each one hears."""
        said = [(seat, seat.said) for seat in self.seats.values() if seat.said is not SILENCE]
        voices = [(seat, frame) for seat, frame in said if not seat.muted and seat.apart is None]
        for seat, _ in said:
            seat.said = SILENCE
        told = {key: self._next(key) for key in list(self._queues)} if self._queues else {}
        for tap in self.taps:
            open_ = [frame for voice, frame in voices if voice.coaching is None]
            tap.copy("inbound", mixed([*open_, *([told[None]] if None in told else [])]))
        for seat in self.seats.values():
            apart = seat.apart
            if apart is not None:
                apart.hear(SILENCE)
                parts = [apart.speak()]
            elif voices or told:
                parts = [frame for voice, frame in voices if _reaches(voice, seat)]
                parts.append(told.get(None, SILENCE))
            else:
                seat.heard = SILENCE
                continue
            parts.append(told.get(seat.key, SILENCE))
            seat.heard = mixed([part for part in parts if part is not SILENCE])

    def _next(self, key: str | None) -> Frame:
        queue = self._queues[key]
        frame = queue[0].frames.popleft()
        if not queue[0].frames:
            queue.popleft().close(True)
            if not queue:
                del self._queues[key]
        return frame

    def _drop(self, key: str | None) -> None:
        for announcement in self._queues.pop(key, ()):
            announcement.close(False)


def _reaches(voice: Seat, listener: Seat) -> bool:
    return voice is not listener and voice.coaching in (None, listener.key)
