"""Orders about two who talk: whether each is in the room and can be heard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from warmtransfer.core.call import WON, Attempt, Call, Outcome, Stage, Style
from warmtransfer.core.legs import Place
from warmtransfer.core.order import Lane
from warmtransfer.core.orders.human import HumanOrder
from warmtransfer.core.rules import Rules

#: Seconds from a repair, or from a look that found somebody missing, to the next look.
AGAIN = 2.0


@dataclass(frozen=True, slots=True)
class BridgeOrder(HumanOrder):
    """An order about caller and human in their room: one who is on the line with the caller's own leg, or
    with the AI's, is in no room."""

    room_sid: str = ""
    caller_sid: str = ""

    def among(self, call: Call) -> tuple[Attempt, ...]:
        """Whoever talks with the caller."""
        human = call.attempt
        return (human,) if human and human.outcome in WON and not human.ended and call.room_sid else ()

    def concerns(self, attempt: Attempt) -> bool:
        """Only one who is in a room."""
        return attempt.style is not Style.REDIRECT and attempt.outcome is not Outcome.LAST_RESORT

    def wanted(self, call: Call) -> bool:
        """Not when they have parted while the order waited."""
        human = call.attempt
        here = call.stage is Stage.HUMAN and call.room_sid == self.room_sid
        return here and human is not None and human.n == self.n


@dataclass(frozen=True, slots=True)
class LookAtBridge(BridgeOrder):
    """Look for both in the room: whether they are there, unmuted and not on hold."""

    lane: ClassVar[Lane] = Lane.LOOK

    @property
    def queue(self) -> tuple[str, ...]:
        """Behind the looks whether their calls are up."""
        return (self.lane,)


@dataclass(frozen=True, slots=True)
class LookAgain(LookAtBridge):
    """The same, `delay` seconds after a repair."""

    lane: ClassVar[Lane] = Lane.LOOK

    delay: float = AGAIN


@dataclass(frozen=True, slots=True)
class MendBridge(BridgeOrder):
    """Unmute one of them, and take them off hold; `call_sid` is their leg."""

    lane: ClassVar[Lane] = Lane.HUMAN

    caller: bool = False  #: whether it is the caller

    def for_call(self, call: Call, rules: Rules, n: int = 0) -> tuple[Self, ...]:
        """For each of the two whom the newest look has found muted or on hold."""
        found: list[Self] = []
        for order in super(MendBridge, self).for_call(call, rules, n):
            attempt = call.attempt_number(order.n)
            if attempt is None or not attempt.proofs:
                continue
            seen = attempt.proofs[-1]
            if seen.human in (Place.MUTED, Place.HELD):
                found.append(order)
            if seen.caller in (Place.MUTED, Place.HELD):
                found.append(replace(order, caller=True, call_sid=call.caller_sid))
        return tuple(found)

    @property
    def key(self) -> str:
        return "caller" if self.caller else f"human-{self.n}"
