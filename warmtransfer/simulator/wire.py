"""Request signatures, the map from public hosts to local ones, and Twilio's spellings of ids and times."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
import uuid
from collections.abc import Iterable
from email.utils import formatdate
from urllib.parse import urlsplit, urlunsplit

_PLAIN = {"wss": "https", "ws": "http"}
_SOCKET = {"https": "wss", "http": "ws"}


def sign(token: str, url: str, form: Iterable[tuple[str, str]] = ()) -> str:
    """Returns the X-Twilio-Signature of a request: its URL, then each distinct name and value, sorted."""
    text = signed_url(url) + "".join(k + v for k, v in sorted(set(form)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def signed_url(url: str) -> str:
    """Returns what is signed of a URL: no fragment and user, and no port unless it is plain http or ws."""
    parts = urlsplit(url)
    netloc = parts.netloc.rpartition("@")[2]
    if parts.scheme in ("https", "wss"):
        netloc = netloc.partition(":")[0]
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))


class HostMap:
    """Where public origins really live: `https://example.test` -> `http://127.0.0.1:5000`."""

    def __init__(self, pairs: dict[str, str] | None = None) -> None:
        self.pairs = {k.rstrip("/"): v.rstrip("/") for k, v in (pairs or {}).items()}

    def local(self, url: str) -> str:
        """Returns the URL to connect to, without user and fragment; wss and ws follow https and http."""
        parts = urlsplit(url)
        scheme, host = _PLAIN.get(parts.scheme, parts.scheme), parts.netloc.rpartition("@")[2]
        target = self.pairs.get(f"{scheme}://{host}")
        rest = urlunsplit(("", "", parts.path, parts.query, ""))
        if target is None:
            return f"{parts.scheme}://{host}{rest}"
        if parts.scheme in _PLAIN:
            real, _, host = target.partition("://")
            return f"{_SOCKET[real]}://{host}{rest}"
        return target + rest


def new_sid(prefix: str) -> str:
    """Returns a new SID: two letters and 32 hex digits, never the same again.

    Seeds do not reach here: an application that kept yesterday's calls would meet them again.
    """
    return f"{prefix}{uuid.uuid4().hex}"


def rfc2822(when: float | None = None) -> str:
    """Returns a wall-clock time as `Thu, 12 Feb 2026 11:48:25 +0000`."""
    return formatdate(time.time() if when is None else when, usegmt=False).replace("-0000", "+0000")
