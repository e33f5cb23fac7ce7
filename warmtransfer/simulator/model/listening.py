"""The input side of a session: audio buffer, turns by voice activity, transcription, and the idle clock."""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Any, Protocol

from warmtransfer.simulator.model.conversation import BYTES_PER_MS, Entry
from warmtransfer.simulator.model.ears import Hearing
from warmtransfer.simulator.model.ids import fresh
from warmtransfer.simulator.model.protocol import LONGEST_APPEND
from warmtransfer.simulator.model.shapes import Refused
from warmtransfer.simulator.model.surroundings import Surroundings
from warmtransfer.simulator.model.vad import Detector, Started, Stopped
from warmtransfer.simulator.model.voice import phone_audio

#: Simulated seconds from the end of speech to its transcription, at the least.
TRANSCRIPTION_DELAY = 0.25
#: The least audio a client may commit, in milliseconds.
LEAST_COMMIT = 100


class Answering(Surroundings, Protocol):
    """A session that takes turns and answers them."""

    def add(self, entry: Entry, previous: str | None = None) -> None:
        """Put an item into the conversation and announce it."""

    def interrupt(self, reason: str) -> None:
        """Cancel the response that runs, if one does."""

    def respond_to_speech(self, entry: Entry) -> None:
        """The caller has spoken."""

    def respond_to_idleness(self) -> None:
        """The caller has been silent for the idle timeout."""


