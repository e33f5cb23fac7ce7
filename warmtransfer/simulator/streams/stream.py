"""Twilio's side of a media stream: a port whose other end is a WebSocket of the app."""

from __future__ import annotations

import asyncio
import base64
import errno
import json
import socket
import ssl
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.sound.audio import SILENCE, Frame, encode
from warmtransfer.simulator.streams.playback import Message, Playback, Refused, parse
from warmtransfer.simulator.trace import Trace
from warmtransfer.simulator.wire import HostMap, sign

OPEN_SECONDS = 15.0
QUEUE_LIMIT = 1500
"""Messages kept for an app that does not read: 30 s of one track."""
LARGEST_MESSAGE = 16 * 1024 * 1024

SERVER_CLOSED, STOPPED, BROKEN, PROTOCOL = "server_closed", "stopped", "broken", "protocol"


class StreamFailed(Exception):
    """The stream could not be opened; `code` is Twilio's error code."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class MediaStream:
    """Sends what it hears to the app as 20 ms frames and speaks what the app sends back.

    Order of use: open(), then run() until it gives its reason; stop() sends `stop` and
    closes. A one-way copy (`bidirectional=False`) is fed by copy() and speaks silence.
    Frames heard before open() or after the end are lost.
    """

    def __init__(
        self,
        clock: Clock,
        url: str,
        host_map: HostMap,
        auth_token: str,
        account_sid: str,
        call_sid: str,
        parameters: Mapping[str, str],
        trace: Trace,
        *,
        sid: str = "",
        tracks: Sequence[str] = ("inbound",),
        bidirectional: bool = True,
    ) -> None:
        self.clock, self.url, self.host_map, self.trace = clock, url, host_map, trace
        self.account_sid, self.call_sid = account_sid, call_sid
        self.parameters = dict(parameters)
        self.sid = sid or f"MZ{uuid.uuid4().hex}"
        self.tracks = tuple(tracks)
        self.bidirectional = bidirectional
        self.errors: list[tuple[int, str]] = []
        self.playback = Playback()
        self._token = auth_token
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._out: deque[str] = deque()
        self._wake = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._live = False
        self._reason = ""
        self._cutting: asyncio.Task[None] | None = None
        self._sequence = 0
        self._chunks = dict.fromkeys(self.tracks, 0)
        self._dice = Random(self.sid)
        self._offset = self._dice.randint(80, 180)

    async def open(self) -> None:
        """Connect and send `connected` and `start`; StreamFailed when that cannot be done."""
        self._check_url()
        self._session = aiohttp.ClientSession()
        try:
            self._socket = await self.clock.wait_for(self._connect(self._session), OPEN_SECONDS)
        except (aiohttp.ClientError, OSError, TimeoutError) as fault:
            await self._session.close()
            failure = _failure(fault)
            self._note(failure.code, failure.text)
            raise failure from fault
        self._live = True
        self._writer = asyncio.create_task(self._write(), name=f"writer of {self.sid}")
        self._send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        start = {
            "accountSid": self.account_sid,
            "streamSid": self.sid,
            "callSid": self.call_sid,
            "tracks": list(self.tracks),
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": self.parameters,
        }
        self._count("start", start=start)

    async def run(self) -> str:
        """Take the app's messages until the end: server_closed, stopped, broken or protocol."""
        if self._socket is None:
            raise RuntimeError("run() before open()")
        try:
            while not self._reason:
                self._reason = self._received(await self._socket.receive()) or self._reason
        finally:
            await self._close()
        return self._reason

    async def stop(self) -> None:
        """Send `stop`, close, and let run() end with "stopped"; does nothing when it is over."""
        if not self._live or self._socket is None:
            return
        body = {"accountSid": self.account_sid, "callSid": self.call_sid}
        self._count("stop", stop=body)
        self._live = False
        self._reason = STOPPED
        self._wake.set()
        if self._writer is not None:
            await asyncio.wait([self._writer], timeout=2)
        await self._socket.close()
        await self._close()

    def break_off(self) -> None:
        """Cut the connection without a word, as a network does; run() ends with "broken"."""
        if self._live and self._session is not None:
            self._live = False
            self._reason = BROKEN
            self._note(31903, "the connection was cut")
            self._cutting = asyncio.create_task(self._session.close())

    def dtmf(self, digit: str) -> None:
        """Tell the app of a key; one-way streams are not told."""
        if self._live and self.bidirectional:
            body = {"track": "inbound_track", "digit": digit}
            self._count("dtmf", dtmf=body)

    def hear(self, frame: Frame) -> None:
        """Send the participant's frame to the app."""
        self.copy("inbound", frame)

    def copy(self, track: str, frame: Frame) -> None:
        """Send a frame of one track to the app."""
        if not self._live or track not in self._chunks:
            return
        if len(self._out) >= QUEUE_LIMIT:
            if not any(code == 31930 for code, _ in self.errors):
                self._note(31930, f"{len(self._out)} messages wait for the app; frames are lost")
            return
        self._chunks[track] = chunk = self._chunks[track] + 1
        stamp = self._offset + 20 * (chunk - 1) + (self._dice.randint(-2, 2) if chunk > 1 else 0)
        media = {
            "track": track,
            "chunk": str(chunk),
            "timestamp": str(stamp),
            "payload": base64.b64encode(encode(frame)).decode("ascii"),
        }
        self._count("media", media=media)

    def speak(self) -> Frame:
        """The next 20 ms of what the app sent; marks are echoed once all before them has played."""
        if not self._live or not self.bidirectional:
            return SILENCE
        for name in self.playback.due():
            self._echo(name)
        return self.playback.take()

    def _check_url(self) -> None:
        try:
            parts = urlsplit(self.url)
            host = parts.hostname or ""
        except ValueError as fault:
            raise self._refusal(31923, f"malformed URL {self.url!r}") from fault
        if not host:
            raise self._refusal(31923, f"malformed URL {self.url!r}")
        local = host in ("localhost", "127.0.0.1", "::1")
        if parts.scheme != "wss" and not (parts.scheme == "ws" and local):
            raise self._refusal(31922, f"the scheme must be wss: {self.url!r}")
        if parts.query:
            raise self._refusal(31920, "a stream's URL takes no query string; use <Parameter>")

    def _refusal(self, code: int, text: str) -> StreamFailed:
        self._note(code, text)
        return StreamFailed(code, text)

    async def _connect(self, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
        public = urlsplit(self.url)
        headers = {"X-Twilio-Signature": sign(self._token, self.url), "User-Agent": "Twilio.TmeWs/1.0"}
        local = self.host_map.local(self.url)
        if urlsplit(local).netloc != public.netloc:
            headers["Host"] = public.netloc
            headers["X-Forwarded-Proto"] = "https"
        return await session.ws_connect(
            local,
            headers=headers,
            autoping=True,
            max_msg_size=LARGEST_MESSAGE,
            timeout=aiohttp.ClientWSTimeout(ws_close=2.0),
        )

    def _received(self, message: aiohttp.WSMessage) -> str:
        """Act on what came; the reason to end, or nothing."""
        if message.type is aiohttp.WSMsgType.TEXT:
            self._text(message.data)
            return ""
        if self._reason:
            return self._reason
        self._live = False
        if message.type is aiohttp.WSMsgType.BINARY:
            self._row("app", {"binary": len(message.data)})
            self._note(31924, "binary message")
            return PROTOCOL
        if message.type is aiohttp.WSMsgType.CLOSE:
            self._note(31921, f"the server closed the socket ({message.data})")
            return SERVER_CLOSED
        if isinstance(message.data, aiohttp.WebSocketError):
            self._note(31924, str(message.data))
            return PROTOCOL
        self._note(31903, f"the connection broke ({message.data or 'no close frame'})")
        return BROKEN

    def _text(self, text: str) -> None:
        try:
            message = parse(text, self.sid)
        except Refused as refused:
            self._row("app", _shown(text))
            self._note(refused.code, refused.text)
            return
        self._row("app", json.loads(text))
        if self.bidirectional:
            self._obey(message)
        else:
            self._note(31951, "a one-way stream takes no messages")

    def _obey(self, message: Message) -> None:
        if message.event == "media":
            if not self.playback.feed(message.audio):
                self._note(31931, "more than ten minutes of audio wait; this media is discarded")
        elif message.event == "mark":
            if self.playback.mark(message.name):
                self._echo(message.name)
        else:
            for name in self.playback.clear():
                self._echo(name)

    def _echo(self, name: str) -> None:
        self._count("mark", mark={"name": name})

    def _count(self, event: str, **body: Any) -> None:
        """Send a numbered message of this stream."""
        self._sequence += 1
        self._send({"event": event, "sequenceNumber": str(self._sequence), **body, "streamSid": self.sid})

    def _send(self, message: dict[str, Any]) -> None:
        self._row("twilio", message)
        self._out.append(json.dumps(message, separators=(",", ":")))
        self._wake.set()

    async def _write(self) -> None:
        """The only writer of the socket; ends when the stream does and nothing is left to send."""
        assert self._socket is not None
        while self._live or self._out:
            if not self._out:
                self._wake.clear()
                await self._wake.wait()
                continue
            try:
                await self._socket.send_str(self._out.popleft())
            except (ConnectionError, RuntimeError, aiohttp.ClientError):
                self._out.clear()
                return

    async def _close(self) -> None:
        self._live = False
        self._wake.set()
        if self._writer is not None and not self._writer.done():
            self._writer.cancel()
        if self._socket is not None and not self._socket.closed:
            await self._socket.close()
        if self._session is not None:
            await self._session.close()

    def _row(self, sender: str, message: Any) -> None:
        self.trace.write("stream", sid=self.sid, dir=sender, msg=message)

    def _note(self, code: int, text: str) -> None:
        self.errors.append((code, text))
        self.trace.note("stream-error", sid=self.sid, call_sid=self.call_sid, code=code, text=text)


def _shown(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {"raw": text[:200]}


def _failure(fault: Exception) -> StreamFailed:
    """Twilio's code for a connection that did not come about."""
    if isinstance(fault, aiohttp.WSServerHandshakeError):
        return StreamFailed(31920, f"the handshake was answered with {fault.status}")
    if isinstance(fault, TimeoutError):
        return StreamFailed(31901, "no answer in time")
    if isinstance(fault, (aiohttp.ClientSSLError, ssl.SSLError)):
        return StreamFailed(31910, f"TLS: {fault}")
    cause = fault.os_error if isinstance(fault, aiohttp.ClientConnectorError) else fault
    if isinstance(cause, socket.gaierror):
        return StreamFailed(31904, f"unknown host: {cause}")
    if isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED:
        return StreamFailed(31902, "the connection was refused")
    return StreamFailed(31904, f"unreachable: {fault}")
