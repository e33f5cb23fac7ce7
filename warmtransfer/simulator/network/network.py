"""The phone network: its account, its legs, its conferences, and what is still up."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.network.account import Account
from warmtransfer.simulator.network.calls import Call, News
from warmtransfer.simulator.network.keeping import KEEP, Keeping
from warmtransfer.simulator.network.laws import Laws
from warmtransfer.simulator.network.reach import Reach
from warmtransfer.simulator.network.rooms import Room
from warmtransfer.simulator.phones.phone import Phone
from warmtransfer.simulator.phones.scripts import PhoneBook
from warmtransfer.simulator.services import Services
from warmtransfer.simulator.trace import Trace
from warmtransfer.simulator.twiml import interpret
from warmtransfer.simulator.twiml.documents import Goto
from warmtransfer.simulator.twiml.grammar import Document
from warmtransfer.simulator.wire import HostMap, new_sid


class Network:
    """Everything Twilio would hold for one account. Must be made inside a running event loop."""

    def __init__(
        self, account: Account, clock: Clock, trace: Trace, *, laws: Laws | None = None,
        hosts: HostMap | None = None, out: Path | None = None, calls_per_second: float = 1.0,
        keep: float = KEEP,
    ) -> None:  # fmt: skip
        self.services = Services.of(account, clock, trace, laws or Laws(), hosts or HostMap(), out)
        self.account, self.clock, self.trace = account, clock, trace
        self.laws, self.tasks, self.engine = self.services.laws, self.services.tasks, self.services.engine
        self.phones = PhoneBook()
        self.reach = Reach(self.services, self.phones, self, calls_per_second)
        self.calls: dict[str, Call] = {}
        self.rooms: dict[str, Room] = {}
        self.keeping = Keeping(self.services, self, keep)
        self._running: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Starts the audio, and the letting go."""
        loop = asyncio.get_running_loop()
        self._running = [loop.create_task(work) for work in (self.engine.run(), self.keeping.run())]

    # legs

    def new_call(self, direction: str, from_: str, to: str, **more: Any) -> Call:
        """Registers a leg; nothing happens to it yet."""
        call = Call(self.services, direction, from_, to, sid=new_sid("CA"), **more)
        self.calls[call.sid] = self.calls[call.webhook_sid] = call
        return call

    def child(self, parent: Call, from_: str, to: str, news: News) -> Call:
        """Registers a leg that the parent's <Dial> makes; nothing happens to it yet."""
        return self.new_call("outbound-dial", from_, to, parent=parent, news=news)

    def ring(self, call: Call, timeout: float) -> asyncio.Task[bool]:
        """Rings a leg of a <Dial>; True when someone answers and stays through its gate document."""
        return self.reach.leg(call, timeout)

    def phone_in(self, from_: str, to: str, steps: list[dict[str, Any]]) -> Call:
        """Someone phones the number."""
        if to not in ("", self.account.number):
            raise ValueError(f"the account has no number {to}")
        news = News(self.account.status_url, self.account.status_method)
        phone = Phone(self.clock, self.trace, steps)
        call = self.new_call("inbound", from_, to or self.account.number, news=news)
        call.on_pick_up = lambda: call.lift(phone)
        call.dialled()
        call.ring()
        self.run(call, Goto(self.account.voice_url, self.account.voice_method), self.account.fallback_url)
        return call

    def token_fits(self, token: str, from_: str) -> bool:
        """Whether a CallToken lets its owner show that caller's number: the incoming call's own."""
        call = self.calls.get(token.removeprefix("simulated-"))
        return call is not None and call.direction == "inbound" and call.from_ == from_

    def run(self, call: Call, first: Goto | Document, fallback: str = "") -> None:
        """Runs TwiML on a leg in the background, instead of what it ran before."""
        call.stop_script()
        call.script = self.tasks.spawn(self._after(call.script, call, first, fallback))

    async def _after(
        self, before: asyncio.Task[None] | None, call: Call, first: Goto | Document, fallback: str
    ) -> None:
        """Runs TwiML when the script before it has let go of the line."""
        if before is not None and not before.done():
            await asyncio.wait([before])
        await interpret.run(call, self, first, fallback=fallback)

    def gate(self, call: Call, gate: Goto) -> asyncio.Task[None]:
        """Runs the document that a <Dial>'s leg hears before it is bridged."""
        return self.tasks.spawn(interpret.run(call, self, gate, hangs_up=False))

    def redirect(self, call: Call, first: Goto | Document) -> None:
        """Gives a live leg new TwiML by REST; in a conference, that pulls it out."""
        if call.place is not None:
            call.place.leave("participant_updated_via_api")
        call.stop_script()
        call.player.stop()
        for child in call.children:
            child.finish("completed" if child.answered.is_set() else "canceled", sip=487)
        if call.stream is not None:
            self.tasks.spawn(call.stream.stop())
        self.run(call, first)

    # conferences

    def room_for(self, name: str, *, by_rest: bool) -> Room:
        """Returns the active conference of that name, or a new one."""
        other = self.laws["early_rest_leg"] == "other_room"
        for room in reversed(self.rooms.values()):
            if room.name == name and room.status != "completed":
                if other and not by_rest and room.made_by_rest and room.status == "init":
                    continue
                return room
        room = Room(self.services, new_sid("CF"), name)
        room.made_by_rest = by_rest
        self.rooms[room.sid] = room
        return room

    # what is left

    def live(self) -> list[Call]:
        """Returns the legs that have not ended."""
        return [c for sid, c in self.calls.items() if not c.over and sid == c.sid]

    def state(self) -> dict[str, Any]:
        """Returns what is still up, truthfully."""
        live = self.live()
        return {
            "t": round(self.clock.now(), 3),
            "legs": [
                {
                    "label": c.label, "call_sid": c.sid, "status": c.status, "direction": c.direction,
                    "from": c.from_, "to": c.to, "room": c.place.conference_name if c.place else None,
                }
                for c in live
            ],
            "rooms": [
                {
                    "conference_sid": r.sid, "name": r.name, "status": r.status,
                    "members": [m.label or m.call.sid for m in r.members.values()],
                    "ringing": [m.label or m.call.sid for m in r.ringing.values()],
                }
                for r in self.rooms.values() if r.status != "completed"
            ],
            "streams": sorted(s.sid for s in self.services.streams),
            "webhooks": self.services.webhooks.pending,
            "callbacks": self.services.callbacks.waiting,
            "timers": len(live),
            "tasks": self.tasks.count,
            "laws": dict(self.laws.answers),
        }  # fmt: skip

    async def close(self) -> None:
        """Hangs up every leg, sends the last callbacks if they are quick, and ends all work."""
        for call in self.live():
            call.finish("completed" if call.answered.is_set() else "canceled")
        try:
            async with asyncio.timeout(2):
                while self.tasks.count:
                    await asyncio.sleep(0.02)
        except TimeoutError:
            self.trace.note("fault", what=f"{self.tasks.count} pieces of work were cut off at the end")
        await self.tasks.close()
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)
        await self.services.webhooks.close()
