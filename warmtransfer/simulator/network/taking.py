"""A recording under way: it listens in on a line or a conference, rests, goes on, ends, and tells of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from warmtransfer.simulator.network.recordings import Recording
from warmtransfer.simulator.services import Services
from warmtransfer.simulator.sound.audio import PCM, RATE, SILENCE, Frame, joined, loudness, mixed
from warmtransfer.simulator.sound.engine import Line
from warmtransfer.simulator.sound.mixer import Mixer
from warmtransfer.simulator.wire import new_sid, rfc2822

#: Simulated seconds from the end of a recording until it can be fetched.
PROCESSING = 0.5
#: What is fainter than this, in dBFS, is silence that is trimmed.
QUIET = -45.0
#: What begins the recording of a <Dial>.
DIALLED = "DialVerb"
#: The code of a recording that was too short to be one.
TOO_SHORT = 16101
#: Events that can be asked for: three have pages, the others stand in the API's description alone.
EVENTS = frozenset(
    {"in-progress", "completed", "absent", "paused", "resumed", "stopped", "started", "failed"}
)


@dataclass(frozen=True)
class Wanted:
    """How a recording was asked for, and who is told of it."""

    source: str
    dual: bool = False
    track: str = "both"
    trim: bool = False
    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})
    name: str = ""  #: by which TwiML ends it


class Taking:
    """Takes frames until it is stopped; then the recording is processed, and `completed` or `absent`."""

    def __init__(
        self, services: Services, wanted: Wanted, *, call_sid: str = "", conference_sid: str = ""
    ) -> None:
        self.services, self.wanted = services, wanted
        channels = 2 if wanted.dual else 1
        self.recording = Recording(
            new_sid("RE"), wanted.source, call_sid, conference_sid, channels, wanted.track
        )
        self._frames: dict[str, list[Frame]] = {"inbound": [], "outbound": []}
        self._both = not wanted.dual and wanted.track == "both" and not conference_sid
        self._said: Frame = SILENCE
        self._skip = False
        self._detach: Callable[[], None] = _nothing
        services.recordings.kept[self.recording.sid] = self.recording

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What an action, and a call's last news, say of the recording."""
        recording = self.recording
        return [
            ("RecordingUrl", self.url), ("RecordingSid", recording.sid),
            ("RecordingDuration", str(recording.duration or 0)),
        ]  # fmt: skip

    @property
    def url(self) -> str:
        """Where its sound is to be had."""
        account = self.services.account.sid
        return f"{self.services.base_url}/2010-04-01/Accounts/{account}/Recordings/{self.recording.sid}"

    def on_line(self, line: Line) -> Taking:
        """Begins, on a leg's line."""
        line.tap(self, self.wanted.track)
        self._detach = lambda: line.untap(self)
        return self._begun()

    def in_room(self, mixer: Mixer) -> Taking:
        """Begins, in a conference: what everybody says, and what is announced to everybody."""
        mixer.taps[self] = None
        self._detach = lambda: mixer.taps.pop(self, None)
        return self._begun()

    def _begun(self) -> Taking:
        self._note()
        self._tell("in-progress")
        self._tell("started")
        return self

    def copy(self, track: str, frame: Frame) -> None:
        """Takes this tick's frame; while it rests, silence or nothing."""
        if self.recording.status == "paused":
            if self._skip:
                return
            frame = SILENCE
        if self._both and track == "inbound":  # one channel has both, of which the other is still to come
            self._said = frame
            return
        if self._both:
            frame = mixed([each for each in (self._said, frame) if each is not SILENCE])
        self._frames[track].append(frame)

    def pause(self, *, skip: bool) -> None:
        """Rests: what is said meanwhile is left out, or silence stands for it."""
        self._skip = skip
        self._become("paused", "paused")

    def resume(self) -> None:
        """Goes on."""
        self._become("in-progress", "resumed")

    def stop(self, *, trim: bool | None = None) -> None:
        """Ends it; a second end changes nothing."""
        if not self.recording.active:
            return
        self._detach()
        sides = _trimmed(self._sides()) if (self.wanted.trim if trim is None else trim) else self._sides()
        self.recording.duration = round(len(sides[0]) / RATE)
        self.services.recordings.end(self.recording, sides)
        self._frames = {}
        self._become("stopped", "stopped")
        self.services.tasks.spawn(self._process())

    def _sides(self) -> tuple[PCM, ...]:
        inbound, outbound = self._frames["inbound"], self._frames["outbound"]
        if self.wanted.dual:
            longest = max(len(inbound), len(outbound))
            sides = (inbound, outbound) if self._parent_first() else (outbound, inbound)
            return tuple(joined(side + [SILENCE] * (longest - len(side))) for side in sides)
        return (joined(inbound or outbound),)

    def _parent_first(self) -> bool:
        """Whether what the leg's own phone says is the first channel: a <Dial> has two legs, and a law."""
        law = "dial_channels"
        if self.wanted.source != DIALLED:
            return True
        answer = self.services.laws[law]
        self.services.trace.note("law", law=law, answer=answer, call_sid=self.recording.call_sid)
        return answer == "parent_first"

    async def _process(self) -> None:
        await self.services.clock.sleep(PROCESSING)
        if self.recording.status == "deleted":
            return
        absent = not self.recording.duration
        self.recording.error = TOO_SHORT if absent else 0
        word = "absent" if absent else "completed"
        self._become(word, word)

    def _become(self, status: str, event: str) -> None:
        self.recording.status = status
        self.recording.updated = time.time()
        self._note()
        self._tell(event)

    def _note(self) -> None:
        recording = self.recording
        self.services.trace.write(
            "recording", sid=recording.sid, status=recording.status, source=recording.source,
            duration=recording.duration, recorded=recording.conference_sid or recording.call_sid,
        )  # fmt: skip

    def _tell(self, event: str) -> None:
        wanted, recording = self.wanted, self.recording
        if not wanted.url or event not in wanted.events:
            return
        whose = ("ConferenceSid", recording.conference_sid)
        form = [
            ("AccountSid", self.services.account.sid),
            whose if recording.conference_sid else ("CallSid", recording.call_sid),
            *self.fields[:2], ("RecordingStatus", event),
            *(self.fields[2:] if event in ("completed", "absent") else ()),
            ("RecordingChannels", str(recording.channels)),
            ("RecordingStartTime", rfc2822(recording.created)), ("RecordingSource", recording.source),
            ("RecordingTrack", recording.track), ("ErrorCode", str(recording.error)),
        ]  # fmt: skip
        self.services.callbacks.send(recording.sid, wanted.url, form, wanted.method)


def _nothing() -> None:
    """Before it has begun there is nothing to detach."""


def _trimmed(sides: tuple[PCM, ...]) -> tuple[PCM, ...]:
    """Without the silence at both ends, in whole tenths of a second; wholly silent sound stays."""
    step = RATE // 10
    loud = [
        at for at in range(0, len(sides[0]), step)
        if any(loudness(side[at : at + step]) > QUIET for side in sides)
    ]  # fmt: skip
    return tuple(side[loud[0] : loud[-1] + step] for side in sides) if loud else sides
