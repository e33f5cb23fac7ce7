"""A recording proxy: the app talks to it, it talks to a real server, and the trace gets both ways."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import WSMsgType, web

from warmtransfer.simulator.model.ids import fresh
from warmtransfer.simulator.model.report import Report
from warmtransfer.simulator.model.server import LARGEST, PATHS, reset

#: Headers of the app's upgrade that go on to the real server.
PASSED = (
    "Authorization", "api-key", "OpenAI-Safety-Identifier", "OpenAI-Organization", "OpenAI-Project",
    "OpenAI-Beta",
)  # fmt: skip
#: Keys whose values never reach the trace, at any depth.
SECRET = frozenset({"authorization", "api_key", "client_secret", "headers"})


def redacted(value: Any) -> Any:
    """The message without secrets."""
    if isinstance(value, dict):
        return {
            key: "[redacted]" if key.lower() in SECRET and inner else redacted(inner)
            for key, inner in value.items()
        }
    return [redacted(inner) for inner in value] if isinstance(value, list) else value


class Proxy:
    """Relays sessions to `target` (a ws:// or wss:// URL; the app's query is kept)."""

    def __init__(self, target: str, report: Report) -> None:
        self.target = target
        self._bare = urlsplit(target).path in ("", "/")
        self.report = report
        self.open: dict[str, str] = {}

    def app(self) -> web.Application:
        """The application to serve."""
        app = web.Application()
        for path in PATHS:
            app.router.add_get(path, self.relay)
        app.router.add_get("/control/state", self.state)
        return app

    def target_for(self, request: web.Request) -> str:
        """Where a session goes: the target, with the app's path when it has none."""
        return self.target.rstrip("/") + request.path if self._bare else self.target

    async def state(self, _request: web.Request) -> web.Response:
        """GET: the sessions that are open."""
        shown = [{"id": session, "model": model} for session, model in self.open.items()]
        return web.json_response({"sessions": shown, "faults": []})

    async def relay(self, request: web.Request) -> web.StreamResponse:
        """One session; a refused upgrade is passed back with its status and body."""
        headers = {name: request.headers[name] for name in PASSED if name in request.headers}
        async with aiohttp.ClientSession() as http:
            try:
                far = await http.ws_connect(
                    self.target_for(request),
                    params=request.query,
                    headers=headers,
                    max_msg_size=LARGEST,
                    compress=0,
                )
            except aiohttp.WSServerHandshakeError as refusal:
                self.report.note("refused", status=refusal.status, text=refusal.message)
                return web.json_response({"error": {"message": refusal.message}}, status=refusal.status)
            except aiohttp.ClientError as failure:
                self.report.note("refused", status=502, text=type(failure).__name__)
                return web.json_response({"error": {"message": "server not reached"}}, status=502)
            near = web.WebSocketResponse(max_msg_size=LARGEST, compress=False, timeout=2.0)
            await near.prepare(request)
            session = fresh("sess")
            self.open[session] = request.query.get("model", "")
            try:
                await self._both_ways(request, session, near, far)
            finally:
                self.open.pop(session, None)
                self.report.note("session", session=session, state="closed", code=far.close_code)
            return near

    async def _both_ways(
        self,
        request: web.Request,
        session: str,
        near: web.WebSocketResponse,
        far: aiohttp.ClientWebSocketResponse,
    ) -> None:
        up = asyncio.ensure_future(self._up(session, near, far))
        down = asyncio.ensure_future(self._down(session, near, far))
        done, running = await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
        if down in done and far.close_code == 1006:
            reset(request)
        elif down in done:
            await near.close(code=sendable(far.close_code))
        await far.close(code=sendable(near.close_code))
        for task in running:
            task.cancel()
        await asyncio.gather(*done, *running, return_exceptions=True)

    async def _up(
        self, session: str, near: web.WebSocketResponse, far: aiohttp.ClientWebSocketResponse
    ) -> None:
        async for message in near:
            if message.type is WSMsgType.TEXT:
                self._record(session, "client", message.data)
                await far.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                await far.send_bytes(message.data)

    async def _down(
        self, session: str, near: web.WebSocketResponse, far: aiohttp.ClientWebSocketResponse
    ) -> None:
        async for message in far:
            if message.type is WSMsgType.TEXT:
                self._record(session, "server", message.data)
                await near.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                await near.send_bytes(message.data)

    def _record(self, session: str, direction: str, text: str) -> None:
        try:
            message: Mapping[str, Any] = json.loads(text)
        except ValueError:
            self.report.message(session, direction, text)
            return
        self.report.message(session, direction, redacted(message))
        self._note(session, direction, message)

    def _note(self, session: str, direction: str, message: Mapping[str, Any]) -> None:
        """The same notes the local model makes, from what passes by."""
        kind = message.get("type")
        if direction != "server":
            return
        if kind == "response.output_audio_transcript.done":
            self.report.note("speech", who="ai", session=session, text=message.get("transcript", ""))
        elif kind == "conversation.item.input_audio_transcription.completed":
            self.report.note("recognised", session=session, text=message.get("transcript", ""))
        elif kind == "response.function_call_arguments.done":
            fields = {key: message.get(key, "") for key in ("name", "arguments", "response_id")}
            self.report.note("tool", session=session, **fields)


def sendable(code: int | None) -> int:
    """A close code that may stand in a frame; 1005 and 1006 may not."""
    return code if code is not None and (1000 <= code < 1005 or 1006 < code < 5000) else 1000
