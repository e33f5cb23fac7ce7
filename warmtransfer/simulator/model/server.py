"""The socket side: upgrade, keys, models, closes, and the control API."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from typing import Any

from aiohttp import WSMsgType, web

from warmtransfer.simulator.model.faults import parsed
from warmtransfer.simulator.model.ids import fresh
from warmtransfer.simulator.model.session import Out, Session
from warmtransfer.simulator.model.settings import MODELS
from warmtransfer.simulator.model.shapes import Refused
from warmtransfer.simulator.model.surroundings import Setup

#: The largest message taken: 15 MiB of audio as base64, and its envelope.
LARGEST = 24 * 1024 * 1024
PATHS = ("/v1/realtime", "/openai/v1/realtime")
BETA_TEXT = "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API."


class Server:
    """Serves sessions on PATHS and the control API under /control.

    `key` is the one API key taken; without it any key is. A wrong key gets the close 3000, or HTTP 401 when
    `refuse_key` is "401"; no key at all always gets 401. Models with a name in `extra_models` are known too.
    """

    def __init__(
        self,
        setup: Setup,
        key: str | None = None,
        refuse_key: str = "3000",
        extra_models: tuple[str, ...] = (),
    ) -> None:
        self.setup = setup
        self.key = key
        self.refuse_key = refuse_key
        self.models = MODELS | set(extra_models)
        self.sessions: dict[str, Session] = {}
        self._sockets: set[web.WebSocketResponse] = set()

    def app(self) -> web.Application:
        """The application to serve."""
        app = web.Application()
        for path in PATHS:
            app.router.add_get(path, self.realtime)
        app.router.add_post("/control", self.control)
        app.router.add_get("/control/state", self.state)
        app.on_shutdown.append(self._shut)
        return app

    async def _shut(self, _app: web.Application) -> None:
        for session in list(self.sessions.values()):
            session.close(1001, "server shutting down")
        for socket_ in list(self._sockets):
            await socket_.close(code=1001)

    async def realtime(self, request: web.Request) -> web.StreamResponse:
        """One session, from upgrade to close."""
        if (refusal := await self._spoil_upgrade(request)) is not None:
            return refusal
        given = given_key(request)
        bad_key = self.key is not None and given != self.key
        if not given or (bad_key and self.refuse_key == "401"):
            return refused(401, "invalid_api_key", "Incorrect API key provided.")
        ws = web.WebSocketResponse(max_msg_size=LARGEST, compress=False, timeout=2.0)
        await ws.prepare(request)
        self._sockets.add(ws)
        try:
            trouble = self._refused_after_upgrade(request, bad_key)
            if trouble is None:
                await self._serve(request, ws)
            else:
                await self._turn_away(ws, *trouble)
        finally:
            self._sockets.discard(ws)
        return ws

    async def _spoil_upgrade(self, request: web.Request) -> web.StreamResponse | None:
        for fault in self.setup.faults.take("upgrade"):
            self.setup.report.note("fault", name=fault.name, arg=fault.arg)
            if fault.name == "handshake":
                await self.setup.clock.sleep(float(str(fault.arg)))
            elif fault.name == "tcp":
                reset(request)
                return web.Response(status=500)
            else:
                return refused(int(str(fault.arg)))
        return None

    def _refused_after_upgrade(self, request: web.Request, bad_key: bool) -> tuple[Refused, int] | None:
        """The error and close code of a session that never begins."""
        if "realtime=v1" in request.headers.get("OpenAI-Beta", ""):
            return Refused("beta_api_shape_disabled", BETA_TEXT), 4000
        if bad_key:
            return Refused("invalid_api_key", "Incorrect API key provided."), 3000
        model = request.query.get("model")
        if not model:
            return Refused("missing_model", "You must provide a model parameter.", "model"), 4000
        if request.path == PATHS[0] and model not in self.models:
            text = f"The model '{model}' does not exist or you do not have access to it."
            return Refused("model_not_found", text, "model"), 4000
        return None

    async def _turn_away(self, ws: web.WebSocketResponse, why: Refused, code: int) -> None:
        session = Session(self.setup, "none")
        session.error(why)
        session.close(code, f"{why.kind}.{why.code}")
        await write(session, ws)
        await session.end()

    async def _serve(self, request: web.Request, ws: web.WebSocketResponse) -> None:
        session = Session(self.setup, request.query["model"])
        self.sessions[session.id] = session
        self.setup.report.note("session", session=session.id, state="open", model=request.query["model"])
        opening = asyncio.ensure_future(self._open(session))
        writing = asyncio.ensure_future(write(session, ws))
        try:
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    session.receive(message.data)
                elif message.type is WSMsgType.BINARY:
                    session.error(Refused("invalid_json", "Binary messages are not supported."))
        finally:
            opening.cancel()
            self.sessions.pop(session.id, None)
            await session.end()
            if session.farewell is None:
                writing.cancel()
            await asyncio.gather(writing, opening, return_exceptions=True)
            code = session.farewell.code if session.farewell is not None else ws.close_code
            self.setup.report.note("session", session=session.id, state="closed", code=code)

    async def _open(self, session: Session) -> None:
        for fault in self.setup.faults.take("open"):
            await self.setup.clock.sleep(float(str(fault.arg)))
        session.open()

    async def control(self, request: web.Request) -> web.Response:
        """POST {"fault": "model=stall:5;times=2"}: {"clear": true}, or {"rules": […]} to teach."""
        order: dict[str, Any] = await request.json()
        if "rules" in order:
            return self._teach(order["rules"])
        if order.get("clear"):
            self.setup.faults.clear()
            return web.json_response({"struck": 0, "waiting": []})
        try:
            fault = parsed(str(order.get("fault")))
        except ValueError as wrong:
            return web.json_response({"error": str(wrong)}, status=400)
        struck = 0
        if fault.when == "now":
            for session in list(self.sessions.values()):
                session.act(fault.action)
                struck += 1
        else:
            self.setup.faults.add(fault)
        return web.json_response({"struck": struck, "waiting": self.setup.faults.waiting()})

    def _teach(self, rules: Any) -> web.Response:
        try:
            self.setup.book.teach(rules)
        except (ValueError, TypeError, AttributeError, re.error) as wrong:
            return web.json_response({"error": str(wrong)}, status=400)
        return web.json_response({"taught": len(rules)})

    async def state(self, _request: web.Request) -> web.Response:
        """GET: the sessions that are open, and the faults still to come."""
        shown = [
            {
                "id": session.id,
                "model": session.config["model"],
                "age": round(session.age, 3),
                "items": len(session.conversation.entries),
                "active_response": session.active.id if session.active is not None else None,
            }
            for session in self.sessions.values()
        ]
        return web.json_response({"sessions": shown, "faults": self.setup.faults.waiting()})


def given_key(request: web.Request) -> str:
    """The API key of a request: a Bearer token, or Azure's header."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.headers.get("api-key", "")


