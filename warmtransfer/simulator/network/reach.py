"""Reaching the other side: pacing, ringing, answering, application legs, answering-machine detection."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

from warmtransfer.simulator.network.addresses import outcome_of
from warmtransfer.simulator.network.calls import Call, answering
from warmtransfer.simulator.network.holdings import Settings
from warmtransfer.simulator.network.rooms import Member, Room
from warmtransfer.simulator.phones.phone import Phone
from warmtransfer.simulator.phones.scripts import PhoneBook, Reaction
from warmtransfer.simulator.services import Services
from warmtransfer.simulator.sound.audio import ring_tone
from warmtransfer.simulator.sound.engine import Line
from warmtransfer.simulator.sound.player import Player
from warmtransfer.simulator.twiml.documents import Goto
from warmtransfer.simulator.twiml.grammar import Document

#: Seconds that Twilio adds to every ring timeout (PART).
BUFFER = 5.0
#: Seconds from dialling to the first ring, and to a refusal.
SETUP = 0.3
#: The codes of those who do not answer; who refuses has one of their own.
NOT_FOUND = 404
REFUSED = {"busy": 486, "failed": NOT_FOUND}
#: What is said of a number that is dialled and belongs to nobody.
NOBODY = (
    "there is no phone at {0}, so the leg fails; set one: "
    """curl -X PUT …/simulator/phones -d '[{{"number": "{0}", "answer": {{"after": 2}}}}]'"""
)


@dataclass(frozen=True)
class Detection:
    """Answering-machine detection as a request asks for it."""

    mode: str = ""  #: "", "Enable" or "DetectMessageEnd"
    asynchronous: bool = False
    url: str = ""
    method: str = "POST"
    timeout: float = 30.0


class Scripts(Protocol):
    """Where an answered leg goes: TwiML is run on it, or it is brought into a conference."""

    def run(self, call: Call, first: Goto | Document, fallback: Goto | None = None) -> None:
        """Runs TwiML on a leg in the background, instead of what it ran before."""

    def gate(self, call: Call, gate: Goto) -> asyncio.Task[None]:
        """Runs the document that a <Dial>'s leg hears before it is bridged."""

    def room_for(self, name: str, *, by_rest: bool) -> Room:
        """Returns the active conference of that name, or a new one."""


