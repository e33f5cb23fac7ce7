"""Our own public address, asked from outside as the carrier asks it: by TLS, signed or not."""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

#: Bytes of a body that are read; ours are shorter.
MOST = 100_000
_ACCEPTS = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  #: RFC 6455, section 1.3


class Unreached(Exception):
    """No answer came; the text says at which step it failed, and nothing of what was sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `server` is what the answering program calls itself."""

    status: int
    body: str
    server: str
    location: str = ""
    upgraded: bool = False


def get(url: str, seconds: float = 10.0) -> Answer:
    """Ask for a page; redirects are answers, too. Raises Unreached."""
    return _ask("GET", url, b"", {}, seconds)


def post(url: str, form: Mapping[str, str], headers: Mapping[str, str], seconds: float = 10.0) -> Answer:
    """Post a form; raises Unreached."""
    kind = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    return _ask("POST", url, urlencode(form).encode(), {**kind, **headers}, seconds)


def shake_hands(url: str, headers: Mapping[str, str], seconds: float = 10.0) -> Answer:
    """Open a WebSocket at `url` (ws or wss) and hang up; `upgraded` when it was opened. Raises Unreached."""
    key = base64.b64encode(os.urandom(16))
    asked = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key.decode(), **headers,
    }  # fmt: skip
    expected = base64.b64encode(hashlib.sha1(key + _ACCEPTS, usedforsecurity=False).digest()).decode()
    return _ask("GET", url, b"", asked, seconds, expected)


def _ask(
    method: str, url: str, body: bytes, headers: Mapping[str, str], seconds: float, accept: str = ""
) -> Answer:
    parts = urlsplit(url)
    host, tls = parts.hostname or "", parts.scheme in ("https", "wss")
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    connection: http.client.HTTPConnection
    if tls:
        trust = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, parts.port, timeout=seconds, context=trust)
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=seconds)
    try:
        connection.request(method, path, body or None, dict(headers))
        got = connection.getresponse()
        opened = got.status == 101 and got.getheader("Sec-WebSocket-Accept") == accept != ""
        text = "" if got.status == 101 else got.read(MOST).decode("utf-8", "replace")
        return Answer(
            got.status, text, got.getheader("Server") or "", got.getheader("Location") or "", opened
        )
    except socket.gaierror:
        raise Unreached(f"the name {host} is not known: check its DNS") from None
    except ssl.SSLCertVerificationError as fault:
        raise Unreached(f"its certificate is not valid: {fault.verify_message}") from None
    except ssl.SSLError as fault:
        raise Unreached(f"TLS fails: {fault.reason}") from None
    except ConnectionRefusedError:
        raise Unreached("nothing listens there: is the app running, and the tunnel?") from None
    except TimeoutError:
        raise Unreached(f"no answer within {seconds:.0f} s") from None
    except (OSError, http.client.HTTPException) as fault:
        raise Unreached(f"the connection is lost ({type(fault).__name__})") from None
    finally:
        connection.close()