class Listening:
    """Hears the caller: appended audio in, turns and transcripts out through the session."""

    def __init__(self, session: Answering) -> None:
        self.session = session
        self.detector = Detector(self.turns)
        self._pending = bytearray()  #: audio since the last commit or clear
        self._hearing: Hearing | None = None
        self._item_id = ""
        self._began = 0.0
        self._idle: asyncio.TimerHandle | None = None

    @property
    def turns(self) -> dict[str, Any] | None:
        """The session's turn detection."""
        found: dict[str, Any] | None = self.session.config["audio"]["input"]["turn_detection"]
        return found

    def configure(self) -> None:
        """Take over changed settings."""
        self.detector.configure(self.turns)

    def append(self, audio: str) -> None:
        """Take appended audio; raises Refused for what is not base64 or too long."""
        try:
            data = base64.b64decode(audio, validate=True)
        except (binascii.Error, ValueError) as wrong:
            text = "Invalid 'audio'. Expected base64-encoded audio bytes."
            raise Refused("invalid_value", text, "audio") from wrong
        if len(data) > LONGEST_APPEND:
            raise Refused("string_above_max_length", "Invalid 'audio': more than 15 MiB.", "audio")
        mulaw = phone_audio(data, self.session.config["audio"]["input"]["format"])
        self._pending += mulaw
        for shown in self.detector.feed(mulaw):
            if isinstance(shown, Started):
                self._started(shown)
            elif isinstance(shown, Stopped):
                self._stopped(shown)
            elif self._hearing is not None:
                self._hearing.feed(shown.audio)
        if self.turns is not None and not self.detector.speaking:
            del self._pending[: -(self.detector.padding_ms + 1000) * BYTES_PER_MS]

    def _started(self, shown: Started) -> None:
        self.stop_idling()
        self._item_id = fresh("item")
        self._hearing = self.session.setup.ears.begin()
        self._hearing.feed(shown.audio)
        self._pending = bytearray(shown.audio)
        self._began = self.session.clock.now() - len(shown.audio) / BYTES_PER_MS / 1000
        self.session.send(
            "input_audio_buffer.speech_started", audio_start_ms=shown.audio_start_ms, item_id=self._item_id
        )
        turns = self.turns or {}
        if turns.get("interrupt_response", True):
            self.session.interrupt("turn_detected")

    def _stopped(self, shown: Stopped) -> None:
        self.session.send(
            "input_audio_buffer.speech_stopped", audio_end_ms=shown.audio_end_ms, item_id=self._item_id
        )
        hearing, self._hearing = self._hearing, None
        assert hearing is not None
        entry = self._committed(self._item_id, hearing)
        if (self.turns or {}).get("create_response", True):
            self.session.respond_to_speech(entry)

    def commit(self) -> None:
        """The client's own commit; raises Refused when there is next to nothing in the buffer."""
        length = len(self._pending) / BYTES_PER_MS
        if length < LEAST_COMMIT:
            text = (
                "Error committing input audio buffer: buffer too small. Expected at least "
                f"{LEAST_COMMIT}ms of audio, but buffer only has {length:.2f}ms of audio."
            )
            raise Refused("input_audio_buffer_commit_empty", text)
        if self._hearing is None:
            self._began = self.session.clock.now() - length / 1000
            self._item_id = fresh("item")
            self._hearing = self.session.setup.ears.begin()
            self._hearing.feed(bytes(self._pending))
        hearing, self._hearing = self._hearing, None
        self.detector.clear()
        self._committed(self._item_id, hearing)

    def clear(self) -> None:
        """Forget the buffer and the turn that runs."""
        if self._hearing is not None:
            self._hearing.drop()
            self._hearing = None
        self._pending.clear()
        self.detector.clear()
        self.session.send("input_audio_buffer.cleared")

    def _committed(self, item_id: str, hearing: Hearing | None) -> Entry:
        part = {"type": "input_audio", "transcript": None}
        item = {
            "id": item_id, "object": "realtime.item", "type": "message", "status": "completed",
            "role": "user", "content": [part],
        }  # fmt: skip
        entry = Entry(item, bytearray(self._pending))
        self._pending.clear()
        previous = self.session.conversation.last_id()
        self.session.send("input_audio_buffer.committed", previous_item_id=previous, item_id=item_id)
        self.session.add(entry)
        if hearing is not None:
            self.session.spawn(self._recognise(entry, hearing, self._began, self.session.clock.now()))
        return entry

    async def _recognise(self, entry: Entry, hearing: Hearing, start: float, end: float) -> None:
        session = self.session
        words = await hearing.words()
        faults = {fault.name: fault for fault in session.setup.faults.take("hearing", session.age)}
        if "hears" in faults:
            words = str(faults["hears"].arg)
        entry.text = entry.whole_text = words
        entry.recognised.set()
        session.report.note(
            "recognised",
            session=session.id,
            item_id=entry.id,
            text=words,
            start=round(start, 3),
            end=round(end, 3),
        )
        if session.config["audio"]["input"]["transcription"] is None:
            return
        await session.clock.sleep(end + TRANSCRIPTION_DELAY - session.clock.now())
        place = {"item_id": entry.id, "content_index": 0}
        kind = "conversation.item.input_audio_transcription"
        if "transcription_failed" in faults:
            error = {
                "type": "transcription_error", "code": "audio_unintelligible", "param": None,
                "message": "The audio could not be transcribed.",
            }  # fmt: skip
            session.send(f"{kind}.failed", **place, error=error)
            return
        entry.item["content"][0]["transcript"] = words
        session.send(f"{kind}.delta", **place, delta=words)
        usage = {"type": "duration", "seconds": round(entry.milliseconds / 1000, 2)}
        session.send(f"{kind}.completed", **place, transcript=words, usage=usage)

    def start_idling(self, audio_ms: int) -> None:
        """Start the idle clock: it counts from the end of a response's audio, as if that had begun now."""
        self.stop_idling()
        timeout = (self.turns or {}).get("idle_timeout_ms")
        if timeout is not None and not self.detector.speaking:
            quiet = (audio_ms + timeout) / 1000
            since = self.detector.received_ms
            self._idle = self.session.clock.call_later(quiet, self._idled, since + audio_ms)

    def stop_idling(self) -> None:
        """Stop the idle clock."""
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _idled(self, start_ms: int) -> None:
        self._idle = None
        item_id = fresh("item")
        end = self.detector.received_ms
        self.session.send(
            "input_audio_buffer.timeout_triggered",
            audio_start_ms=min(start_ms, end), audio_end_ms=end, item_id=item_id,
        )  # fmt: skip
        self._committed(item_id, None)
        self.session.respond_to_idleness()

    def close(self) -> None:
        """Stop listening."""
        self.stop_idling()
        if self._hearing is not None:
            self._hearing.drop()
            self._hearing = None
