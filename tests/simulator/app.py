"""A small application on loopback that the simulator can phone, and what tests ask of both."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.network.account import Account
from warmtransfer.simulator.network.keeping import KEEP
from warmtransfer.simulator.network.laws import Laws
from warmtransfer.simulator.server import Simulator
from warmtransfer.simulator.wire import HostMap, sign

PUBLIC = "https://app.example.test"
CALLER, SAM, KIM = "+15550123456", "+15550100001", "+15550100002"
ALL_EVENTS = "start end join leave mute hold modify announcement"
Page = str | Callable[["Seen"], Any]


@dataclass
class Seen:
    """One request that the application got."""

    path: str
    form: dict[str, str]
    pairs: list[tuple[str, str]]
    headers: dict[str, str]
    query: str = ""


@dataclass
class App:
    """Serves TwiML from a table of pages, and remembers what was asked."""

    pages: dict[str, Page] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    media: Callable[[web.WebSocketResponse], Awaitable[None]] | None = None
    url: str = ""
    token: str = Account().token

    def forms(self, path: str, **fields: str) -> list[dict[str, str]]:
        """Returns the forms posted to a path that have these fields."""
        return [
            s.form for s in self.seen
            if s.path == path and all(s.form.get(k) == v for k, v in fields.items())
        ]  # fmt: skip

    def events(self, path: str = "/conf") -> list[str]:
        """Returns the conference events in the order they came."""
        return [f["StatusCallbackEvent"] for f in self.forms(path)]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answers one request; a signature that does not fit is a 403."""
        form = await request.post()
        pairs = [(k, str(v)) for k, v in form.items()]
        origin = PUBLIC.replace("https", "wss") if "Upgrade" in request.headers else PUBLIC
        asked = origin + request.path_qs
        if request.headers.get("X-Twilio-Signature") != sign(self.token, asked, pairs):
            return web.Response(status=403)
        if request.path == "/media":
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            if self.media is not None:
                await self.media(socket)
            return socket
        seen = Seen(request.path, dict(pairs), pairs, dict(request.headers), request.query_string)
        self.seen.append(seen)
        page = self.pages.get(request.path)
        if page is None:
            return web.Response(status=204)
        answer = page(seen) if callable(page) else page
        if isinstance(answer, Awaitable):
            answer = await answer
        return answer if isinstance(answer, web.StreamResponse) else twiml(answer)


def twiml(verbs: str, content_type: str = "text/xml") -> web.Response:
    """Returns a TwiML response."""
    text = f'<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>'
    return web.Response(text=text, content_type=content_type)


def room(label: str, name: str = "wt-1", **attrs: str) -> str:
    """Returns a quiet `<Dial><Conference>` with every callback."""
    chosen = {
        "participantLabel": label, "beep": "false", "waitUrl": "", "statusCallback": "/conf",
        "statusCallbackEvent": ALL_EVENTS, **attrs,
    }  # fmt: skip
    return f'<Dial action="/after"><Conference {attributes(chosen)}>{name}</Conference></Dial>'


def attributes(given: dict[str, str]) -> str:
    """Returns XML attributes."""
    return " ".join(f'{k}="{v}"' for k, v in given.items())


