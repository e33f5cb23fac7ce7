"""Opens the model's WebSocket: address, TLS, proxy, headers and handshake by websocket-client."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable
from functools import cache

import websocket

from warmtransfer.errors import ModelLost
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.model.dialect import FATAL, FATAL_STATUS
from warmtransfer.ports.websocket.sockets import hang_up

Opened = Callable[[socket.socket | None, ModelLost | None], object]


def open_socket(url: str, headers: list[str], timeout: float) -> socket.socket:
    """Connect and shake hands, blocking for at most about `timeout` real seconds; raises ModelLost."""
    try:
        client = websocket.create_connection(
            url,
            timeout=timeout,
            header=headers,
            suppress_origin=True,
            skip_utf8_validation=True,
            sslopt={"context": trust()},
        )
    except websocket.WebSocketBadStatusException as exc:
        body = bytes(exc.resp_body or b"")
        code = next((code for code in sorted(FATAL) if code.encode() in body), "")
        fatal = exc.status_code in FATAL_STATUS or bool(code)
        raise ModelLost(f"the model's server answered {exc.status_code} {code}".strip(), fatal=fatal) from exc
    except (OSError, websocket.WebSocketException, ValueError) as exc:
        raise ModelLost(f"the model's server cannot be reached: {type(exc).__name__}") from exc
    sock = client.sock
    assert sock is not None  # create_connection has just opened it
    client.sock = None
    return sock


@cache
def trust() -> ssl.SSLContext:
    """The certificates we trust, read once: reading them takes 35 to 50 ms, in which no audio moves."""
    return ssl.create_default_context(cafile=os.environ.get("WEBSOCKET_CLIENT_CA_BUNDLE") or None)


class Opening:
    """One attempt in a thread of its own; `opened(sock, lost)` is called once, in the loop."""

    def __init__(self, loop: Loop, url: str, headers: list[str], timeout: float, opened: Opened) -> None:
        self._loop = loop
        self._opened: Opened | None = opened
        loop.spawn(self._run, url, headers, timeout)

    def cancel(self) -> None:
        """Do not call back; a socket that still opens is closed. In the loop."""
        self._opened = None

    def _run(self, url: str, headers: list[str], timeout: float) -> None:
        try:
            sock = open_socket(url, headers, timeout)
        except ModelLost as lost:
            self._loop.soon(self._done, None, lost)
        else:
            self._loop.soon(self._done, sock, None)

    def _done(self, sock: socket.socket | None, lost: ModelLost | None) -> None:
        if self._opened is not None:
            self._opened(sock, lost)
        elif sock is not None:
            hang_up(sock)
