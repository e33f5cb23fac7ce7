"""A network of a given length: TCP through here takes `seconds` each way, and a round trip to connect."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Line:
    """One direction of one connection: what comes leaves `seconds` later, in order."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
        self._reader = reader
        self._writer = writer
        self._seconds = seconds
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Until the end has come and has been handed on."""
        reading = asyncio.create_task(self._read())
        try:
            while await self._hand_on():
                continue
        finally:
            reading.cancel()
            self._writer.close()

    async def _read(self) -> None:
        data = b"-"
        while data:
            try:
                data = await self._reader.read(65536)
            except ConnectionError:
                data = b""
            self._waiting.append((asyncio.get_running_loop().time() + self._seconds, data))
            self._news.set()

    async def _hand_on(self) -> bool:
        while not self._waiting:
            self._news.clear()
            await self._news.wait()
        due, data = self._waiting.popleft()
        await asyncio.sleep(due - asyncio.get_running_loop().time())
        if not data:
            return False
        try:
            self._writer.write(data)
            await self._writer.drain()
        except ConnectionError:
            return False
        return True


class Delay:
    """Forwards loopback ports; `forward` may be called from any thread."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def forward(self, port: int) -> int:
        """A port that leads to `port`, this far away."""

        async def serve() -> int:
            async def connect(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
                # The caller believes it is connected; whatever it sends waits for SYN and SYN-ACK.
                await asyncio.sleep(2 * self.seconds)
                try:
                    far, there = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    back.close()
                    return
                lines = Line(near, there, self.seconds), Line(far, back, self.seconds)
                await asyncio.gather(*(line.run() for line in lines))

            server = await asyncio.start_server(connect, "127.0.0.1", 0)
            found: int = server.sockets[0].getsockname()[1]
            return found

        return asyncio.run_coroutine_threadsafe(serve(), self._loop).result(10.0)

    def stop(self) -> None:
        """Forward no more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5.0)


@contextmanager
def delay(seconds: float) -> Iterator[Delay]:
    """A network for the block."""
    made = Delay(seconds)
    try:
        yield made
    finally:
        made.stop()
