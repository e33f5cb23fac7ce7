"""Slows down those who guess a token or password of ours, without anybody waiting for them."""

from __future__ import annotations

import ipaddress
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Request

from warmtransfer.sparing import Sparing

log = logging.getLogger("warmtransfer")

#: Wrong tokens an address may send in a window; more requests of it are not looked at until the window ends.
TRIES = 10
WINDOW = 60.0
#: Wrong passwords of all addresses together in a window: who has many addresses is one guesser, too.
TOGETHER = 30
#: Addresses remembered at once; the oldest is forgotten.
ADDRESSES = 1000
#: How much of an IPv6 address is one customer's: they have all the addresses behind it.
PREFIX = 64


class Wrong:
    """Counts wrong tries by address, in this process. Nobody is made to wait: a thread may be a call's."""

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        said: str = "a wrong WARMTRANSFER_API_TOKEN was sent from %s",
        together: int = 0,
    ) -> None:
        """`together` is how many wrong tries all addresses have in a window, 0 for no such limit."""
        self._now = now
        self._together = together
        self._said = said
        self._lock = threading.Lock()
        self._tries: dict[str, tuple[float, int]] = {}  #: address: when its window began, and how many
        self._all = (0.0, 0)  #: the same, of all of them
        self._good: dict[str, None] = {}  #: addresses that have sent the right one, the latest last
        self._lines = Sparing(log)

    def wait(self, address: str) -> int:
        """Seconds until requests of this address are looked at again, 0 for now."""
        with self._lock:
            left = self._left(self._tries.get(address, (0.0, 0)), TRIES)
            if self._together and address not in self._good:
                left = max(left, self._left(self._all, self._together))
            return left

    def note(self, address: str) -> None:
        """This address has sent a wrong token."""
        with self._lock:
            self._all = self._more(self._all)
            self._tries[address] = self._more(self._tries.pop(address, (0.0, 0)))
            _spare(self._tries)
        self._lines.say("token", logging.WARNING, self._said, address)

    def right(self, address: str) -> None:
        """This address has sent the right one: it is not kept out for what others send."""
        with self._lock:
            self._good.pop(address, None)
            self._good[address] = None
            _spare(self._good)

    def _left(self, tries: tuple[float, int], most: int) -> int:
        began, count = tries
        left = began + WINDOW - self._now()
        return max(1, round(left)) if count >= most and left > 0 else 0

    def _more(self, tries: tuple[float, int]) -> tuple[float, int]:
        began, count = tries
        now = self._now()
        return (began, count + 1) if count and now - began < WINDOW else (now, 1)


def _spare(known: dict[str, Any]) -> None:
    if len(known) > ADDRESSES:
        del known[next(iter(known))]


def address(request: Request) -> str:
    """Who asks: behind a proxy of ours, which has a private address, whom it says it asks for.

    Of an IPv6 address what one customer is given: whoever has one has all the others behind it.
    """
    direct = request.remote_addr or ""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        behind = ipaddress.ip_address(direct).is_private
        return _counted(told if behind and told else direct)
    except ValueError:
        return direct


def _counted(text: str) -> str:
    found = ipaddress.ip_address(text)
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), PREFIX), strict=False))
