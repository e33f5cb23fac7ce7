"""Facts about whoever is asked for and rung."""

from __future__ import annotations

from dataclasses import dataclass

from warmtransfer.core.event import Event
from warmtransfer.core.legs import Ended, Heard, Place
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.screening import Said


@dataclass(frozen=True, slots=True)
class HandoffAsked(Event):
    """Someone wants a human for this caller."""

    source: str
    target: str = ""
    reason: str = ""
    summary: str = ""
    begins: bool = False  #: as somebody saw the call: nobody was wanted yet, so it is nothing more of a wish
    adds_to: int = 0  #: likewise, more of the wish of this number, and no new one; 0 for either


@dataclass(frozen=True, slots=True)
class HumanDialled(Event):
    """The leg of attempt `n` exists, as we were answered, told, or have found."""

    n: int
    call_sid: str


@dataclass(frozen=True, slots=True)
class HumanRang(Event):
    """The phone of attempt `n` rings."""

    n: int
    call_sid: str


@dataclass(frozen=True, slots=True)
class HumanAnswered(Event):
    """Something picked up: the leg asks what to do, or its progress is told."""

    n: int
    call_sid: str


@dataclass(frozen=True, slots=True)
class HumanAccepted(Event):
    """Key 1 at the gate."""

    n: int
    pressed: str = ""  #: the key


@dataclass(frozen=True, slots=True)
class HumanDeclined(Event):
    """Any other end of the gate: another key, or silence."""

    n: int
    outcome: Outcome
    pressed: str = ""  #: the key


@dataclass(frozen=True, slots=True)
class CardAccepted(Event):
    """Accepted on the card of attempt `n`, whoever or whatever has picked up meanwhile, or has not."""

    n: int


@dataclass(frozen=True, slots=True)
class CardDeclined(Event):
    """Declined there."""

    n: int


@dataclass(frozen=True, slots=True)
class CardLost(Event):
    """The text message with the card of attempt `n` did not arrive; `code` is the carrier's."""

    n: int
    code: int = 0


@dataclass(frozen=True, slots=True)
class CallNoted(Event):
    """The human of attempt `n` has written down what came of it: one line, kept in the journal alone."""

    n: int
    name: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class MachineHeard(Event):
    """The detection of answering machines spoke."""

    n: int
    answered_by: Heard


@dataclass(frozen=True, slots=True)
class LegSpoke(Event):
    """What was heard on the leg of attempt `n`, while it was listened to."""

    n: int
    said: Said
    words: str = ""


@dataclass(frozen=True, slots=True)
class BriefingHeard(Event):
    """The briefing on hold was played to its end (style announce)."""

    n: int


@dataclass(frozen=True, slots=True)
class HumanJoined(Event):
    """The human is in the room and can talk: joined, or (style announce) taken off hold."""

    n: int
    room_sid: str
    call_sid: str = ""


@dataclass(frozen=True, slots=True)
class HumanLeft(Event):
    """The human left the room. `how`: what became of their leg, as far as leaving tells."""

    n: int
    room_sid: str
    why: str = ""
    how: Ended = Ended.COMPLETED
    with_caller: bool = False  #: because the caller's leaving has ended the room


@dataclass(frozen=True, slots=True)
class HumanEnded(Event):
    """The leg of attempt `n` is over."""

    n: int
    status: Ended
    sip: str = ""
    call_sid: str = ""
    answered_by: Heard | None = None  #: who picked up, where the carrier says so again with the end


@dataclass(frozen=True, slots=True)
class LegPresent(Event):
    """The leg of attempt `n` was looked for: up, but not in the room yet."""

    n: int


@dataclass(frozen=True, slots=True)
class BridgeSeen(Event):
    """Caller and the human of attempt `n` were looked for in the room in which they talk."""

    n: int
    room_sid: str
    caller: Place
    human: Place


@dataclass(frozen=True, slots=True)
class TurnCame(Event):
    """A human is free for whom this caller has waited longest."""


@dataclass(frozen=True, slots=True)
class PlaceSeen(Event):
    """The caller's place in the line now, and how long it may take: 0.0 `seconds` when nobody can say."""

    place: int
    seconds: float = 0.0
