"""Opens a provider's WebSocket: address, TLS, proxy, headers and handshake by websocket-client."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import time
from collections.abc import Callable
from functools import cache

import websocket
from websocket import WebSocketConnectionClosedException as _Closed
from websocket import WebSocketTimeoutException as _TimedOut

from warmtransfer.errors import ModelGone
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.websocket.sockets import hang_up

#: Told the socket, or why there is none.
Connected = Callable[[socket.socket | None, ModelGone | None], object]
#: What an answer that is no upgrade, by status and body, means.
Refused = Callable[[int, bytes], ModelGone]


#: What is said of a server with which no handshake came about.
UNREACHED = "the model's server cannot be reached"
#: What a TCP connection is told: to send at once, and to notice that the other side has gone.
OPTIONS: list[tuple[int, int, int]] = websocket.DEFAULT_SOCKET_OPTION
#: Real seconds in which a connection that was at hand has to answer; it may have been forgotten on the way.
AT_HAND = 2.0


def open_socket(
    url: str, headers: list[str], timeout: float, refused: Refused, at_hand: socket.socket | None = None
) -> socket.socket:
    """Connect and shake hands, blocking for at most about `timeout` real seconds; raises ModelGone.

    A connection `at_hand` saves the first of the two. One that turns out to be none costs its time, no more.
    """
    try:
        began = time.monotonic()
        if at_hand is not None:
            with contextlib.suppress(OSError, _Closed, _TimedOut):
                return _upgraded(url, headers, min(timeout / 2, AT_HAND), at_hand)
        return _upgraded(url, headers, timeout - (time.monotonic() - began))
    except websocket.WebSocketBadStatusException as exc:
        raise refused(exc.status_code, bytes(exc.resp_body or b"")) from exc
    except (OSError, websocket.WebSocketException, ValueError) as exc:
        raise ModelGone(f"{UNREACHED}: {type(exc).__name__}") from exc


def _upgraded(
    url: str, headers: list[str], timeout: float, at_hand: socket.socket | None = None
) -> socket.socket:
    if at_hand is not None:
        at_hand.settimeout(timeout)
    client = websocket.create_connection(
        url,
        timeout=timeout,
        header=headers,
        suppress_origin=True,
        skip_utf8_validation=True,
        sslopt={"context": trust()},
        socket=at_hand,
    )
    sock = client.sock
    assert sock is not None  # create_connection has just opened it
    client.sock = None
    return sock


@cache
def trust() -> ssl.SSLContext:
    """The certificates we trust, read once: reading them takes 35 to 50 ms, in which no audio moves."""
    return ssl.create_default_context(cafile=os.environ.get("WEBSOCKET_CLIENT_CA_BUNDLE") or None)


class Connecting:
    """One attempt in a thread of its own; `connected(sock, gone)` is called once, in the loop."""

    def __init__(
        self,
        loop: Loop,
        url: str,
        headers: list[str],
        timeout: float,
        connected: Connected,
        refused: Refused,
        at_hand: socket.socket | None = None,
    ) -> None:
        self._loop = loop
        self._connected: Connected | None = connected
        loop.spawn(self._run, url, headers, timeout, refused, at_hand)

    def cancel(self) -> None:
        """Do not call back; a socket that still opens is closed. In the loop."""
        self._connected = None

    def _run(
        self,
        url: str,
        headers: list[str],
        timeout: float,
        refused: Refused,
        at_hand: socket.socket | None,
    ) -> None:
        try:
            sock = open_socket(url, headers, timeout, refused, at_hand)
        except ModelGone as gone:
            self._loop.soon(self._done, None, gone)
        else:
            self._loop.soon(self._done, sock, None)

    def _done(self, sock: socket.socket | None, gone: ModelGone | None) -> None:
        if self._connected is not None:
            self._connected(sock, gone)
        elif sock is not None:
            hang_up(sock)
