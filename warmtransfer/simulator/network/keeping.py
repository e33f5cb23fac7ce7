"""What is let go when it has ended long enough ago, so that the simulator can run for days."""

from __future__ import annotations

import asyncio
from typing import Protocol

from warmtransfer.simulator.network.calls import Call
from warmtransfer.simulator.network.messages import Messages
from warmtransfer.simulator.network.rooms import Room
from warmtransfer.simulator.services import Services

#: Simulated seconds for which ended calls, their sound and their rows stay, unless another time is asked for.
KEEP = 3600.0
#: How often is looked for what can go: so many times in the time it is kept for.
LOOKS = 4


class Held(Protocol):
    """What holds the calls, conferences and messages."""

    calls: dict[str, Call]
    rooms: dict[str, Room]
    messages: Messages


class Keeping:
    """Lets go of ended calls with their frames, cookies and recordings, conferences, messages, old rows.

    A row stays while a call that is kept had begun when it was written. Files are never touched.
    """

    def __init__(self, services: Services, held: Held, keep: float) -> None:
        if keep < 0:
            raise ValueError(f"--keep must be 0 or more seconds, not {keep:g}")
        self.services = services
        self.held = held
        self.keep = keep

    async def run(self) -> None:
        """Looks again and again, until cancelled; with `keep` 0 never."""
        while self.keep:
            await self.services.clock.sleep(self.keep / LOOKS)
            self.look()
            await asyncio.sleep(0)

    def look(self) -> None:
        """Lets go of everything that ended more than `keep` seconds ago."""
        horizon = self.services.clock.now() - self.keep
        for sid, call in list(self.held.calls.items()):
            if call.ended_at is not None and call.ended_at < horizon:
                del self.held.calls[sid]
                self.services.webhooks.forget(sid)
        for sid, room in list(self.held.rooms.items()):
            if room.ended_at is not None and room.ended_at < horizon:
                del self.held.rooms[sid]
        self.held.messages.let_go(horizon)
        self.services.recordings.let_go(horizon)
        self.services.trace.let_go(min([horizon, *(call.began for call in self.held.calls.values())]))
