"""What comes before Flask: a Host that no URL can hold breaks Flask's routing outside its error handling."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Any

_NAME = re.compile(r"(?P<host>[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>[0-9]{0,5}))?")


def possible_host(host: str) -> bool:
    """Whether a Host header names a host, with a port that exists if any; an empty one is HTTP/1.0's."""
    found = _NAME.fullmatch(host)
    if found is None:
        return not host
    if found["host"].startswith("["):
        try:
            ipaddress.IPv6Address(found["host"][1:-1])
        except ValueError:
            return False
    return int(found["port"] or 0) <= 65535


class Doorstep:
    """A WSGI application that answers 400 to an impossible Host under our prefix; the rest is the app's."""

    def __init__(self, app: Any, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Refuse, or hand on untouched."""
        ours = environ.get("PATH_INFO", "").startswith(self._prefix)
        if not ours or possible_host(environ.get("HTTP_HOST", "")):
            answer: Iterable[bytes] = self._app(environ, start_response)
            return answer
        start_response("400 Bad Request", [("Content-Type", "text/plain"), ("Content-Length", "28")])
        return [b"The Host header is no host.\n"]
