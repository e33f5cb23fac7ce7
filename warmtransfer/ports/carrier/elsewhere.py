"""The SDK's requests, sent to another host: the simulator's."""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import urlsplit

#: The products whose requests go there: calls and what the account has, and its dialling permissions.
PRODUCTS = ("api.", "voice.")


class Client(Protocol):
    """The SDK's HTTP client, as the SDK uses it."""

    def request(self, method: str, url: str, **kwargs: Any) -> Any:
        """Send a request."""


class Elsewhere:
    """The SDK's HTTP client with the hosts of `PRODUCTS` replaced; other hosts stay what they are."""

    def __init__(self, inner: Client, base_url: str) -> None:
        self._inner = inner
        self._base = base_url.rstrip("/")
        self.date = ""  #: the header of the last answer that had one

    def request(self, method: str, url: str, **kwargs: Any) -> Any:
        """Send it, to our host if it is for one of them."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if self._base and host.startswith(PRODUCTS) and host.endswith(".twilio.com"):
            url = self._base + url[len(f"{parts.scheme}://{parts.netloc}") :]
        answer = self._inner.request(method, url, **kwargs)
        self.date = (getattr(answer, "headers", None) or {}).get("Date", self.date)
        return answer

    def close(self) -> None:
        """Close the connections that are kept."""
        session = getattr(self._inner, "session", None)
        if session is not None:
            session.close()
