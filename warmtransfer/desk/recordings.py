"""Recorded messages are fetched, kept where the host wants them, put into words, and told: until it is done.

What is to be done stands in the database: a process that dies leaves it to whoever looks next, so a listener
may hear of one message twice, and never of none.
"""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from warmtransfer.clock import Clock
from warmtransfer.core.call import Call
from warmtransfer.desk.chores import LOOK, Chore
from warmtransfer.errors import CarrierError, ModelGone, WarmTransferError
from warmtransfer.ports.store.recordings import Recording, Recordings

log = logging.getLogger("warmtransfer")

#: Bytes of a recording that are fetched at most: two minutes have two million.
MOST = 16 * 1024 * 1024
#: Seconds between tries: twice as long each time, up to an hour, for a day.
FIRST, LONGEST, DAY = 2.0, 3600.0, 86_400.0


class Media(Protocol):
    """Recordings at the carrier. Blocks; raises Carrier* errors."""

    def fetch_recording(self, url: str, most: int) -> bytes:
        """The recording as a WAV file."""

    def delete_recording(self, url: str) -> None:
        """Have the carrier keep it no longer."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a deployment wants of recordings."""

    folder: str = ""  #: to keep them in, "" for none
    delete: bool = False  #: at the carrier, once they are kept or told
    #: Puts a WAV file into words; raises ModelGone. None where no model can.
    transcribe: Callable[[bytes], str] | None = None


#: Tells a message to whoever listens: the call, the recording, its sound. RuntimeError when one fails.
Tell = Callable[[Call, Recording, io.BytesIO | None], None]


class Fetching:
    """One chore. Any thread may `note`; it blocks as the database does."""

    def __init__(
        self,
        kept: Recordings,
        media: Media,
        clock: Clock,
        wishes: Wishes,
        call: Callable[[str], Call | None],
        tell: Tell,
    ) -> None:
        self.kept = kept
        self._media = media
        self._clock = clock
        self._wishes = wishes
        self._call = call
        self._tell = tell
        self._worded: list[Callable[[str, str], None]] = []
        self.chore = Chore("recordings", self.look, clock)

    def worded(self, listener: Callable[[str, str], None]) -> None:
        """Have `listener(call_id, words)` called when a message has been put into words."""
        self._worded.append(listener)

    def note(self, call_id: str, url: str, seconds: int) -> None:
        """A message has been recorded; harmless when repeated."""
        self.kept.note(call_id, url, seconds, self._clock.now())
        self.chore.wake()

    def look(self) -> float:
        """Do what is due; the seconds until the next look."""
        while not self.chore.ended and (found := self.kept.claim(self._clock.now())):
            self._see_to(found)
        soon = self.kept.next_at()
        return max(0.0, soon - self._clock.now()) if soon else LOOK

    def _see_to(self, found: Recording) -> None:
        try:
            done = self._done(found)
        except CarrierError as fault:
            done = self._again(found, f"{type(fault).__name__}: {fault}")
        self.kept.save(done)

    def _done(self, found: Recording) -> Recording:
        call = self._call(found.call_id)
        if call is None:
            return replace(found, next_at=0.0, fault="the call was forgotten")
        if not found.told_at or (self._wishes.folder and not found.kept):
            sound = self._media.fetch_recording(found.url, MOST)
            found = self._worded_and_kept(found, sound)
            if not found.told_at:
                try:
                    self._tell(call, found, io.BytesIO(sound))
                except RuntimeError as fault:
                    return self._again(found, f"a listener raised {fault}")
                found = replace(found, told_at=self._clock.now())
                self.kept.save(replace(found, next_at=self._clock.now() + FIRST))
            if self._wishes.folder and not found.kept:
                return self._again(found, found.fault)
        if self._wishes.delete and not found.deleted_at:
            try:
                self._media.delete_recording(found.url)
            except CarrierError as fault:
                return self._again(found, f"it was not deleted: {fault}")
            found = replace(found, deleted_at=self._clock.now())
        return replace(found, next_at=0.0, fault="")

    def _worded_and_kept(self, found: Recording, sound: bytes) -> Recording:
        """In its folder, and in words, where that is wanted and can be had; `fault`: why not there."""
        found = replace(found, fault="")
        if self._wishes.folder and not found.kept:
            try:
                found = replace(found, kept=str(_written(Path(self._wishes.folder), found, sound)))
            except OSError as fault:
                # Whoever listens need not wait for the folder: the sound is here.
                found = replace(found, fault=f"it was not kept in {self._wishes.folder}: {fault.strerror}")
        if self._wishes.transcribe is not None and not found.words:
            try:
                found = replace(found, words=self._wishes.transcribe(sound))
            except ModelGone as fault:
                log.warning("call %s: a message was not put into words: %s", found.call_id, fault.reason)
            for listener in self._worded if found.words else ():
                try:
                    listener(found.call_id, found.words)
                except WarmTransferError as fault:
                    log.warning("call %s: what was said was not noted: %s", found.call_id, fault)
        return found

    def _again(self, found: Recording, why: str) -> Recording:
        now = self._clock.now()
        pause = min(LONGEST, FIRST * 2.0 ** (found.tries - 1))
        if now + pause < found.at + DAY:
            log.warning("call %s: its recording is seen to again in %.0f s: %s", found.call_id, pause, why)
            return replace(found, fault=why, next_at=now + pause)
        log.error("call %s: its recording is given up: %s; it is at %s", found.call_id, why, found.url)
        call = self._call(found.call_id)
        if call is not None and not found.told_at:
            try:
                self._tell(call, found, None)
            except RuntimeError as fault:
                log.warning("call %s: a listener raised %s", found.call_id, fault)
        return replace(found, fault=why, next_at=0.0)


def _written(folder: Path, found: Recording, sound: bytes) -> Path:
    """The recording's file there: whole or not at all, and readable by nobody else."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{found.call_id}-{found.url.rpartition('/')[2][:80]}".replace("/", "_")
    path = folder / f"{name.removesuffix('.wav')}.wav"
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(sound)
    part.replace(path)
    return path
