"""A server in this process, on a real loopback socket, and a client for tests of the local model."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any

import aiohttp
import numpy as np
from aiohttp import web

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.model.brain import RuleBook
from warmtransfer.simulator.model.ears import Ears
from warmtransfer.simulator.model.faults import Faults, parsed
from warmtransfer.simulator.model.matching import MatchEars
from warmtransfer.simulator.model.report import Report
from warmtransfer.simulator.model.server import Server
from warmtransfer.simulator.model.surroundings import Setup
from warmtransfer.simulator.sound.audio import PCM, encode, tone

Json = dict[str, Any]
LIMIT = 10.0
TRANSFER: Json = {
    "type": "function",
    "name": "transfer_to_human",
    "description": "Hand the caller to a person. sam: orders and delivery. kim: invoices and billing.",
    "parameters": {
        "type": "object",
        "properties": {
            "target": {"type": "string", "enum": ["sam", "kim"]},
            "reason": {"type": "string"},
            "summary": {"type": "string"},
        },
        "required": ["target", "reason", "summary"],
        "additionalProperties": False,
    },
}
LOOK_UP: Json = {
    "type": "function",
    "name": "look_up_order",
    "description": "The state of an order.",
    "parameters": {"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]},
}
TURNS: Json = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 500,
    "create_response": True,
    "interrupt_response": True,
}


def settings(**changes: Any) -> Json:
    """A session.update as a telephone bridge sends it; `turns` and any field of the session may vary."""
    turns = changes.pop("turns", TURNS)
    return {
        "type": "session.update",
        "session": {
            "type": "realtime",
            "output_modalities": ["audio"],
            "audio": {
                "input": {
                    "format": {"type": "audio/pcmu"},
                    "transcription": {"model": "gpt-transcribe"},
                    "turn_detection": turns,
                },
                "output": {"format": {"type": "audio/pcmu"}, "voice": "marin"},
            },
            "tools": [TRANSFER],
            **changes,
        },
    }


def live(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test with a time limit."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), 60))

    return run


async def hum(text: str, _voice: str) -> PCM:
    """A tone as long as the text would take to say."""
    return tone(len(text) / 15, 220.0)


class Client:
    """One session's client: sends events, keeps what comes."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.events: list[Json] = []
        self.seen = 0
        self._news = asyncio.Event()
        self._reader = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        async for message in self.ws:
            self.events.append(json.loads(message.data))
            self._news.set()
        self._news.set()

    async def send(self, kind: str, **fields: Any) -> None:
        """Send one client event."""
        await self.ws.send_json({"type": kind, **fields})

    async def update(self, **changes: Any) -> Json:
        """Configure the session and wait for the answer."""
        await self.ws.send_json(settings(**changes))
        return await self.until("session.updated")

    async def until(self, kind: str, where: Callable[[Json], bool] = lambda _event: True) -> Json:
        """The next event of this type; says what came instead when it does not come."""
        try:
            return await asyncio.wait_for(self._until(kind, where), LIMIT)
        except TimeoutError:
            raise AssertionError(f"no {kind} after {self.kinds()[-12:]}") from None

    async def _until(self, kind: str, where: Callable[[Json], bool]) -> Json:
        while True:
            while self.seen < len(self.events):
                event = self.events[self.seen]
                self.seen += 1
                if event["type"] == kind and where(event):
                    return event
            if self._reader.done():
                raise AssertionError(f"closed with {self.ws.close_code} before {kind}: {self.kinds()[-12:]}")
            self._news.clear()
            await self._news.wait()

    def kinds(self) -> list[str]:
        """The types of all events so far."""
        return [event["type"] for event in self.events]

    def of(self, kind: str) -> list[Json]:
        """All events of a type so far."""
        return [event for event in self.events if event["type"] == kind]

    def audio(self, item_id: str | None = None) -> bytes:
        """The audio received, of one item or of all."""
        deltas = self.of("response.output_audio.delta")
        return b"".join(base64.b64decode(d["delta"]) for d in deltas if item_id in (None, d["item_id"]))

    async def append(self, mulaw: bytes, clock: Clock | None = None) -> None:
        """Append audio in frames of 20 ms, at the pace of the clock when there is one."""
        for start in range(0, len(mulaw), 160):
            payload = base64.b64encode(mulaw[start : start + 160]).decode()
            await self.send("input_audio_buffer.append", audio=payload)
            if clock is not None:
                await clock.sleep(0.02)

    async def say(self, pcm: PCM, quiet: float = 1.0) -> None:
        """Append speech with silence before and after it."""
        pause = np.zeros(int(8000 * quiet), np.int16)
        await self.append(encode(np.concatenate([pause[:2400], pcm, pause])))

    async def close_code(self) -> int | None:
        """Wait for the server's close."""
        await asyncio.wait_for(self._reader, LIMIT)
        return self.ws.close_code


def written(fault: str, arg: object = "", **options: object) -> str:
    """The fault in the notation that the model's control API takes."""
    more = "".join(f";{key}={value}" for key, value in options.items())
    return f"model={fault}{'' if arg in ('', True) else f':{arg}'}{more}"


class Served:
    """A running server."""

    def __init__(self, server: Server, url: str, http: aiohttp.ClientSession, out: io.StringIO) -> None:
        self.server = server
        self.setup = server.setup
        self.url = url
        self.http = http
        self.out = out

    async def connect(
        self,
        key: str = "key",
        model: str = "gpt-realtime-2.1",
        headers: dict[str, str] | None = None,
        **params: Any,
    ) -> Client:
        """Open a session."""
        all_headers = {"Authorization": f"Bearer {key}", **(headers or {})}
        query = {"model": model, **params} if model else params
        ws = await self.http.ws_connect(self.url + "/v1/realtime", headers=all_headers, params=query)
        return Client(ws)

    async def control(self, fault: str = "", arg: object = "", **options: object) -> Json:
        """Order a fault, or `clear=True`."""
        order = {"fault": written(fault, arg, **options)} if fault else options
        async with self.http.post(self.url + "/control", json=order) as answer:
            found: Json = await answer.json()
            return found

    def rows(self) -> list[Json]:
        """The trace so far."""
        assert self.setup.report.flush()
        return [json.loads(line) for line in self.out.getvalue().splitlines()]


@asynccontextmanager
async def serving(
    *,
    faults: tuple[str, ...] = (),
    ears: Ears | None = None,
    speak: Callable[[str, str], Awaitable[PCM]] = hum,
    speed: float = 4.0,
    rules: Json | None = None,
    cap: float = 3600.0,
    key: str | None = None,
    bad_key: str = "3000",
) -> AsyncIterator[Served]:
    """A server on a free port, with ears that know nothing unless some are given."""
    clock, out = Clock(speed), io.StringIO()
    report = Report(clock, out)
    book = RuleBook(rules) if rules is not None else RuleBook.load()
    setup = Setup(
        clock, report, book, ears or MatchEars(()), Faults(parsed(text) for text in faults), speak, cap=cap
    )
    server = Server(setup, key, bad_key)
    runner = web.AppRunner(server.app(), shutdown_timeout=2.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with aiohttp.ClientSession() as http:
            yield Served(server, url, http, out)
    finally:
        await runner.cleanup()
        await setup.ears.close()
        report.close()
