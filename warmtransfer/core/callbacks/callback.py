"""What is known of one callback: plain frozen data that survives as JSON."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from warmtransfer.core import versions
from warmtransfer.core.outcomes import LIKE, Outcome
from warmtransfer.core.plain import Unreadable, plain, word
from warmtransfer.core.rules import RING
from warmtransfer.core.screening import Screen

#: What this release writes. Fields that it does not know are left out when read.
VERSION = 1


class Stage(StrEnum):
    """How far a callback has come."""

    WAITING = "waiting"  #: for its time, or for somebody who can be rung
    RINGING = "ringing"  #: a human is being dialled
    BRIEFING = "briefing"  #: a human has answered and hears whom to ring back, and why
    CALLING = "calling"  #: the human has accepted; the caller is being dialled
    JOINING = "joining"  #: the caller has answered, and is on the way into the room
    TALKING = "talking"  #: both are in the room
    ENDING = "ending"  #: the legs of a try are being ended; nobody is dialled before they have
    DONE = "done"  #: they have talked
    GIVEN_UP = "given_up"  #: tried as often as may be, or for as long
    CANCELLED = "cancelled"  #: somebody has said that it is not needed


#: Nothing more comes of it by itself.
OVER = frozenset({Stage.DONE, Stage.GIVEN_UP, Stage.CANCELLED})
#: A try is made.
TRYING = frozenset({Stage.RINGING, Stage.BRIEFING, Stage.CALLING, Stage.JOINING})


class Settled(StrEnum):
    """What has settled one besides somebody who says that it is not needed: `Callback.why`."""

    REACHED = "reached_person"  #: they have talked with a human since, in a call of their own
    AGAIN = "promised_again"  #: another was promised to the same number since


class Side(StrEnum):
    """Whose leg it is."""

    HUMAN = "human"
    CALLER = "caller"


class Then(StrEnum):
    """What follows once the legs have ended."""

    NEXT = "next"  #: the next human, or the next try
    RETRY = "retry"  #: the next try: the caller was not reached, or was left alone
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Leg:
    """One dial. Times are seconds of the wall clock, `0.0` for not yet."""

    n: int  #: counted over the whole callback, and never used again
    side: Side
    attempt: int  #: the try that it belongs to
    name: str
    number: str
    digits: str = ""
    caller_id: str = ""
    detection: str = ""  #: of machines, as `Human.detection`
    ring: float = RING
    call_sid: str = ""
    outcome: Outcome | None = None
    answered_by: str = ""
    ended: bool = False
    screen: Screen = Screen.NONE  #: how far it is with a telephone that asks who calls
    screened_at: float = 0.0  #: when it was listened to first, or asked
    sip: str = ""
    dialled_at: float = 0.0
    answered_at: float = 0.0
    joined_at: float = 0.0
    ended_at: float = 0.0

    @property
    def label(self) -> str:
        """The leg's participant label, which no leg of a call has."""
        return f"callback-{self.side.value}-{self.n}"


@dataclass(frozen=True, slots=True)
class Callback:
    """One promise to ring somebody back. Times are seconds of the wall clock."""

    id: str
    stage: Stage = Stage.WAITING
    call_id: str = ""  #: the call in which it was taken
    number: str = ""  #: to be rung
    name: str = ""  #: of who asked for it, as far as they said
    about: str = ""
    words: str = ""  #: when, as the caller said it
    wanted_at: float = 0.0  #: when, 0.0 for as soon as somebody is there
    target: str = ""  #: whom they asked for
    by: str = ""  #: who has taken it: ai, or voice for our own words without a model
    called_at: float = 0.0  #: when they had called
    created_at: float = 0.0
    due_at: float = 0.0  #: when it is tried next
    last_at: float = 0.0  #: when it is given up if nobody could be rung until then
    tries: int = 0  #: how many are over
    spent: int = 0  #: of these, those before it was given up and asked for once more
    asked_at: float = 0.0  #: when somebody has wanted it to be tried, whatever had been before
    why: str = ""  #: how the newest try ended, in a word; of one that was cancelled, by whom or by what
    legs: tuple[Leg, ...] = ()
    room_sid: str = ""
    then: Then = Then.NEXT  #: of a try that is being ended
    stray: str = ""  #: the CallSid of a leg that should not exist any more
    alarm: int = 0  #: serial of the armed timer
    alarm_at: float = 0.0  #: when it goes off; nothing more comes of one without
    laps: int = 0  #: times that the stage's timer has gone off in a row
    at: float = 0.0  #: when the newest fact happened
    ended_at: float = 0.0

    @property
    def room(self) -> str:
        """The conference's friendly name, which no call's has."""
        return room_of(self.id)

    @property
    def attempt(self) -> int:
        """The number of the try that runs, or comes next."""
        return self.tries + 1

    @property
    def open(self) -> tuple[Leg, ...]:
        """Legs that may be up."""
        return tuple(each for each in self.legs if not each.ended)

    def newest(self, side: Side) -> Leg | None:
        """The newest leg of this side in the try that runs."""
        some = [each for each in self.legs if each.side is side and each.attempt == self.attempt]
        return some[-1] if some else None

    @property
    def human(self) -> Leg | None:
        """The human who is tried, or has accepted."""
        return self.newest(Side.HUMAN)

    @property
    def caller(self) -> Leg | None:
        """The leg to the caller."""
        return self.newest(Side.CALLER)

    @property
    def since(self) -> float:
        """What happens from then on may settle it."""
        return max(self.created_at, self.asked_at)

    def leg(self, n: int) -> Leg | None:
        """Leg `n`."""
        return self.legs[n - 1] if 0 < n <= len(self.legs) else None

    def with_leg(self, leg: Leg) -> Callback:
        """The callback with this leg in the place of its number."""
        return replace(self, legs=(*self.legs[: leg.n - 1], leg, *self.legs[leg.n :]))

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready data."""
        data: dict[str, Any] = {**plain(self), "version": VERSION}
        for each in data["legs"]:
            versions.in_old_words(each, LIKE)
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Callback:
        """What `to_dict` gave, in this release or one next to it; Unreadable for words not known here."""
        try:
            known = _known(cls, data)
            legs = tuple(_leg(each) for each in data.get("legs", ()))
            stage, then = Stage(data["stage"]), Then(data.get("then", Then.NEXT))
            return cls(**{**known, "stage": stage, "then": then, "legs": legs})
        except (KeyError, TypeError, ValueError, AttributeError) as exc:
            raise Unreadable(f"{type(exc).__name__}: {exc}") from None


#: How the names of our rooms for callbacks begin.
ROOM = "wt-cb-"


def room_of(callback_id: str) -> str:
    """The room of the callback with this id."""
    return f"{ROOM}{callback_id}"


def callback_of(room: str) -> str:
    """The id of the callback whose room has this name, "" for a room that is none's."""
    return room.removeprefix(ROOM) if room.startswith(ROOM) else ""


def _known(kind: type[Any], data: dict[str, Any]) -> dict[str, Any]:
    return {each.name: data[each.name] for each in fields(kind) if each.name in data}


def _leg(data: dict[str, Any]) -> Leg:
    """Of a leg that is over, how it ended may be a word of a newer release: it decides nothing any more."""
    said = versions.exactly(data, LIKE)
    over = (Outcome.ACCEPTED if data.get("joined_at") else Outcome.ERROR) if data.get("ended") else None
    outcome = word(Outcome, said, over) if said else None
    screen = word(Screen, data.get("screen", ""), Screen.NONE)
    return Leg(**{**_known(Leg, data), "side": Side(data["side"]), "outcome": outcome, "screen": screen})
