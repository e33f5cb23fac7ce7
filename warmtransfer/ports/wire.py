"""A WebSocket over a socket that somebody else opened: framed by `websockets`, driven by a Loop.

One Wire owns its socket: it alone reads, writes and closes it, and only in the loop. Plain and TLS sockets
are read until they want more, because readiness says nothing about bytes a TLS layer already holds.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
from collections import deque
from collections.abc import Callable

from websockets.exceptions import InvalidState
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import CLIENT, OPEN, SERVER, State
from websockets.protocol import Protocol as Framing

from warmtransfer.ports.readiness import Loop, Timer

#: A framing library's log of every frame would hold what callers say.
_QUIET = logging.getLogger("warmtransfer.wire")
_QUIET.setLevel(logging.WARNING)

READ = 65536
#: Reads in a row before other sockets get their turn.
TURNS = 8
#: Bytes that may wait for a peer that reads slowly: a minute of speech with its JSON.
WAITING = 1024 * 1024
#: Seconds a peer gets to answer our close frame.
GOODBYE = 1.0


class Wire:
    """One WebSocket after its handshake. Every method and callback runs in the loop.

    `on_text(data)` is called for every text message, undecoded. `on_closed(code, reason)` is called once,
    last, unless `abandon` was called: 1006 without a close frame, 1003 after a binary message, 1009 after one
    that was too long, 1008 when the peer would not read what must not be dropped.
    """

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        *,
        client: bool,
        on_text: Callable[[bytes], object],
        on_closed: Callable[[int, str], object],
        limit: int = 1 << 20,
        waiting: int = WAITING,
        goodbye: float = GOODBYE,
    ) -> None:
        self._loop = loop
        self._sock = sock
        self._framing = Framing(CLIENT if client else SERVER, state=OPEN, max_size=limit, logger=_QUIET)
        self._on_text = on_text
        self._on_closed: Callable[[int, str], object] | None = on_closed
        self._waiting = waiting
        self._goodbye = goodbye
        self._parts: list[bytes] = []
        self._queue: deque[tuple[bytes, bool]] = deque()
        self._queued = 0
        self._offset = 0  #: bytes of the queue's head that are sent already
        self._eof = False  #: shut down our side once the queue is empty
        self._failed: tuple[int, str] | None = None
        self._timer: Timer | None = None
        self._batching = False
        self.open = True
        self.dropped = 0  #: droppable messages that a slow peer never got
        sock.setblocking(False)
        with contextlib.suppress(OSError):  # not TCP: a socket pair in a test
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._watch = loop.watch(sock, self._read)

    # Sending ----------------------------------------------------------------------------------------

    def send(self, text: bytes, *, droppable: bool = False) -> None:
        """Send one text message; nothing once the socket is closing. Old droppable ones make room first."""
        if not self.open:
            return
        try:
            self._framing.send_text(text)
        except InvalidState:
            return
        self._collect(droppable)
        if not self._batching:
            self._flush()

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Say goodbye, then close; the socket is gone within `goodbye` real seconds."""
        if not self.open:
            return
        self.open = False
        if self._framing.state is State.OPEN:
            self._framing.send_close(code, reason)
            self._collect(False)
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

    def _read(self) -> None:
        for _ in range(TURNS):
            if self._watch_closed():
                return
            try:
                data = self._sock.recv(READ)
            except (BlockingIOError, ssl.SSLWantReadError, InterruptedError):
                self._flush()
                return
            except ssl.SSLWantWriteError:
                self._watch.writable(self._read)
                return
            except OSError as exc:
                self._lost(f"{type(exc).__name__}")
                return
            if not data:
                self._framing.receive_eof()
                self._collect(False)
                self._finish()
                return
            self._take(data)
        self._loop.soon(self._read)

    def _watch_closed(self) -> bool:
        return self._sock.fileno() < 0

    def _take(self, data: bytes) -> None:
        self._framing.receive_data(data)
        self._batching = True
        try:
            for frame in self._framing.events_received():
                if isinstance(frame, Frame):
                    self._frame(frame)
        finally:
            self._batching = False
        self._collect(False)
        if self._framing.close_expected():
            self.open = False
            self._expire_later()
        self._flush()

    def _frame(self, frame: Frame) -> None:
        if not self.open:
            return
        if frame.opcode is Opcode.BINARY:
            self._fail(1003, "binary message")
        elif frame.opcode is Opcode.TEXT or frame.opcode is Opcode.CONT:
            if frame.fin and not self._parts:
                self._on_text(bytes(frame.data))
                return
            self._parts.append(bytes(frame.data))
            if frame.fin:
                whole = b"".join(self._parts)
                self._parts.clear()
                self._on_text(whole)

    def _fail(self, code: int, reason: str) -> None:
        self._failed = (code, reason)
        self.close(code, reason)

    # Writing ----------------------------------------------------------------------------------------

    def _collect(self, droppable: bool) -> None:
        for data in self._framing.data_to_send():
            if data:
                self._queue.append((data, droppable))
                self._queued += len(data)
            else:
                self._eof = True
        if self._queued > self._waiting:
            self._make_room()

    def _make_room(self) -> None:
        """Drop the oldest droppable messages; neither the newest nor one whose bytes are on the way."""
        kept: deque[tuple[bytes, bool]] = deque()
        newest = self._queue.pop()
        while self._queue:
            data, droppable = self._queue.popleft()
            if droppable and self._queued > self._waiting and (kept or not self._offset):
                self._queued -= len(data)
                self.dropped += 1
            else:
                kept.append((data, droppable))
        kept.append(newest)
        self._queue = kept
        if len(kept) > 1 and self._queued > 2 * self._waiting:
            self._failed = (1008, "the peer does not read")
            self._finish()

    def _flush(self) -> None:
        while self._queue:
            if self._watch_closed():
                return
            head = self._queue[0][0]
            try:
                sent = self._sock.send(memoryview(head)[self._offset :] if self._offset else head)
            except (BlockingIOError, ssl.SSLWantWriteError, InterruptedError):
                self._watch.writable(self._flush)
                return
            except ssl.SSLWantReadError:
                return  # the next read goes on with it
            except OSError as exc:
                self._lost(f"{type(exc).__name__}")
                return
            self._offset += sent
            if self._offset >= len(head):
                self._queue.popleft()
                self._queued -= len(head)
                self._offset = 0
        if not self._watch_closed():
            self._watch.writable(None)
        if self._eof:
            self._finish()

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
        if self._timer is not None:
            self._timer.cancel()
        if self._sock.fileno() >= 0:
            self._watch.close()
            hang_up(self._sock)
        self._queue.clear()
        on_closed, self._on_closed = self._on_closed, None
        if on_closed is not None:
            on_closed(*self._ending())

    def _ending(self) -> tuple[int, str]:
        received: Close | None = self._framing.close_rcvd
        if self._failed is not None:
            return self._failed
        if received is not None:
            return received.code, received.reason
        sent = self._framing.close_sent
        if sent is not None:
            return sent.code, sent.reason
        return 1006, "the connection was lost"


