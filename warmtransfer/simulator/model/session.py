"""One realtime session: client events in, server events out. Knows nothing of sockets."""

from __future__ import annotations

import asyncio
import copy
import json
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from warmtransfer.simulator.model.brain import Ask, Brain
from warmtransfer.simulator.model.conversation import Conversation, Entry, words_of
from warmtransfer.simulator.model.ids import fresh
from warmtransfer.simulator.model.listening import Listening
from warmtransfer.simulator.model.protocol import checked
from warmtransfer.simulator.model.response import Response
from warmtransfer.simulator.model.settings import defaults, updated
from warmtransfer.simulator.model.shapes import Refused
from warmtransfer.simulator.model.surroundings import Setup
from warmtransfer.simulator.model.upsets import act, spoilt
from warmtransfer.simulator.model.voice import espeak_voice, wire_audio
from warmtransfer.simulator.sound.audio import PCM

Json = dict[str, Any]
Action = dict[str, Any]

CAP_REASON = "Your session hit the maximum duration of 60 minutes."


@dataclass(frozen=True)
class Out:
    """Something to write to the socket: "text", "ping" or "close"."""

    kind: str
    text: str = ""
    code: int = 1000


class Session:
    """The state of one connection. `out` is what the server has to write, in order, up to its "close"."""

    def __init__(self, setup: Setup, model: str) -> None:
        self.setup = setup
        self.clock = setup.clock
        self.report = setup.report
        self.id = fresh("sess")
        self.began = self.clock.now()
        self.out: asyncio.Queue[Out] = asyncio.Queue()
        self.closed = False
        self.farewell: Out | None = None  #: the close this session asked for
        self.config = defaults(self.id, model, int(time.time() + setup.cap / self.clock.speed))
        self.conversation = Conversation(fresh("conv"))
        self.brain = Brain(setup.book)
        self.listening = Listening(self)
        self.active: Response | None = None
        self.burst = setup.burst
        self._thinking: asyncio.Task[None] | None = None
        self._has_spoken = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: list[asyncio.TimerHandle] = []

    @property
    def age(self) -> float:
        """Simulated seconds since the session began."""
        return self.clock.now() - self.began

    def open(self) -> None:
        """Announce the session and start its clocks."""
        self.send("session.created", session=copy.deepcopy(self.config))
        self._timers.append(self.clock.call_later(self.setup.cap, self.expire))
        for fault in self.setup.faults.timed():
            self._timers.append(self.clock.call_later(fault.after, self.act, fault.action))

    def send(self, kind: str, **fields: object) -> None:
        """Queue a server event. Never waits; after the close nothing goes out any more."""
        if self.closed:
            return
        message = {"type": kind, "event_id": fresh("event"), **fields}
        self.report.message(self.id, "server", message)
        self.out.put_nowait(Out("text", json.dumps(message, ensure_ascii=False)))

    def error(self, refused: Refused, event_id: object = None) -> None:
        """Send an `error` event; the session goes on."""
        body = {
            "type": refused.kind, "code": refused.code, "message": refused.message, "param": refused.param,
            "event_id": event_id,
        }  # fmt: skip
        self.send("error", error=body)

    def receive(self, text: str) -> None:
        """Take one text message of the client."""
        try:
            message = json.loads(text)
        except ValueError:
            self.report.message(self.id, "client", text)
            self.error(Refused("invalid_json", "The message is not valid JSON."))
            return
        self.report.message(self.id, "client", message)
        event_id = message.get("event_id") if isinstance(message, dict) else None
        try:
            event = checked(message)
            EVENTS[str(event["type"])](self, event)
        except Refused as refused:
            self.error(refused, event_id if isinstance(event_id, str) else None)

    # Client events

    def _update(self, event: Json) -> None:
        self.config = updated(self.config, event["session"], self._has_spoken)
        self.listening.configure()
        self.send("session.updated", session=copy.deepcopy(self.config))

    def _append(self, event: Json) -> None:
        self.listening.append(event["audio"])

    def _commit(self, _event: Json) -> None:
        self.listening.commit()

    def _clear(self, _event: Json) -> None:
        self.listening.clear()

    def _create_item(self, event: Json) -> None:
        item = made(event["item"])
        if item["type"] == "function_call_output":
            calls = [e.item for e in self.conversation if e.item["type"] == "function_call"]
            if all(call.get("call_id") != item["call_id"] for call in calls):
                text = f"Tool call ID '{item['call_id']}' not found in conversation."
                raise Refused("invalid_tool_call_id", text, "item.call_id")
        text = words_of(item)
        self.add(Entry(item, text=text, whole_text=text), event.get("previous_item_id"))

    def _retrieve(self, event: Json) -> None:
        entry = self.conversation.need(event["item_id"], "retrieve")
        item = self.conversation.shown(entry)
        side = "output" if entry.role == "assistant" else "input"
        if entry.audio:
            item["content"][0]["audio"] = wire_audio(bytes(entry.audio), self.config["audio"][side]["format"])
        self.send("conversation.item.retrieved", item=item)

    def _truncate(self, event: Json) -> None:
        place = {key: event[key] for key in ("item_id", "content_index", "audio_end_ms")}
        entry = self.conversation.truncate(**place)
        self.send("conversation.item.truncated", **place)
        self.report.note("truncated", session=self.id, **place, text=entry.text, whole=entry.whole_text)

    def _delete(self, event: Json) -> None:
        self.conversation.delete(event["item_id"])
        self.send("conversation.item.deleted", item_id=event["item_id"])

    def _create_response(self, event: Json) -> None:
        params = event.get("response", {})
        if params.get("conversation") == "none":
            beside = Conversation(fresh("conv"))
            for item in params.get("input", []):
                whole = made(item)
                beside.add(Entry(whole, text=words_of(whole), whole_text=words_of(whole)))
            source = beside if "input" in params else self.conversation
            self.spawn(self._think(Response(self, params, None), "asked", source))
            return
        self._respond("asked", params)

    def _cancel(self, event: Json) -> None:
        wanted = event.get("response_id")
        if self.active is None or wanted not in (None, self.active.id):
            text = "Cancellation failed: no active response found"
            raise Refused("response_cancel_not_active", text)
        self.interrupt("client_cancelled")

    def _webrtc_only(self, _event: Json) -> None:
        text = "output_audio_buffer.clear is for WebRTC and SIP; on a WebSocket the client owns playback."
        raise Refused("invalid_value", text, "type")

    # Items and responses

    def add(self, entry: Entry, previous: str | None = None) -> None:
        """Put an item into the conversation and announce it."""
        before = self.conversation.add(entry, previous)
        shown = self.conversation.shown(entry)
        self.send("conversation.item.added", previous_item_id=before, item=shown)
        self.send("conversation.item.done", previous_item_id=before, item=shown)

    def respond_to_speech(self, entry: Entry) -> None:
        """The caller has spoken: answer, unless a response runs that may not be interrupted."""
        try:
            self._respond("speech", {}, entry)
        except Refused as refused:
            self.error(refused)

    def respond_to_idleness(self) -> None:
        """The caller has been silent for the idle timeout: make the model speak."""
        if self.active is None:
            self._respond("idle", {})

    def _respond(self, why: str, params: Json, entry: Entry | None = None) -> None:
        if self.active is not None:
            text = (
                f"Conversation already has an active response in progress: {self.active.id}. "
                "Wait until the response is finished before creating a new one."
            )
            raise Refused("conversation_already_has_active_response", text)
        self.listening.stop_idling()
        self.active = Response(self, params, self.conversation)
        self._thinking = self.spawn(self._think(self.active, why, self.conversation.so_far(), entry))

    async def _think(
        self, response: Response, why: str, conversation: Conversation, entry: Entry | None = None
    ) -> None:
        response.begin()
        thought = self.clock.now() + self.setup.lag
        if entry is not None:
            await entry.recognised.wait()
        await self.clock.sleep(thought - self.clock.now())
        params = response.params
        tools: list[Json] = params["tools"] if "tools" in params else self.config["tools"]
        ask = Ask(
            why, conversation, tuple(tools),
            params.get("tool_choice", self.config["tool_choice"]), params.get("instructions", ""),
            self.config["instructions"],
        )  # fmt: skip
        faults = self.setup.faults.take("reply", self.age)
        await response.run(spoilt(self.brain.answer(ask), faults))

    def interrupt(self, reason: str) -> None:
        """Cancel the response that runs, if one does."""
        response = self.active
        if response is None:
            return
        if self._thinking is not None:
            self._thinking.cancel()
        response.cancel(reason)
        if response.late:
            self.spawn(response.send_late())

    def responded(self, response: Response) -> None:
        """A response has ended, in whatever way."""
        if response is self.active:
            self.active = None
            if response.status != "cancelled":
                self.listening.start_idling(response.audio_ms)

    def spoke(self, response: Response, entry: Entry) -> None:
        """An item's audio has been made: note the words."""
        self._has_spoken = True
        self.report.note(
            "speech", who="ai", session=self.id, text=entry.text, item_id=entry.id, response_id=response.id,
            audio_ms=entry.milliseconds,
        )  # fmt: skip

    async def voice(self, text: str, output: Json) -> PCM:
        """The text as the agent speaks it."""
        return await self.setup.speak(text, espeak_voice(output["voice"]))

    # Ends

    def act(self, action: Action) -> bool:
        """Carry out what a session does by itself; False when the action is not of that kind."""
        return act(self, action)

    def ping(self, as_event: bool) -> None:
        """Send a WebSocket ping, or the app-level event some compatible servers have."""
        if as_event:
            self.send("ping")
        else:
            self.out.put_nowait(Out("ping"))

    def expire(self) -> None:
        """The session cap: an error, then close 1001."""
        self.error(Refused("session_expired", CAP_REASON))
        self.close(1001, CAP_REASON)

    def close(self, code: int, reason: str = "") -> None:
        """Say no more and have the socket closed."""
        if not self.closed:
            self.closed = True
            self.farewell = Out("close", reason, code)
            self.out.put_nowait(self.farewell)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something that belongs to this session; a crash closes it with 1011."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (crash := task.exception()) is not None:
            self.report.note("crash", session=self.id, text=repr(crash))
            self.close(1011, "internal error")

    async def end(self) -> None:
        """Stop everything that runs; the socket is gone."""
        self.closed = True
        self.listening.close()
        for timer in self._timers:
            timer.cancel()
        running = list(self._tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def made(item: Json) -> Json:
    """A client's item with the id and the fields every item has."""
    whole = {"id": fresh("item"), "object": "realtime.item", "status": "completed", **copy.deepcopy(item)}
    if whole["type"] == "function_call":
        whole.setdefault("call_id", fresh("call"))
    return whole


EVENTS: dict[str, Callable[[Session, Json], None]] = {
    "session.update": Session._update,
    "input_audio_buffer.append": Session._append,
    "input_audio_buffer.commit": Session._commit,
    "input_audio_buffer.clear": Session._clear,
    "conversation.item.create": Session._create_item,
    "conversation.item.retrieve": Session._retrieve,
    "conversation.item.truncate": Session._truncate,
    "conversation.item.delete": Session._delete,
    "response.create": Session._create_response,
    "response.cancel": Session._cancel,
    "output_audio_buffer.clear": Session._webrtc_only,
}
