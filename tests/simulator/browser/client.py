"""A page in Python: it holds a telephone by its WebSocket, as the browser's does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import numpy as np

from warmtransfer.simulator.sound.audio import PCM, TICK, decode, encode, frames


class Telephone:
    """One page. `heard` is every frame that came, `states` what it was told."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.heard: list[bytes] = []
        self.states: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self.texts: list[dict[str, str]] = []
        self.closed = asyncio.Event()
        self._news = asyncio.Event()

    async def read(self) -> None:
        """Takes everything, until the socket is closed."""
        async for message in self.socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                self.heard.append(message.data)
            elif message.type is aiohttp.WSMsgType.TEXT:
                told = json.loads(message.data)
                self.states += [told["state"]] if "state" in told else []
                self.errors += [told["error"]] if "error" in told else []
                self.texts = told.get("texts", self.texts)
            self._news.set()
        self.closed.set()

    async def until(self, met: Any, what: str, seconds: float = 15) -> None:
        """Waits for something that a message brings."""
        try:
            async with asyncio.timeout(seconds):
                while not met():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"waited in vain for {what}; it was told {self.states[-3:]}") from None

    async def at(self, state: str, seconds: float = 15) -> None:
        """Waits until it is there."""
        await self.until(lambda: self.states and self.states[-1]["at"] == state, state, seconds)

    async def do(self, what: str, **more: Any) -> None:
        """Presses a button."""
        await self.socket.send_json({"do": what, **more})

    async def speak(self, pcm: PCM) -> None:
        """Speaks in real time, a frame every 20 ms."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for place, frame in enumerate(frames(pcm)):
            await asyncio.sleep(max(0.0, began + place * TICK - loop.time()))
            await self.socket.send_bytes(encode(frame))

    def sound(self) -> PCM:
        """All that was heard."""
        return decode(b"".join(self.heard))


@asynccontextmanager
async def telephone(http: aiohttp.ClientSession, url: str, **more: Any) -> AsyncIterator[Telephone]:
    """Opens a page at a telephone, and closes it."""
    async with http.ws_connect(url, **more) as socket:
        held = Telephone(socket)
        reading = asyncio.create_task(held.read())
        try:
            yield held
        finally:
            await socket.close()
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading


def strength(pcm: PCM, hertz: float) -> float:
    """How much of a sound is in one tone: 0 to 1 of its power."""
    if not pcm.any():
        return 0.0
    spectrum = np.abs(np.fft.rfft(pcm.astype(float) * np.hanning(len(pcm)))) ** 2
    place = round(hertz * len(pcm) / 8000)
    around = max(2, round(20 * len(pcm) / 8000))
    return float(spectrum[max(0, place - around) : place + around + 1].sum() / spectrum.sum())
