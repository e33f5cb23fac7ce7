"""The first two messages of a media stream, read before anybody trusts it."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from warmtransfer.ports.carrier import media
from warmtransfer.ports.websocket.sockets import hang_up, read_messages

#: The parameter that carries the one-time token.
TOKEN = "token"


class NotAStream(Exception):
    """The peer did not open a media stream in time or in form; says why."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A stream that said who it is. `leftover`: bytes read behind its `start`."""

    stream_sid: str
    token: str
    leftover: bytes


def read_start(sock: socket.socket, seconds: float) -> Opened:
    """Block for `connected` and `start`, each read within real `seconds`; raises NotAStream."""
    seen: list[media.Start] = []
    connected: list[media.Connected] = []

    def wanted(data: bytes) -> bool:
        message = media.parse(data)
        if isinstance(message, media.Connected) and not connected:
            connected.append(message)
            return False
        if not isinstance(message, media.Start):
            raise media.BadMessage("not connected and start")
        seen.append(message)
        return True

    sock.settimeout(seconds)
    try:
        leftover = read_messages(sock, b"", wanted, media.START_LIMIT)
    except (OSError, media.BadMessage) as exc:
        raise NotAStream(str(exc) or type(exc).__name__) from exc
    return Opened(seen[0].stream_sid, seen[0].parameters.get(TOKEN, ""), leftover)


def refuse(sock: socket.socket) -> None:
    """Close a connection that is no stream of ours."""
    hang_up(sock)
