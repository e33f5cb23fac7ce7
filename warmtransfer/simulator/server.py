"""The simulator as a server: REST and control API on one port, started and ended as one thing."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

from aiohttp import web

from warmtransfer.simulator.browser.access import Access
from warmtransfer.simulator.browser.elsewhere import reached, split
from warmtransfer.simulator.browser.handsets import Handsets
from warmtransfer.simulator.browser.pages import PREFIX, Pages
from warmtransfer.simulator.browser.shown import Scene
from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.control import Control
from warmtransfer.simulator.network.account import Account
from warmtransfer.simulator.network.keeping import KEEP
from warmtransfer.simulator.network.laws import Laws
from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.rest.front import Rest
from warmtransfer.simulator.running.authority import Authority
from warmtransfer.simulator.trace import Trace
from warmtransfer.simulator.wire import HostMap


class Simulator:
    """A phone network that listens on a port.

    `async with Simulator(account) as sim:` starts it on a free port (`sim.url`) and ends it cleanly.
    """

    def __init__(
        self, account: Account, *, host: str = "127.0.0.1", port: int = 0, clock: Clock | None = None,
        laws: Laws | None = None, hosts: HostMap | None = None, out: Path | None = None,
        calls_per_second: float = 1.0, keep: float = KEEP, sound: bool = True, scene: Scene | None = None,
        phones_at: str = "",
    ) -> None:  # fmt: skip
        self.host, self.port = host, port
        self.clock = clock or Clock()
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
        path = out / "trace.jsonl" if out is not None else None
        access = Access()
        secrets = (account.token, account.secondary_token, account.key_secret, access.token)
        self.trace = Trace(self.clock, path, secrets, sound=sound)
        self.network = Network(
            account,
            self.clock,
            self.trace,
            laws=laws,
            hosts=hosts,
            out=out,
            calls_per_second=calls_per_second,
            keep=keep,
        )
        self.pages = Pages(Handsets(self.network), access, scene or Scene())
        self.phones_at = phones_at
        self.quit = asyncio.Event()
        self._runners: list[web.AppRunner] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.host}:{self.port}"

    @property
    def phones_url(self) -> str:
        """Where the telephones are; with a token unless only this machine can get there."""
        base = f"{self.url}{PREFIX}"
        return base if self.host in ("127.0.0.1", "localhost", "::1") else self.pages.link(self.url)

    @property
    def phones_elsewhere(self) -> str:
        """The same for other devices, by a link that lets them in; "" when nothing listens for them."""
        return self.pages.link(self.pages.elsewhere) if self.pages.elsewhere else ""

    async def start(self) -> None:
        """Listens, and starts the audio."""
        app = web.Application(client_max_size=2**20)
        app.add_routes(Rest(self.network).routes())
        app.add_routes(Control(self.network, self.quit).routes())
        app.add_routes(self.pages.routes())
        self.port = await self._listen(app, self.host, self.port)
        if self.phones_at:
            host, port = split(self.phones_at)
            alone = web.Application()
            alone.add_routes(self.pages.routes())
            port = await self._listen(alone, host, port, Authority().context(reached(host).strip("[]")))
            self.pages.elsewhere = f"https://{reached(host)}:{port}"
        self.network.services.base_url = self.url
        self.network.start()

    async def _listen(
        self, app: web.Application, host: str, port: int, tls: ssl.SSLContext | None = None
    ) -> int:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        self._runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, host, port, ssl_context=tls).start()
        return int(runner.addresses[0][1])

    async def stop(self) -> None:
        """Hangs everything up and stops listening."""
        await self.network.close()
        for runner in self._runners:
            await runner.cleanup()
        self.trace.close()

    async def __aenter__(self) -> Simulator:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
