"""The simulator as a server: REST and control API on one port, started and ended as one thing."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.control import Control
from warmtransfer.simulator.network.account import Account
from warmtransfer.simulator.network.keeping import KEEP
from warmtransfer.simulator.network.laws import Laws
from warmtransfer.simulator.network.network import Network
from warmtransfer.simulator.rest.front import Rest
from warmtransfer.simulator.trace import Trace
from warmtransfer.simulator.wire import HostMap


class Simulator:
    """A phone network that listens on a port.

    `async with Simulator(account) as sim:` starts it on a free port (`sim.url`) and ends it cleanly.
    """

    def __init__(
        self, account: Account, *, host: str = "127.0.0.1", port: int = 0, clock: Clock | None = None,
        laws: Laws | None = None, hosts: HostMap | None = None, out: Path | None = None,
        calls_per_second: float = 1.0, keep: float = KEEP, sound: bool = True,
    ) -> None:  # fmt: skip
        self.host, self.port = host, port
        self.clock = clock or Clock()
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
        path = out / "trace.jsonl" if out is not None else None
        secrets = (account.token, account.secondary_token, account.key_secret)
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
        self.quit = asyncio.Event()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.host}:{self.port}"

    async def start(self) -> None:
        """Listens, and starts the audio."""
        app = web.Application(client_max_size=2**20)
        app.add_routes(Rest(self.network).routes())
        app.add_routes(Control(self.network, self.quit).routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.network.services.base_url = self.url
        self.network.start()

    async def stop(self) -> None:
        """Hangs everything up and stops listening."""
        await self.network.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self.trace.close()

    async def __aenter__(self) -> Simulator:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
