"""Orders about the leg of somebody who listens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from warmtransfer.core.call import ELSEWHERE, Call, Stage
from warmtransfer.core.order import Lane, Order
from warmtransfer.core.rules import RING, Rules
from warmtransfer.core.supervising import Role


@dataclass(frozen=True, slots=True)
class SupervisorOrder(Order):
    """An order about the current supervisor's leg."""

    n: int = 0
    call_sid: str = ""
    room_sid: str = ""

    def needed(self, call: Call) -> bool:
        """Only a leg that may be up."""
        return call.supervisor is not None and not call.supervisor.ended

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Name the leg, whose it is, and the room."""
        there = call.supervisor
        if there is None:
            return {}
        leg = {"n": there.n, "call_sid": there.call_sid, "room_sid": call.room_sid}
        who = {"name": there.name, "number": there.number, "digits": there.digits}
        return {**leg, **who, "ring": rules.ring(there.name)}

    @property
    def key(self) -> str:
        return f"supervisor-{self.n}"

    @property
    def queue(self) -> tuple[str, ...]:
        return (self.lane, self.key)


@dataclass(frozen=True, slots=True)
class DialSupervisor(SupervisorOrder):
    """Dial their telephone (POST Calls): its document asks for key 1, and lets them in muted."""

    lane: ClassVar[Lane] = Lane.HUMAN
    repeatable: ClassVar[bool] = False
    paced: ClassVar[bool] = True

    name: str = ""
    number: str = ""
    digits: str = ""
    ring: float = RING

    def wanted(self, call: Call) -> bool:
        """Not when they have changed their mind, or there is no room any more."""
        there = call.supervisor
        gone = call.stage is Stage.OVER or call.stage in ELSEWHERE
        return there is not None and there.n == self.n and not there.ended and not gone


@dataclass(frozen=True, slots=True)
class SetRole(SupervisorOrder):
    """Mute them, have the human alone hear them, or all (POST Participants)."""

    lane: ClassVar[Lane] = Lane.HUMAN

    muted: bool = True
    coached: str = ""  #: the leg that hears them alone

    def needed(self, call: Call) -> bool:
        """Only in the room, and when it is not so already."""
        there = call.supervisor
        up = there is not None and not there.ended and bool(there.joined_at and call.room_sid)
        return up and there is not None and _role(call) is not there.given

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Say who hears them."""
        role, attempt = _role(call), call.attempt
        coached = attempt.call_sid if attempt and role is Role.WHISPER else ""
        return {
            **super(SetRole, self).facts(call, rules),
            "muted": role is Role.LISTEN,
            "coached": coached,
        }

    def advance(self, call: Call) -> Call:
        """That is what they do from now on."""
        if call.supervisor is None:
            return call
        role = _role(call)
        return replace(call, supervisor=replace(call.supervisor, role=role, given=role))

    def wanted(self, call: Call) -> bool:
        """Not when it is to be another one by now: that order stands behind this one."""
        there = call.supervisor
        return there is not None and there.n == self.n and not there.ended


@dataclass(frozen=True, slots=True)
class LookForSupervisor(SupervisorOrder):
    """Ask the carrier whether their leg is still up: the news of its end may be lost, and with it a seat."""

    lane: ClassVar[Lane] = Lane.LOOK

    def needed(self, call: Call) -> bool:
        """Only a leg whose CallSid is known can be asked about."""
        there = call.supervisor
        return there is not None and not there.ended and bool(there.call_sid)

    def wanted(self, call: Call) -> bool:
        """Not when their end was told while the order waited."""
        there = call.supervisor
        return there is not None and there.n == self.n and not there.ended


@dataclass(frozen=True, slots=True)
class EndSupervisor(SupervisorOrder):
    """End their leg whatever its state. One that is not known counts as ended, and as a stray if it comes."""

    lane: ClassVar[Lane] = Lane.END

    def advance(self, call: Call) -> Call:
        """A leg that is known has ended once that is told."""
        if call.supervisor is None or call.supervisor.call_sid:
            return call
        return replace(call, supervisor=replace(call.supervisor, ended=True))


def _role(call: Call) -> Role:
    """What they may do: where no human has the caller, nobody is coached and nobody talks over the AI."""
    if call.supervisor is None or call.stage is not Stage.HUMAN:
        return Role.LISTEN
    return call.supervisor.role
