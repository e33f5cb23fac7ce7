"""What a deployment decides beforehand: who may be rung, and how long things may take."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from warmtransfer.core.call import Style
from warmtransfer.core.hours import Hours
from warmtransfer.core.plans import Known, Plan, telephone
from warmtransfer.core.words import ENGLISH, Words

#: Seconds a human's phone rings, unless the deployment says otherwise.
RING = 25.0


class AfterHuman(StrEnum):
    """What becomes of a caller who is still there when this human has left."""

    RETURN = "return"  #: the AI is with them again
    END = "end"  #: the call ends


class Card(StrEnum):
    """What a human may read of a call that rings, besides what they hear."""

    NONE = "none"  #: nothing
    LINK = "link"  #: the card on their own page
    SMS = "sms"  #: the same, and a text message that links it


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody is rung: as `Human.number` and `Human.digits`."""

    number: str
    digits: str = ""

    @property
    def phone(self) -> str:
        """What names the telephone."""
        return telephone(self.number, self.digits)


@dataclass(frozen=True, slots=True)
class Human:
    """A person who may be dialled. `name` is what the model may say; `number` it never sees."""

    name: str
    number: str  #: E.164, or an address that begins with `client:` or `sip:`
    description: str = ""
    style: Style = Style.SCREEN
    ring: float = RING  #: seconds
    digits: str = ""  #: tones sent after the answer, such as an extension; `w` waits half a second
    departments: tuple[str, ...] = ()
    hours: Hours | None = None  #: None for always
    away: bool = False
    at_once: int = 1  #: calls they take at the same time
    caller_id: str = ""  #: the number that their phone shows; empty for the deployment's choice
    after_human: AfterHuman = AfterHuman.RETURN
    language: str = ""  #: of their briefing, as two letters; empty for the deployment's
    voice: str = ""  #: of their briefing; empty for the deployment's
    card: Card = Card.NONE
    also: tuple[Address, ...] = ()  #: where they are rung next, one after the other, when that was in vain
    detection: str = ""  #: of machines: "" for as usual, `off`, or what is tuned (`speech_threshold=3000`)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Everywhere they are rung, in order."""
        return (Address(self.number, self.digits), *self.also)

    @property
    def detected(self) -> bool:
        """Whether anybody tells a machine from a person at their telephone."""
        return self.detection != "off"

    def at(self, address: Address) -> Human:
        """The same, rung at this one of their addresses."""
        others = tuple(each for each in self.addresses if each != address)
        return replace(self, number=address.number, digits=address.digits, also=others)


@dataclass(frozen=True, slots=True)
class Department:
    """Several humans under one name. Its hours are those of whoever asks for the department."""

    name: str
    description: str = ""
    hours: Hours | None = None  #: None for whenever one of its humans is open


@dataclass(frozen=True, slots=True)
class Rules:
    """Humans in the order in which they are rung, our own sentences, and time limits in seconds."""

    humans: tuple[Human, ...] = ()
    departments: tuple[Department, ...] = ()  #: those that are more than a name with a human
    plans: tuple[Plan, ...] = ()  #: of departments, and one without for all others
    known: Known = field(default=Known(), compare=False)  #: of the humans, at the moment of this decision
    words: Words = ENGLISH  #: our own sentences
    arriving: float = 2.0  #: from the answer to the caller's join, before we look for the room
    connecting: float = 8.0  #: from ordering the AI's leg to stream and model being ready
    watching: float = 60.0  #: between looks at a caller whom the AI has
    ring_margin: float = 15.0  #: on top of the ring time: the carrier's own 5, queueing, delivery of the news
    briefing: float = 60.0  #: from the answer to a decision
    listening: float = 10.0  #: to a machine that has answered: whether it asks who calls
    screening: float = 45.0  #: for somebody to pick up whose telephone has been told who calls
    joining: float = 5.0  #: from acceptance to the human's join, before we look for the leg
    introduction: float = 4.0  #: the AI's line before it is removed; a model needs up to 1 s to begin it
    checking: float = 20.0  #: between looks at a room where caller and human talk
    proofs: tuple[float, ...] = (5.0, 60.0)  #: when both are looked for, from the human's join
    mending: int = 3  #: looks in a row that find something wrong with a bridge before it is given up
    cancelling: float = 4.0  #: from ordering an end to the leg's terminal status, before we look
    redirected: float = 150.0  #: the redirected caller's whole ringing, briefing included
    message: float = 240.0  #: apology and recorded message
    over: float = 8.0  #: from the end to a check that every leg is gone
    patience: int = 6  #: looks in a row without an answer before an attempt is given up
    losses: int = 3  #: losses of the AI within `loss_window` that call for a human
    loss_window: float = 60.0

    def human(self, name: str) -> Human | None:
        """The human of this name; they may not be configured any more."""
        return next((human for human in self.humans if human.name == name), None)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every number at which somebody may be rung."""
        found = (address.number for human in self.humans for address in human.addresses)
        return tuple(dict.fromkeys(found))

    def ring(self, name: str) -> float:
        """How long the phone of this human rings."""
        human = self.human(name)
        return human.ring if human else RING


def behind(ring: float) -> float:
    """Seconds from a switchboard's answer to somebody's behind it: a greeting, and `ring` once more."""
    return 10.0 + ring


#: Seconds of waiting for a turn at the carrier from which the caller is told of it.
LONG_WAIT = 4.0

#: Seconds in which a carrier may not know a call yet that it has told us of itself.
UNKNOWN_FOR = 60.0

#: Seconds before the AI is tried again, by the number of its losses so far (design, section 6).
BACKOFF = (0.0, 0.0, 1.0, 3.0)

#: Length of the announcement to a caller who is alone for a moment: one line, one ring.
COMFORT_SECONDS = 4.0
#: News that it has ended already, so soon after it was ordered, is of the one before, or of one that failed.
COMFORT_SHORTEST = 2.0
#: Seconds after which its end is taken for granted: the news of it may be lost, or it never played.
COMFORT_LONGEST = 6.0
