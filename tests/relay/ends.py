"""Both ends of a relay on loopback: a strict model server, a media stream, and a desk that takes notes."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from jsonschema import ValidationError  # type: ignore[import-untyped]
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import CLIENT, OPEN, Protocol
from websockets.sync.server import Server, ServerConnection, serve

from tests.relay import strict
from tests.relay.strict import check_given, check_sent
from warmtransfer.clock import Clock
from warmtransfer.core import events as ev
from warmtransfer.core.available import Available, available
from warmtransfer.core.call import AI, AIState, Attempt, Call, Handoff, Stage, Style
from warmtransfer.core.rules import Human, Rules
from warmtransfer.ports.loop.choose import make_loop
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.model.openai.dialect import OpenAISettings
from warmtransfer.ports.model.openai.provider import OpenAI
from warmtransfer.ports.model.protocol import Provider
from warmtransfer.relay.relay import RelaySettings
from warmtransfer.relay.stream import Finished
from warmtransfer.relay.switchboard import Switchboard
from warmtransfer.relay.tools import Toolbox
from warmtransfer.relay.wishes.reading import prepare

T = TypeVar("T")
Json = dict[str, Any]
SID = "MZ00000000000000000000000000000001"
LIMIT = 5.0
SAM = Human("Sam", "+15550100001", "orders")
QUIET = base64.b64encode(b"\xff" * 160)


def until(met: Callable[[], T], seconds: float = LIMIT) -> T:
    """Ask again until it gives something true; AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        found = met()
        if found:
            return found
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def sound(ms: int) -> str:
    """Base64 mu-law of this length that is not silence."""
    return base64.b64encode(b"\x10" * (ms * 8)).decode()


