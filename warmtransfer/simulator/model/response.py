"""One response: its items, its audio in bursts faster than real time, every event in the server's order."""

from __future__ import annotations

import copy
from typing import Any, Protocol

from warmtransfer.simulator.model.conversation import Conversation, Entry
from warmtransfer.simulator.model.ids import fresh
from warmtransfer.simulator.model.surroundings import Surroundings
from warmtransfer.simulator.model.usage import LIMITS, usage
from warmtransfer.simulator.model.voice import DELTA_MS, pieces, wire_audio
from warmtransfer.simulator.sound.audio import PCM

Json = dict[str, Any]
Action = dict[str, Any]


class Speaking(Surroundings, Protocol):
    """A session that has a voice, and takes note of what was said with it."""

    closed: bool
    burst: float

    def act(self, action: Action) -> bool:
        """Carry out what a session does by itself; False when the action is not of that kind."""

    async def voice(self, text: str, output: Json) -> PCM:
        """The text as the agent speaks it."""

    def responded(self, response: Response) -> None:
        """A response has ended, in whatever way."""

    def spoke(self, response: Response, entry: Entry) -> None:
        """An item's audio has been made."""


class Response:
    """Carries out a list of actions as one response; `cancel` ends it in mid-word.

    Every event leaves through `session.send`, which never waits, so that a cancelled response is complete,
    down to its response.done, before anything else is sent.
    """

    def __init__(self, session: Speaking, params: Json, conversation: Conversation | None) -> None:
        config = session.config
        self.session = session
        self.id = fresh("resp")
        self.conversation = conversation
        self.params = params
        self.modalities: list[str] = params.get("output_modalities") or config["output_modalities"]
        self.output_config: Json = {**config["audio"]["output"], **params.get("audio", {}).get("output", {})}
        self.output: list[Entry] = []
        self.status = "in_progress"
        self.audio_ms = 0
        self.late = 0
        self._open: Entry | None = None

    def shown(self, details: Json | None = None) -> Json:
        """The response object of an event."""
        over = self.status != "in_progress"
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": self.status,
            "status_details": details,
            "output": [copy.deepcopy(entry.item) for entry in self.output] if over else [],
            "conversation_id": self.conversation.id if self.conversation is not None else None,
            "output_modalities": self.modalities,
            "max_output_tokens": self.params.get(
                "max_output_tokens", self.session.config["max_output_tokens"]
            ),
            "audio": {"output": {key: self.output_config[key] for key in ("format", "voice")}},
            "usage": usage(self.session.conversation, self.output) if over else None,
            "metadata": self.params.get("metadata"),
        }

    def begin(self) -> None:
        """Announce the response."""
        self._send("response.created", response=self.shown())
        self._send("rate_limits.updated", rate_limits=LIMITS)

    async def run(self, actions: list[Action]) -> None:
        """Carry out the actions in order, then complete."""
        spoken = [action for action in actions if "no_tool" in action]
        for action in actions:
            if spoken and "tool" in action:
                continue
            await self._act(action)
            if self.status != "in_progress" or self.session.closed:
                return
        self._finish("completed", None)

    async def _act(self, action: Action) -> None:
        clock = self.session.clock
        if "stall" in action:
            await clock.sleep(float(action["stall"]) or 1e6)
        if "late_audio" in action:
            self.late = int(action["late_audio"])
        if self.session.act(action):
            return
        if "fail" in action:
            self.fail(str(action["fail"]))
        elif "mute" in action:
            reason = "content_filter" if action["mute"] is True else str(action["mute"])
            self._finish("incomplete", {"type": "incomplete", "reason": reason})
        elif "say" in action or isinstance(action.get("no_tool"), str):
            await self._say(str(action.get("say", action.get("no_tool"))))
        elif isinstance(action.get("two_items"), list):
            for text in action["two_items"]:
                await self._say(str(text))
        elif "tool" in action:
            arguments = str(action["arguments"])
            if action.get("unreadable"):
                arguments = arguments[: len(arguments) // 2]
            await self._call(str(action["tool"]), arguments, action.get("partial_arguments"))

    def cancel(self, reason: str) -> None:
        """End now, as after an interruption or a response.cancel; the caller has stopped the task."""
        if self._open is not None:
            self._close(self._open, "incomplete")
        self._finish("cancelled", {"type": "cancelled", "reason": reason})

    def fail(self, code: str) -> None:
        """End as failed, which is how trouble with quota or the server shows up in mid-call."""
        kind = "insufficient_quota" if code == "insufficient_quota" else "server_error"
        error = {"type": kind, "code": code, "message": f"The response could not be generated: {code}."}
        self._finish("failed", {"type": "failed", "error": error})

    def _finish(self, status: str, details: Json | None) -> None:
        self.status = status
        self._send("response.done", response=self.shown(details))
        self.session.responded(self)

    def _send(self, kind: str, **fields: object) -> None:
        self.session.send(kind, **fields)

    def _place(self, entry: Entry) -> Json:
        return {"response_id": self.id, "item_id": entry.id, "output_index": self.output.index(entry)}

    def _begin_item(self, item: Json) -> Entry:
        entry = Entry(item)
        previous = None
        self.output.append(entry)
        self._open = entry
        if self.conversation is not None:
            previous = self.conversation.add(entry)
        index = len(self.output) - 1
        self._send(
            "response.output_item.added", response_id=self.id, output_index=index, item=self._copy(entry)
        )
        if self.conversation is not None:
            self._send("conversation.item.added", previous_item_id=previous, item=self._copy(entry))
        return entry

    def _copy(self, entry: Entry) -> Json:
        return copy.deepcopy(entry.item)

    async def _say(self, text: str) -> None:
        if self.modalities == ["text"]:
            await self._write(text)
            return
        pcm = await self.session.voice(text, self.output_config)
        entry = self._begin_message()
        part = {"type": "audio", "transcript": ""}
        place = {**self._place(entry), "content_index": 0}
        self._send("response.content_part.added", **place, part=part)
        entry.item["content"] = [{"type": "output_audio", "transcript": ""}]
        entry.whole_text = text
        clock = self.session.clock
        due = clock.now()
        for words, sound in pieces(text, pcm):
            await clock.sleep(due - clock.now())
            due += DELTA_MS / 1000 / self.session.burst
            if words:
                entry.text += words
                entry.item["content"][0]["transcript"] = entry.text
                self._send("response.output_audio_transcript.delta", **place, delta=words)
            entry.audio += sound
            self.audio_ms += len(sound) // 8
            payload = wire_audio(sound, self.output_config["format"])
            self._send("response.output_audio.delta", **place, delta=payload)
        self._close(entry, "completed")

    async def _write(self, text: str) -> None:
        entry = self._begin_message()
        place = {**self._place(entry), "content_index": 0}
        self._send("response.content_part.added", **place, part={"type": "text", "text": ""})
        entry.item["content"] = [{"type": "output_text", "text": ""}]
        entry.whole_text = text
        for number, word in enumerate(text.split(" ")):
            await self.session.clock.sleep(0.02)
            piece = word if number == 0 else f" {word}"
            entry.text += piece
            entry.item["content"][0]["text"] = entry.text
            self._send("response.output_text.delta", **place, delta=piece)
        self._close(entry, "completed")

    def _begin_message(self) -> Entry:
        return self._begin_item(
            {
                "id": fresh("item"),
                "object": "realtime.item",
                "type": "message",
                "status": "in_progress",
                "role": "assistant",
                "content": [],
            }
        )

    async def _call(self, name: str, arguments: str, cut: str | None = None) -> None:
        entry = self._begin_item(
            {
                "id": fresh("item"),
                "object": "realtime.item",
                "type": "function_call",
                "status": "in_progress",
                "name": name,
                "call_id": fresh("call"),
                "arguments": "",
            }
        )
        place = {**self._place(entry), "call_id": entry.item["call_id"]}
        size = max(8, len(arguments) // 6)
        for start in range(0, len(arguments), size):
            await self.session.clock.sleep(0.03)
            if cut and start * 2 > len(arguments):
                break
            entry.item["arguments"] += arguments[start : start + size]
            delta = arguments[start : start + size]
            self._send("response.function_call_arguments.delta", **place, delta=delta)
        if not cut:
            self.session.report.note(
                "tool", session=self.session.id, name=name, arguments=arguments, response_id=self.id
            )
            self._close(entry, "completed")
        elif cut == "max_output_tokens":
            self._close(entry, "incomplete")
            self._finish("incomplete", {"type": "incomplete", "reason": cut})
        else:
            self.cancel(cut)

    def _close(self, entry: Entry, status: str) -> None:
        """The done events of an item, also sent when it was cut short."""
        self._open = None
        entry.item["status"] = status
        place = self._place(entry)
        if entry.item["type"] == "function_call":
            fields = {key: entry.item[key] for key in ("call_id", "name", "arguments")}
            self._send("response.function_call_arguments.done", **place, **fields)
        elif entry.item["content"]:
            self._close_part(entry, {**place, "content_index": 0})
        index = place["output_index"]
        self._send(
            "response.output_item.done", response_id=self.id, output_index=index, item=self._copy(entry)
        )
        if self.conversation is not None:
            previous = self.conversation.before(entry)
            self._send("conversation.item.done", previous_item_id=previous, item=self._copy(entry))

    def _close_part(self, entry: Entry, place: Json) -> None:
        part = dict(entry.item["content"][0])
        if part["type"] == "output_text":
            self._send("response.output_text.done", **place, text=part["text"])
            self._send("response.content_part.done", **place, part={"type": "text", "text": part["text"]})
            return
        # An item that was truncated before it was done has lost its transcript.
        said = part.get("transcript", entry.text)
        self._send("response.output_audio.done", **place)
        self._send("response.output_audio_transcript.done", **place, transcript=said)
        shown = {"type": "audio", "transcript": said}
        self._send("response.content_part.done", **place, part=shown)
        self.session.spoke(self, entry)

    async def send_late(self) -> None:
        """Audio that was on its way when the interruption came."""
        entry = next((one for one in reversed(self.output) if one.audio), None)
        for _ in range(self.late if entry is not None else 0):
            assert entry is not None
            await self.session.clock.sleep(0.04)
            sound = bytes(entry.audio[-1600:])
            place = {**self._place(entry), "content_index": 0}
            payload = wire_audio(sound, self.output_config["format"])
            self._send("response.output_audio.delta", **place, delta=payload)
