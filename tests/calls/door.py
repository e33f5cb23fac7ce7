"""A door before several apps: each request goes to the next one, as with a load balancer without memory."""

from __future__ import annotations

import contextlib
import itertools
import re
import socket
import threading
from collections.abc import Sequence

_LENGTH = re.compile(rb"\r\nContent-Length: *(\d+)", re.IGNORECASE)
_KEEPING = re.compile(rb"\r\nConnection: *keep-alive", re.IGNORECASE)


class Door:
    """Listens on `port` until closed. One connection is one request, or one WebSocket."""

    def __init__(self, port: int, apps: Sequence[int]) -> None:
        self._apps = list(apps)
        self._turn = itertools.count()
        self._listening = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more."""
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            request = _request(client)
            app = self._next() if request else None
            if app is None:
                return
            with app:
                app.sendall(_KEEPING.sub(b"\r\nConnection: close", request))
                back = threading.Thread(target=_pass_on, args=(client, app), daemon=True)
                back.start()
                client.sendall(_last(_head(app)))
                _pass_on(app, client)

    def _next(self) -> socket.socket | None:
        """A connection to the app whose turn it is; one that is dead is passed over."""
        for _ in self._apps:
            port = self._apps[next(self._turn) % len(self._apps)]
            with contextlib.suppress(ConnectionRefusedError):
                return socket.create_connection(("127.0.0.1", port))
        return None


def _head(source: socket.socket) -> bytes:
    """A head, and what came with it; empty when the other end closes before."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = source.recv(65536)
        if not more:
            return b""
        data += more
    return data


def _last(answer: bytes) -> bytes:
    """The answer's head, saying that no other follows it on this connection."""
    status, end, rest = answer.partition(b"\r\n")
    if not answer or b" 101 " in status:
        return answer
    return status + end + b"Connection: close\r\n" + rest


def _request(client: socket.socket) -> bytes:
    data = _head(client)
    head, _, body = data.partition(b"\r\n\r\n")
    found = _LENGTH.search(head)
    missing = (int(found[1]) if found else 0) - len(body)
    while missing > 0:
        more = client.recv(65536)
        if not more:
            return b""
        data += more
        missing -= len(more)
    return data


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
