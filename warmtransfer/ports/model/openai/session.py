"""A session with OpenAI's realtime model: one socket, spoken to in the caller's and the call's terms."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from warmtransfer.errors import ModelGone, log_fault
from warmtransfer.ports.loop.protocols import Loop, Timer
from warmtransfer.ports.model.connecting import Connecting
from warmtransfer.ports.model.openai import dialect, refusals
from warmtransfer.ports.model.openai.dialect import APPEND, APPENDED, Json, OpenAISettings
from warmtransfer.ports.model.openai.turns import Turns
from warmtransfer.ports.model.protocol import Listener, ToolCall, Want
from warmtransfer.ports.websocket.wire import Wire

log = logging.getLogger("warmtransfer")

#: The longest event taken from the server: a long answer's audio in one delta.
LIMIT = 4 * 1024 * 1024


class Session:
    """See `Model` in the protocol; good for one session, being opened, then open."""

    __slots__ = (
        "_amended", "_expires_at", "_loop", "_opening", "_seen_calls", "_serial", "_settings", "_spoken",
        "_timer", "_tools", "_turns", "_wire", "closed", "listener", "ready",
    )  # fmt: skip

    def __init__(
        self,
        loop: Loop,
        settings: OpenAISettings,
        tools: Sequence[Mapping[str, Any]],
        listener: Listener,
        *,
        timeout: float = 8.0,
        at_hand: socket.socket | None = None,
        amended: Callable[[OpenAISettings, str], object] = lambda settings, why: None,
    ) -> None:
        self._loop = loop
        self._amended = amended  #: is told the settings that do, when the server refuses ours, and why
        self._settings = settings
        self._tools = tools
        self.listener = listener
        self._wire: Wire | None = None
        self._serial = 0
        self._seen_calls: set[str] = set()
        self._spoken: set[str] = set()  #: responses that said something
        self._expires_at = 0.0
        self.ready = False
        self.closed = False
        self._turns = Turns()
        self._timer: Timer | None = None
        self._opening: Connecting | None = Connecting(
            loop,
            dialect.address(settings),
            dialect.headers(settings),
            timeout,
            self._opened,
            refusals.refused,
            at_hand,
        )
        self._timer = loop.later(timeout * 1.5, self._lost, "the session did not start", False)

    # In ---------------------------------------------------------------------------------------------

    def append(self, pieces: Sequence[bytes]) -> None:
        """The caller's audio, base64 mu-law."""
        wire = self._wire
        if wire is None or not self.ready:
            return
        if len(pieces) == 1:
            wire.offer(APPEND + pieces[0] + APPENDED)
        else:
            wire.offer_all([APPEND + each + APPENDED for each in pieces])

    def say(self, want: Want) -> None:
        """Have it respond as soon as no other response runs."""
        self._turns.want(want)
        self._next_turn()

    def know(self, text: str) -> None:
        """Put a fact into the conversation without asking for speech."""
        self._send(dialect.message("system", text))

    def renew(self, tools: Sequence[Mapping[str, Any]]) -> None:
        """Other tools from now on; one that is still being opened begins with them."""
        self._tools = tools
        if self._wire is not None and not self.closed:
            self._send(dialect.tools_update(tools))

    def remember(self, who: str, text: str) -> None:
        """Seed a turn of an earlier session: `caller` or `ai`."""
        self._send(dialect.message("assistant" if who == "ai" else "user", text))

    def answer(self, call_id: str, text: str) -> bool:
        """Answer a tool call; False when it was not this session that made it."""
        if call_id not in self._seen_calls:
            return False
        self._send(dialect.tool_output(call_id, text))
        return True

    def cut(self, truncate: tuple[str, int, int] | None, delete: Sequence[str]) -> None:
        """Make it forget what the caller did not hear."""
        if truncate is not None:
            self._send(dialect.truncate(*truncate))
        for item in delete:
            self._send({"type": "conversation.item.delete", "item_id": item})

    @property
    def busy(self) -> bool:
        """Whether a response runs or has been asked for."""
        return self._turns.busy

    def interrupted(self) -> None:
        """The caller speaks over the running response: its late audio counts no more."""
        running = self._turns.running
        if self._turns.silence() and not self._settings.interrupt_response:
            self._send({"type": "response.cancel", "response_id": running})

    def deafen(self, keep: str) -> None:
        """Forget unanswered caller audio and end every response but those of purpose `keep`, until `hear`."""
        self._turns.keep_only(keep)
        self._send({"type": "input_audio_buffer.clear"})
        self._cancel_unwanted()

    def hear(self) -> None:
        """The caller may be answered again."""
        self._turns.only = None

    def check(self, now: float, patience: float) -> None:
        """Called now and then: lose the session when a response has been silent for `patience` seconds."""
        if self._turns.stalled(now, patience):
            self._lost("stalled", False)

    def close(self) -> None:
        """End the session. Nothing is reported."""
        self.closed = True
        self.ready = False
        if self._opening is not None:
            self._opening.cancel()
        if self._timer is not None:
            self._timer.cancel()
        if self._wire is not None:
            self._wire.close()

    # The socket -------------------------------------------------------------------------------------

    def _opened(self, sock: socket.socket | None, lost: ModelGone | None) -> None:
        self._opening = None
        if sock is None or lost is not None:
            self._lost(lost.reason if lost else "", bool(lost and lost.fatal))
            return
        self._wire = Wire(
            self._loop, sock, client=True, on_texts=self._events, on_closed=self._closed, limit=LIMIT
        )
        self._send(dialect.session_update(self._settings, self._tools))
        # The server takes events in order: what is wanted already need not wait for its answer to the first.
        self._next_turn()

    def _closed(self, code: int, reason: str) -> None:
        what = refusals.told(f"closed {code} {reason}".strip(), refusals.CLOSES.get(code, ""))
        self._lost(what, code in refusals.CLOSES)

    def _lost(self, reason: str, fatal: bool) -> None:
        if not self.closed:
            self.close()
            self.listener.model_lost(reason, fatal)

    def _send(self, event: Json) -> str:
        self._serial += 1
        event_id = f"wt_{self._serial}"
        if self._wire is not None:
            self._wire.send(dialect.encode({"event_id": event_id, **event}))
        return event_id

    def _next_turn(self) -> None:
        want = self._turns.next() if self._wire is not None and not self.closed else None
        if want is not None:
            if want.note:
                self.know(want.note)
            event_id = self._send(dialect.respond(want.purpose, want.instructions, tools=want.tools))
            self._turns.asked(want, event_id)

    def _cancel_unwanted(self) -> None:
        unwanted = self._turns.unwanted()
        if unwanted is not None:
            self._send({"type": "response.cancel", "response_id": unwanted})

    # Out --------------------------------------------------------------------------------------------

    def _events(self, several: Sequence[bytes]) -> None:
        for data in several:
            if not self.closed:
                self._event(data)

    def _event(self, data: bytes) -> None:
        try:
            event = dialect.decode(data)
            reader = _READERS.get(event["type"])
            if reader is not None:
                reader(self, event)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as fault:
            log_fault(log, fault, "the model sent an event that cannot be read")

    def _created(self, event: Json) -> None:
        self._expires_at = float(event["session"].get("expires_at") or 0.0)

    def _updated(self, event: Json) -> None:
        if self.ready:
            return
        self.ready = True
        if self._timer is not None:
            self._timer.cancel()
        self._expires_at = float(event["session"].get("expires_at") or self._expires_at)
        self.listener.model_ready(self._expires_at)
        self._next_turn()

    def _turn_began(self, event: Json) -> None:
        response = event["response"]
        self._turns.began(response["id"], (response.get("metadata") or {}).get("purpose"))
        self._cancel_unwanted()

    def _turn_done(self, event: Json) -> None:
        response = event["response"]
        status = response.get("status", "completed")
        purpose = self._turns.ended(response["id"])
        for item in dialect.finished_calls(response.get("output") or (), completed=status == "completed"):
            self._call(item, response["id"])
        for item in dialect.cut_calls(response.get("output") or (), status):
            # Not remembered as one of ours: the server may not take an output for half a call.
            spoken = response["id"] in self._spoken
            self.listener.tool_called(ToolCall("", item.get("name", ""), None, spoken))
        error = (response.get("status_details") or {}).get("error") if status == "failed" else None
        if error:
            log.warning("the model's response failed: %s", error.get("code") or error.get("type"))
        if code := dialect.fatal_error(error):
            self._lost(refusals.told(code, code), True)
            return
        self.listener.turn_done(purpose, status)
        self._next_turn()

    def _item_done(self, event: Json) -> None:
        item = event["item"]
        for call in dialect.finished_calls([item], completed=False):
            self._call(call, event.get("response_id", ""))

    def _call(self, item: Json, response: str) -> None:
        call_id = item.get("call_id") or item.get("id", "")
        if call_id in self._seen_calls:
            return
        self._seen_calls.add(call_id)
        try:
            arguments = json.loads(item.get("arguments") or "{}")
        except ValueError:
            arguments = None
        whole = arguments if isinstance(arguments, dict) else None
        self.listener.tool_called(ToolCall(call_id, item.get("name", ""), whole, response in self._spoken))

    def _audio(self, event: Json) -> None:
        response = event["response_id"]
        if self._turns.heeded(response):
            self._spoken.add(response)
            self.listener.model_audio(event["item_id"], int(event.get("content_index", 0)), event["delta"])

    def _audio_done(self, event: Json) -> None:
        if self._turns.heeded(event["response_id"]):
            self.listener.model_audio_done(event["item_id"])

    def _words(self, event: Json) -> None:
        self._turns.progressed()
        self.listener.model_words(event["item_id"], event["delta"], False)

    def _all_words(self, event: Json) -> None:
        self.listener.model_words(event["item_id"], event["transcript"], True)

    def _caller_started(self, event: Json) -> None:
        self._turns.spoke()
        self.listener.caller_started()

    def _caller_turn(self, event: Json) -> None:
        if self._settings.create_response:
            self._turns.owed()
        self.listener.caller_turn(event["item_id"])

    def _error(self, event: Json) -> None:
        error = event["error"]
        code = str(error.get("code") or error.get("type"))
        if fatal := dialect.fatal_error(error):
            self._lost(refusals.told(fatal, fatal), True)
            return
        if not self.ready:
            self._setup_refused(error, code)
            return
        level = logging.INFO if dialect.harmless(error) else logging.WARNING
        log.log(level, "the model reports %s (%s)", code, error.get("param"))
        self._turns.refused(str(error.get("event_id")), again=code == dialect.ALREADY)
        self._next_turn()

    def _setup_refused(self, error: Json, code: str) -> None:
        """Nothing but our `session.update` was sent: go without what it refuses, and tell for later calls."""
        less = refusals.without(self._settings, error)
        if less is None:
            param = error.get("param")
            self._lost(f"the session was refused: {code} ({param})", code not in dialect.PASSING)
            return
        self._settings, why = less
        self._amended(self._settings, why)
        self._send(dialect.session_update(self._settings, self._tools))


_READERS = {
    "session.created": Session._created,
    "session.updated": Session._updated,
    "response.created": Session._turn_began,
    "response.done": Session._turn_done,
    "response.output_item.done": Session._item_done,
    "response.output_audio.delta": Session._audio,
    "response.output_audio.done": Session._audio_done,
    "response.output_audio_transcript.delta": Session._words,
    "response.output_audio_transcript.done": Session._all_words,
    "input_audio_buffer.speech_started": Session._caller_started,
    "input_audio_buffer.speech_stopped": lambda model, event: model.listener.caller_stopped(),
    "input_audio_buffer.committed": Session._caller_turn,
    "conversation.item.input_audio_transcription.completed": lambda model, event: model.listener.caller_words(
        event["item_id"], event["transcript"]
    ),
    "conversation.item.input_audio_transcription.failed": lambda model, event: model.listener.caller_words(
        event["item_id"], ""
    ),
    "error": Session._error,
}
