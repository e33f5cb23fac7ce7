"""A small call made by hand: rows and recordings as the simulator would leave them, to be bent by tests."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from warmtransfer.simulator.sound.audio import PCM, RATE, encode, ring_tone, save_wav
from warmtransfer.simulator.sound.speech import recorded, spoken
from warmtransfer.simulator.witness.evidence import Evidence
from warmtransfer.simulator.witness.hearing import Span

Row = dict[str, Any]

END = 45.0
SUMMARY = "The caller wants to know where the parcel is, which should have come a week ago."
ASK = "i would like to speak to a person please"
SIDS = {"caller": "CA1", "ai-1": "CA2", "sam": "CA3", "kim": "CA4"}


@dataclass
class MadeCall:
    """Times of the story in seconds; a test changes one, and the promise that depends on it must break."""

    answered: float = 1.0
    greeted: float = 1.6
    asked_hours: float = 4.6
    hours: float = 7.6  #: the AI's answer begins
    barged: float = 10.0  #: the caller speaks over it
    noticed: float = 10.1
    stopped: float = 10.2  #: the AI is silent
    cut: float | None = 2.6  #: seconds of the item the model remembers
    recognised: str = ASK
    moment: float = 13.6  #: "one moment" begins
    dialled_sam: float = 13.9
    ended_sam: float = 15.0
    dialled_kim: float = 15.2
    answered_kim: float = 17.0
    held: float | None = None  #: Kim is announced: she joins muted, hears the room, and is held from then on
    told: float | None = None  #: what the call is about is begun
    summary_whole: bool = True
    pressed: float = 28.0
    joined_kim: float = 28.1
    ai_left: float = 30.0
    kim_speaks: float = 30.4
    caller_left: float | None = None  #: before the hang-up, if at all
    hung_up: float = 40.0
    ring_gap: tuple[float, float] = (0.0, 0.0)  #: no ringing in the caller's ear
    leak: float | None = None  #: when the caller hears the summary
    early_voice: float | None = None  #: when the caller says something that Kim hears before joining
    rows: list[Row] = field(default_factory=list)

    def evidence(self, folder: Path) -> Evidence:
        """Write the call into a folder and read it as evidence."""
        self.ears = {name: np.zeros(round(END * RATE), dtype=np.int16) for name in SIDS}
        self.mouths = {name: np.zeros(round(END * RATE), dtype=np.int16) for name in SIDS}
        self._legs()
        self._talk_with_ai()
        self._ringing()
        self._briefing()
        self._talk_with_kim()
        self._ends(folder)
        self.rows.sort(key=lambda row: float(row["t"]))
        lines = "".join(json.dumps(row) + "\n" for row in self.rows)
        (folder / "trace.jsonl").write_text(lines)
        return Evidence.load(folder)

    # Rows

    def row(self, at: float, kind: str, **fields: Any) -> None:
        """Add a row."""
        self.rows.append({"t": at, "kind": kind, **fields})

    def leg(self, at: float, event: str, who: str, **fields: Any) -> None:
        """Add a leg's row."""
        label = {"sam": "+15550100001", "kim": "human-2"}.get(who, who)
        self.row(at, "leg", event=event, label=label, call_sid=SIDS[who], **fields)

    def server(self, at: float, kind: str, **fields: Any) -> None:
        """Add a message of the model."""
        self.row(at, "realtime", session="s1", dir="server", msg={"type": kind, **fields})

    # Sound

    def sound(self, at: float, pcm: PCM, speaker: str, *ears: str, until: float = END) -> float:
        """Somebody speaks, and somebody hears it; when it ends."""
        end = min(at + len(pcm) / RATE, until)
        first, last = round(at * RATE), round(end * RATE)
        part = pcm[: last - first]
        if speaker in self.mouths:
            self.mouths[speaker][first : first + len(part)] += part
        for ear in ears:
            self.ears[ear][first : first + len(part)] += part
        return end

    def says(self, at: float, name: str, speaker: str, text: str, *ears: str) -> float:
        """A person says a recorded line."""
        end = self.sound(at, recorded(name), speaker, *ears)
        times = {"start": at, "end": end}
        self.row(end, "note", event="speech", who=speaker, call_sid=SIDS[speaker], text=text, **times)
        return end

    def item(self, at: float, name: str, line: str, until: float = END) -> float:
        """The model speaks an item, which the caller hears from `at` to `until`."""
        pcm = recorded(line)
        audio = base64.b64encode(encode(pcm)).decode()
        self.server(at - 0.05, "response.output_audio.delta", item_id=name, delta=audio)
        self.server(at, "response.output_audio_transcript.done", item_id=name, transcript=line)
        return self.sound(at, pcm, "ai-1", "caller", until=until)

    def read(self, at: float, text: str, whole: bool = True) -> float:
        """The network reads a text to Kim."""
        end = self.sound(at, asyncio.run(spoken(text)), "network", "kim")
        about = {"who": "network", "leg": "+15550100002", "call_sid": SIDS["kim"], "text": text}
        self.row(end, "note", event="speech", **about, start=at, end=end, whole=whole)
        return end

    # The story

    def _legs(self) -> None:
        self.leg(0.9, "dialled", "caller", direction="inbound", to="+15550100000", **{"from": "+15550123456"})
        self.leg(self.answered, "answered", "caller")
        self.leg(self.answered, "joined", "caller", conference_sid="CF1")
        self.leg(1.1, "dialled", "ai-1", direction="outbound-api", to="app:AP1?call=x")
        self.leg(1.2, "answered", "ai-1")
        self.leg(1.2, "joined", "ai-1", conference_sid="CF1")
        for who, at, number in (
            ("sam", self.dialled_sam, "+15550100001"),
            ("kim", self.dialled_kim, "+15550100002"),
        ):
            response = {"sid": SIDS[who]}
            path = "/2010-04-01/Accounts/AC1/Calls.json"
            self.row(at, "rest", method="POST", path=path, form=[], status=201, response=response)
            self.leg(at + 0.01, "dialled", who, direction="outbound-api", to=number)
        self.leg(self.ended_sam, "ended", "sam", status="busy")
        self.leg(self.answered_kim, "answered", "kim")

    def _talk_with_ai(self) -> None:
        self.sound(1.0, ring_tone()[: round(0.6 * RATE)], "network", "caller")
        self.item(self.greeted, "item_1", "pat-hello")
        self.says(self.asked_hours, "ask-hours", "caller", "what are your opening hours", "ai-1")
        self.item(self.hours, "item_2", "voicemail-sam", until=self.stopped)
        end = self.says(self.barged, "speak-person", "caller", ASK, "ai-1")
        self.server(self.noticed, "input_audio_buffer.speech_started", audio_start_ms=0, item_id="item_u")
        if self.cut is not None:
            message: Row = {"type": "conversation.item.truncate", "item_id": "item_2"}
            message |= {"content_index": 0, "audio_end_ms": round(self.cut * 1000)}
            self.row(self.noticed + 0.02, "realtime", session="s1", dir="client", msg=message)
        heard = {"start": self.barged, "end": end, "text": self.recognised, "session": "s1"}
        self.row(end + 0.6, "note", event="recognised", **heard)
        kind = "conversation.item.input_audio_transcription.completed"
        self.server(end + 0.7, kind, item_id="item_u", transcript=self.recognised)
        self.item(self.moment, "item_3", "kim-help")
        arguments = json.dumps({"target": "sam", "summary": SUMMARY})
        name = "transfer_to_human"
        done = "response.function_call_arguments.done"
        self.server(self.moment + 0.2, done, name=name, arguments=arguments)

    def _ringing(self) -> None:
        at = self.moment + len(recorded("kim-help")) / RATE + 1.0
        while at < self.joined_kim - 1:
            if not self.ring_gap[0] <= at < self.ring_gap[1]:
                self.sound(at, ring_tone()[: 2 * RATE], "network", "caller", until=self.joined_kim)
            at += 3.4

    def _briefing(self) -> None:
        told = self.told or (self.held or self.answered_kim) + 0.1
        if self.held is not None:
            self.leg(self.answered_kim, "joined", "kim", conference_sid="CF1", muted=True)
            self.leg(self.held, "held", "kim")
            speech = recorded("voicemail-sam")
            self.sound(self.answered_kim, speech, "ai-1", "caller", "kim", until=min(self.held, told))
        end = self.read(told, "A call for Kim.")
        self.summary_read = end + 0.2
        end = self.read(self.summary_read, SUMMARY, self.summary_whole)
        self.read(end + 0.1, "Press 1 to take the call.")
        self.row(self.pressed, "note", event="press", leg="human-2", call_sid=SIDS["kim"], digit="1")
        if self.leak is not None:
            self.sound(self.leak, asyncio.run(spoken(SUMMARY)), "network", "caller")
        if self.early_voice is not None:
            self.says(self.early_voice, "still-there", "caller", "are you still there", "ai-1", "kim")

    def _talk_with_kim(self) -> None:
        for event in ("joined",) if self.held is None else ("unheld", "unmuted"):
            self.leg(self.joined_kim, event, "kim", conference_sid="CF1")
        self.sound(self.joined_kim + 0.5, recorded("kim-help"), "ai-1", "caller", "kim", until=self.ai_left)
        self.leg(self.ai_left, "left", "ai-1", reason="participant_updated_via_api")
        self.leg(self.ai_left, "ended", "ai-1", status="completed")
        end = self.says(self.kim_speaks, "kim-hello", "kim", "hello this is kim", "caller")
        self.says(end + 0.8, "chat-week", "caller", "it should have come a week ago", "kim")

    def _ends(self, folder: Path) -> None:
        gone = self.hung_up if self.caller_left is None else self.caller_left
        self.row(self.hung_up, "note", event="hangup", who="caller", call_sid=SIDS["caller"])
        self.leg(gone, "left", "caller", reason="participant_hung_up")
        self.leg(self.hung_up, "left", "kim", reason="moderator_ended_conference")
        for who, began in (("caller", self.answered), ("kim", self.answered_kim)):
            first, last = round(began * RATE), round(self.hung_up * RATE)
            save_wav(folder / f"{who}.wav", self.ears[who][first:last])
            save_wav(folder / f"{who}-said.wav", self.mouths[who][first:last])
            files = {"wav": f"{who}.wav", "said_wav": f"{who}-said.wav", "answered_at": began}
            self.leg(self.hung_up, "ended", who, status="completed", **files)


def rounded(spans: list[Span]) -> list[Span]:
    """Spans to the hundredth of a second."""
    return [(round(begin, 2), round(end, 2)) for begin, end in spans]
