"""Sockets that somebody else opened and we took over: their own methods, their first messages, their end."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any

from warmtransfer.ports.websocket.frames import Frames

READ = 65536
#: Reads in a row before other sockets get their turn.
TURNS = 8


def direct(sock: socket.socket) -> tuple[Callable[[int], bytes], Callable[[Any], int]]:
    """A non-blocking socket's own read and write, which raise when they would block.

    gevent's methods, and those of TLS, are Python around those of the socket inside; non-blocking, they only
    add to each frame.
    """
    if isinstance(sock, ssl.SSLSocket):
        inner = getattr(sock, "_sslobj", None) or sock
        return inner.read, inner.write
    inner = getattr(sock, "_sock", sock)
    return inner.recv, inner.send


def hang_up(sock: socket.socket) -> None:
    """Close the connection itself, whatever other references to the socket there are.

    What has arrived is read away: a server that shares the socket would take it for its next request.
    """
    with contextlib.suppress(OSError):  # not connected any more: closing is all that is left to do
        sock.shutdown(socket.SHUT_RDWR)
        sock.setblocking(False)
        for _ in range(TURNS):
            if not sock.recv(READ):
                break
    sock.close()


def read_messages(sock: socket.socket, data: bytes, wanted: Callable[[bytes], bool], limit: int) -> bytes:
    """Block on a server-side socket until `wanted` takes a message; the bytes behind that message.

    The caller sets the socket's timeout. Raises ConnectionError when the peer closes, breaks the protocol or
    sends a binary message first, and TimeoutError.
    """
    frames = Frames(client=False, limit=limit)
    while True:
        frames.feed(data)
        while (message := frames.next()) is not None:
            if wanted(message):
                return frames.rest()
        for reply in frames.replies:
            sock.sendall(reply)
        frames.replies.clear()
        if frames.over:
            raise ConnectionAbortedError("closed before the first messages")
        data = sock.recv(4096)
        if not data:
            raise ConnectionAbortedError("closed before the first messages")