def hang_up(sock: socket.socket) -> None:
    """Close the connection itself, whatever other references to the socket there are.

    What has arrived is read away: a server that shares the socket would take it for its next request.
    """
    with contextlib.suppress(OSError):  # not connected any more: closing is all that is left to do
        sock.shutdown(socket.SHUT_RDWR)
        sock.setblocking(False)
        for _ in range(TURNS):
            if not sock.recv(READ):
                break
    sock.close()


def read_messages(sock: socket.socket, data: bytes, wanted: Callable[[bytes], bool], limit: int) -> bytes:
    """Block on a server-side socket until `wanted` takes a message; the bytes behind that message.

    The caller sets the socket's timeout. Raises ConnectionError when the peer closes, breaks the protocol or
    sends a binary message first, and TimeoutError.
    """
    framing = Framing(SERVER, state=OPEN, max_size=limit, logger=_QUIET)
    while True:
        for place in range(len(data)):
            framing.receive_data(data[place : place + 1])
            for out in framing.data_to_send():
                sock.sendall(out)
            for frame in framing.events_received():
                if not isinstance(frame, Frame) or frame.opcode in (Opcode.PING, Opcode.PONG):
                    continue
                if frame.opcode is not Opcode.TEXT or not frame.fin:
                    raise ConnectionAbortedError("the first messages must be whole text messages")
                if wanted(bytes(frame.data)):
                    return data[place + 1 :]
            if framing.state is not State.OPEN:
                raise ConnectionAbortedError("closed before the first messages")
        data = sock.recv(4096)
        if not data:
            raise ConnectionAbortedError("closed before the first messages")
