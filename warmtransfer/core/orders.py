"""Things to be done. The table names them bare; `for_call` fills in legs and numbers, or says there is
nothing to do. The orders to our own relay come from `relayorders.py`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from warmtransfer.core.call import AIState, Attempt, Call, Style
from warmtransfer.core.order import Lane as Lane
from warmtransfer.core.order import Order as Order
from warmtransfer.core.relayorders import CloseModel as CloseModel
from warmtransfer.core.relayorders import Introduce as Introduce
from warmtransfer.core.relayorders import LetAISpeak as LetAISpeak
from warmtransfer.core.relayorders import Local as Local
from warmtransfer.core.relayorders import PlayComfort as PlayComfort
from warmtransfer.core.relayorders import PrepareModel as PrepareModel
from warmtransfer.core.relayorders import TellAI as TellAI
from warmtransfer.core.relayorders import backoff
from warmtransfer.core.rules import COMFORT_SECONDS, RING, Rules

# To the AI's leg ------------------------------------------------------------------------------------


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

    room: str = ""
    delay: float = 0.0

    def needed(self, call: Call) -> bool:
        """Not before the caller is in the room: a leg that comes first could be left alone in it."""
        return bool(call.room_sid)

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Number the new leg."""
        leg = {"k": call.ai.k + 1, "room_sid": call.room_sid, "room": call.room}
        return {**leg, "delay": backoff(call)}

    def advance(self, call: Call) -> Call:
        """A new leg, and with it a new stream."""
        return replace(call, ai=replace(call.ai, k=self.k, state=AIState.ADDING, call_sid="", token=""))


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
        """A leg that counts as gone but whose CallSid is known is ended all the same."""
        return call.ai.k > 0 and (call.ai.state is not AIState.ABSENT or bool(call.ai.call_sid))


@dataclass(frozen=True, slots=True)
class LookForAI(AIOrder):
    """Ask the carrier whether the AI's leg is still up: then it keeps the caller company, and is replaced."""

    lane: ClassVar[Lane] = Lane.LOOK

    call_sid: str = ""

    def needed(self, call: Call) -> bool:
        """Only a leg that should be up; one whose CallSid is not known is found by its label."""
        return call.ai.state is not AIState.ABSENT


# To a human's leg -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HumanOrder(Order):
    """An order about the newest attempt's leg, unless that is known to be over."""

    n: int = 0
    call_sid: str = ""

    def needed(self, call: Call) -> bool:
        """Only while the leg may be up."""
        return call.attempt is not None and not call.attempt.ended

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Name the leg, the human behind it, the caller's leg and the room."""
        attempt = call.attempt
        if attempt is None:
            return {"caller_sid": call.caller_sid}
        return {
            "n": attempt.n,
            "call_sid": attempt.call_sid,
            "name": attempt.name,
            "number": attempt.number,
            "style": attempt.style,
            "ring": ring_seconds(attempt, rules),
            "since": attempt.dialled_at,
            "room_sid": call.room_sid,
            "caller_sid": call.caller_sid,
        }

    @property
    def key(self) -> str:
        return f"human-{self.n}"


@dataclass(frozen=True, slots=True)
class DialHuman(HumanOrder):
    """Dial the human of the newest attempt (POST Calls; style announce: POST Participants, muted)."""

    lane: ClassVar[Lane] = Lane.HUMAN

    name: str = ""
    number: str = ""
    style: Style = Style.SCREEN
    ring: float = RING
    room_sid: str = ""


@dataclass(frozen=True, slots=True)
class RedirectCaller(HumanOrder):
    """Point the caller's live call at the document of its stage: dial a human, or take a message."""

    lane: ClassVar[Lane] = Lane.CALLER

    caller_sid: str = ""

    def needed(self, call: Call) -> bool:
        """The document comes from the stage, when the leg asks for it."""
        return True


