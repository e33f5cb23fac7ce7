"""Gathers what is said and what our relay has done, and saves it a moment later, at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from warmtransfer.clock import Clock
from warmtransfer.desk.insisting import Insistence
from warmtransfer.desk.lanes import Lanes
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.store.store import Store

#: Seconds for which it is gathered: a transaction for each line costs as much as audio.
GATHER = 0.5


class Gathering:
    """Any thread may add. `noted` is called with the numbers of orders whose end has been saved."""

    def __init__(
        self,
        store: Store,
        lanes: Lanes,
        loop: Loop,
        clock: Clock,
        insistence: Insistence,
        noted: Callable[[int], object],
    ) -> None:
        self._store = store
        self._lanes = lanes
        self._loop = loop
        self._clock = clock
        self._insistence = insistence
        self._noted = noted
        self._said: deque[tuple[str, float, str, str]] = deque()
        self._done: deque[tuple[int, str]] = deque()
        self._waiting = False

    def heard(self, call_id: str, who: str, text: str) -> None:
        """Keep one line of what was said, within a moment. Never blocks."""
        self._said.append((call_id, self._clock.now(), who, text))
        self._later()

    def done(self, order_id: int, result: str) -> None:
        """Note that our relay has done this, within a moment. Never blocks."""
        self._done.append((order_id, result))
        self._later()

    def save_soon(self) -> None:
        """Save what there is, in line."""
        self._lanes.put(("all", "words"), self._save)

    def __len__(self) -> int:
        return len(self._said) + len(self._done)

    def _later(self) -> None:
        if not self._waiting:
            self._waiting = True
            self._loop.later(self._clock.real(GATHER), self.save_soon)

    def _save(self) -> None:
        self._waiting = False
        words = [self._said.popleft() for _ in range(len(self._said))]
        done = [self._done.popleft() for _ in range(len(self._done))]
        if words:
            self._insistence.save(self._keep_words, f"{len(words)} lines", words)
        if done:
            self._insistence.save(self._keep_done, f"{len(done)} orders", done)

    def _keep_words(self, lines: str, words: list[tuple[str, float, str, str]]) -> None:
        self._store.add_lines(words)

    def _keep_done(self, orders: str, done: list[tuple[int, str]]) -> None:
        self._store.orders_done(done)
        for order_id, _ in done:
            self._noted(order_id)
