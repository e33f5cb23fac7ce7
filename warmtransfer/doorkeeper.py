"""Ends silences, so that nobody's stand in another's way.

A connection is *silent* while we wait for its peer: for a request's head, for its body, between two requests,
for its taking an answer. Every silence has a time limit, and there is room for so many silent connections:
when it is full, whoever has most of them loses the one that has been silent longest. So a newcomer that
speaks is always served. Connections on which the carrier has signed a request are the last to be closed.
"""

from __future__ import annotations

import contextlib
import logging
import resource
import time
from collections import Counter
from dataclasses import dataclass
from typing import Protocol

from warmtransfer.sparing import Sparing

lines = Sparing(logging.getLogger("warmtransfer"))

#: Files and sockets that are not requests: streams, the model's sockets, REST, the database.
RESERVED = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds a silence may last, and how many there may be."""

    head: float = 10.0  #: from the connection, or the head's first byte, to the head's end
    body: float = 10.0  #: from the head's end to the body's
    idle: float = 75.0  #: between two requests; load balancers keep a connection for 60 s
    trusted: float = 620.0  #: the same, once the carrier has signed a request; balancers keep up to 600 s
    taking: float = 30.0  #: for a peer to take what we answer
    silent: int = 512  #: silent connections at once
    client: int = 128  #: of one address
    most: int = 4096  #: connections at once, silent or served
    bytes: int = 256 * 1024  #: of a body
    head_bytes: int = 64 * 1024  #: of all headers together; a carrier's have 4 kB at most


class Peer(Protocol):
    """A connection, as far as its silence goes."""

    client: str  #: its address
    trusted: bool  #: the carrier has signed a request on it

    def cut(self) -> None:
        """End it now."""


class Doorkeeper:
    """Counts the connections and closes those that are silent for too long, or that are too many."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.open = 0
        self._waited = time.monotonic()  #: when somebody last waited for us
        self._silent: dict[Peer, float] = {}  #: until when; the longest silent first
        self._strangers: Counter[str] = Counter()  #: silent ones, by address

    def silent(self, whom: Peer, seconds: float) -> None:
        """From now on we wait for this peer, at most so long."""
        self.heard(whom)
        self._silent[whom] = time.monotonic() + seconds
        if not whom.trusted:
            self._strangers[whom.client] += 1
        if self._strangers[whom.client] > self.limits.client:
            self._drop(self._next(whom, whom.client), "one address holds too many silent connections")
        elif len(self._silent) > self.limits.silent:
            self._drop(self._next(whom), "there are too many silent connections")

    def heard(self, whom: Peer) -> None:
        """We do not wait for this peer any more. Whether it is trusted changes only afterwards."""
        self._waited = time.monotonic()
        if self._silent.pop(whom, None) is not None and not whom.trusted:
            self._strangers[whom.client] -= 1
            if not self._strangers[whom.client]:
                del self._strangers[whom.client]

    def quiet(self) -> float:
        """Seconds for which no peer has been waiting for us: every connection has been silent."""
        now = time.monotonic()
        if self.open > len(self._silent):
            self._waited = now
        return now - self._waited

    def look(self) -> None:
        """Close every connection whose time is over."""
        now = time.monotonic()
        for whom in [each for each, until in self._silent.items() if until <= now]:
            self.heard(whom)
            whom.cut()

    def _next(self, newcomer: Peer, client: str = "") -> Peer:
        """Whose turn it is to go: a stranger's, of the address that has most, silent for longest.

        Never the newcomer's, who has had no time to say anything.
        """
        others = [each for each in self._silent if each is not newcomer]
        strangers = [each for each in others if not each.trusted and client in ("", each.client)]
        if not strangers:
            return others[0]
        most = max(self._strangers[each.client] for each in strangers)
        return next(each for each in strangers if self._strangers[each.client] == most)

    def _drop(self, whom: Peer, why: str) -> None:
        lines.say(why, logging.WARNING, "connections that say nothing are closed: %s", why)
        self.heard(whom)
        whom.cut()


def fitting() -> Limits:
    """The limits for as many files as this process may have open, after asking for all it may have."""
    usual = Limits()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = usual.most + RESERVED
    if soft != resource.RLIM_INFINITY and soft < wanted:
        top = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, top), hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return usual
    most = max(64, soft - RESERVED)
    return Limits(most=most, silent=min(usual.silent, most // 2), client=min(usual.client, most // 4))
