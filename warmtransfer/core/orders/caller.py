"""Orders about the caller's leg and the room."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from warmtransfer.core.call import AIState, Call, Stage
from warmtransfer.core.order import Lane, Order
from warmtransfer.core.orders.human import HumanOrder
from warmtransfer.core.rules import COMFORT_SECONDS, Rules

#: Where the AI, or its relay's ring tone, is with the caller.
COMPANY = frozenset({AIState.UP, AIState.STREAMING})
#: Seconds in which the leg of a lost stream has another; then its caller is looked for, and kept company.
ALONE = 1.2


@dataclass(frozen=True, slots=True)
class CallerOrder(Order):
    """An order about the caller's leg in the current room."""

    room: str = ""
    room_sid: str = ""
    call_sid: str = ""

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Name the room and the caller's leg."""
        return {"room": call.room, "room_sid": call.room_sid, "call_sid": call.caller_sid}

    @property
    def key(self) -> str:
        return "caller"


@dataclass(frozen=True, slots=True)
class LookForRoom(CallerOrder):
    """Look for the room by its name, and for the caller in it."""

    lane: ClassVar[Lane] = Lane.LOOK


@dataclass(frozen=True, slots=True)
class LookForCaller(CallerOrder):
    """Ask the carrier whether the caller's call is still up."""

    lane: ClassVar[Lane] = Lane.LOOK


@dataclass(frozen=True, slots=True)
class LookForLoneCaller(CallerOrder):
    """The same after a moment: a stream that was lost is mostly back by then, and nobody was alone."""

    lane: ClassVar[Lane] = Lane.LOOK

    delay: float = ALONE

    def wanted(self, call: Call) -> bool:
        """Not when there is another stream."""
        return call.ai.state not in COMPANY


@dataclass(frozen=True, slots=True)
class LookWhoLeft(LookForCaller):
    """The same, where an announced human's leg has ended beside others: the caller may be what ended it."""

    lane: ClassVar[Lane] = Lane.LOOK

    def needed(self, call: Call) -> bool:
        """Only while nothing is known of why."""
        return any(each.ended and each.outcome is None for each in call.together)


@dataclass(frozen=True, slots=True)
class ComfortCaller(CallerOrder):
    """Announce one moment and a ring tone to the caller, who is alone in the room."""

    lane: ClassVar[Lane] = Lane.CALLER
    repeatable: ClassVar[bool] = False

    def needed(self, call: Call) -> bool:
        """Not while the AI or its relay has the caller, nor while the last announcement plays."""
        return self.wanted(call) and call.at >= call.comforted_until

    def wanted(self, call: Call) -> bool:
        """Not over somebody who speaks to them by now."""
        return bool(call.room_sid) and call.ai.state not in COMPANY

    def advance(self, call: Call) -> Call:
        """Nobody talks over the announcement."""
        return replace(call, comforted_until=call.at + COMFORT_SECONDS)


@dataclass(frozen=True, slots=True)
class EndCaller(CallerOrder):
    """End the caller's call."""

    lane: ClassVar[Lane] = Lane.END

    def needed(self, call: Call) -> bool:
        """Only while their leg is not known to be over."""
        return not call.left


@dataclass(frozen=True, slots=True)
class RedirectCaller(HumanOrder):
    """Point the caller's live call at the document of its stage, to dial a human or take a message, after
    `delay` seconds."""

    lane: ClassVar[Lane] = Lane.CALLER

    caller_sid: str = ""
    rooms: int = 0  #: how many the call has used: they come from the last
    delay: float = 0.0

    def for_call(self, call: Call, rules: Rules, n: int = 0) -> tuple[Self, ...]:
        """Once, with or without a human: the document comes from the stage, when the leg asks for it."""
        return (self.filled(self.facts(call, rules)),)

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Wait longer after every refusal."""
        again = float(min(2**call.laps, 16)) if call.laps else 0.0
        attempt = call.attempt
        human = self.about(attempt, call, rules) if attempt else {}
        return {**human, "caller_sid": call.caller_sid, "rooms": call.rooms, "delay": again}

    @property
    def queue(self) -> tuple[str, ...]:
        return (self.lane,)

    def wanted(self, call: Call) -> bool:
        """Not when they have been moved: another time would cut the dial short."""
        if call.stage is not Stage.REDIRECTED:
            return call.stage is Stage.MESSAGE
        attempt = call.attempt
        return attempt is not None and attempt.n == self.n and not attempt.moved and not attempt.call_sid
