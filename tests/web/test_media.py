"""The stream's route behind a real server: who is let in, what is read first, what is left behind."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Request
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.relay.ends import SID, until
from warmtransfer.clock import Clock
from warmtransfer.ports.loop.choose import make_loop
from warmtransfer.ports.loop.hub import HubLoop
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.websocket.wire import Wire
from warmtransfer.relay.stream import Finished
from warmtransfer.web import media
from warmtransfer.web.parts import NAME


class Door:
    """An app with only the route of the stream, served for real; it stands in for all the other parts."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.guard = self.desk = self.switchboard = self.life = self
        self.clock = Clock(10.0)
        self.started_in = 0
        self.leaving = False
        self.signed = True
        self.tokens = {"good": ("c1", 3)}
        self.attached: list[tuple[str, int, str, bytes]] = []
        self.texts: list[bytes] = []
        self.wires: list[Wire] = []
        self.seen: list[str] = []
        self.app = Flask("door")
        self.app.extensions[NAME] = self
        media.register(self.app, "/wt")
        self.stop, self.port = serve(self.app)

    def start(self) -> None:
        """The life's."""

    def admits_stream(self, request: Request) -> bool:
        """The guard's."""
        self.seen.append(request.path)
        return self.signed

    def admit(self, token: str) -> tuple[str, int] | None:
        """The desk's: every token once."""
        return self.tokens.pop(token, None)

    def attach(self, call_id: str, generation: int, sock: socket.socket, sid: str, rest: bytes) -> Finished:
        """The switchboard: the socket is read by a wire, as in a relay."""
        self.attached.append((call_id, generation, sid, rest))
        finished = Finished()

        def begin() -> None:
            wire = Wire(
                self.loop,
                sock,
                client=False,
                on_texts=self.texts.extend,
                on_closed=lambda code, reason: finished.tell(),
            )
            self.wires.append(wire)
            wire.feed(rest)

        self.loop.soon(begin)
        return finished

    def connect(self, path: str = "/wt/media", **more: Any) -> ClientConnection:
        """A client's handshake."""
        url = f"ws://127.0.0.1:{self.port}{path}"
        client: ClientConnection = connect(url, open_timeout=5, close_timeout=2, **more)
        return client


def serve(app: Flask) -> tuple[Callable[[], None], int]:
    """Serve by gevent's server where gevent has patched, by werkzeug's elsewhere."""
    if isinstance(made := make_loop(), HubLoop):
        from gevent.pywsgi import WSGIServer

        made.stop()
        server = WSGIServer(("127.0.0.1", 0), app, log=None)
        server.start()
        return server.stop, server.server_port
    made.stop()
    from werkzeug.serving import make_server

    threaded = make_server("127.0.0.1", 0, app, threaded=True)
    threaded.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=threaded.serve_forever, daemon=True)
    thread.start()

    def stop() -> None:
        threaded.shutdown()
        thread.join(5)
        threaded.server_close()

    return stop, threaded.server_port


@pytest.fixture
def door() -> Iterator[Door]:
    loop = make_loop()
    made = Door(loop)
    yield made
    for wire in made.wires:
        loop.soon(wire.abandon)
    until(lambda: not loop.watched())
    made.stop()
    loop.stop()


CONNECTED = json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})


def start(token: str = "good", **changes: Any) -> str:
    """Twilio's second message."""
    inner = {
        "accountSid": "AC1", "streamSid": SID, "callSid": "CA1", "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"token": token}, **changes,
    }  # fmt: skip
    return json.dumps({"event": "start", "sequenceNumber": "1", "start": inner, "streamSid": SID})


def is_closed(client: ClientConnection) -> bool:
    """Whether the server ends the connection soon."""
    try:
        client.recv(timeout=5)
    except ConnectionClosed:
        return True
    return False


def test_a_stream_with_its_token_is_handed_over(door: Door) -> None:
    with door.connect() as client:
        client.send(CONNECTED)
        client.send(start())
        client.send('{"event":"media"}')
        until(lambda: door.texts == [b'{"event":"media"}'])
        call_id, generation, sid, _ = door.attached[0]
        assert (call_id, generation, sid) == ("c1", 3, SID)
        door.loop.soon(door.wires[0].send, b"to the caller")
        assert client.recv(timeout=5) == "to the caller"


def test_everything_in_one_packet_arrives_too(door: Door) -> None:
    """Nothing behind `start` is swallowed by whoever read it."""
    with door.connect() as client:
        with client.send_context():
            for text in (CONNECTED, start(), "one", "two"):
                client.protocol.send_text(text.encode())
        until(lambda: door.texts == [b"one", b"two"])


def test_an_unsigned_handshake_is_refused_before_it_is_accepted(door: Door) -> None:
    door.signed = False
    with pytest.raises(InvalidStatus) as refused:
        door.connect()
    assert refused.value.response.status_code == 403
    assert door.seen == ["/wt/media"]
    assert door.tokens


def test_no_compression_is_agreed_on(door: Door) -> None:
    with door.connect(compression="deflate") as client:
        assert client.response is not None
        assert "Sec-WebSocket-Extensions" not in client.response.headers


def test_a_token_works_once(door: Door) -> None:
    with door.connect() as first:
        first.send(CONNECTED)
        first.send(start())
        until(lambda: door.attached)
        with door.connect() as second:
            second.send(CONNECTED)
            second.send(start())
            assert is_closed(second)
    assert len(door.attached) == 1


@pytest.mark.parametrize(
    "messages",
    [
        [start("unknown")],
        [CONNECTED, start("")],
        [CONNECTED, start("unknown")],
        [CONNECTED, start(customParameters={})],
        [CONNECTED, CONNECTED],
        [CONNECTED, "{"],
        [CONNECTED, '{"event":"media","media":{"payload":"AAAA","timestamp":"1"}}'],
        [CONNECTED, start(mediaFormat={"encoding": "audio/x-l16"})],
        [CONNECTED, b"binary"],
        ["x" * 20000],
        [],
    ],
)
def test_whoever_does_not_open_a_stream_of_ours_is_sent_away(door: Door, messages: list[str | bytes]) -> None:
    """Also who says nothing at all, within the time limit."""
    with door.connect() as client:
        for message in messages:
            client.send(message)
        assert is_closed(client)
    assert not door.attached


def test_a_client_that_vanishes_leaves_nothing(door: Door) -> None:
    with door.connect() as client:
        client.send(CONNECTED)
        client.send(start())
        until(lambda: door.wires)
        client.socket.shutdown(socket.SHUT_RDWR)
        until(lambda: not door.wires[0].open)


def test_the_server_serves_on_after_streams(door: Door) -> None:
    for _ in range(3):
        door.tokens["good"] = ("c1", 3)
        with door.connect() as client:
            client.send(CONNECTED)
            client.send(start())
            until(lambda: len(door.attached) == len(door.wires))
    assert raw(door.port, b"GET /wt/media HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 426")


@pytest.mark.parametrize(
    "request_text",
    [
        b"GET /wt/media HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"GET /wt/media HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 9\r\nSec-WebSocket-Key: AAAA\r\n\r\n",
    ],
)
def test_half_an_upgrade_is_a_bad_request(door: Door, request_text: bytes) -> None:
    assert raw(door.port, request_text).startswith(b"HTTP/1.1 400")


def raw(port: int, request: bytes) -> bytes:
    """The first bytes of the answer to these."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
        sock.sendall(request)
        return sock.recv(65536)