def refused(status: int, code: str | None = None, text: str = "The request was refused.") -> web.Response:
    """An HTTP answer instead of the upgrade, with the body of the real API."""
    names = {401: "invalid_api_key", 403: "model_not_found", 429: "rate_limit_exceeded"}
    kind = "invalid_request_error" if status < 500 else "server_error"
    body = {"error": {"message": text, "type": kind, "param": None, "code": code or names.get(status)}}
    return web.json_response(body, status=status)


def reset(request: web.BaseRequest) -> None:
    """Break the connection so that the client sees a reset, not an end."""
    transport = request.transport
    if transport is not None:
        link = transport.get_extra_info("socket")
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


async def write(session: Session, ws: web.WebSocketResponse) -> None:
    """Write what the session has to say, up to its close."""
    while True:
        out = await session.out.get()
        try:
            if out.kind == "text":
                await ws.send_str(out.text)
            elif out.kind == "ping":
                await ws.ping(fresh("ping").encode())
            else:
                await closed(ws, out)
                return
        except (ConnectionError, RuntimeError):
            return  # the client has gone; the reader ends the session


async def closed(ws: web.WebSocketResponse, out: Out) -> None:
    """End the socket with this code; 1005 sends no code and 1006 no close frame."""
    if out.code == 1006:
        request = ws._req
        assert request is not None
        reset(request)
    elif out.code == 1005:
        await ws.send_frame(b"", WSMsgType.CLOSE)
        await ws.close()
    else:
        await ws.close(code=out.code, message=out.text.encode())
