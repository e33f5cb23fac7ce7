"""What is to be done for a callback. The table names them bare; `for_callback` fills in legs and numbers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from warmtransfer.core.callbacks.callback import Callback, Leg, Side
from warmtransfer.core.order import Lane
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.plain import Unreadable, plain
from warmtransfer.core.rules import RING
from warmtransfer.core.screening import Screen


@dataclass(frozen=True, slots=True)
class Order:
    """Something to be done about one leg, named by what is stored of it."""

    lane: ClassVar[Lane] = Lane.END
    #: Whether it may be done again when nobody knows whether it was done.
    repeatable: ClassVar[bool] = True

    n: int = 0
    call_sid: str = ""

    def for_callback(self, callback: Callback) -> tuple[Self, ...]:
        """This order, for each leg that it is about."""
        return tuple(self.about(leg, callback) for leg in callback.open if self.concerns(leg))

    def concerns(self, leg: Leg) -> bool:
        """Whether there is anything to do about this one."""
        return bool(leg.call_sid)

    def about(self, leg: Leg, callback: Callback) -> Self:
        """With what is known of the leg and its room."""
        known = {**plain(leg), "room_sid": callback.room_sid}
        mine = {each.name: known[each.name] for each in fields(self) if each.name in known}
        return type(self)(**mine)

    def wanted(self, callback: Callback) -> bool:
        """Whether it is still to be done when its turn has come."""
        return True

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return {"order": type(self).__name__, **plain(self)}


@dataclass(frozen=True, slots=True)
class Dial(Order):
    """Make the leg that has been noted last (POST Calls)."""

    lane: ClassVar[Lane] = Lane.HUMAN
    repeatable: ClassVar[bool] = False

    side: Side = Side.HUMAN
    number: str = ""
    digits: str = ""
    caller_id: str = ""
    detection: str = ""
    ring: float = RING

    def for_callback(self, callback: Callback) -> tuple[Self, ...]:
        """Once, for the newest leg."""
        return (self.about(callback.legs[-1], callback),) if callback.legs else ()

    def wanted(self, callback: Callback) -> bool:
        """Not when it was given up while it waited for its turn."""
        leg = callback.leg(self.n)
        return leg is not None and not leg.ended and leg.outcome is None


@dataclass(frozen=True, slots=True)
class EndLegs(Order):
    """End every leg."""


@dataclass(frozen=True, slots=True)
class EndCaller(Order):
    """End the caller's leg: nobody has answered it."""

    def concerns(self, leg: Leg) -> bool:
        """A caller who has answered is told instead."""
        return leg.side is Side.CALLER and bool(leg.call_sid) and not leg.answered_at


@dataclass(frozen=True, slots=True)
class TellCaller(Order):
    """Have whoever has answered the caller's leg told how it stands, and let go."""

    def concerns(self, leg: Leg) -> bool:
        """One that rings is ended instead."""
        return leg.side is Side.CALLER and bool(leg.call_sid) and leg.answered_at > 0


@dataclass(frozen=True, slots=True)
class TellHuman(Order):
    """Have the human who waits told that the caller is not to be had."""

    def concerns(self, leg: Leg) -> bool:
        """Only one who has accepted waits."""
        return leg.side is Side.HUMAN and bool(leg.call_sid) and leg.outcome is Outcome.ACCEPTED


@dataclass(frozen=True, slots=True)
class ListenToLeg(Order):
    """Have the human's leg go on with a document that listens to what has picked up."""

    lane: ClassVar[Lane] = Lane.HUMAN

    def concerns(self, leg: Leg) -> bool:
        """Only one that is to be listened to."""
        return leg.outcome is None and leg.screen is Screen.LISTENING and bool(leg.call_sid)

    def wanted(self, callback: Callback) -> bool:
        """Not when it has spoken, or was given up, while the order waited."""
        leg = callback.leg(self.n)
        return leg is not None and not leg.ended and self.concerns(leg)


@dataclass(frozen=True, slots=True)
class EndStray(Order):
    """End a leg that turned up when it was not wanted any more."""

    def for_callback(self, callback: Callback) -> tuple[Self, ...]:
        """The one that was noted."""
        return (type(self)(0, callback.stray),) if callback.stray else ()


@dataclass(frozen=True, slots=True)
class LookForDial(Order):
    """Look for a leg that may have been made although nobody said so."""

    lane: ClassVar[Lane] = Lane.LOOK

    side: Side = Side.HUMAN
    number: str = ""
    caller_id: str = ""
    dialled_at: float = 0.0

    def concerns(self, leg: Leg) -> bool:
        """Its CallSid is not known."""
        return not leg.call_sid


@dataclass(frozen=True, slots=True)
class LookForLegs(Order):
    """Look where each leg is."""

    lane: ClassVar[Lane] = Lane.LOOK

    room_sid: str = ""
    side: Side = Side.HUMAN


KINDS: dict[str, type[Order]] = {
    each.__name__: each
    for each in (
        *(Dial, EndLegs, EndCaller, TellCaller, TellHuman, EndStray, LookForDial, LookForLegs),
        *(ListenToLeg,),
    )
}


def from_dict(data: dict[str, Any]) -> Order:
    """The order that `to_dict` gave; Unreadable for one that is not known here."""
    try:
        kind = KINDS[data["order"]]
        values = {each.name: data[each.name] for each in fields(kind) if each.name in data}
        if "side" in values:
            values["side"] = Side(values["side"])
        return kind(**values)
    except (KeyError, TypeError, ValueError) as exc:
        raise Unreadable(f"{type(exc).__name__}: {exc}") from None
