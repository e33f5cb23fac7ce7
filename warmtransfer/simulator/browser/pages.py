"""The pages: three telephones side by side, each alone, and what they are made of."""

from __future__ import annotations

import io
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import segno
from aiohttp import web

from warmtransfer.simulator.browser.access import REFUSED, Access
from warmtransfer.simulator.browser.application import Looking
from warmtransfer.simulator.browser.console import entered
from warmtransfer.simulator.browser.handsets import Handsets
from warmtransfer.simulator.browser.line import Line
from warmtransfer.simulator.browser.shown import Scene, Shown

ASSETS = Path(__file__).parent / "assets"
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
PREFIX = "/phones"
#: Everything is the page's own; no inline script, and no other host.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
Work = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Pages:
    """Serves the telephones under /phones."""

    def __init__(self, handsets: Handsets, access: Access, scene: Scene) -> None:
        self.handsets = handsets
        self.access = access
        self.scene = scene
        self._application = Looking(self._answered_at, scene.waits)
        #: Where another device on the same network finds them; "" when nothing listens there.
        self.elsewhere = ""

    def routes(self) -> list[web.RouteDef]:
        """Returns the routes."""
        table: list[tuple[str, Work]] = [
            ("", self.page),
            ("/", self.page),
            ("/about.json", self.about),
            ("/app.json", self.application),
            ("/assets/{name}", self.asset),
            ("/console", self.console),
            ("/{who}/line", self.line),
            ("/{who}/code.svg", self.code),
            ("/{who}", self.page),
        ]
        return [web.get(PREFIX + path, self._guarded(work)) for path, work in table]

    def link(self, base: str, who: str = "") -> str:
        """A link that lets whoever opens it in."""
        return f"{base}{PREFIX}{'/' + who if who else ''}?token={self.access.token}"

    def _guarded(self, work: Work) -> Work:
        async def serve(request: web.Request) -> web.StreamResponse:
            if not self.access.allows(request):
                return web.Response(status=403, text=REFUSED)
            return await work(request)

        return serve

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The telephones, or one of them; a link's token is kept, and taken out of the address."""
        if who := request.match_info.get("who", ""):
            self._person(who)
        if "token" in request.query:
            away = web.HTTPFound(request.path)
            self.access.remember(request, away)
            raise away
        answer = self._file("phones.html")
        sockets = f"{'wss' if request.secure else 'ws'}://{request.host}"
        answer.headers["Content-Security-Policy"] = POLICY.format(sockets=sockets)
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    async def about(self, request: web.Request) -> web.StreamResponse:
        """What the page shows beside the telephones' own state."""
        scene = self.scene
        numbers = list(self.handsets.network.holdings.numbers.values())
        told = {
            "number": numbers[0].phone_number if numbers else "",
            "company": scene.company,
            "people": [
                {"name": each.name, "number": each.number, "calls": each.calls} for each in scene.people
            ],
            "speed": self.handsets.network.clock.speed,
            "model": scene.model,
            "understood": [
                {"says": each.says, "answer": each.answer, "transfers": each.transfers}
                for each in scene.understood
            ],
            "console": f"{PREFIX}/console" if scene.console and scene.console_password else scene.console,
            "elsewhere": self.elsewhere,
            "how": scene.how,
            "app": await self._application.look(),
        }
        return web.json_response(told, headers={"Cache-Control": "no-store"})

    async def application(self, request: web.Request) -> web.StreamResponse:
        """Whether the application can be called now, and which telephones are held by a page."""
        told = {**await self._application.look(), "held": self.handsets.held()}
        return web.json_response(told, headers={"Cache-Control": "no-store"})

    def _answered_at(self) -> str:
        """Where the first number's calls are answered, as seen from here; "" where no app is asked."""
        network = self.handsets.network
        numbers = list(network.holdings.numbers.values())
        url = network.holdings.answering(numbers[0]).voice_url if numbers else ""
        return network.services.webhooks.hosts.local(url) if url.startswith("http") else ""

    async def console(self, request: web.Request) -> web.StreamResponse:
        """The application's console, for whoever sits at this machine, and logged in by itself."""
        scene = self.scene
        if not scene.console or not scene.console_password or not self.access.near(request):
            raise web.HTTPNotFound
        return await entered(scene.console, scene.console_password, request.url.host or "127.0.0.1")

    async def asset(self, request: web.Request) -> web.StreamResponse:
        """A part of the page."""
        return self._file(request.match_info["name"])

    def _file(self, name: str) -> web.Response:
        path = ASSETS / name
        if path.name != name or path.suffix not in KINDS or not path.is_file():
            raise web.HTTPNotFound
        return web.Response(
            text=path.read_text(encoding="utf-8"), content_type=KINDS[path.suffix],
            headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"},
        )  # fmt: skip

    async def code(self, request: web.Request) -> web.StreamResponse:
        """The link to one telephone for a second device, as a QR code."""
        if not self.elsewhere:
            raise web.HTTPNotFound
        drawn = io.BytesIO()
        link = self.link(self.elsewhere, self._person(request.match_info["who"]).number)
        segno.make(link, error="m").save(drawn, kind="svg", border=4, light="#fff", xmldecl=False)
        return web.Response(
            body=drawn.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "no-store"}
        )

    async def line(self, request: web.Request) -> web.StreamResponse:
        """One telephone's WebSocket."""
        person = self._person(request.match_info["who"])
        return await Line(self.handsets, person.number, person.voice).serve(request)

    def _person(self, who: str) -> Shown:
        """The telephone of a name or number; any number has one."""
        for each in self.scene.people:
            if who in (each.number, each.name) or who.casefold() == each.name.casefold():
                return each
        if who.startswith(("+", "client:")):
            return Shown(who, who)
        raise web.HTTPNotFound(text=json.dumps({"error": f"nobody here is called {who}"}))
