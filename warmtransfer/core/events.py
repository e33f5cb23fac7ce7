"""Facts that happened to a call: what Twilio, the model, the host app and our own clock tell us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from warmtransfer.core.call import Outcome, Stage
from warmtransfer.core.plain import plain


@dataclass(frozen=True, slots=True)
class Event:
    """A fact."""

    def to_dict(self) -> dict[str, Any]:
        """The fact as JSON-ready data, for the journal."""
        data: dict[str, Any] = plain(self)
        return data


# The caller -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallArrived(Event):
    """Twilio asked the number's voice URL what to do with a new call."""

    call_sid: str
    caller: str
    called: str


@dataclass(frozen=True, slots=True)
class CallerJoined(Event):
    """The caller is in the room (`participant-join`, or found there)."""

    room: str
    room_sid: str
    call_sid: str


#: Why a caller may have left: the carrier knows no such call.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CallerLeft(Event):
    """The caller has hung up. `room_sid` is empty when the news is of the call, not of the room."""

    room_sid: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class RoomLost(Event):
    """The room ended while the caller's call goes on (`conference-ended-via-api`)."""

    room_sid: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CallerCameBack(Event):
    """Twilio asked the caller's `<Dial action>`, and the caller is still on the line."""

    n: int = 0  #: the attempt whose `<Dial>` ended (style redirect), else 0
    dial_status: str = ""


@dataclass(frozen=True, slots=True)
class CallerPresent(Event):
    """The caller was looked for and is still in the room."""

    room_sid: str


@dataclass(frozen=True, slots=True)
class AnnouncementEnded(Event):
    """An announcement to the caller was played to its end (`announcement-end` or `-fail`)."""

    room_sid: str


@dataclass(frozen=True, slots=True)
class MessageLeft(Event):
    """The caller's recorded message ended."""

    url: str = ""
    seconds: int = 0


# The AI ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AIAdded(Event):
    """Twilio took our order for the AI's leg."""

    k: int
    call_sid: str


@dataclass(frozen=True, slots=True)
class AIAsked(Event):
    """The AI's leg asked for its document; `token` is the new one-time token for its stream."""

    k: int
    token: str


@dataclass(frozen=True, slots=True)
class StreamUp(Event):
    """The stream of this generation sent its `start` with the right token."""

    generation: int


@dataclass(frozen=True, slots=True)
class AIUp(Event):
    """Stream and model session of this generation are both ready."""

    generation: int


@dataclass(frozen=True, slots=True)
class StreamEnded(Event):
    """The stream of this generation ended and we had not closed it. `how`: stopped, broken, bad_message."""

    generation: int
    how: str = ""


@dataclass(frozen=True, slots=True)
class ModelLost(Event):
    """The model's session of this generation is lost. `fatal`: another try cannot help."""

    generation: int
    reason: str = ""
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class AIJoined(Event):
    """The AI's leg is in the room."""

    k: int
    room_sid: str
    call_sid: str


@dataclass(frozen=True, slots=True)
class AILeft(Event):
    """The AI's leg left the room."""

    k: int
    room_sid: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class LineHeard(Event):
    """The introduction was heard to its end."""

    generation: int


# The human ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandoffAsked(Event):
    """Someone wants a human for this caller."""

    source: str
    target: str = ""
    reason: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class HumanDialled(Event):
    """The leg of attempt `n` exists (REST answer, `initiated`, or found)."""

    n: int
    call_sid: str


@dataclass(frozen=True, slots=True)
class HumanRang(Event):
    """The phone of attempt `n` rings."""

    n: int
    call_sid: str


@dataclass(frozen=True, slots=True)
class HumanAnswered(Event):
    """Something picked up (the leg's own webhook, or `CallStatus=in-progress`)."""

    n: int
    call_sid: str


@dataclass(frozen=True, slots=True)
class HumanAccepted(Event):
    """Key 1 at the gate."""

    n: int


@dataclass(frozen=True, slots=True)
class HumanDeclined(Event):
    """Any other end of the gate: another key, or silence."""

    n: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class MachineHeard(Event):
    """Answering-machine detection spoke (`AnsweredBy`)."""

    n: int
    answered_by: str


@dataclass(frozen=True, slots=True)
class BriefingHeard(Event):
    """The briefing on hold was played to its end (style announce)."""

    n: int


@dataclass(frozen=True, slots=True)
class HumanJoined(Event):
    """The human is in the room and can talk (`participant-join`; style announce: `participant-unhold`)."""

    n: int
    room_sid: str
    call_sid: str = ""


@dataclass(frozen=True, slots=True)
class HumanLeft(Event):
    """The human left the room."""

    n: int
    room_sid: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class HumanEnded(Event):
    """The leg of attempt `n` is over; `status` is Twilio's CallStatus, or ours: `missing`."""

    n: int
    status: str
    sip: str = ""
    call_sid: str = ""


@dataclass(frozen=True, slots=True)
class LegPresent(Event):
    """The leg of attempt `n` was looked for: up, but not in the room yet."""

    n: int


# Ourselves ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Restarted(Event):
    """Our process has begun anew: the streams that the one before it held are gone, and so may news be."""


@dataclass(frozen=True, slots=True)
class TimedOut(Event):
    """The timer `alarm`, armed in `stage`, went off."""

    stage: Stage
    alarm: int


@dataclass(frozen=True, slots=True)
class OrderFailed(Event):
    """An order could not be done. `kind`: refused, gone, unsure, ours. `key`: the leg it was for."""

    order: str
    kind: str
    key: str = ""
    detail: str = ""
