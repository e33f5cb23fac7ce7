"""Slows down those who guess a token or password of ours, without anybody waiting for them."""

from __future__ import annotations

import ipaddress
import logging
import threading
import time
from collections.abc import Callable

from flask import Request

from warmtransfer.sparing import Sparing

log = logging.getLogger("warmtransfer")

#: Wrong tokens an address may send in a window; more requests of it are not looked at until the window ends.
TRIES = 10
WINDOW = 60.0
#: Addresses remembered at once; the oldest is forgotten.
ADDRESSES = 1000


class Wrong:
    """Counts wrong tries by address, in this process. Nobody is made to wait: a thread may be a call's."""

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        said: str = "a wrong WARMTRANSFER_API_TOKEN was sent from %s",
    ) -> None:
        self._now = now
        self._said = said
        self._lock = threading.Lock()
        self._tries: dict[str, tuple[float, int]] = {}  #: address: when its window began, and how many
        self._lines = Sparing(log)

    def wait(self, address: str) -> int:
        """Seconds until requests of this address are looked at again, 0 for now."""
        with self._lock:
            began, count = self._tries.get(address, (0.0, 0))
            left = began + WINDOW - self._now()
            return max(1, round(left)) if count >= TRIES and left > 0 else 0

    def note(self, address: str) -> None:
        """This address has sent a wrong token."""
        with self._lock:
            now = self._now()
            began, count = self._tries.pop(address, (now, 0))
            if now - began >= WINDOW:
                began, count = now, 0
            self._tries[address] = (began, count + 1)
            if len(self._tries) > ADDRESSES:
                del self._tries[next(iter(self._tries))]
        self._lines.say("token", logging.WARNING, self._said, address)


def address(request: Request) -> str:
    """Who asks: behind a proxy of ours, which has a private address, whom it says it asks for."""
    direct = request.remote_addr or ""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        behind = ipaddress.ip_address(direct).is_private
        return str(ipaddress.ip_address(told)) if behind and told else direct
    except ValueError:
        return direct
