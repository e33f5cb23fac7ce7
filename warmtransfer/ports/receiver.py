"""The host's systems: one address that takes our events, signed as Standard Webhooks has it.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

#: Seconds for one event, from the connection to the answer's last byte that is read.
PATIENCE = 10.0
#: Bytes of an answer that are read: what it says is no matter, that it comes to an end is.
MOST = 2000
#: Answers that say nothing of the event: whoever should have answered is away.
_AWAY = frozenset({429, 502, 503, 504})
#: The longest that an answer may ask us to wait.
LONGEST = 3600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one event: `told` in words, without its address.

    `gone`: nobody wants these any more. `unreached`: nobody was there to judge this event. `after`: seconds
    that we were asked to wait, 0 for nothing said.
    """

    taken: bool
    told: str
    gone: bool = False
    unreached: bool = False
    after: float = 0.0


class Receiver:
    """One address. Any thread may call it; it follows no redirect, keeps no connection, uses no proxy."""

    def __init__(
        self,
        url: str,
        secrets: Sequence[bytes],
        *,
        patience: float = PATIENCE,
        trust: ssl.SSLContext | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        parts = urlsplit(url)
        self._tls = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._secrets = tuple(secrets)
        self._patience = patience
        self._trust = trust
        self._now = now

    def send(self, event_id: str, body: str) -> Answer:
        """Post this event; never raises, and ends within `patience` once the name of the host is known."""
        data = body.encode()
        stamp = str(int(self._now()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "warmtransfer",
            "webhook-id": event_id,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(self._secrets, event_id, stamp, data),
            "Connection": "close",
        }
        connection = self._connection()
        try:
            connection.request("POST", self._path, data, headers)
            with connection.getresponse() as answer:
                answer.read(MOST)
                asked = answer.getheader("Retry-After") or ""
        except (OSError, http.client.HTTPException, ValueError) as fault:
            return Answer(False, _why(fault, self._patience), unreached=True)
        finally:
            connection.close()
        return _judged(answer.status, asked)

    def _connection(self) -> http.client.HTTPConnection:
        end = time.monotonic() + self._patience
        connection: http.client.HTTPConnection
        if self._tls:
            trust = self._trust or ssl.create_default_context()
            connection = http.client.HTTPSConnection(
                self._host, self._port, timeout=self._patience, context=trust
            )
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=self._patience)
        # `http.client` allows each read its timeout anew: an answer a byte at a time would never end.
        connection.response_class = partial(_answer, end)  # type: ignore[assignment]
        return connection


def _answer(end: float, sock: socket.socket, **more: Any) -> http.client.HTTPResponse:
    return http.client.HTTPResponse(_Until(sock, end), **more)  # type: ignore[arg-type]


class _Until(io.RawIOBase):
    """What is read of a socket until a moment, then TimeoutError: as much of one as an answer needs."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)  # keeps it open behind a connection that lets it go
        self._end = end

    def makefile(self, _mode: str) -> io.BufferedReader:
        """The one reader that there is."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """What comes next, if it comes in time."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        return self._raw.readinto(buffer) or 0

    def close(self) -> None:
        """Let the socket go, too."""
        self._raw.close()
        super().close()


def signature(secrets: Sequence[bytes], event_id: str, stamp: str, body: bytes) -> str:
    """The header's value: one signature by each secret, with blanks between them."""
    signed = f"{event_id}.{stamp}.".encode() + body
    digests = (hmac.new(each, signed, hashlib.sha256).digest() for each in secrets)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def _judged(status: int, asked: str) -> Answer:
    after = min(float(asked), LONGEST) if asked.isascii() and asked.isdigit() else 0.0
    told = f"HTTP {status}"
    if 300 <= status < 400:
        told += ", a redirect, which is not followed"
    return Answer(200 <= status < 300, told, status == 410, status in _AWAY, after)


def _why(fault: Exception, patience: float) -> str:
    """What failed, in words; nothing of what was sent."""
    match fault:
        case socket.gaierror():
            return "the name of the host is not known"
        case ssl.SSLCertVerificationError():
            return f"the certificate is not valid: {fault.verify_message}"
        case ssl.SSLError():
            return f"TLS fails: {fault.reason}"
        case ConnectionRefusedError():
            return "nobody listens there"
        case TimeoutError():
            return f"no answer within {patience:g} s"
        case _:
            return f"the connection is lost ({type(fault).__name__})"
