"""The phone network: its account, its legs, its conferences, and what is still up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.network.account import Account
from warmtransfer.simulator.network.addresses import phone_at
from warmtransfer.simulator.network.calls import Call, News, answering
from warmtransfer.simulator.network.holdings import Number
from warmtransfer.simulator.network.keeping import KEEP, Keeping
from warmtransfer.simulator.network.laws import Laws
from warmtransfer.simulator.network.messages import Message, Messages
from warmtransfer.simulator.network.queues import Queue, Queues
from warmtransfer.simulator.network.reach import Reach
from warmtransfer.simulator.network.rooms import Room
from warmtransfer.simulator.network.verifying import FROM, Verification
from warmtransfer.simulator.phones.phone import Phone
from warmtransfer.simulator.phones.scripts import PhoneBook
from warmtransfer.simulator.services import Services
from warmtransfer.simulator.trace import Trace
from warmtransfer.simulator.twiml import interpret
from warmtransfer.simulator.twiml.documents import Goto
from warmtransfer.simulator.twiml.grammar import Document
from warmtransfer.simulator.twiml.trial import disclaim
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
        self.holdings = self.services.holdings
        self.laws, self.tasks, self.engine = self.services.laws, self.services.tasks, self.services.engine
        self.phones = PhoneBook(known_by=phone_at)
        self.reach = Reach(self.services, self.phones, self, calls_per_second)
        self.messages = Messages(self.services, self.phones.reachable)
        self.queues = Queues(self.services)
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
        call.time_limit = self.holdings.limit(call.time_limit)
        self.calls[call.sid] = self.calls[call.webhook_sid] = call
        return call

    def child(self, parent: Call, from_: str, to: str, news: News) -> Call:
        """Registers a leg that the parent's <Dial> makes; nothing happens to it yet."""
        return self.new_call("outbound-dial", from_, to, parent=parent, news=news)

    def ring(self, call: Call, timeout: float) -> asyncio.Task[bool]:
        """Rings a leg of a <Dial>; True when someone answers and stays through its gate document."""
        code = self.holdings.barred(call.to)
        if code:
            return self.tasks.spawn(self.reach.barred(call, code))
        return self.reach.leg(call, timeout)

    def phone_in(
        self, from_: str, to: str, steps: list[dict[str, Any]], name: str = "",
        place: Mapping[str, str] | None = None, phone: Phone | None = None,
    ) -> Call:  # fmt: skip
        """Someone phones a number of the account; without `to`, the first that it has.

        `name` is told to a number that looks callers up; `place` is where they are, by `city`, `state` ….
        `phone` is what they phone with, if not one that does the steps.
        """
        number = self.holdings.number(to) if to else next(iter(self.holdings.numbers.values()), None)
        if number is None:
            raise ValueError(f"the account has no number {to}")
        settings = self.holdings.answering(number)
        first, fallback, news = answering(settings)
        caller = phone or Phone(self.clock, self.trace, steps)
        call = self.new_call("inbound", from_, number.phone_number, news=news)
        call.caller_name = name if settings.voice_caller_id_lookup else ""
        call.place_given = place or {}
        call.disclaims = self.holdings.trial
        call.on_pick_up = lambda: call.lift(caller)
        call.dialled()
        call.ring()
        if not self._turned_away(call, number):
            self.run(call, first, fallback)
        return call

    def text_in(self, from_: str, to: str, body: str, media: tuple[str, ...] = ()) -> Message:
        """Someone writes to a number of the account; without `to`, the first that takes messages."""
        able = [n for n in self.holdings.numbers.values() if "sms" in n.capabilities]
        number = next((n for n in able if to in ("", n.phone_number)), None)
        if number is None:
            raise ValueError(f"the account has no number {to} that takes messages".replace("  ", " "))
        return self.messages.receive(number, from_, body, media)

    def _turned_away(self, call: Call, number: Number) -> bool:
        """Ends an incoming call that the account's state, or the number, does not let in; nobody is told."""
        held, code, text = self.holdings, 0, ""
        if held.status != "active":
            code, text = 10003, f"the account is {held.status}"
        elif "voice" not in number.capabilities:
            text = f"{number.phone_number} takes no calls"
        elif held.trial and self.laws["trial_caller"] == "verified" and not held.may_call_from(call.from_):
            text = f"a trial account is called from verified numbers alone, and {call.from_} is none"
        if text:
            self.trace.note("error", code=code, text=text, leg=call.label, call_sid=call.sid)
            call.news = News()
            call.finish("failed", sip=403)
        return bool(text)

    def verify(
        self, number: str, name: str, delay: float, extension: str, told: tuple[str, str]
    ) -> tuple[Call, str]:
        """Calls a number to verify it as a caller ID; returns the leg, and the code that is to be entered."""
        code = f"{self.laws.dice.randrange(10**6):06d}"
        call = self.new_call("outbound-api", FROM, number)
        call.tones = extension
        self.tasks.spawn(Verification(self.services, call, code, name, told).run(delay, self.reach.leg))
        return call, code

    def token_fits(self, token: str, from_: str) -> bool:
        """Whether a CallToken lets its owner show that caller's number: the incoming call's own."""
        call = self.calls.get(token.removeprefix("simulated-"))
        return call is not None and call.direction == "inbound" and call.from_ == from_

    def run(self, call: Call, first: Goto | Document, fallback: Goto | None = None) -> None:
        """Runs TwiML on a leg in the background, instead of what it ran before."""
        call.stop_script()
        call.script = self.tasks.spawn(self._after(call.script, call, first, fallback))

    async def _after(
        self, before: asyncio.Task[None] | None, call: Call, first: Goto | Document, fallback: Goto | None
    ) -> None:
        """Runs TwiML when the script before it has let go of the line."""
        if before is not None and not before.done():
            await asyncio.wait([before])
        if call.disclaims:
            call.disclaims = False
            if not await disclaim(call):
                call.finish("completed")
        if not call.over:
            await interpret.run(call, self, first, fallback=fallback)

    def gate(self, call: Call, gate: Goto) -> asyncio.Task[None]:
        """Runs the document that a <Dial>'s leg hears before it is bridged."""
        return self.tasks.spawn(interpret.run(call, self, gate, hangs_up=False))

    def redirect(self, call: Call, first: Goto | Document, fallback: Goto | None = None) -> None:
        """Gives a live leg new TwiML by REST; in a conference, that pulls it out."""
        if call.place is not None:
            call.place.leave("participant_updated_via_api")
        call.stop_script()
        call.player.stop()
        for child in call.children:
            child.finish("completed" if child.answered.is_set() else "canceled", sip=487)
        if call.stream is not None:
            self.tasks.spawn(call.stream.stop())
        self.run(call, first, fallback)

    # conferences

    def room_for(self, name: str, *, by_rest: bool) -> Room:
        """Returns the active conference of that name, or a new one."""
        for room in reversed(self.rooms.values()):
            if room.name == name and room.status != "completed":
                early = not by_rest and room.made_by_rest and room.status == "init"
                if early and self.laws["early_rest_leg"] == "other_room":
                    continue
                return room
        room = Room(self.services, new_sid("CF"), name)
        room.made_by_rest = by_rest
        self.rooms[room.sid] = room
        return room

    def queue(self, name: str, *, make: bool) -> Queue | None:
        """Returns the queue of that name; a new one, if there is none and one is to be made."""
        return self.queues.named(name) or (self.queues.make(name) if make else None)

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
            "queues": self.queues.shown(),
            "streams": sorted(s.sid for s in self.services.streams),
            "webhooks": self.services.webhooks.pending,
            "callbacks": self.services.callbacks.waiting,
            "timers": len(live),
            "tasks": self.tasks.count,
            "laws": dict(self.laws.answers),
            "decided": dict(self.laws.decided),
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
        self.services.ears.close()
        await self.services.webhooks.close()
