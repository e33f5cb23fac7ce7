"""What somebody who looks after a call asks for: the console, the host's systems or its app."""

from __future__ import annotations

from dataclasses import dataclass

from warmtransfer.core.event import Event
from warmtransfer.core.supervising import Role


@dataclass(frozen=True, slots=True)
class Wish(Event):
    """Something is asked for. `by`: who asks, as for a handoff's source."""

    by: str


@dataclass(frozen=True, slots=True)
class AboutHuman(Wish):
    """The same, about the round of this attempt, as whoever asks has seen it; 0 for whoever it is now."""

    attempt: int = 0


@dataclass(frozen=True, slots=True)
class StopAsked(AboutHuman):
    """Nobody is to be rung any more: the caller goes on with the AI."""


@dataclass(frozen=True, slots=True)
class NextAsked(AboutHuman):
    """Whoever is rung has had their time: the next one is to be."""


@dataclass(frozen=True, slots=True)
class ReturnAsked(AboutHuman):
    """The AI is to have the caller back, and the human who has them is to leave."""


@dataclass(frozen=True, slots=True)
class TellAsked(Wish):
    """The AI is to know this; `aloud`: and to tell the caller now."""

    text: str
    aloud: bool = False


@dataclass(frozen=True, slots=True)
class EndAIAsked(Wish):
    """The AI's leg is to go, because a human has the caller."""


@dataclass(frozen=True, slots=True)
class TakeOutAsked(Wish):
    """The caller is to wait in the line no longer, and to go on with the AI."""


@dataclass(frozen=True, slots=True)
class TakeNextAsked(Wish):
    """The caller is to be taken next, whoever else waits: by the human of this name, or whoever is free."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class HangUpAsked(Wish):
    """The call is to end."""


@dataclass(frozen=True, slots=True)
class SuperviseAsked(Wish):
    """Somebody wants to listen on the telephone of `name`, one of those who may be rung, or to do more."""

    name: str
    role: Role = Role.LISTEN


@dataclass(frozen=True, slots=True)
class SupervisorUnwanted(Wish):
    """Whoever listens is to leave."""


@dataclass(frozen=True, slots=True)
class OverhearAsked(Event):
    """Somebody wants to hear caller and AI, as the relay does, in a page. `by`: who asks."""

    by: str


@dataclass(frozen=True, slots=True)
class SupervisorDialled(Event):
    """The leg of supervisor `n` exists, as we were answered or told."""

    n: int
    call_sid: str


@dataclass(frozen=True, slots=True)
class SupervisorAccepted(Event):
    """Key 1 there."""

    n: int


@dataclass(frozen=True, slots=True)
class SupervisorJoined(Event):
    """They are in the room, muted."""

    n: int
    room_sid: str
    call_sid: str


@dataclass(frozen=True, slots=True)
class SupervisorEnded(Event):
    """Their leg is over."""

    n: int
