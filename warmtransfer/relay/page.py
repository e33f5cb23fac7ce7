"""One page that listens: its WebSocket, on which sound goes out, and a sign that it is there comes in."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.websocket.wire import Wire
from warmtransfer.relay.stream import Finished

#: Real seconds between two looks, without a sign of the page before it counts as gone, and for which it may
#: listen before it has to ask again.
LOOK, ALIVE, LONGEST = 1.5, 6.0, 900.0
#: Whether it is there; a page answers at once, also one that is not looked at, whose timers sleep.
ASKS = b"?"
#: Bytes that wait for a page that reads slowly, some three seconds; and that a page's sign may have.
WAITING, SIGN = 64_000, 64


class Page:
    """In the loop only. `gone(page)` is called once, when it does not listen any more."""

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        finished: Finished,
        gone: Callable[[Page], object],
        real: Callable[[], float],
    ) -> None:
        self._gone = gone
        self._finished = finished
        self._real = real
        self._began = self._seen = real()
        self._wire = Wire(
            loop, sock, client=False, on_texts=self._said, on_closed=self._closed,
            limit=SIGN, waiting=WAITING,
        )  # fmt: skip
        self._timer = loop.every(LOOK, LOOK, self._look)

    def give(self, piece: str) -> None:
        """Have it play this, unless it reads so slowly that newer sound is better."""
        self._wire.offer(piece.encode())

    def close(self) -> None:
        """It is to listen no more."""
        self._wire.close(1001)

    def _said(self, _signs: Sequence[bytes]) -> None:
        self._seen = self._real()

    def _look(self) -> None:
        now = self._real()
        if now - self._seen > ALIVE or now - self._began > LONGEST:
            self.close()
        else:
            self._wire.offer(ASKS)

    def _closed(self, _code: int, _reason: str) -> None:
        self._timer.cancel()
        self._finished.tell()
        self._gone(self)
