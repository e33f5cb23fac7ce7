"""What happens to a callback, and what that comes to."""

from __future__ import annotations

from dataclasses import dataclass

from warmtransfer.core.callbacks.callback import Stage
from warmtransfer.core.event import Event
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.screening import Said

# Facts ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimedOut(Event):
    """The timer `alarm`, armed in `stage`, went off."""

    stage: Stage
    alarm: int


@dataclass(frozen=True, slots=True)
class StillOnLine(Event):
    """Its time has come, and the caller has not hung up yet since it was promised."""


@dataclass(frozen=True, slots=True)
class Asked(Event):
    """Somebody wants it to be tried now. `by`: cli, api, console."""

    by: str = ""


@dataclass(frozen=True, slots=True)
class Cancelled(Event):
    """It is not needed any more. `by`: cli, api, console, or what has `Settled` it."""

    by: str = ""


@dataclass(frozen=True, slots=True)
class LegMade(Event):
    """Leg `n` exists, as we were answered, told, or have found."""

    n: int
    call_sid: str


@dataclass(frozen=True, slots=True)
class LegAnswered(Event):
    """Something picked up: the leg asks what to do, or its progress is told."""

    n: int
    call_sid: str = ""


@dataclass(frozen=True, slots=True)
class Accepted(Event):
    """The human behind leg `n` has pressed 1."""

    n: int


@dataclass(frozen=True, slots=True)
class Declined(Event):
    """The human behind leg `n` has pressed another key, or none."""

    n: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class MachineHeard(Event):
    """The detection of answering machines spoke."""

    n: int
    answered_by: Heard


@dataclass(frozen=True, slots=True)
class LegSpoke(Event):
    """What was heard on leg `n`, while it was listened to."""

    n: int
    said: Said


@dataclass(frozen=True, slots=True)
class LegJoined(Event):
    """Leg `n` is in the room."""

    n: int
    room_sid: str
    call_sid: str = ""


@dataclass(frozen=True, slots=True)
class LegLeft(Event):
    """Leg `n` has left the room; its call may go on for a moment."""

    n: int
    room_sid: str


@dataclass(frozen=True, slots=True)
class LegEnded(Event):
    """Leg `n` is over."""

    n: int
    how: Ended
    sip: str = ""
    call_sid: str = ""
    answered_by: Heard | None = None


@dataclass(frozen=True, slots=True)
class OrderFailed(Event):
    """An order about leg `n` could not be done. `kind`: refused, gone, unsure, ours."""

    order: str
    kind: str
    n: int
    detail: str = ""


# Conclusions ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a fact comes to."""


@dataclass(frozen=True, slots=True)
class HumanToRing(Conclusion):
    """Somebody can be rung: their leg has been noted."""


@dataclass(frozen=True, slots=True)
class NobodyNow(Conclusion):
    """Nobody can be rung at this moment: that is no try."""


@dataclass(frozen=True, slots=True)
class DueNow(Conclusion):
    """It is tried at once, whenever it was to be."""


@dataclass(frozen=True, slots=True)
class TryOver(Conclusion):
    """The try has not brought them together; there will be another."""


@dataclass(frozen=True, slots=True)
class OutOfTries(Conclusion):
    """There will be no other."""


@dataclass(frozen=True, slots=True)
class HumanOut(Conclusion):
    """The human who is tried is not to be had, and their leg may still be up."""


@dataclass(frozen=True, slots=True)
class MayScreen(Conclusion):
    """A machine has picked up, and is listened to: their telephone may ask who calls."""


@dataclass(frozen=True, slots=True)
class ScreenAsks(Conclusion):
    """It asks who calls and why, and is told."""


@dataclass(frozen=True, slots=True)
class PersonThere(Conclusion):
    """A person speaks where their telephone was told who calls: the gate begins anew."""


@dataclass(frozen=True, slots=True)
class CallerOut(Conclusion):
    """The caller is not to be had; the human waits for them."""


@dataclass(frozen=True, slots=True)
class HumanGone(Conclusion):
    """The human who had accepted has gone before the caller was there."""


@dataclass(frozen=True, slots=True)
class Together(Conclusion):
    """Both are in the room."""


@dataclass(frozen=True, slots=True)
class TalkOver(Conclusion):
    """One of them has gone."""


@dataclass(frozen=True, slots=True)
class DialUnsure(Conclusion):
    """The carrier may or may not have made the leg."""


@dataclass(frozen=True, slots=True)
class StrayLeg(Conclusion):
    """A leg turned up that is not wanted any more: `Callback.stray`."""


@dataclass(frozen=True, slots=True)
class Withdrawn(Conclusion):
    """It was cancelled, and no leg is up any more."""


@dataclass(frozen=True, slots=True)
class Talked(Conclusion):
    """They have talked, and no leg is up any more."""


Fact = Event | Conclusion
