"""A telephone whose person is somewhere else: it rings there, and what they do is done here.

While it is in the phone book it replaces the script of its number. One line: whoever rings a telephone that
is in use finds it busy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.phones.held import Held
from warmtransfer.simulator.phones.phone import Phone
from warmtransfer.simulator.phones.scripts import Leg, Reaction, reaction
from warmtransfer.simulator.trace import Trace


class Behaviour(StrEnum):
    """What the telephone does when it rings and nobody touches it."""

    ANSWER = "answer"  #: rings until the person answers
    RING_OUT = "ring out"  #: the same, and the page makes no sound of it
    BUSY = "busy"
    MAILBOX = "mailbox"
    DECLINE = "decline"


#: What it does by itself, and after how many simulated seconds.
LEFT_ALONE = {Behaviour.MAILBOX: (3.0, "mailbox"), Behaviour.DECLINE: (1.5, "declined")}


class Handset:
    """One number's telephone, by what it is at: `idle`, `calling`, `ringing`, `talking` or `mailbox`."""

    def __init__(self, clock: Clock, trace: Trace, number: str, voice: str = "") -> None:
        self.clock, self.trace, self.number, self.voice = clock, trace, number, voice
        self.at = "idle"
        self.since = 0.0
        self.why = ""  #: how the last call ended, for the page to put into words
        self.behaviour = Behaviour.ANSWER
        self.leg: Leg | None = None
        self.phone: Phone | None = None
        self.on_change: Callable[[], object] = lambda: None
        self.on_frame: Callable[[bytes], object] = lambda _data: None
        self._decision: asyncio.Future[str] | None = None
        self._hung_up = False
        self._following: asyncio.Task[None] | None = None

    # what the network asks

    def take(self) -> Reaction:
        """How it reacts to a call that comes in now."""
        if self.at != "idle" or self.behaviour is Behaviour.BUSY:
            return Reaction(self.number, outcome="busy")
        return Reaction(self.number, hand=self)

    async def decide(self, leg: Leg, patience: float) -> Reaction:
        """Rings, until the person or the behaviour decides; `no-answer` when nobody does, or it stops."""
        self._becomes("ringing", leg)
        self._decision = asyncio.get_running_loop().create_future()
        over = asyncio.ensure_future(leg.ended.wait())
        waiting = asyncio.ensure_future(self._decided(self._decision))
        decision = "no-answer"
        try:
            await asyncio.wait(
                (over, waiting), timeout=patience / self.clock.speed, return_when=asyncio.FIRST_COMPLETED
            )
            if waiting.done() and not leg.ended.is_set():
                decision = waiting.result()
        finally:
            over.cancel()
            waiting.cancel()
            self._decision = None
            if decision != "answer" and self.leg is leg:
                self._after_ringing(leg, decision)
        return self._reaction(decision)

    async def _decided(self, decision: asyncio.Future[str]) -> str:
        if self.behaviour not in LEFT_ALONE:
            return await decision
        seconds, otherwise = LEFT_ALONE[self.behaviour]
        with suppress(TimeoutError):
            return await self.clock.wait_for(asyncio.shield(decision), seconds)
        return otherwise

    def _reaction(self, decision: str) -> Reaction:
        if decision == "mailbox":
            return reaction({"number": self.number, "answer": {"voicemail": 0}})
        outcome = {"answer": "answer", "declined": "busy"}.get(decision, "no-answer")
        return Reaction(self.number, outcome, 0.0, hand=self)

    def _after_ringing(self, leg: Leg, decision: str) -> None:
        if decision == "mailbox":
            self._becomes("mailbox", leg)
            self._watch(leg)
        else:
            self._idle("declined" if decision == "declined" else "missed")

    def lifted(self) -> Held:
        """The phone that the network connects when it is answered."""
        self.phone = Held(self.clock, self.trace, self._heard, self._gone, voice=self.voice)
        self._becomes("talking", self.leg)
        return self.phone

    # what the person does

    def dial(self, place: Callable[[Phone], Leg]) -> None:
        """Calls; `place` gives the network the phone. ValueError while the telephone is in use."""
        if self.at != "idle":
            raise ValueError("the telephone is in use")
        phone = Held(self.clock, self.trace, self._heard, self._gone, voice=self.voice)
        leg = place(phone)
        self.phone = phone
        self._becomes("calling", leg)
        if leg.ended.is_set():
            self._idle(leg.status)
        else:
            self._watch(leg)

    def answer(self) -> None:
        """Answers what rings; nothing otherwise."""
        self._decide("answer")

    def decline(self) -> None:
        """Sends what rings away."""
        self._decide("declined")

    def hang_up(self) -> None:
        """Ends the call, or gives it up; declines what rings."""
        self._decide("declined")
        if self.leg is not None and self.at in ("calling", "talking"):
            self._hung_up = True
            self.leg.finish("completed" if self.leg.answered.is_set() else "no-answer")

    def press(self, keys: str) -> None:
        """Presses keys in a call; ValueError for a key that no telephone has."""
        if self.at == "talking" and isinstance(self.phone, Held):
            for key in keys:
                self.phone.key(key)

    def type(self, text: str) -> None:
        """Has words spoken, after those before them; those typed too early wait for the answer."""
        if self.at in ("calling", "talking") and self.phone is not None and text.strip():
            self.phone.go_on([{"say": text, "voice": self.voice}])

    def speak(self, data: bytes) -> None:
        """A frame of the person's microphone; of no use outside a call."""
        if self.at == "talking" and isinstance(self.phone, Held):
            self.phone.spoken(data)

    def behave(self, behaviour: str) -> None:
        """Chooses what it does with the next call; ValueError for what it cannot."""
        self.behaviour = Behaviour(behaviour)
        self.on_change()

    def shown(self) -> Mapping[str, Any]:
        """What a page shows of it."""
        other = "" if self.leg is None else self.leg.from_ if self.leg.to == self.number else self.leg.to
        return {
            "at": self.at, "with": other, "why": self.why, "behaviour": str(self.behaviour),
            "seconds": round(self.clock.now() - self.since, 2),
            "call_sid": "" if self.leg is None else self.leg.sid,
        }  # fmt: skip

    # what happens then

    def _decide(self, decision: str) -> None:
        if self._decision is not None and not self._decision.done():
            self._decision.set_result(decision)

    def _heard(self, data: bytes) -> None:
        self.on_frame(data)

    def _gone(self) -> None:
        self._idle("you" if self._hung_up else "they")

    def _watch(self, leg: Leg) -> None:
        """Follows a leg that is not answered by a hand: to its answer, and to its end."""
        self._following = asyncio.ensure_future(self._follow(leg))

    async def _follow(self, leg: Leg) -> None:
        over = asyncio.ensure_future(leg.ended.wait())
        answered = asyncio.ensure_future(leg.answered.wait())
        try:
            await asyncio.wait((over, answered), return_when=asyncio.FIRST_COMPLETED)
            if self.at == "calling" and self.leg is leg and not leg.ended.is_set():
                self._becomes("talking", leg)
            await over
        finally:
            over.cancel()
            answered.cancel()
        if self.leg is leg:
            self._idle("you" if self._hung_up else "mailbox" if self.at == "mailbox" else leg.status)

    def _becomes(self, at: str, leg: Leg | None) -> None:
        self.at, self.leg, self.since, self.why = at, leg, self.clock.now(), ""
        self._hung_up = False
        self.on_change()

    def _idle(self, why: str) -> None:
        if self.at != "idle":
            self.at, self.leg, self.phone, self.since, self.why = "idle", None, None, self.clock.now(), why
            self.on_change()
