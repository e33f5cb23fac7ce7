"""Who may use the telephones: this machine, and whoever has the link."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from urllib.parse import urlsplit

from aiohttp import web

#: What a refused browser is told.
REFUSED = "These telephones are for this machine, and for whoever opens the link printed at the start."


def _here(host: str) -> bool:
    """Whether a host is this machine, as seen from this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Access:
    """Lets in what comes from this machine to this machine's own name, and any other request with the token.

    Other web pages are never let in: a browser says which page a WebSocket is from (`Origin`), and which name
    it was sent to (`Host`), so that a foreign name that leads here does not help them.
    """

    def __init__(self, token: str = "") -> None:
        self.token = token or secrets.token_urlsafe(16)

    def allows(self, request: web.Request) -> bool:
        """Whether this request may be answered."""
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            return False
        return self.near(request) or self._knows(request)

    def near(self, request: web.Request) -> bool:
        """Whether it comes from this machine, to this machine's own name."""
        host = urlsplit(f"//{request.host}").hostname or ""
        # What came through a tunnel is from far away, whoever passed it on.
        passed = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
        return not passed and _here(request.remote or "") and _here(host)

    def _knows(self, request: web.Request) -> bool:
        shown = request.query.get("token") or request.cookies.get(self.cookie(request)) or ""
        return hmac.compare_digest(shown.encode(), self.token.encode())

    @staticmethod
    def cookie(request: web.Request) -> str:
        """The cookie's name: one a port, because browsers keep cookies by host alone."""
        return f"phones-{urlsplit(f'//{request.host}').port or 0}"

    def remember(self, request: web.Request, answer: web.StreamResponse) -> None:
        """Has the browser keep the token, so that no address carries it."""
        answer.set_cookie(
            self.cookie(request), self.token, httponly=True, samesite="Lax", path="/phones",
            secure=request.secure,
        )  # fmt: skip
