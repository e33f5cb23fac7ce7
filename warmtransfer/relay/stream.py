"""The caller's side of a relay: one media stream, read and written in the loop."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from warmtransfer.ports.carrier import media
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.websocket.wire import Wire

log = logging.getLogger("warmtransfer")


class Finished:
    """Told once when a stream's socket has been closed."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def wait(self, seconds: float | None = None) -> bool:
        """Block until the stream is over; False when `seconds` passed first. Never in the loop."""
        return self._event.wait(seconds)

    def tell(self) -> None:
        """The stream is over."""
        self._event.set()


class StreamListener(Protocol):
    """What comes from the leg, in the loop."""

    def caller_audio(self, pieces: Sequence[bytes]) -> None:
        """What the AI's leg hears, in pieces of 20 ms, base64 mu-law; several have waited."""

    def mark_returned(self, name: str) -> None:
        """A mark came back."""

    def key_heard(self, digit: str) -> None:
        """The carrier says that a key was pressed."""

    def stream_ended(self, generation: int, how: str) -> None:
        """The stream is over and we had not closed it: stopped, broken or bad_message."""


class Stream:
    """One stream of one generation. `close` reports nothing; any other end is reported once."""

    __slots__ = (
        "_clock", "_finished", "_heard", "_last_media", "_listener", "_usual", "_wire", "generation",
        "spelling",
    )  # fmt: skip

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        stream_sid: str,
        generation: int,
        listener: StreamListener,
        finished: Finished,
        clock: Callable[[], float],
    ) -> None:
        self.generation = generation
        self.spelling = media.Spelling(stream_sid)
        self._last_media = clock()
        self._heard = False  #: media came since `silent` was asked
        self._clock = clock
        self._usual = media.Usual(stream_sid)
        self._listener: StreamListener | None = listener
        self._finished = finished
        self._wire = Wire(
            loop, sock, client=False, on_texts=self._messages, on_closed=self._closed, limit=media.LIMIT
        )

    def silent(self) -> float:
        """Seconds without media, as precisely as this is asked."""
        now = self._clock()
        if self._heard:
            self._heard = False
            self._last_media = now
        return now - self._last_media

    def begin(self, leftover: bytes) -> None:
        """Take what was read from the socket before it came here."""
        self._wire.feed(leftover)

    def send(self, message: bytes) -> None:
        """Send one message of our spelling."""
        self._wire.send(message)

    def offer(self, media: bytes) -> None:
        """Send audio, which may be dropped."""
        self._wire.offer(media)

    def send_with(self, media: bytes, mark: bytes) -> None:
        """Send audio, which may be dropped, and the mark behind it, which may not."""
        self._wire.send_with(media, mark)

    def close(self) -> None:
        """Close our side; the leg then goes on with its document."""
        self._listener = None
        self._wire.close()

    def lose(self, how: str) -> None:
        """Treat as ended."""
        listener, self._listener = self._listener, None
        self._wire.close(1003 if how == "bad_message" else 1000)
        if listener is not None:
            listener.stream_ended(self.generation, how)

    def _messages(self, several: Sequence[bytes]) -> None:
        """Audio that came together is handed on together: it has waited long enough."""
        if len(several) == 1:
            payload = self._usual.payload(several[0])
            if payload is None:
                self._careful(several[0])
            elif self._listener is not None:
                self._heard = True
                self._listener.caller_audio((payload,))
            return
        pieces: list[bytes] = []
        for data in several:
            payload = self._usual.payload(data)
            if payload is not None:
                pieces.append(payload)
                continue
            self._hand_on(pieces)
            pieces = []
            self._careful(data)
        self._hand_on(pieces)

    def _hand_on(self, pieces: list[bytes]) -> None:
        if pieces and self._listener is not None:
            self._heard = True
            self._listener.caller_audio(pieces)

    def _careful(self, data: bytes) -> None:
        listener = self._listener
        if listener is None:
            return
        try:
            message = media.parse(data)
        except media.BadMessage as exc:
            log.warning("a media stream sent a bad message: %s", exc)
            self.lose("bad_message")
            return
        match message:
            case media.Media(payload, _):
                self._hand_on([payload])
            case media.Mark(name):
                listener.mark_returned(name)
            case media.Digit(digit):
                listener.key_heard(digit)
            case media.Stop():
                self.lose("stopped")
            case _:
                log.debug("a media stream sent %s", type(message).__name__)

    def _closed(self, code: int, reason: str) -> None:
        listener, self._listener = self._listener, None
        self._finished.tell()
        if self._wire.dropped:
            log.warning("a media stream read too slowly: %d messages were dropped", self._wire.dropped)
        if listener is not None:
            bad = code in (1002, 1003, 1007, 1009)
            listener.stream_ended(self.generation, "bad_message" if bad else "broken")
