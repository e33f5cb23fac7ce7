"""Orders about a human's leg."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from warmtransfer.core.call import SEEKING, Attempt, Call, Style
from warmtransfer.core.order import Lane, Order
from warmtransfer.core.rules import RING, Rules

#: Seconds the attempt's own callback has to tell of an unsure dial before we look.
EVIDENCE = 3.0


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
            "digits": attempt.digits,
            "caller_id": attempt.caller_id,
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
    repeatable: ClassVar[bool] = False
    paced: ClassVar[bool] = True

    name: str = ""
    number: str = ""
    style: Style = Style.SCREEN
    ring: float = RING
    room_sid: str = ""
    digits: str = ""
    caller_id: str = ""

    def wanted(self, call: Call) -> bool:
        """Not when the attempt was given up while the order waited its turn."""
        attempt = call.attempt
        open_ = attempt is not None and attempt.n == self.n and not attempt.ended and attempt.outcome is None
        return open_ and call.stage in SEEKING


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
    """Look once whether an unsure dial created a leg, by number and time; after it, before the next."""

    lane: ClassVar[Lane] = Lane.HUMAN

    number: str = ""
    since: float = 0.0
    delay: float = EVIDENCE
    caller_id: str = ""

    def needed(self, call: Call) -> bool:
        """Not when the leg's own callback has already spoken."""
        return call.attempt is not None and not call.attempt.ended and not call.attempt.call_sid

    def wanted(self, call: Call) -> bool:
        """Not when the leg's own news has come meanwhile."""
        attempt = call.attempt_number(self.n)
        return attempt is not None and not attempt.ended and not attempt.call_sid


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


def ring_seconds(attempt: Attempt, rules: Rules) -> float:
    """How long this attempt's phone may ring."""
    return rules.ring(attempt.name)