class Session:
    """One session at the model server; `got` holds what the client sent, appends apart."""

    def __init__(self, connection: ServerConnection, server: ModelServer) -> None:
        self._connection = connection
        self._server = server
        assert connection.request is not None
        self.headers = connection.request.headers
        self.path = connection.request.path
        self.peer: tuple[str, int] = connection.remote_address
        self.got: list[Json] = []
        self.audio: list[str] = []
        self.closed = threading.Event()
        self._serial = 0

    def run(self) -> None:
        """Serve until the socket closes."""
        if self._server.greets:
            self.send("session.created", session=self.described())
        try:
            for text in self._connection:
                event = json.loads(text)
                check_sent(event)
                if event["type"] == "input_audio_buffer.append":
                    self.audio.append(event["audio"])
                    continue
                self.got.append(event)
                if event["type"] == "session.update" and self._server.refusals:
                    self.send("error", error={**self._server.refusals.pop(0), "event_id": event["event_id"]})
                elif event["type"] == "session.update" and self._server.greets:
                    self.send("session.updated", session=self.described())
        except ConnectionClosed:
            return
        except (ValueError, AssertionError, ValidationError) as fault:
            self._server.faults.append(fault)
        finally:
            self.closed.set()

    def described(self) -> Json:
        """The session as the server shows it."""
        return {"type": "realtime", "id": "sess_1", "model": "m", "expires_at": self._server.expires_at()}

    def send(self, kind: str, **fields: Any) -> None:
        """Send one server event; it has to be of the real server's shape."""
        self._serial += 1
        event = {"type": kind, "event_id": f"event_{self._serial}", **fields}
        if kind.split(".")[0] != "session":
            check_given(event)
        self._connection.send(json.dumps(event))

    def raw(self, text: str | bytes) -> None:
        """Send anything."""
        self._connection.send(text)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with this code."""
        self._connection.close(code, reason)

    def cut(self) -> None:
        """End without a close frame."""
        self._connection.socket.shutdown(socket.SHUT_RDWR)

    def types(self) -> list[str]:
        """What has been sent to us, by type."""
        return [each["type"] for each in list(self.got)]

    def wait(self, kind: str, count: int = 1) -> Json:
        """The `count`th event of this type."""
        found = until(lambda: [each for each in list(self.got) if each["type"] == kind][count - 1 : count])
        return found[0]

    # Stories ----------------------------------------------------------------------------------------

    def begin(self, response: str, purpose: str | None = None) -> None:
        """A response begins."""
        metadata = {"purpose": purpose} if purpose else None
        body = {"id": response, "object": "realtime.response", "status": "in_progress", "metadata": metadata}
        self.send("response.created", response=body)

    def speak(self, response: str, item: str, ms: int, text: str, pieces: int = 1) -> None:
        """A whole spoken item in a burst."""
        place = {"response_id": response, "item_id": item, "output_index": 0, "content_index": 0}
        for _ in range(pieces):
            self.send("response.output_audio.delta", **place, delta=sound(ms // pieces))
        self.send("response.output_audio_transcript.delta", **place, delta=text[: len(text) // 2])
        self.send("response.output_audio.done", **place)
        self.send("response.output_audio_transcript.done", **place, transcript=text)

    def end(
        self, response: str, status: str = "completed", output: list[Json] | None = None, **more: Any
    ) -> None:
        """A response ends."""
        body = {"id": response, "object": "realtime.response", "status": status, "output": output or []}
        body.update(more)
        self.send("response.done", response=body)

    def say(self, item: str, ms: int, text: str, purpose: str | None = None) -> None:
        """One whole response of one item."""
        self.begin(f"resp_{item}", purpose)
        self.speak(f"resp_{item}", item, ms, text)
        self.end(f"resp_{item}")

    def call(self, name: str, arguments: Json | str, call_id: str = "call_1", **more: Any) -> Json:
        """A function call as an output item."""
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        item = {"type": "function_call", "id": "fc_1", "call_id": call_id, "name": name, "arguments": text}
        return {**item, "status": "completed", **more}

    def hear(self, item: str, text: str) -> None:
        """The caller has spoken a turn, and this is what was said."""
        self.send("input_audio_buffer.speech_started", audio_start_ms=0, item_id=item)
        self.send("input_audio_buffer.speech_stopped", audio_end_ms=100, item_id=item)
        self.send("input_audio_buffer.committed", item_id=item, previous_item_id=None)
        self.written(item, text)

    def written(self, item: str, text: str) -> None:
        """The words of a turn."""
        usage = {"type": "duration", "seconds": 1}
        self.send(
            "conversation.item.input_audio_transcription.completed",
            item_id=item, content_index=0, transcript=text, usage=usage,
        )  # fmt: skip


class ModelServer:
    """A realtime server that does what a test tells it, and checks every event it gets."""

    def __init__(self) -> None:
        strict.load()
        self.sessions: list[Session] = []
        self.faults: list[Exception] = []
        self.greets = True
        self.asked = 0  #: upgrades that have been asked for
        self.refuses = 0  #: the status that upgrades are answered with instead
        self.refusals: list[Json] = []  #: errors that the next `session.update`s are answered with
        self.life = 3600.0
        self._server: Server = serve(
            self._handle, "127.0.0.1", 0, compression=None, max_size=None, process_request=self._admit
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/v1/realtime"

    def expires_at(self) -> int:
        """When a session that begins now ends."""
        return int(time.time() + self.life)

    def session(self, number: int = 1) -> Session:
        """The `number`th session there has been."""
        return until(lambda: self.sessions[number - 1 : number])[0]

    def stop(self) -> None:
        """Close, and fail when a client event was wrong."""
        self._server.shutdown()
        for session in self.sessions:
            session.close()
        assert not self.faults, self.faults

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        self.asked += 1
        return connection.respond(self.refuses, "") if self.refuses else None

    def _handle(self, connection: ServerConnection) -> None:
        session = Session(connection, self)
        self.sessions.append(session)
        session.run()


class Phone:
    """Twilio's end of a stream: speaks, hears, gives marks back when told."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._framing = Protocol(CLIENT, state=OPEN)
        self._lock = threading.Lock()
        self._chunk = 0
        self.got: list[Json] = []
        self.code: int | None = None
        self.closed = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def media(self, payload: bytes = QUIET) -> None:
        """20 ms of the caller."""
        self._chunk += 1
        self.raw(
            b'{"event":"media","sequenceNumber":"%d","media":{"track":"inbound","chunk":"%d",'
            b'"timestamp":"%d","payload":"%s"},"streamSid":"%s"}'
            % (self._chunk + 1, self._chunk, self._chunk * 20, payload, SID.encode())
        )

    def mark(self, name: str) -> None:
        """Give a mark back."""
        message = {"event": "mark", "sequenceNumber": "4", "streamSid": SID, "mark": {"name": name}}
        self.raw(json.dumps(message).encode())

    def stop(self) -> None:
        """The leg has ended."""
        self.raw(json.dumps({"event": "stop", "streamSid": SID, "stop": {"callSid": "CA1"}}).encode())

    def raw(self, *texts: bytes, binary: bool = False) -> None:
        """Send anything, in one packet."""
        with self._lock:
            for text in texts:
                if binary:
                    self._framing.send_binary(text)
                else:
                    self._framing.send_text(text)
            self.sock.sendall(b"".join(self._framing.data_to_send()))

    def cut(self) -> None:
        """Be gone without a word."""
        self.sock.shutdown(socket.SHUT_RDWR)

    def named(self, event: str) -> list[Json]:
        """What was heard of one kind."""
        return [each for each in list(self.got) if each["event"] == event]

    def marks(self) -> list[str]:
        """Names of the marks so far."""
        return [each["mark"]["name"] for each in self.named("mark")]

    def heard(self, ms: int) -> bool:
        """Whether a piece of the model's sound of this length has come."""
        return any(each["media"]["payload"] == sound(ms) for each in self.named("media"))

    def own(self) -> list[Json]:
        """Pieces that are not the model's: ring tone and recorded line."""
        return [each for each in self.named("media") if "EBAQEBAQ" not in each["media"]["payload"]]

    def own_from(self, first: str) -> list[str]:
        """Payloads of our own pieces from the first that is this one on."""
        payloads = [each["media"]["payload"] for each in self.own()]
        return payloads[payloads.index(first) :] if first in payloads else []

    def _read(self) -> None:
        try:
            while data := self.sock.recv(65536):
                with self._lock:
                    self._framing.receive_data(data)
                    events = self._framing.events_received()
                    out = b"".join(self._framing.data_to_send())
                    if out:
                        self.sock.sendall(out)
                for frame in events:
                    assert isinstance(frame, Frame)
                    if frame.opcode is Opcode.TEXT:
                        self.got.append(json.loads(bytes(frame.data)))
        except OSError:
            return
        finally:
            self.code = self._framing.close_rcvd.code if self._framing.close_rcvd else None
            self.closed.set()
            self.sock.close()


