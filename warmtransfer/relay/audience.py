"""Who listens to which call: pages of this process, and, for those of others, whoever takes it to them."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence

from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.websocket.sockets import hang_up
from warmtransfer.relay.page import Page
from warmtransfer.relay.stream import Finished
from warmtransfer.relay.tap import Tap

#: The most pages that listen in one process: each is a socket, and 11 kB of sound a second.
MOST = 50


class Audience:
    """Of one process. Everything runs in the loop but `calls`, and what is set before the first page.

    `tapped(call_id, tap)`: that call's sound is wanted, or not any more (None). `changed()`: a page has come
    or gone, or somebody is to see who listens elsewhere; it must not block.
    """

    def __init__(self, loop: Loop, tapped: Callable[[str, Tap | None], object]) -> None:
        self._loop = loop
        self._tapped = tapped
        self._pages: dict[str, list[Page]] = {}
        self._abroad: dict[str, Callable[[str, str], object]] = {}
        self._taps: dict[str, Tap] = {}
        self.changed: Callable[[], object] = lambda: None

    def calls(self) -> Sequence[str]:
        """The calls that pages of this process listen to. From any thread."""
        return list(self._pages)

    def tap(self, call_id: str) -> Tap | None:
        """What a relay of this call is to feed."""
        return self._taps.get(call_id)

    def enter(self, call_id: str, sock: socket.socket, finished: Finished) -> None:
        """A page listens on this socket from now on."""
        if sum(map(len, self._pages.values())) >= MOST:
            hang_up(sock)
            finished.tell()
            return
        page = Page(self._loop, sock, finished, lambda page: self._left(call_id, page), time.monotonic)
        self._pages.setdefault(call_id, []).append(page)
        self._adjust(call_id)
        self.changed()

    def lend(self, call_id: str, give: Callable[[str, str], object] | None) -> None:
        """Pages of other processes want this call's sound: `give(call, piece)`; None once none does."""
        if give is None:
            self._abroad.pop(call_id, None)
        else:
            self._abroad[call_id] = give
        self._adjust(call_id)

    def deliver(self, call_id: str, piece: str) -> None:
        """Give pages of this process what was heard here, or in another one."""
        for page in self._pages.get(call_id, ()):
            page.give(piece)

    def dismiss(self) -> None:
        """Nobody is to listen here any more."""
        for pages in list(self._pages.values()):
            for page in list(pages):
                page.close()

    def _left(self, call_id: str, page: Page) -> None:
        left = [each for each in self._pages.get(call_id, ()) if each is not page]
        if left:
            self._pages[call_id] = left
        else:
            self._pages.pop(call_id, None)
        self._adjust(call_id)
        self.changed()

    def _adjust(self, call_id: str) -> None:
        wanted = call_id in self._pages or call_id in self._abroad
        if wanted and call_id not in self._taps:
            self._taps[call_id] = Tap(lambda piece: self._heard(call_id, piece))
            self._tapped(call_id, self._taps[call_id])
        elif not wanted and call_id in self._taps:
            del self._taps[call_id]
            self._tapped(call_id, None)

    def _heard(self, call_id: str, piece: str) -> None:
        self.deliver(call_id, piece)
        give = self._abroad.get(call_id)
        if give is not None:
            give(call_id, piece)
