"""Facts about the caller: their call, the room that they are in, and what they leave us."""

from __future__ import annotations

from dataclasses import dataclass

from warmtransfer.core.event import Event
from warmtransfer.core.legs import Ended


@dataclass(frozen=True, slots=True)
class CallArrived(Event):
    """A new call came to our number, and the carrier asks what to do with it."""

    call_sid: str
    caller: str
    called: str
    name: str = ""  #: the caller's, where the carrier looks it up


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


@dataclass(frozen=True, slots=True)
class CallbackPromised(Event):
    """The caller was promised to be rung back."""

    callback_id: str


@dataclass(frozen=True, slots=True)
class LineLeft(Event):
    """The caller does not want to wait for a human any longer. `how`: tool, words, star."""

    how: str