@dataclass(frozen=True, slots=True)
class EndHuman(HumanOrder):
    """End the human's leg whatever its state (Status=completed)."""

    lane: ClassVar[Lane] = Lane.END


@dataclass(frozen=True, slots=True)
class TellHuman(HumanOrder):
    """Tell a human on the line that the caller has hung up, then end their leg."""

    lane: ClassVar[Lane] = Lane.END


@dataclass(frozen=True, slots=True)
class BriefOnHold(HumanOrder):
    """Put the human on hold with the briefing as hold audio (style announce)."""

    lane: ClassVar[Lane] = Lane.HUMAN

    room_sid: str = ""

    def needed(self, call: Call) -> bool:
        """Only an announced human is briefed on hold."""
        attempt = call.attempt
        return attempt is not None and not attempt.ended and attempt.style is Style.ANNOUNCE


@dataclass(frozen=True, slots=True)
class LetHumanIn(BriefOnHold):
    """Take the human off hold and unmute them (style announce)."""

    lane: ClassVar[Lane] = Lane.HUMAN


@dataclass(frozen=True, slots=True)
class LookForLeg(HumanOrder):
    """Ask the carrier what has become of the newest attempt's leg."""

    lane: ClassVar[Lane] = Lane.LOOK

    room_sid: str = ""

    def needed(self, call: Call) -> bool:
        """Only a leg whose CallSid is known can be asked about."""
        return call.attempt is not None and not call.attempt.ended and bool(call.attempt.call_sid)


@dataclass(frozen=True, slots=True)
class LookForDial(HumanOrder):
    """Look once whether an unsure dial created a leg, by number and time."""

    lane: ClassVar[Lane] = Lane.SEARCH

    number: str = ""
    since: float = 0.0

    def needed(self, call: Call) -> bool:
        """Not when the leg's own callback has already spoken."""
        return call.attempt is not None and not call.attempt.ended and not call.attempt.call_sid


@dataclass(frozen=True, slots=True)
class EndStray(Order):
    """End a leg that turned up after we had given it up."""

    lane: ClassVar[Lane] = Lane.END

    call_sid: str = ""

    def needed(self, call: Call) -> bool:
        """Only a leg that `step` has noted."""
        return bool(call.stray)

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Name the leg that `step` noted."""
        return {"call_sid": call.stray}

    @property
    def key(self) -> str:
        return self.call_sid


# To the caller's leg and the room -------------------------------------------------------------------


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
class ComfortCaller(CallerOrder):
    """Announce one moment and a ring tone to the caller, who is alone in the room."""

    lane: ClassVar[Lane] = Lane.CALLER

    def needed(self, call: Call) -> bool:
        """Not while the AI or its relay has the caller, nor while the last announcement plays."""
        company = call.ai.state in (AIState.UP, AIState.STREAMING)
        return bool(call.room_sid) and not company and call.at >= call.comforted_until

    def advance(self, call: Call) -> Call:
        """Nobody talks over the announcement."""
        return replace(call, comforted_until=call.at + COMFORT_SECONDS)


@dataclass(frozen=True, slots=True)
class EndCaller(CallerOrder):
    """End the caller's call."""

    lane: ClassVar[Lane] = Lane.END


def ring_seconds(attempt: Attempt, rules: Rules) -> float:
    """How long this attempt's phone may ring."""
    return rules.ring(attempt.name)


def _by_name(root: type[Order]) -> dict[str, type[Order]]:
    found = {root.__name__: root}
    for each in root.__subclasses__():
        found.update(_by_name(each))
    return found


#: Every order by its name, to read an outbox back.
BY_NAME = _by_name(Order)


def from_dict(data: dict[str, Any]) -> Order:
    """The order that `Order.to_dict` gave."""
    values = {name: value for name, value in data.items() if name != "order"}
    if "style" in values:
        values["style"] = Style(values["style"])
    return BY_NAME[data["order"]](**values)
