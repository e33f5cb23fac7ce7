"""A host's system that takes events over real HTTP on this machine, and misbehaves as it is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
KEY = base64.b64decode(SECRET.removeprefix("whsec_"))
#: What is done with an event: a status, or something worse.
Deed = int | str
#: Decides what is done with it, by what it says.
Wish = Callable[["Got"], Deed]


@dataclass(frozen=True)
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def call(self) -> str:
        return str(self.told["data"]["call"]["id"])

    def signed(self, key: bytes = KEY) -> bool:
        """Whether the signature is right, by the scheme's description."""
        text = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        right = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
        return right in self.headers["webhook-signature"].split(" ")


class Inbox:
    """Everything that came, in order; `wish` says what is done with each."""

    def __init__(self, port: int = 0, trust: ssl.SSLContext | None = None) -> None:
        self.wish: Wish = lambda _got: 200
        self.got: list[Got] = []
        self.most = 0  #: requests at once
        self._now = 0
        self.freed = threading.Event()  #: lets those go that hang
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        if trust:
            self._server.socket = trust.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"http{'s' if trust else ''}://127.0.0.1:{self.port}/events?from=calls"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with suppress(OSError):
                    inbox._answer(self, Got(self.path, headers, body))

            def log_message(self, *_: object) -> None:
                """Nothing."""

        return Handler

    def _answer(self, handler: BaseHTTPRequestHandler, got: Got) -> None:
        with self._changed:
            self.got.append(got)
            self._now += 1
            self.most = max(self.most, self._now)
            deed = self.wish(got)
            self._changed.notify_all()
        try:
            self._do(handler, deed)
        finally:
            with self._changed:
                self._now -= 1

    def _do(self, handler: BaseHTTPRequestHandler, deed: Deed) -> None:
        match deed:
            case "hang":
                self.freed.wait(30)
            case "drip":
                handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while not self.freed.wait(0.05):
                    handler.wfile.write(b"X: ")
            case "endless":
                handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                while not self.freed.is_set():
                    handler.wfile.write(b"x" * 65536)
            case "nonsense":
                handler.wfile.write(b"220 mail.example.test ready\r\n")
            case "drop":
                handler.connection.close()
            case int():
                handler.send_response(deed)
                handler.send_header("Location", self.url + "&again")
                if deed == 503:
                    handler.send_header("Retry-After", "7")
                handler.end_headers()
            case _:
                raise AssertionError(deed)

    def wait(self, many: int, seconds: float = 10.0) -> list[Got]:
        """The first so many, once they have come."""
        with self._changed:
            came = self._changed.wait_for(lambda: len(self.got) >= many, seconds)
            assert came, f"{len(self.got)} of {many} came: {[each.told['type'] for each in self.got]}"
            return self.got[:many]

    def types(self, call: str = "") -> list[str]:
        """The kinds that came, of one call or of all."""
        return [each.told["type"] for each in self.got if not call or each.call == call]

    def close(self) -> None:
        """Let everybody go, and take no more."""
        self.freed.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


@contextmanager
def receiving(port: int = 0, trust: ssl.SSLContext | None = None) -> Iterator[Inbox]:
    """One that is there for as long as this lasts."""
    inbox = Inbox(port, trust)
    try:
        yield inbox
    finally:
        inbox.close()
