"""Twilio's side of a relay: one media stream, read and written in the loop."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from typing import Protocol

from warmtransfer.core import media
from warmtransfer.ports.readiness import Loop
from warmtransfer.ports.wire import Wire

log = logging.getLogger("warmtransfer")

#: A media message of 20 ms has about 400 bytes; nothing Twilio sends comes near this.
LIMIT = 64 * 1024


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
    """What comes from Twilio, in the loop."""

    def caller_audio(self, payload: bytes) -> None:
        """20 ms of what the AI's leg hears, base64 mu-law."""

    def mark_returned(self, name: str) -> None:
        """A mark came back."""

    def stream_ended(self, generation: int, how: str) -> None:
        """The stream is over and we had not closed it: stopped, broken or bad_message."""


class Stream:
    """One stream of one generation. `close` reports nothing; any other end is reported once."""

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
        self._usual_end = media.usual_end(stream_sid)
        self._listener: StreamListener | None = listener
        self._finished = finished
        self._wire = Wire(
            loop, sock, client=False, on_text=self._message, on_closed=self._closed, limit=LIMIT
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

    def send(self, message: bytes, *, droppable: bool = False) -> None:
        """Send one message of our spelling."""
        self._wire.send(message, droppable=droppable)

    def send_with(self, media: bytes, mark: bytes) -> None:
        """Send audio, which may be dropped, and the mark behind it, which may not."""
        self._wire.send_with(media, mark)

    def close(self) -> None:
        """Close our side; Twilio then goes on with the leg's document."""
        self._listener = None
        self._wire.close()

    def lose(self, how: str) -> None:
        """Treat as ended."""
        listener, self._listener = self._listener, None
        self._wire.close(1003 if how == "bad_message" else 1000)
        if listener is not None:
            listener.stream_ended(self.generation, how)

    def _message(self, data: bytes) -> None:
        listener = self._listener
        if listener is None:
            return
        payload = media.usual_media(data, self._usual_end)
        if payload is None:
            self._careful(data, listener)
        else:
            self._heard = True
            listener.caller_audio(payload)

    def _careful(self, data: bytes, listener: StreamListener) -> None:
        try:
            message = media.parse(data)
        except media.BadMessage as exc:
            log.warning("a media stream sent a bad message: %s", exc)
            self.lose("bad_message")
            return
        match message:
            case media.Media(payload, _):
                self._heard = True
                listener.caller_audio(payload)
            case media.Mark(name):
                listener.mark_returned(name)
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
