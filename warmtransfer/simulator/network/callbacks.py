"""Status callbacks: sent behind the scenes, in order or out of it, as the law `callbacks` says."""

from __future__ import annotations

import asyncio
import uuid

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.network.laws import Laws
from warmtransfer.simulator.network.webhooks import Form, Webhooks
from warmtransfer.simulator.tasks import Tasks
from warmtransfer.simulator.trace import Trace


class Callbacks:
    """Sends events of one resource after each other; nobody waits for them."""

    def __init__(self, clock: Clock, trace: Trace, laws: Laws, webhooks: Webhooks, tasks: Tasks) -> None:
        self.clock = clock
        self.trace = trace
        self.laws = laws
        self.webhooks = webhooks
        self.tasks = tasks
        self._last: dict[str, asyncio.Task[None]] = {}
        self.waiting = 0

    def send(self, key: str, url: str, form: Form, method: str = "POST") -> None:
        """Sends one event of the resource `key` (a Call SID, a Conference SID)."""
        law, dice = self.laws["callbacks"], self.laws.dice
        event = dict(form).get("StatusCallbackEvent") or dict(form).get("CallStatus", "")
        if law == "lost" and dice.random() < self.laws.fraction("callbacks", 0.2):
            self.trace.note("law", law="callbacks", answer="lost", url=url, about=event)
            return
        token = str(uuid.uuid4())
        before = self._last.get(key) if law in ("in_order", "lost", "twice") else None
        delay = {"late": dice.uniform(2.0, 5.0), "shuffled": dice.uniform(0.0, 1.5)}.get(law, 0.0)
        self.waiting += 1
        task = self.tasks.spawn(self._deliver(before, delay, url, form, method, token))
        self._last[key] = task
        task.add_done_callback(lambda done: self._let_go(key, done))
        if law == "twice":
            self.waiting += 1
            self.tasks.spawn(self._deliver(task, 0.3, url, form, method, token))

    def _let_go(self, key: str, task: asyncio.Task[None]) -> None:
        """Forgets a resource's last event, once it has been sent: nothing has to wait for it any more."""
        if self._last.get(key) is task:
            del self._last[key]

    async def _deliver(
        self, before: asyncio.Task[None] | None, delay: float, url: str, form: Form, method: str, token: str
    ) -> None:
        try:
            if before is not None and not before.done():
                await asyncio.wait([before])
            if delay:
                await self.clock.sleep(delay)
            await self.webhooks.send(url, form, method, token=token)
        finally:
            self.waiting -= 1
