"""What a carrier says of one leg, in our own words. The carrier's are put into these at the edges alone:
`web/forms.py` for what it tells, `ports/carrier/` for what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ended(StrEnum):
    """How a leg ended."""

    COMPLETED = "completed"  #: it was up, and somebody hung up
    BUSY = "busy"  #: the phone was engaged
    NO_ANSWER = "no-answer"  #: it rang to the end
    CANCELLED = "canceled"  #: ended by us before it was answered
    FAILED = "failed"  #: the carrier could not place it
    UNREACHABLE = "unreachable"  #: the number cannot be reached, or the carrier refuses it
    MISSING = "missing"  #: it was looked for, and the carrier knows no such leg


class LegState(StrEnum):
    """Where a leg is that has not ended."""

    COMING = "ringing"  #: ordered, queued or ringing
    UP = "in-progress"  #: answered
    UNKNOWN = ""  #: the carrier knows no such leg


#: What the carrier answers when it is asked about a leg.
Leg = LegState | Ended


class Heard(StrEnum):
    """Who picked up, as far as the carrier's detection can tell."""

    HUMAN = "human"
    MACHINE = "machine"  #: a mailbox or a fax
    UNKNOWN = "unknown"


class Place(StrEnum):
    """Where somebody is who should be in the room and talk."""

    IN = "in"  #: in the room, and heard
    MUTED = "muted"
    HELD = "held"  #: on hold
    OUT = "out"  #: not in the room
    UP = "up"  #: on a line of their own, of which more cannot be asked (style redirect)
    UNKNOWN = ""  #: not looked for


@dataclass(frozen=True, slots=True)
class Proof:
    """What a look at caller and human found, once they had been brought together."""

    at: float
    caller: Place = Place.UNKNOWN
    human: Place = Place.UNKNOWN

    @property
    def sound(self) -> bool:
        """Whether both are where they should be, as far as can be seen."""
        return {self.caller, self.human} <= {Place.IN, Place.UP, Place.UNKNOWN}
