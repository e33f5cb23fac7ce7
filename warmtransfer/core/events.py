"""Facts that happened to a call: what the carrier, the model, the host app and our own clock tell us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from warmtransfer.core.call import Stage
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.outcomes import Outcome
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
    """A new call came to our number, and the carrier asks what to do with it."""

    call_sid: str
    caller: str
    called: str


@dataclass(frozen=True, slots=True)
class CallerJoined(Event):
    """The caller is in the room, as we were told or have found."""

    room: str
    room_sid: str
    call_sid: str


#: Why a caller may have left: the carrier knows no such call.
UNKNOWN = "unknown"
#: How a stream ended that the carrier itself has ended, with its leg.
STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class CallerLeft(Event):
    """The caller has hung up. `room_sid` is empty when the news is of the call, not of the room."""

    room_sid: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class RoomLost(Event):
    """The room ended while the caller's call goes on."""

    room_sid: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CallerCameBack(Event):
    """The caller's leg asks what comes next, and the caller is still on the line."""

    n: int = 0  #: the attempt that was dialled from the caller's leg (style redirect), else 0
    how: Ended = Ended.COMPLETED  #: and how its leg ended
    room: int = 0  #: which of the call's rooms they come from, 0 when the question does not say


@dataclass(frozen=True, slots=True)
class CallerPresent(Event):
    """The caller was looked for and is still in the room."""

    room_sid: str


@dataclass(frozen=True, slots=True)
class AnnouncementEnded(Event):
    """An announcement to the caller was played to its end, or could not be."""

    room_sid: str


@dataclass(frozen=True, slots=True)
class MessageLeft(Event):
    """The caller's recorded message ended."""

    url: str = ""
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class MessageTaken(Event):
    """The AI has taken a message for the caller, in its words."""

    text: str


# The AI ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AIAdded(Event):
    """The carrier took our order for the AI's leg."""

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
class StreamFailed(Event):
    """The carrier could not open the stream that leg `k` was offered, or has lost it."""

    k: int


@dataclass(frozen=True, slots=True)
class AIIdle(Event):
    """The AI's leg was looked for: it is up, and no process holds its stream."""

    k: int


@dataclass(frozen=True, slots=True)
class LastResortReached(Event):
    """The document of the AI's leg `k` has dialled the number of last resort, and somebody answered.

    `over`: and they have hung up since.
    """

    k: int
    call_sid: str
    number: str
    over: bool = False


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
class Disclosed(Event):
    """The caller has heard, word for word, the line that says that an AI speaks."""

    line: str


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


@dataclass(frozen=True, slots=True)
class HumanDeclined(Event):
    """Any other end of the gate: another key, or silence."""

    n: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class MachineHeard(Event):
    """The detection of answering machines spoke."""

    n: int
    answered_by: Heard


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


# Ourselves ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Restarted(Event):
    """Our process has begun anew: the streams that the one before it held are gone, and so may news be."""


@dataclass(frozen=True, slots=True)
class TurnAwaited(Event):
    """The leg `key` is not asked for yet: it waits for its turn, about so many more `seconds`."""

    key: str
    seconds: float


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
