"""One telephone's WebSocket: 20 ms of mu-law a binary message both ways, and JSON for everything else.

From the page: `{"do": "call", "to": number or ""}`, `answer`, `decline`, `hang up`, `press` with `keys`,
`say` with `text`, `behave` with `as`. To the page: `{"state": {…}}` at every change, `{"texts": […]}` with
messages that have come, `{"error": sentence}`.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from warmtransfer.simulator.browser.handsets import Handsets
from warmtransfer.simulator.phones.handset import Handset

#: Frames that may wait for a page that is slow: one second; then the oldest are left out.
WAITING = 50
#: Seconds between pings, by which a page that has vanished is noticed.
HEARTBEAT = 5.0
LONGEST_TEXT = 500
LONGEST_MESSAGE = 4096


class Line:
    """A page at one telephone, for as long as its socket is open."""

    def __init__(self, handsets: Handsets, number: str, voice: str) -> None:
        self.handsets, self.number, self.voice = handsets, number, voice
        self._socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=LONGEST_MESSAGE)
        self._texts: deque[str] = deque()
        self._frames: deque[bytes] = deque(maxlen=WAITING)
        self._something = asyncio.Event()
        self._dismissed = False

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Serves the socket until either side closes it."""
        await self._socket.prepare(request)
        writer = asyncio.ensure_future(self._write())
        try:
            handset = self.handsets.arrive(self.number, self, self.voice)
            async for message in self._socket:
                if message.type is WSMsgType.BINARY:
                    self._try(handset.speak, message.data)
                elif message.type is WSMsgType.TEXT:
                    self._try(self._do, handset, message.data)
        except ValueError as exc:
            self._tell(error=str(exc))
            self.dismiss("")
            await writer
        finally:
            self.handsets.leave(self.number, self)
            writer.cancel()
        return self._socket

    def _try(self, work: Any, *given: Any) -> None:
        try:
            work(*given)
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            self._tell(error=str(exc))

    def _do(self, handset: Handset, text: str) -> None:
        asked = json.loads(text)
        what = asked["do"]
        if what == "call":
            network, to = self.handsets.network, str(asked.get("to") or "")
            handset.dial(lambda phone: network.phone_in(self.number, to, [], phone=phone))
        elif what == "press":
            handset.press(str(asked["keys"]))
        elif what == "say":
            handset.type(str(asked["text"])[:LONGEST_TEXT])
        elif what == "behave":
            handset.behave(str(asked["as"]))
        elif what in ("answer", "decline", "hang up"):
            {"answer": handset.answer, "decline": handset.decline, "hang up": handset.hang_up}[what]()
        else:
            raise ValueError(f"a telephone cannot {what!r}")

    # what the telephone tells its page

    def show(self, state: dict[str, Any]) -> None:
        """Tells the page how things are now."""
        self._tell(state=state)

    def read(self, texts: list[dict[str, str]]) -> None:
        """Shows the page the messages that have come."""
        self._tell(texts=texts)

    def play(self, frame: bytes) -> None:
        """Gives the page 20 ms of sound."""
        self._frames.append(frame)
        self._something.set()

    def dismiss(self, why: str) -> None:
        """Closes the socket, when everything before has been sent."""
        if why:
            self._tell(error=why)
        self._dismissed = True
        self._something.set()

    def _tell(self, **what: Any) -> None:
        self._texts.append(json.dumps(what))
        self._something.set()

    async def _write(self) -> None:
        while not self._socket.closed:
            await self._something.wait()
            self._something.clear()
            try:
                while self._texts:
                    await self._socket.send_str(self._texts.popleft())
                while self._frames:
                    await self._socket.send_bytes(self._frames.popleft())
            except ConnectionError:
                return
            if self._dismissed:
                await self._socket.close(code=WSCloseCode.POLICY_VIOLATION)
