"""Orders about a human's leg."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from warmtransfer.core.call import SEEKING, WON, Attempt, Call, Stage, Style
from warmtransfer.core.order import Lane, Order
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import RING, Rules
from warmtransfer.core.screening import Screen

#: Seconds the attempt's own callback has to tell of an unsure dial before we look.
EVIDENCE = 3.0


@dataclass(frozen=True, slots=True)
class HumanOrder(Order):
    """An order about a human's leg that may be up: the one that the fact is about, or all of the round."""

    n: int = 0
    call_sid: str = ""

    def for_call(self, call: Call, rules: Rules, n: int = 0) -> tuple[Self, ...]:
        """One for each leg that it concerns."""
        about = (each for each in self.among(call) if n in (0, each.n) and self.concerns(each))
        return tuple(self.filled(self.about(each, call, rules)) for each in about)

    def among(self, call: Call) -> tuple[Attempt, ...]:
        """The attempts whose legs it may be about."""
        return call.open

    def concerns(self, attempt: Attempt) -> bool:
        """Whether there is anything to do about this one."""
        return True

    def about(self, attempt: Attempt, call: Call, rules: Rules) -> dict[str, Any]:
        """Name the leg, the human behind it, the caller's leg and the room."""
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
            "detection": human.detection if (human := rules.human(attempt.name)) else "",
        }

    @property
    def key(self) -> str:
        return f"human-{self.n}"

    @property
    def queue(self) -> tuple[str, ...]:
        return (self.lane, self.key)


@dataclass(frozen=True, slots=True)
class DialHuman(HumanOrder):
    """Dial the human of a new attempt (POST Calls; style announce: POST Participants, muted)."""

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
    detection: str = ""

    def wanted(self, call: Call) -> bool:
        """Not when the attempt was given up, or somebody else was quicker, while the order waited."""
        return any(each.n == self.n for each in call.trying) and call.stage in SEEKING


@dataclass(frozen=True, slots=True)
class EndHuman(HumanOrder):
    """End the human's leg whatever its state (Status=completed)."""

    lane: ClassVar[Lane] = Lane.END


@dataclass(frozen=True, slots=True)
class EndOthers(HumanOrder):
    """End the legs of those who are out while the call goes on with others of their round.

    `told`: whoever has answered hears that somebody else has taken the call, and then the end.
    """

    lane: ClassVar[Lane] = Lane.END

    told: bool = False

    def among(self, call: Call) -> tuple[Attempt, ...]:
        """Those of a round that was given up for the last resort, too."""
        return call.attempts

    def concerns(self, attempt: Attempt) -> bool:
        """Whoever is out, and may have a leg."""
        out = attempt.outcome is not None and attempt.outcome not in WON
        return out and not attempt.ended and bool(attempt.call_sid)

    def for_call(self, call: Call, rules: Rules, n: int = 0) -> tuple[Self, ...]:
        """All of them, whomever the fact is about."""
        return super(EndOthers, self).for_call(call, rules)

    def about(self, attempt: Attempt, call: Call, rules: Rules) -> dict[str, Any]:
        """A leg that rings has nobody to be told, as far as is known: its telling is refused then."""
        told = attempt.outcome is Outcome.TAKEN
        return {**super(EndOthers, self).about(attempt, call, rules), "told": told}


@dataclass(frozen=True, slots=True)
class TellHuman(HumanOrder):
    """Tell a human on the line that the caller has hung up, then end their leg."""

    lane: ClassVar[Lane] = Lane.END


@dataclass(frozen=True, slots=True)
class BriefOnHold(HumanOrder):
    """Put the human on hold with the briefing as hold audio (style announce)."""

    lane: ClassVar[Lane] = Lane.HUMAN

    room_sid: str = ""

    def concerns(self, attempt: Attempt) -> bool:
        """Only an announced human is briefed on hold."""
        return attempt.style is Style.ANNOUNCE


@dataclass(frozen=True, slots=True)
class ListenToLeg(HumanOrder):
    """Have the leg go on with a document that listens to what has picked up."""

    lane: ClassVar[Lane] = Lane.HUMAN

    def concerns(self, attempt: Attempt) -> bool:
        """Only one that is to be listened to, or is to be sure that a person is there."""
        wanted = attempt.screen is Screen.LISTENING or attempt.to_be_sure
        return attempt.trying and wanted and bool(attempt.call_sid)

    def wanted(self, call: Call) -> bool:
        """Not when it has spoken, or was given up, while the order waited."""
        return any(each.n == self.n and self.concerns(each) for each in call.trying)


@dataclass(frozen=True, slots=True)
class LetHumanIn(BriefOnHold):
    """Take the human off hold and unmute them (style announce), or have the leg of who has accepted on their
    card ask for its document again: nobody has pressed a key whose answer it could be."""

    lane: ClassVar[Lane] = Lane.HUMAN

    style: Style = Style.ANNOUNCE

    def concerns(self, attempt: Attempt) -> bool:
        """Not who has pressed a key: their leg is on its way in."""
        return attempt.style is Style.ANNOUNCE or attempt.by_card

    def wanted(self, call: Call) -> bool:
        """Not to be moved out of the room again, once it is in."""
        return self.style is Style.ANNOUNCE or call.stage is Stage.JOINING


@dataclass(frozen=True, slots=True)
class LookForLeg(HumanOrder):
    """Ask the carrier what has become of the leg."""

    lane: ClassVar[Lane] = Lane.LOOK

    room_sid: str = ""

    @property
    def queue(self) -> tuple[str, ...]:
        """Behind the looks before it: that the last resort talks has to be known before the next is rung."""
        return (self.lane,)

    def concerns(self, attempt: Attempt) -> bool:
        """Only a leg whose CallSid is known can be asked about."""
        return bool(attempt.call_sid)


@dataclass(frozen=True, slots=True)
class LookForDial(HumanOrder):
    """Look once whether an unsure dial created a leg, by number and time; after the dial itself."""

    lane: ClassVar[Lane] = Lane.HUMAN

    number: str = ""
    since: float = 0.0
    delay: float = EVIDENCE
    caller_id: str = ""

    def for_call(self, call: Call, rules: Rules, n: int = 0) -> tuple[Self, ...]:
        """For whoever accepts, those who were rung beside them."""
        about = call.attempt_number(n)
        if about is None or about.outcome not in WON:
            return super(LookForDial, self).for_call(call, rules, n)
        return tuple(each for each in super(LookForDial, self).for_call(call, rules) if each.n != n)

    def concerns(self, attempt: Attempt) -> bool:
        """Not when the leg's own callback has already spoken."""
        return not attempt.call_sid

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
