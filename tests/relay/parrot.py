"""A second provider of models, small, and of another kind: lines of text over TCP, without turns of its own.

A line is a verb and a JSON array. The far end answers every `say` with what a test makes it do.
"""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from tests.relay.ends import until
from warmtransfer.ports.loop.protocols import Loop, Timer, Watch
from warmtransfer.ports.model.protocol import Listener, ModelSettings, ToolCall, Want


class Perch:
    """One session: `Model` for a far end that speaks in lines."""

    def __init__(
        self, loop: Loop, url: str, tools: Sequence[Mapping[str, Any]], listener: Listener, timeout: float
    ) -> None:
        self.listener = listener
        self.ready = False
        self._loop = loop
        self._sock: socket.socket | None = None
        self._watch: Watch | None = None
        self._rest = b""
        self._wants: deque[Want] = deque()
        self._running = ""
        self._ignored = False
        self._only = ""
        self._called: set[str] = set()
        self._closed = False
        self._timer: Timer = loop.later(timeout, self._lost, "no word from it", False)
        loop.spawn(self._connect, url, [tool["name"] for tool in tools])

    @property
    def busy(self) -> bool:
        """Whether it speaks or is about to."""
        return bool(self._running or self._wants)

    def append(self, pieces: Sequence[bytes]) -> None:
        """One line for each piece."""
        if self.ready:
            self._send("hear", *(piece.decode() for piece in pieces))

    def say(self, want: Want) -> None:
        """In line; one at a time."""
        if self._only in ("", want.purpose):
            self._wants = deque(each for each in self._wants if each.purpose != want.purpose)
            self._wants.append(want)
            self._next()

    def know(self, text: str) -> None:
        """A note."""
        self._send("note", text)

    def remember(self, who: str, text: str) -> None:
        """A note of who said what."""
        self._send("said", who, text)

    def answer(self, call_id: str, text: str) -> bool:
        """Only to what was asked here."""
        if call_id in self._called:
            self._send("answer", call_id, text)
        return call_id in self._called

    def cut(self, truncate: tuple[str, int, int] | None, delete: Sequence[str]) -> None:
        """What was not heard."""
        if truncate is not None:
            self._send("forget", truncate[0], truncate[2])
        for item in delete:
            self._send("forget", item, 0)

    def interrupted(self) -> None:
        """It does not stop by itself."""
        self._ignored = True
        self._send("stop")

    def deafen(self, keep: str) -> None:
        """Nothing but this."""
        self._only = keep
        self._send("stop")

    def hear(self) -> None:
        """Anything again."""
        self._only = ""

    def check(self, now: float, patience: float) -> None:
        """It never stalls."""

    def close(self) -> None:
        """Without a word."""
        self._closed, self.ready = True, False
        self._timer.cancel()
        if self._watch is not None:
            self._watch.close()
        if self._sock is not None:
            self._sock.close()

    def _connect(self, url: str, tools: list[str]) -> None:
        host, _, port = url.removeprefix("parrot://").partition(":")
        try:
            sock = socket.create_connection((host, int(port)), 2.0)
        except OSError:
            self._loop.soon(self._lost, "it cannot be reached", False)
        else:
            self._loop.soon(self._connected, sock, tools)

    def _connected(self, sock: socket.socket, tools: list[str]) -> None:
        if self._closed:
            sock.close()
            return
        sock.setblocking(False)
        self._sock = sock
        self._watch = self._loop.watch(sock, self._readable)
        self._send("hello", tools)

    def _readable(self) -> None:
        assert self._sock is not None
        try:
            data = self._sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            verb, _, told = line.partition(b" ")
            self._told(verb.decode(), *json.loads(told))
        if not data:
            self._lost("it hung up", False)

    def _told(self, verb: str, *told: Any) -> None:
        match verb, told:
            case "welcome", ():
                self._timer.cancel()
                self.ready = True
                self.listener.model_ready(0.0)
                self._next()
            case "sound", (item, audio) if not self._ignored:
                self.listener.model_audio(item, 0, audio.encode())
            case "words", (item, text):
                self.listener.model_audio_done(item)
                self.listener.model_words(item, text, True)
            case "done", (status,):
                purpose, self._running, self._ignored = self._running, "", False
                self.listener.turn_done(purpose, status)
                self._next()
            case "caller", (item, text):
                self.listener.caller_started()
                self.listener.caller_turn(item)
                self.listener.caller_words(item, text)
            case "tool", (call_id, name, arguments):
                self._called.add(call_id)
                self.listener.tool_called(ToolCall(call_id, name, arguments))

    def _next(self) -> None:
        if self.ready and not self._running and self._wants:
            want = self._wants.popleft()
            self._running = want.purpose
            self._send("say", want.purpose, want.note or want.instructions)

    def _lost(self, reason: str, fatal: bool) -> None:
        if not self._closed:
            self.close()
            self.listener.model_lost(reason, fatal)

    def _send(self, verb: str, *told: Any) -> None:
        if self._sock is not None and not self._closed:
            self._sock.send(f"{verb} {json.dumps(told)}\n".encode())


class Parrot:
    """The provider."""

    def __init__(self, settings: ModelSettings) -> None:
        self._url = settings.url

    def open(
        self, loop: Loop, tools: Sequence[Mapping[str, Any]], listener: Listener, timeout: float
    ) -> Perch:
        """A session of its own."""
        return Perch(loop, self._url, tools, listener, timeout)


class FarEnd:
    """Where parrots connect to; `got` holds what each session was told, sound apart."""

    def __init__(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"parrot://127.0.0.1:{self._door.getsockname()[1]}"
        self.sessions: list[FarSession] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def session(self, number: int = 1) -> FarSession:
        """The `number`th session there has been."""
        return until(lambda: self.sessions[number - 1 : number])[0]

    def close(self) -> None:
        """Everything."""
        self._door.close()
        for session in self.sessions:
            session.cut()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._door.accept()
            except OSError:
                return
            self.sessions.append(FarSession(peer))


class FarSession:
    """The far end of one session."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.got: list[tuple[str, list[Any]]] = []
        self.heard: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def tell(self, verb: str, *told: Any) -> None:
        """One line."""
        self._sock.sendall(f"{verb} {json.dumps(told)}\n".encode())

    def wait(self, verb: str, count: int = 1) -> list[Any]:
        """What came with the `count`th line of this verb."""
        return until(lambda: [told for each, told in list(self.got) if each == verb][count - 1 : count])[0]

    def cut(self) -> None:
        """Hang up."""
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def _read(self) -> None:
        with self._sock, self._sock.makefile("rb") as lines:
            try:
                for line in lines:
                    verb, _, told = line.partition(b" ")
                    if verb == b"hear":
                        self.heard += json.loads(told)
                        continue
                    self.got.append((verb.decode(), json.loads(told)))
                    if verb == b"hello":
                        self.tell("welcome")
            except OSError:
                return
