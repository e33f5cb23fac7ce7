"""Orders about the AI's leg."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from warmtransfer.core.call import AIState, Call
from warmtransfer.core.order import Lane, Order
from warmtransfer.core.orders.relay import backoff
from warmtransfer.core.rules import Rules

#: Seconds by which the AI's leg may outlive its introduction, should nobody be there to remove it.
MARGIN = 4.0


@dataclass(frozen=True, slots=True)
class AIOrder(Order):
    """An order about the AI's current leg."""

    k: int = 0
    room_sid: str = ""

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Name the leg and its room."""
        return {"k": call.ai.k, "room_sid": call.room_sid, "call_sid": call.ai.call_sid}

    @property
    def key(self) -> str:
        return f"ai-{self.k}"


@dataclass(frozen=True, slots=True)
class AddAI(AIOrder):
    """Add the AI's leg to the room (POST Participants, To=app:), after `delay` seconds."""

    lane: ClassVar[Lane] = Lane.AI
    repeatable: ClassVar[bool] = False
    paced: ClassVar[bool] = True

    room: str = ""
    delay: float = 0.0

    def needed(self, call: Call) -> bool:
        """Not before the caller is in the room: a leg that comes first could be left alone in it."""
        return bool(call.room_sid)

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Number the new leg."""
        leg = {"k": call.ai.k + 1, "room_sid": call.room_sid, "room": call.room}
        return {**leg, "delay": backoff(call)}

    def wanted(self, call: Call) -> bool:
        """Not when this leg is expected no more."""
        return call.ai.k == self.k and call.ai.state is not AIState.ABSENT

    def advance(self, call: Call) -> Call:
        """A new leg, and with it a new stream."""
        new = replace(call.ai, k=self.k, state=AIState.ADDING, call_sid="", token="", turn_at=0.0)
        return replace(call, ai=replace(new, since=call.at))


@dataclass(frozen=True, slots=True)
class LimitAI(AIOrder):
    """Have the carrier itself end the AI's leg after `seconds` of its life, should we die beside a human.

    Its document would go on with words, and in the end dial, between two people who talk.
    """

    lane: ClassVar[Lane] = Lane.AI

    call_sid: str = ""
    seconds: int = 0

    def needed(self, call: Call) -> bool:
        """Only a leg that is up, and whose age is known."""
        return call.ai.state is not AIState.ABSENT and bool(call.ai.call_sid and call.ai.since)

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Its age, and some seconds more than the introduction takes."""
        age = call.at - call.ai.since
        return {**AIOrder.facts(self, call, rules), "seconds": math.ceil(age + rules.introduction + MARGIN)}

    def wanted(self, call: Call) -> bool:
        """Not when it has been removed, as it mostly is by then."""
        return call.ai.k == self.k and call.ai.state is not AIState.ABSENT


@dataclass(frozen=True, slots=True)
class RemoveAI(AIOrder):
    """Close our socket and remove the AI's leg from the room (one that is gone is done)."""

    lane: ClassVar[Lane] = Lane.END

    call_sid: str = ""

    def needed(self, call: Call) -> bool:
        """Nothing to do without a leg."""
        return call.ai.state is not AIState.ABSENT

    def advance(self, call: Call) -> Call:
        """The leg counts as gone from now on."""
        return replace(call, ai=replace(call.ai, state=AIState.ABSENT, token=""))


@dataclass(frozen=True, slots=True)
class EndAI(RemoveAI):
    """End the AI's leg whatever its state (Status=completed)."""

    lane: ClassVar[Lane] = Lane.END

    def needed(self, call: Call) -> bool:
        """A leg that counts as gone but whose CallSid is known is ended all the same; the bridge to the last
        resort is not."""
        there = call.ai.state is not AIState.ABSENT or bool(call.ai.call_sid)
        return call.ai.k > 0 and there and not call.bridged


@dataclass(frozen=True, slots=True)
class LookForAI(AIOrder):
    """Ask the carrier whether the AI's leg is still up, or the room whether it is in it.

    One without a stream (`idle`) keeps the caller company by itself, may have dialled the last resort, and is
    to be replaced otherwise.
    """

    lane: ClassVar[Lane] = Lane.LOOK

    call_sid: str = ""
    idle: bool = False

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Say whether it has a stream."""
        return {**AIOrder.facts(self, call, rules), "idle": call.ai.state is AIState.ADDING}

    def needed(self, call: Call) -> bool:
        """Only a leg that should be up."""
        return call.ai.state is not AIState.ABSENT
