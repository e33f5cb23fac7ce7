"""One connection to the model's server at hand for the next call: TCP and TLS, and not a word said on it.

A session that begins on it is two ways across the network sooner there, four with TLS. Nothing is asked of
the server before a call needs it, so nothing is spent; one that has closed it by then costs what there would
have been without.
"""

from __future__ import annotations

import socket
import ssl
import time
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from warmtransfer.ports.loop.protocols import Loop, Timer
from warmtransfer.ports.model.connecting import OPTIONS, trust
from warmtransfer.ports.websocket.sockets import hang_up

#: Real seconds between looks at whether it is still open.
LOOK = 20.0
#: Real seconds after which it is made anew: what stands between us and the server forgets idle connections.
LIFE = 170.0
#: For connecting, and for TLS.
PATIENCE = 8.0
_PORTS = {"ws": 80, "wss": 443}


class Ready:
    """The connection. Used in the loop."""

    __slots__ = ("_closed", "_loop", "_made", "_opening", "_timer", "_url", "sock")

    def __init__(self, loop: Loop, url: str) -> None:
        self._loop = loop
        self._url = url
        self.sock: socket.socket | None = None  #: what is at hand, open or not
        self._made = 0.0  #: when, in monotonic seconds
        self._opening = False
        self._closed = not _direct(url)
        self._timer: Timer | None = None
        self._look()

    def take(self) -> socket.socket | None:
        """The connection, if there is one and it is still open; the next one is begun."""
        sock, self.sock = self.sock, None
        if sock is not None and not _open(sock):
            hang_up(sock)
            sock = None
        self._renew()
        return sock

    def close(self) -> None:
        """Keep none from now on."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._drop()

    def _look(self) -> None:
        if self._closed:
            return
        old = time.monotonic() - self._made > LIFE
        if self.sock is not None and (old or not _open(self.sock)):
            self._drop()
        self._renew()
        self._timer = self._loop.later(LOOK, self._look)

    def _drop(self) -> None:
        sock, self.sock = self.sock, None
        if sock is not None:
            hang_up(sock)

    def _renew(self) -> None:
        if self.sock is None and not (self._opening or self._closed):
            self._opening = True
            self._loop.spawn(self._connect)

    def _connect(self) -> None:
        """In a thread of its own. A failure is no news: the next call meets it, and says it."""
        try:
            sock = connect(self._url, PATIENCE)
        except (OSError, ValueError):
            sock = None
        self._loop.soon(self._connected, sock)

    def _connected(self, sock: socket.socket | None) -> None:
        self._opening = False
        if self._closed and sock is not None:
            hang_up(sock)
            return
        self.sock, self._made = sock, time.monotonic()


def connect(url: str, timeout: float) -> socket.socket:
    """A connection to the server of this URL, TLS and all; OSError or ValueError."""
    host, port, secure = _place(url)
    sock = socket.create_connection((host, port), timeout)
    try:
        for option in OPTIONS:
            sock.setsockopt(*option)
        return trust().wrap_socket(sock, server_hostname=host) if secure else sock
    except (OSError, ValueError):
        sock.close()
        raise


def _place(url: str) -> tuple[str, int, bool]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _PORTS[parts.scheme], parts.scheme == "wss"


def _direct(url: str) -> bool:
    """Whether it can be reached without a proxy, and is an address at all."""
    try:
        host, _, secure = _place(url)
    except (KeyError, ValueError):
        return False
    return not getproxies().get("https" if secure else "http") or bool(proxy_bypass(host))


def _open(sock: socket.socket) -> bool:
    """Whether the server has neither closed it nor said anything; TLS may have had news of its own."""
    sock.setblocking(False)
    try:
        sock.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        pass
    return False
