"""A WebSocket over a socket that somebody else opened, driven by a Loop.

One Wire owns its socket: it alone reads, writes and closes it, and only in the loop.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections import deque
from collections.abc import Callable, Sequence

from warmtransfer.ports.loop.protocols import Loop, Timer
from warmtransfer.ports.websocket.frames import Frames
from warmtransfer.ports.websocket.sockets import READ, TURNS, direct, hang_up

#: Raised when a read or a write would block. (ValueError: a TLS socket was closed under us.)
_NOT_YET = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
#: Bytes that may wait for a peer that reads slowly: a minute of speech with its JSON.
WAITING = 1024 * 1024
#: Seconds a peer gets to answer our close frame.
GOODBYE = 1.0


class Wire:
    """One WebSocket after its handshake. Every method and callback runs in the loop.

    `on_texts(messages)` gets the text messages that came together, undecoded; it may close the wire, and then
    ignores the rest of them. `on_closed(code, reason)` is called once, last, unless `abandon` was called:
    1006 without a close frame, 1003 after a binary message, 1009 after one that was too long, 1008 when the
    peer would not read what must not be dropped.
    """

    __slots__ = (
        "_client", "_ended", "_failed", "_frames", "_goodbye", "_loop", "_offset", "_on_closed",
        "_on_texts", "_queue", "_queued", "_recv", "_send", "_sock", "_timer", "_waiting",
        "_watch", "dropped", "open",
    )  # fmt: skip

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        *,
        client: bool,
        on_texts: Callable[[Sequence[bytes]], object],
        on_closed: Callable[[int, str], object],
        limit: int = 1 << 20,
        waiting: int = WAITING,
        goodbye: float = GOODBYE,
    ) -> None:
        self._loop = loop
        self._sock = sock
        self._client = client
        self._frames = Frames(client=client, limit=limit)
        self._on_texts = on_texts
        self._on_closed: Callable[[int, str], object] | None = on_closed
        self._waiting = waiting
        self._goodbye = goodbye
        self._queue: deque[tuple[bytes, bool]] = deque()  #: the head is on its way and stays
        self._queued = 0
        self._offset = 0  #: bytes of the queue's head that are sent already
        self._failed: tuple[int, str] | None = None
        self._timer: Timer | None = None
        self._ended = False
        self.open = True
        self.dropped = 0  #: droppable messages that a slow peer never got
        sock.setblocking(False)
        with contextlib.suppress(OSError):  # not TCP: a socket pair in a test
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._recv, self._send = direct(sock)
        tls = isinstance(sock, ssl.SSLSocket)
        self._watch = loop.watch(sock, self._read_tls if tls else self._read)

    # Sending ----------------------------------------------------------------------------------------

    def send(self, text: bytes) -> None:
        """Send one text message, however late the peer takes it; nothing once the socket is closing."""
        if self.open:
            frame = self._frames.text(text)
            if self._queue:
                self._enqueue(frame, False)
            else:
                self._put(frame)

    def offer(self, text: bytes) -> None:
        """Send one text message that is dropped, when it is old, to make room for others."""
        if not self.open:
            return
        frame = self._frames.text(text)
        if self._queue:
            self._enqueue(frame, True)
            return
        send = self._send  # what follows is `_put`, without its call: this is every frame of a caller
        try:
            sent = send(frame)
        except (OSError, ValueError) as exc:
            sent = self._unsent(exc)
        if sent != len(frame):
            self._put_later(frame, sent, True)

    def offer_all(self, texts: Sequence[bytes]) -> None:
        """Offer messages, in one write if the peer takes it."""
        if self._queue:
            for text in texts:
                self.offer(text)
        elif self.open:
            self._put(b"".join(map(self._frames.text, texts)))

    def send_with(self, text: bytes, after: bytes) -> None:
        """Offer a message, and send one behind it, in one write if the peer takes it."""
        if self._queue:
            self.offer(text)
            self.send(after)
        elif self.open:
            self._put(self._frames.text(text) + self._frames.text(after))

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Say goodbye, then close; the socket is gone within `goodbye` real seconds."""
        if self.open:
            self.open = False
            self._reply()  # the peer's close may have come with the message that leads here
            if self._frames.sent is None:
                self._enqueue(self._frames.close(code, reason), False)
            self._expire_later()
            self._flush()

    def abandon(self) -> None:
        """Close without a word, now, and never call back again."""
        self._on_closed = None
        self._finish()

    # Reading ----------------------------------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        """Take bytes that were read from the socket before it came here."""
        if data:
            self._take(data)

    def _read(self) -> bool:
        """Read once; whether there was anything. What a plain socket still has makes it readable again."""
        recv = self._recv  # a method's call, of what is none, would look for it in the class first
        try:
            data = recv(READ)
        except (OSError, ValueError) as exc:
            self._unread(exc)
            return False
        message = self._frames.whole(data)
        if message is None:
            self._take(data)
        elif self.open:
            on_texts = self._on_texts
            on_texts((message,))
        return True

    def _read_tls(self) -> None:
        """Read until there is nothing: no readiness tells of what the TLS layer holds.

        A read gives one record at most, and what comes together comes in several.
        """
        for _ in range(TURNS):
            if self._ended:  # what is read now could be another connection's: the number is free again
                return
            if not self._read():
                break
        else:
            self._loop.soon(self._read_tls)
        if self._queue and not self._ended:
            self._flush()  # a write may have waited for this read

    def _read_again(self) -> None:
        """The read that had to wait for a write."""
        self._watch.writable(None)
        self._read_tls()

    def _unread(self, exc: Exception) -> None:
        """A read gave nothing, because there is nothing yet, or because the connection is lost."""
        if isinstance(exc, ssl.SSLWantWriteError):
            self._watch.writable(self._read_again)
        elif not isinstance(exc, _NOT_YET) and not self._ended:
            self._lost(type(exc).__name__)

    def _take(self, data: bytes) -> None:
        """Take what is no whole frame by itself; nothing at all is the end."""
        if not data:
            self._finish()
            return
        frames = self._frames
        messages = frames.receive(data)
        try:
            if messages and self.open:
                self._on_texts(messages)
        finally:
            if not self._ended:
                self._answer()

    def _answer(self) -> None:
        """Say what the protocol wants said to what was read."""
        frames = self._frames
        self._reply()
        if frames.over:
            self.open = False
            self._expire_later()
        if frames.over or self._queue:
            self._flush()

    def _reply(self) -> None:
        for reply in self._frames.replies:
            self._enqueue(reply, False)
        self._frames.replies.clear()

    # Writing ----------------------------------------------------------------------------------------

    def _put(self, frame: bytes) -> None:
        """Write, with nothing waiting; what the peer does not take at once waits for it."""
        send = self._send
        try:
            sent = send(frame)
        except (OSError, ValueError) as exc:
            sent = self._unsent(exc)
        if sent != len(frame):
            self._put_later(frame, sent, False)

    def _put_later(self, frame: bytes, sent: int, droppable: bool) -> None:
        """The peer did not take all of it."""
        if not self._ended:
            self._offset = sent
            self._enqueue(frame, droppable)
            self._watch.writable(self._flush)

    def _unsent(self, exc: Exception) -> int:
        """A write took nothing, because it would block, or because the connection is lost."""
        if not isinstance(exc, _NOT_YET) and not self._ended:
            self._lost(type(exc).__name__)
        return 0

    def _enqueue(self, frame: bytes, droppable: bool) -> None:
        self._queue.append((frame, droppable))
        self._queued += len(frame)
        if self._queued > self._waiting:
            self._make_room()

    def _make_room(self) -> None:
        """Drop the oldest droppable messages; neither the newest nor the one that is on its way.

        What a TLS layer was offered once has to be offered again, even if nothing of it was taken.
        """
        kept = deque([self._queue.popleft()])
        newest = self._queue.pop() if self._queue else None
        for each in self._queue:
            if each[1] and self._queued > self._waiting:
                self._queued -= len(each[0])
                self.dropped += 1
            else:
                kept.append(each)
        if newest is not None:
            kept.append(newest)
        self._queue = kept
        if len(kept) > 1 and self._queued > 2 * self._waiting:
            self._failed = (1008, "the peer does not read")
            self._finish()

    def _flush(self) -> None:
        while self._queue:
            head = self._queue[0][0]
            try:
                sent = self._send(memoryview(head)[self._offset :] if self._offset else head)
            except (OSError, ValueError) as exc:
                sent = self._unsent(exc)
            if self._ended:
                return
            self._offset += sent
            if self._offset < len(head):
                self._watch.writable(self._flush)
                return
            self._queue.popleft()
            self._queued -= len(head)
            self._offset = 0
        self._watch.writable(None)
        if self._frames.over and not self._client:
            self._finish()  # the server is the one to close the connection

    # The end ----------------------------------------------------------------------------------------

    def _expire_later(self) -> None:
        if self._timer is None:
            self._timer = self._loop.later(self._goodbye, self._finish)

    def _lost(self, reason: str) -> None:
        self._failed = self._failed or (1006, reason)
        self._finish()

    def _finish(self) -> None:
        """Close the socket and report how it ended."""
        self.open = False
        self._ended = True
        if self._timer is not None:
            self._timer.cancel()
        self._watch.close()
        if self._sock.fileno() >= 0:
            hang_up(self._sock)
        self._queue.clear()
        on_closed, self._on_closed = self._on_closed, None
        if on_closed is not None:
            on_closed(*self._ending())

    def _ending(self) -> tuple[int, str]:
        """What the peer has said goes before how its connection was lost after that."""
        refused = self._failed if self._failed and self._failed[0] == 1008 else None
        said = self._frames.received or self._frames.sent
        return refused or said or self._failed or (1006, "the connection was lost")
