"""Takes a call's sound from the process that has its stream to those whose pages listen to it.

Nothing of it is in the way of a call: the loop leaves pieces of sound here and goes on; those that the
database does not take in time are dropped, and the listener misses them. While nobody listens there is one
short question a second, and that only where there are calls.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from warmtransfer.clock import Clock
from warmtransfer.desk.chores import LOOK, Chore
from warmtransfer.ports.store.sounds import STALE, Sounds

#: Real seconds between two looks for who listens, two for sound while somebody does, and two sweeps.
EVERY, PACE, SWEEP = 1.0, 0.1, 60.0
#: Pieces that wait for the database, at most: half a minute of one call, but none gets old here.
WAITING = 150


class Audible(Protocol):
    """Whoever has the calls' audio, and the pages that hear it. Nothing blocks."""

    def calls(self) -> Sequence[str]:
        """The calls whose audio is here."""

    def listened(self) -> Sequence[str]:
        """The calls that pages of this process listen to."""

    def lend(self, call_id: str, give: Callable[[str, str], object] | None) -> None:
        """Have this call's sound given to others; None: not any more."""

    def deliver(self, call_id: str, piece: str) -> None:
        """Give pages of this process what was heard in another one."""


class Overhearing:
    """One thread of its own, where there may be other processes; else nothing at all."""

    def __init__(self, sounds: Sounds, switchboard: Audible, clock: Clock) -> None:
        self._sounds = sounds
        self._switchboard = switchboard
        self._pieces: deque[tuple[float, str, str]] = deque(maxlen=WAITING)
        self._lent: frozenset[str] = frozenset()  #: calls of ours that others listen to
        self._since: dict[str, int] = {}  #: calls of others that we listen to, and how far
        self._seen = self._swept = -SWEEP  #: monotonic
        self._news = True  #: somebody has come, or gone
        self.chore = Chore("listeners", self._look, clock)

    def start(self) -> None:
        """See from now on who listens; harmless when repeated."""
        if self._sounds.me:
            self.chore.start()

    def wake(self) -> None:
        """Somebody has come, or gone: see who. Never blocks."""
        self._news = True
        self.chore.wake()

    def ask(self, call_id: str) -> None:
        """A page of this process is about to listen: let whoever has the call's stream know. May raise."""
        if self._sounds.me:
            self._sounds.want([call_id])

    # In the thread ----------------------------------------------------------------------------------

    def _look(self) -> float:
        now = time.monotonic()
        if self._news or now - self._seen >= EVERY:
            self._news, self._seen = False, now
            self._see(frozenset(self._switchboard.calls()), now)
        self._send()
        self._fetch()
        return PACE if self._lent or self._since else EVERY if self._switchboard.calls() else LOOK

    def _see(self, here: frozenset[str], now: float) -> None:
        """Who listens to whom; nothing is asked of the database where there is neither call nor page."""
        abroad = frozenset(self._switchboard.listened()) - here
        self._since = {each: self._since.get(each, 0) for each in abroad}
        if abroad:
            self._sounds.want(abroad)
        wanted = self._sounds.wanted() & here if here else here
        for call_id in wanted - self._lent:
            self._switchboard.lend(call_id, self._take)
        for call_id in self._lent - wanted:
            self._switchboard.lend(call_id, None)
        over = bool(self._lent) and not wanted
        self._lent = wanted
        if over or (here and now - self._swept >= SWEEP):
            self._swept = now
            self._sounds.sweep()

    def _take(self, call_id: str, piece: str) -> None:
        """In the loop. What waits for too long makes room."""
        self._pieces.append((time.monotonic(), call_id, piece))

    def _send(self) -> None:
        fresh, now = [], time.monotonic()
        while self._pieces:
            at, call_id, piece = self._pieces.popleft()
            if now - at < STALE and call_id in self._lent:
                fresh.append((call_id, piece))
        if fresh:
            self._sounds.put(fresh)

    def _fetch(self) -> None:
        if not self._since:
            return
        for call_id, number, piece in self._sounds.take(self._since):
            self._since[call_id] = number
            self._switchboard.deliver(call_id, piece)
