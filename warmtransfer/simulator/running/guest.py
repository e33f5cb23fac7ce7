"""The guest: an application that runs in here and takes the simulator for Twilio and for the model's host."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from warmtransfer.simulator.given import keys_inside
from warmtransfer.simulator.model.process import ModelServer
from warmtransfer.simulator.running.command import command
from warmtransfer.simulator.running.environment import environment, proxy_before
from warmtransfer.simulator.running.fronts import OPENAI, TWILIO, Address, Fronts
from warmtransfer.simulator.server import Simulator

#: Where the API says that it is, to whoever knows no better.
API_URL = "https://api.twilio.com"


class Guest:
    """Runs one command with fronts for the simulator's hosts, and the model's unless that is the real one."""

    def __init__(self, simulator: Simulator, model: ModelServer | None, app: str) -> None:
        self.simulator = simulator
        self.app = app
        places: dict[str, Address] = dict.fromkeys(TWILIO, (simulator.host, simulator.port))
        if model is not None:
            places |= dict.fromkeys(OPENAI, ("127.0.0.1", model.port))
        self.fronts = Fronts(places, simulator.trace, proxy_before(os.environ))
        self.keys = keys_inside(simulator.network.account)
        if model is None:
            del self.keys["OPENAI_API_KEY"]

    async def run(self, words: Sequence[str]) -> int:
        """Runs the command to its end; returns its exit status."""
        self.simulator.network.services.base_url = API_URL
        control = {"SIMULATOR_CONTROL_URL": f"{self.simulator.url}/simulator"}
        await self.fronts.start()
        try:
            with tempfile.TemporaryDirectory(prefix="warmtransfer-") as name:
                env = environment(os.environ, self.fronts, {**self.keys, **control}, Path(name), self.app)
                return await command(words, env, self.simulator.quit)
        finally:
            await self.fronts.stop()
