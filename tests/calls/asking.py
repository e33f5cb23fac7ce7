"""Questions over one connection: stories ask a hundred times a second, and `requests` needs a millisecond."""

from __future__ import annotations

import http.client
import json
import select
import threading
from collections.abc import Mapping
from typing import Any

import requests


class Answer:
    """An answer, its body read."""

    def __init__(self, found: http.client.HTTPResponse) -> None:
        self.status_code = found.status
        self.headers = found.headers
        self.text = found.read().decode()

    @property
    def ok(self) -> bool:
        """Whether it is no refusal."""
        return self.status_code < 400

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.text)


class Asking:
    """Asks one server on loopback, from each thread over its own; its failures are those of `requests`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._of_thread = threading.local()

    @property
    def _connection(self) -> http.client.HTTPConnection:
        there = self._of_thread
        if not hasattr(there, "connection"):
            there.connection = http.client.HTTPConnection("127.0.0.1", self._port)
        found: http.client.HTTPConnection = there.connection
        return found

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None,
        seconds: float = 120.0,
    ) -> Answer:
        """One question, its body sent as JSON."""
        given = {"Content-Type": "application/json"} if body is not None else {}
        sent = json.dumps(body) if body is not None else None
        try:
            self._connect(seconds)
            self._connection.request(method, path, sent, {**given, **(headers or {})})
            return Answer(self._connection.getresponse())
        except (OSError, http.client.HTTPException) as fault:
            self.close()
            raise requests.ConnectionError(f"{method} {path}: {fault}") from fault

    def _connect(self, seconds: float) -> None:
        """Have a connection that the other end has not closed meanwhile."""
        here = self._connection
        if here.sock is not None and select.select([here.sock], [], [], 0)[0]:
            here.close()
        here.timeout = seconds
        if here.sock is not None:
            here.sock.settimeout(seconds)

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        self._connection.close()