#: A wish that is insisted on, whether it still is one, and whom to tell what became of it.
Kept = tuple[tuple[str, str, str, str], Callable[[], bool], Callable[[Call | None], object]]


@dataclass
class Notes:
    """A desk that only takes notes; `answer` is the call that `ask` gives back."""

    events: list[ev.Event] = field(default_factory=list)
    asked: list[tuple[str, ...]] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    answer: Call = field(default_factory=lambda: calling(Stage.RINGING))
    on_ask: Callable[[], object] = lambda: None
    refusal: Exception | None = None  #: of what is posted at once

    def call(self, call_id: str) -> Call | None:
        """The call as it is."""
        return self.answer

    def post(self, call_id: str, event: ev.Event) -> Call:
        """Note it, unless it is to be refused."""
        if self.refusal:
            raise self.refusal
        self.events.append(event)
        return self.answer

    def post_later(self, call_id: str, event: ev.Event) -> None:
        """Note it."""
        self.events.append(event)

    def ask(self, call_id: str, source: str, target: str = "", reason: str = "", summary: str = "") -> Call:
        """Note it and answer."""
        self.asked.append((source, target, reason, summary))
        self.on_ask()
        return self.answer

    def ask_later(
        self,
        call_id: str,
        wish: tuple[str, str, str, str],
        wanted: Callable[[], bool],
        settled: Callable[[Call | None], object],
    ) -> None:
        """Keep it."""
        self.kept.append((wish, wanted, settled))

    def heard(self, call_id: str, who: str, text: str) -> None:
        """Note it."""
        self.lines.append((who, text))

    def posted(self, kind: type[ev.Event], count: int = 1) -> ev.Event:
        """The `count`th event of this type."""
        return until(lambda: [each for each in list(self.events) if type(each) is kind][count - 1 : count])[0]