class Reach:
    """Dials. New legs asked for by REST leave at the account's calls per second; the rest wait in line."""

    def __init__(
        self, services: Services, phones: PhoneBook, scripts: Scripts, calls_per_second: float
    ) -> None:
        self.services = services
        self.phones = phones
        self.scripts = scripts
        self.gap = 1.0 / calls_per_second if calls_per_second > 0 else 0.0
        self._free = float("-inf")

    def pace(self, call: Call) -> float:
        """Books the leg's turn; returns the seconds until then, noted as its queue time and in the trace."""
        if call.to.startswith("app:") and self.services.laws["app_cps"] == "free":
            return 0.0
        now = self.services.clock.now()
        wait = max(0.0, self._free - now)
        self._free = max(now, self._free) + self.gap
        call.queue_ms = round(wait * 1000)
        if call.queue_ms:
            what = f"waits {wait:.2f} s for the account's calls per second"
            note = self.services.trace.note
            note("queued", what=what, leg=call.label, call_sid=call.sid, seconds=round(wait, 3))
        return wait

    def place(
        self, call: Call, first: Goto | Document, fallback: Goto | None, timeout: float, detection: Detection
    ) -> None:
        """Places a call made by `POST Calls`: its TwiML runs when someone answers."""
        call.disclaims = self.services.holdings.trial
        work = self._place(call, timeout, detection, self.pace(call))
        call.effort = self.services.tasks.spawn(self._then(call, work, first, fallback))

    async def _then(
        self, call: Call, work: Awaitable[bool], first: Goto | Document, fallback: Goto | None
    ) -> None:
        if await work and await self._toned(call):
            self.scripts.run(call, first, fallback)

    async def _toned(self, call: Call) -> bool:
        """Sends the leg's tones; False when its document is not to be run any more."""
        if call.tones:
            sending = self.services.tasks.spawn(call.send_tones())
            if self.services.laws["tones"] == "before_document":
                await sending
        return not call.over and call.script is None

    async def _place(self, call: Call, timeout: float, detection: Detection, wait: float) -> bool:
        await self.services.clock.sleep(wait)
        if not await self._ring(call, timeout) or call.over:
            return False
        if detection.mode and not detection.asynchronous:
            await self._detect(call, detection)
        elif detection.mode:
            self.services.tasks.spawn(self._detect(call, detection))
        return not call.over

    def add(self, member: Member, timeout: float, detection: Detection) -> None:
        """Rings a participant added by REST."""
        call = member.call
        member.room.expect(member)
        call.effort = self.services.tasks.spawn(self._add(member, self.pace(call), timeout, detection))

    async def _add(self, member: Member, wait: float, timeout: float, detection: Detection) -> None:
        call = member.call
        await self.services.clock.sleep(wait)
        if call.over:
            return
        if call.to.startswith("app:"):
            self._application(member)
            return
        early = member.early_media and self.services.laws["join_reported"] == "at_ringing"
        sound = Player()
        try:
            answered = await self._ring(
                call, timeout, (lambda: self._early(member, sound)) if early else None
            )
        finally:
            sound.stop()
        if not answered or call.over:
            return
        self._enter(member)
        if detection.mode and not call.over:
            await self._detect(call, detection)

    def _early(self, member: Member, sound: Player) -> None:
        """Lets the room hear the ringing of a leg that counts as joined already."""
        if member.room.status != "completed":
            line = Line(sound)
            line.connect(member.room.join(member))
            self.services.engine.add(line)
            self.services.tasks.spawn(self._until_stopped(sound, line))

    async def _until_stopped(self, sound: Player, line: Line) -> None:
        await sound.play(ring_tone(), loops=0)
        self.services.engine.remove(line)

    def _enter(self, member: Member) -> None:
        """Brings an answered leg into its conference, if there still is one."""
        call = member.call
        if member.joined and member.seat is not None:
            call.connect(member.seat)
            return
        if member.room.status == "completed":
            if not member.by_name:
                call.finish("failed", sip=480)
                return
            member.room.ringing.pop(member.key, None)
            member.room = self.scripts.room_for(member.room.name, by_rest=True)
        seat = member.room.join(member)
        call.connect(seat)

    def _application(self, member: Member) -> None:
        """Asks the application for the leg's document; the leg joins when that answers it."""
        call = member.call

        def pick_up() -> None:
            call.answer(Player())
            self._enter(member)
            if call.line is not None and member.seat is not None:
                call.line.phone = member.seat
            call.connect(None)

        call.on_pick_up = pick_up
        call.dialled()
        call.ring()
        app = self.services.holdings.application(call.to)
        first, fallback, _ = answering(app.settings if app is not None else Settings())
        self.scripts.run(call, first, fallback)

    def leg(self, call: Call, timeout: float) -> asyncio.Task[bool]:
        """Rings one leg of a <Dial>; True when someone answers and stays through its gate document."""
        return self.services.tasks.spawn(self._gated(call, timeout))

    async def barred(self, call: Call, code: int) -> bool:
        """Fails a leg of a <Dial> that the account may not dial; in TwiML, a country's code is 13227."""
        text = f"the account may not call {call.to}"
        code = 13227 if code == 21215 else code
        call.dialled()
        self.services.trace.note("error", code=code, text=text, leg=call.label, call_sid=call.sid)
        call.finish("failed", sip=403)
        return False

    async def _gated(self, call: Call, timeout: float) -> bool:
        if not await self._ring(call, timeout):
            return False
        ready = await self._toned(call)
        if call.gate is not None and ready:
            call.script = self.scripts.gate(call, call.gate)
            await asyncio.wait([call.script])
        return not call.over

    async def _ring(self, call: Call, timeout: float, rings: Callable[[], None] | None = None) -> bool:
        """Dials a number or client until it answers, refuses, or the timeout and its buffer are over."""
        clock = self.services.clock
        if call.over:
            return False
        call.dialled()
        callee = self.phones.take(call.to)
        if callee is None:
            text = NOBODY.format(call.to)
            self.services.trace.note("warning", text=text, leg=call.label, call_sid=call.sid)
        await clock.sleep(SETUP)
        if callee is None or callee.outcome in ("busy", "failed", "refused"):
            code = (callee.sip or REFUSED[callee.outcome]) if callee is not None else NOT_FOUND
            call.finish(outcome_of(code), sip=code)
            return False
        call.ring()
        if rings is not None:
            rings()
        chosen = await self._decided(call, callee, timeout + BUFFER)
        if call.over:
            return False
        if chosen.outcome != "answer":
            call.finish(chosen.outcome, sip=487 if chosen.outcome == "no-answer" else 486)
            return False
        self._answer(call, chosen)
        return True

    async def _decided(self, call: Call, callee: Reaction, patience: float) -> Reaction:
        """What comes of the ringing: whoever holds the phone decides it, or its script."""
        if callee.hand is not None:
            return await callee.hand.decide(call, patience)
        if callee.outcome == "no-answer" or callee.after > patience:
            await self.services.clock.sleep(patience)
            return replace(callee, outcome="no-answer")
        await self.services.clock.sleep(callee.after)
        return callee

    def _answer(self, call: Call, reaction: Reaction) -> None:
        """Somebody, or a machine, answers a leg that was dialled."""
        call.machine = reaction.machine
        clock, trace = self.services.clock, self.services.trace
        if reaction.hand is not None:
            call.lift(reaction.hand.lifted())
            return
        call.lift(Phone(clock, trace, reaction.steps, voice=reaction.voice, talks_over=reaction.talks_over))

    async def _detect(self, call: Call, detection: Detection) -> None:
        """Tells who answered, after the time that takes, unless the leg ends before."""
        services = self.services
        machine = call.machine
        began = services.clock.now()
        late = services.laws["amd"] == "late"
        seconds = min(detection.timeout, (9.0 if late else 3.2) if machine else (6.0 if late else 1.4))
        try:
            await services.clock.wait_for(call.ended.wait(), seconds)
            return
        except TimeoutError:
            pass
        end = "machine_end_beep" if detection.mode == "DetectMessageEnd" else "machine_start"
        call.answered_by = end if machine else "human"
        services.trace.note("amd", leg=call.label, call_sid=call.sid, answered_by=call.answered_by)
        if detection.url:
            form = [
                ("CallSid", call.sid), ("AccountSid", services.account.sid), ("AnsweredBy", call.answered_by),
                ("MachineDetectionDuration", str(round((services.clock.now() - began) * 1000))),
            ]  # fmt: skip
            services.callbacks.send(call.sid, detection.url, form, detection.method)