class World:
    """A simulator, an application, and an HTTP client for REST and control."""

    def __init__(self, sim: Simulator, app: App, http: aiohttp.ClientSession) -> None:
        self.sim, self.app, self.http = sim, app, http
        self.network = sim.network
        self.account = sim.network.account

    async def rest(self, method: str, path: str, **form: Any) -> tuple[int, Any]:
        """Sends a REST request; lists become repeated parameters."""
        return await self._ask(method, f"/2010-04-01/Accounts/{self.account.sid}/{path}.json", form)

    async def voice(self, method: str, path: str, **form: Any) -> tuple[int, Any]:
        """Sends a request that is voice.twilio.com's."""
        return await self._ask(method, f"/v1/{path}", form)

    async def _ask(self, method: str, path: str, form: dict[str, Any]) -> tuple[int, Any]:
        pairs = [(k, str(x)) for k, v in form.items() for x in (v if isinstance(v, list) else [v])]
        key = base64.b64encode(f"{self.account.sid}:{self.account.token}".encode()).decode()
        async with self.http.request(
            method, f"{self.sim.url}{path}",
            data=pairs if method == "POST" else None, params=pairs if method == "GET" else None,
            headers={"Authorization": f"Basic {key}"},
        ) as response:  # fmt: skip
            text = await response.text()
            return response.status, json.loads(text) if text else None

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        """Sends a control request."""
        async with self.http.request(method, f"{self.sim.url}/simulator{path}", json=body) as response:
            return await response.json(content_type=None)

    async def phone(self, *steps: dict[str, Any], from_: str = CALLER, to: str = "") -> str:
        """Phones a number, the first unless it is named; returns the Call SID."""
        answer = await self.control("POST", "/calls", {"from": from_, "to": to, "steps": list(steps)})
        return str(answer["call_sid"])

    async def ended(self, sid: str, timeout: float = 120) -> dict[str, Any]:
        """Waits for the end of a leg."""
        answer: dict[str, Any] = await self.control("GET", f"/calls/{sid}/wait?timeout={timeout}")
        assert not answer["timed_out"], self.story()
        return answer

    async def until(self, kind: str, timeout: float = 60, **fields: Any) -> dict[str, Any]:
        """Waits for a trace row, past ones included."""
        return await self.sim.trace.wait(
            lambda r: r["kind"] == kind and all(r.get(k) == v for k, v in fields.items()), timeout, 0
        )

    async def callback(self, timeout: float = 60, path: str = "/conf", **fields: str) -> dict[str, str]:
        """Waits until the application has got a callback with these fields."""

        def fits(row: dict[str, Any]) -> bool:
            form = dict(map(tuple, row.get("form", ())))
            return row["kind"] == "webhook" and path in row["url"] and fields.items() <= form.items()

        row = await self.sim.trace.wait(fits, timeout, 0)
        return dict(row["form"])

    async def quiet(self, timeout: float = 60) -> dict[str, Any]:
        """Waits until nothing is up, and returns the state."""

        async def nothing() -> None:
            while any(self.network.state()[k] for k in ("legs", "rooms", "streams", "callbacks", "tasks")):
                await self.sim.clock.sleep(0.1)

        await self.sim.clock.wait_for(nothing(), timeout)
        state: dict[str, Any] = await self.control("GET", "/state")
        return state

    def rows(self, kind: str, **fields: Any) -> list[dict[str, Any]]:
        """Returns the trace rows with these fields."""
        return [r for r in self.sim.trace.rows(kind) if all(r.get(k) == v for k, v in fields.items())]

    def heard(self, sid: str, since: float = 0.0) -> Any:
        """Returns what a leg heard from a simulated time on."""
        recorder = self.network.calls[sid].recorder
        assert recorder is not None
        return recorder.heard(max(0.0, since - (recorder.started or 0.0)))

    def story(self) -> str:
        """Returns the trace, for a failed assertion."""
        return "\n".join(self.sim.trace.lines_since(max(0, self.sim.trace.count - 60)))


@asynccontextmanager
async def world(
    pages: Mapping[str, Page] | None = None, *, speed: float = 20.0, laws: dict[str, str] | None = None,
    faults: list[str] | None = None, out: Path | None = None, cps: float = 0.0,
    phones: list[dict[str, Any]] | None = None, keep: float = KEEP, **account: Any,
) -> AsyncIterator[World]:  # fmt: skip
    """Starts an application behind a public host, and a simulator that knows where it is."""
    app = App(dict(pages or {}))
    server = web.Application()
    server.router.add_route("*", "/{tail:.*}", app.serve)
    runner = web.AppRunner(server, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    rules = Laws(7)
    for name, answer in (laws or {}).items():
        rules.put(name, answer)
    rules.put_faults(faults or [])
    sim = Simulator(
        Account.for_app(PUBLIC, **account), clock=Clock(speed), laws=rules, hosts=HostMap({PUBLIC: app.url}),
        out=out, calls_per_second=cps, keep=keep,
    )  # fmt: skip
    try:
        async with sim, aiohttp.ClientSession() as http:
            sim.network.phones.put(phones or [])
            yield World(sim, app, http)
    finally:
        await runner.cleanup()
