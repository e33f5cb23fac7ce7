"""The phone network: its account, its legs, its conferences, and what is still up."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.network.account import Account
from warmtransfer.simulator.network.callbacks import Callbacks
from warmtransfer.simulator.network.calls import Call, News
from warmtransfer.simulator.network.laws import Laws
from warmtransfer.simulator.network.reach import Reach
from warmtransfer.simulator.network.rooms import Room
from warmtransfer.simulator.network.webhooks import Webhooks
from warmtransfer.simulator.phones.phone import Phone
from warmtransfer.simulator.phones.scripts import PhoneBook, Reaction
from warmtransfer.simulator.sound.audio import PCM
from warmtransfer.simulator.sound.engine import Engine
from warmtransfer.simulator.streams.stream import MediaStream
from warmtransfer.simulator.tasks import Tasks
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
    ) -> None:  # fmt: skip
        self.account = account
        self.clock = clock
        self.trace = trace
        self.laws = laws or Laws()
        self.hosts = hosts or HostMap()
        self.out = out
        self.base_url = ""
        self.tasks = Tasks(trace)
        self.engine = Engine(clock)
        self.webhooks = Webhooks(clock, trace, self.hosts, account.token)
        self.callbacks = Callbacks(clock, trace, self.laws, self.webhooks, self.tasks)
        self.phones = PhoneBook()
        self.reach = Reach(self, calls_per_second)
        self.calls: dict[str, Call] = {}
        self.rooms: dict[str, Room] = {}
        self.streams: set[MediaStream] = set()
        self.recordings: dict[str, PCM] = {}
        self._wavs: set[str] = set()
        self._ticking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Starts the audio."""
        self._ticking = asyncio.get_running_loop().create_task(self.engine.run())

    # legs

    def new_call(self, direction: str, from_: str, to: str, **more: Any) -> Call:
        """Registers a leg; nothing happens to it yet."""
        call = Call(self, direction, from_, to, sid=new_sid("CA"), **more)
        self.calls[call.sid] = self.calls[call.webhook_sid] = call
        return call

    def phone_in(self, from_: str, to: str, steps: list[dict[str, Any]]) -> Call:
        """Someone phones the number."""
        if to not in ("", self.account.number):
            raise ValueError(f"the account has no number {to}")
        news = News(self.account.status_url) if self.account.status_url else News()
        phone = Phone(self.clock, self.trace, steps)
        call = self.new_call("inbound", from_, to or self.account.number, news=news)
        call.on_pick_up = lambda: self.lift(call, phone)
        call.dialled()
        call.ring()
        self.run(call, Goto(self.account.voice_url, self.account.voice_method), self.account.fallback_url)
        return call

    def answer(self, call: Call, reaction: Reaction) -> None:
        """Somebody, or a machine, answers a leg that was dialled."""
        call.machine = reaction.machine
        phone = Phone(
            self.clock, self.trace, reaction.steps, voice=reaction.voice, talks_over=reaction.talks_over
        )
        self.lift(call, phone)

    def lift(self, call: Call, phone: Phone) -> None:
        """Connects a phone with its leg and starts what the person does."""
        phone.on_press = call.press
        phone.on_hangup = lambda: call.finish("completed")
        call.phone = phone
        call.answer(phone)
        phone.start(call.sid, call.label)

    def token_fits(self, token: str, from_: str) -> bool:
        """Whether a CallToken lets its owner show that caller's number: the incoming call's own."""
        call = self.calls.get(token.removeprefix("simulated-"))
        return call is not None and call.direction == "inbound" and call.from_ == from_

    def pick_up(self, call: Call) -> None:
        """Answers a leg that its own TwiML answers: an incoming call, an application."""
        if not call.answered.is_set() and not call.over and call.on_pick_up is not None:
            call.on_pick_up()

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
        await interpret.run(call, first, fallback=fallback)

    def redirect(self, call: Call, first: Goto | Document) -> None:
        """Gives a live leg new TwiML by REST; in a conference, that pulls it out."""
        if call.member is not None:
            call.member.room.leave(call.member, "participant_updated_via_api")
        call.stop_script()
        call.player.stop()
        for child in call.children:
            child.finish("completed" if child.answered.is_set() else "canceled", sip=487)
        if call.stream is not None:
            self.tasks.spawn(call.stream.stop())
        self.run(call, first)

    def ended(self, call: Call) -> None:
        """Takes note that a leg has ended."""
        self.calls.setdefault(call.sid, call)

    # conferences

    def room_for(self, name: str, *, by_rest: bool) -> Room:
        """Returns the active conference of that name, or a new one."""
        other = self.laws["early_rest_leg"] == "other_room"
        for room in reversed(self.rooms.values()):
            if room.name == name and room.status != "completed":
                if other and not by_rest and room.made_by_rest and room.status == "init":
                    continue
                return room
        room = Room(self, new_sid("CF"), name)
        room.made_by_rest = by_rest
        self.rooms[room.sid] = room
        return room

    # what is left

    def keep(self, call: Call) -> dict[str, Any]:
        """Saves what a leg heard and said; returns the names for its last trace row."""
        if self.out is None or call.recorder is None:
            return {}
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", call.label).strip("-") or call.sid
        if stem in self._wavs:
            stem = f"{stem}-{call.sid[-6:]}"
        self._wavs.add(stem)
        heard, said = self.out / f"{stem}.wav", self.out / f"{stem}-said.wav"
        # An application's line has the room for its phone: what that hears, the application says.
        files = (said, heard) if call.to.startswith("app:") else (heard, said)
        self.tasks.spawn(asyncio.to_thread(call.recorder.save, *files))
        began = call.recorder.started if call.recorder.started is not None else call.answered_at
        return {"wav": heard.name, "said_wav": said.name, "answered_at": began}

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
                    "from": c.from_, "to": c.to, "room": c.member.room.name if c.member else None,
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
            "streams": sorted(s.sid for s in self.streams),
            "webhooks": self.webhooks.pending,
            "callbacks": self.callbacks.waiting,
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
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.wait([self._ticking])
        await self.webhooks.close()