def calling(stage: Stage, **changes: Any) -> Call:
    """A call in this stage, as the desk would show it."""
    attempt = Attempt(1, 1, "Sam", "+15550100001", Style.SCREEN)
    ai = AI(k=1, state=AIState.UP, generation=1)
    given = {"ai": ai, "handoff": Handoff(1), "attempts": (attempt,), "caller": "+15550199999", **changes}
    return Call("c1", stage, **given)


class Listed:
    """Who can be reached, as a test says."""

    def __init__(self, *humans: Human) -> None:
        self.rules = Rules(humans=humans)
        self.serial = 0
        self.at = 0.0

    def change(self, *humans: Human) -> None:
        """These from now on."""
        self.rules = Rules(humans=humans)
        self.serial += 1

    def now(self) -> Available:
        """By the rules."""
        return available(self.rules, self.at)

    def moment(self) -> float:
        """As the test says."""
        return self.at

    def renew(self) -> None:
        """They are of now."""


class OneEnd:
    """Switchboard between a phone and whatever a provider of models speaks with."""

    def __init__(self, provider: Provider, loop: Loop, speed: float, tools: Toolbox, **settings: Any) -> None:
        self.loop = loop
        self.clock = Clock(speed)
        self.desk = Notes()
        given = {"silence": 1e9, "early": False, **settings}  # most tests make the model speak themselves
        self.people = Listed(SAM)
        self.switchboard = Switchboard(RelaySettings(**given), provider, loop, self.clock, tools, self.people)
        prepare()  # `open` has it done aside, by and by: these calls begin at once
        self.switchboard.desk = self.desk
        self.finished: Finished | None = None
        self._socks: list[socket.socket] = []

    def phone(self, generation: int = 1, leftover: bytes = b"") -> Phone:
        """A stream of this generation, attached."""
        with socket.create_server(("127.0.0.1", 0)) as door:
            ours = socket.create_connection(door.getsockname())
            theirs, _ = door.accept()
        self._socks += [ours, theirs]
        self.finished = self.switchboard.attach("c1", generation, theirs, SID, leftover)
        return Phone(ours)

    def answered(self) -> Phone:
        """A call whose AI is up, and which the desk has put in stage AI."""
        self.switchboard.prepare(calling(Stage.CONNECTING), 0.0)
        phone = self.phone()
        self.desk.posted(ev.AIUp)
        self.switchboard.follow(calling(Stage.AI))
        return phone

    def close(self) -> None:
        """End everything."""
        assert self.switchboard.stop(5.0)
        assert self.switchboard.live() == 0
        self.loop.stop()
        for sock in self._socks:
            sock.close()


class Ends(OneEnd):
    """Switchboard between a phone and a model server."""

    def __init__(
        self, server: ModelServer, loop: Loop, speed: float, tools: Toolbox, **settings: Any
    ) -> None:
        self.model = server
        model = OpenAISettings(url=server.url, key="sk-test", **settings.pop("session", {}))
        super().__init__(OpenAI(model), loop, speed, tools, **settings)

    def up(self) -> tuple[Phone, Session]:
        """A call whose AI is up, and the model's end of it."""
        return self.answered(), self.model.session()


@contextmanager
def ends(speed: float = 1.0, tools: Toolbox | None = None, **settings: Any) -> Iterator[Ends]:
    """Both ends for a while; every client event is checked at the close."""
    server = ModelServer()
    both = Ends(server, make_loop(), speed, tools or Toolbox(), **settings)
    try:
        yield both
    finally:
        both.close()
        server.stop()
