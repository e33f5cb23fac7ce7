"""What somebody who looks after a call asks for: the console, the host's systems or its app."""

from __future__ import annotations

from dataclasses import dataclass

from warmtransfer.core.event import Event


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
class HangUpAsked(Wish):
    """The call is to end."""
