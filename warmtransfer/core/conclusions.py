"""What facts mean for a call as it stands. Only `reading.py` and `attempts.py` draw these."""

from __future__ import annotations

from dataclasses import dataclass

from warmtransfer.core.events import Event


@dataclass(frozen=True, slots=True)
class RedirectAsked(Event):
    """A human is wanted, and the next one is reached by redirecting the caller."""


@dataclass(frozen=True, slots=True)
class HumanLost(Event):
    """The attempt is over, and another human can be rung."""


@dataclass(frozen=True, slots=True)
class LegStillUp(Event):
    """A human is wanted, but the leg of an earlier attempt may still be up: that ends first."""


@dataclass(frozen=True, slots=True)
class NobodyLeft(Event):
    """The attempt is over, no human is left to ring, and the AI has the caller."""


@dataclass(frozen=True, slots=True)
class NobodyHere(Event):
    """No human is left to ring, and the AI is away but can be brought back."""


@dataclass(frozen=True, slots=True)
class NobodyAtAll(Event):
    """No human is left to ring, and the AI cannot be had."""


@dataclass(frozen=True, slots=True)
class AILost(Event):
    """The AI is lost for the first or second time in a minute: bring it back."""


@dataclass(frozen=True, slots=True)
class AIDown(Event):
    """The AI is lost for the third time in a minute, or for good."""


@dataclass(frozen=True, slots=True)
class DialUnsure(Event):
    """The carrier may or may not have dialled the human."""


@dataclass(frozen=True, slots=True)
class IntroductionDue(Event):
    """The introduction took too long: the AI has to go now."""


@dataclass(frozen=True, slots=True)
class HumanGone(Event):
    """The human who talked with the caller has left, and the caller has not."""


@dataclass(frozen=True, slots=True)
class CallerWaits(Event):
    """The comfort announcement ran out and nobody has the caller yet."""


@dataclass(frozen=True, slots=True)
class StrayLeg(Event):
    """A leg turned up that we had given up, or that the call has outlived."""

    call_sid: str


@dataclass(frozen=True, slots=True)
class HumanHungUp(Event):
    """An announced human's leg has ended: by itself, or because the caller's leaving ended the room."""


@dataclass(frozen=True, slots=True)
class GivenUp(Event):
    """Trying again does not help: the human never came into the room, or the caller cannot be moved."""
