"""The orders to our own relay: they touch nothing outside and never wait."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from warmtransfer.core import briefing
from warmtransfer.core.call import AIState, Call
from warmtransfer.core.order import Lane, Order
from warmtransfer.core.rules import BACKOFF, Rules


@dataclass(frozen=True, slots=True)
class RelayOrder(Order):
    """An order to our own relay."""


@dataclass(frozen=True, slots=True)
class PrepareModel(RelayOrder):
    """Open the model's socket and prepare its session, after `delay` seconds, with or without a stream."""

    lane: ClassVar[Lane] = Lane.RELAY

    delay: float = 0.0

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Wait longer after every loss."""
        return {"delay": backoff(call)}


@dataclass(frozen=True, slots=True)
class LetAISpeak(RelayOrder):
    """Have the model speak, after `delay` seconds: greet, or tell `news` in its own words."""

    lane: ClassVar[Lane] = Lane.RELAY

    news: str = ""
    delay: float = 0.0

    def needed(self, call: Call) -> bool:
        """Only an AI that is up: for another one news is kept, and is of then when it comes."""
        return call.ai.state is AIState.UP

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Carry the news that the AI has not been told, held back while the caller still hears a line."""
        return {"news": call.news, "delay": max(0.0, call.comforted_until - call.at)}

    def advance(self, call: Call) -> Call:
        """News is told once."""
        return replace(call, news="")


@dataclass(frozen=True, slots=True)
class TellAI(RelayOrder):
    """Put `news` into the model's conversation without asking it to speak."""

    lane: ClassVar[Lane] = Lane.RELAY

    news: str = ""

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Carry where the handoff stands."""
        return {"news": briefing.progress(call)}


@dataclass(frozen=True, slots=True)
class LetAIKnow(RelayOrder):
    """Put what somebody who looks after the call says into the model's conversation, for all of the call."""

    lane: ClassVar[Lane] = Lane.RELAY

    text: str = ""

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Carry it."""
        return {"text": call.note}

    def advance(self, call: Call) -> Call:
        """It is told once."""
        return replace(call, note="")


@dataclass(frozen=True, slots=True)
class HaveAISay(LetAIKnow):
    """The same, and have the model tell the caller now."""

    lane: ClassVar[Lane] = Lane.RELAY


@dataclass(frozen=True, slots=True)
class TellInPause(LetAISpeak):
    """Have the model tell `news` once nobody speaks; newer news takes its place."""

    lane: ClassVar[Lane] = Lane.RELAY


@dataclass(frozen=True, slots=True)
class Introduce(RelayOrder):
    """Have the AI say one line to caller and human, then report `LineHeard`."""

    lane: ClassVar[Lane] = Lane.RELAY

    line: str = ""

    def needed(self, call: Call) -> bool:
        """Only an AI that is in the room can say it."""
        return call.ai.state is AIState.UP and call.attempt is not None

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """Name the human."""
        return {"line": briefing.introduction(call.attempt.name, rules.words)} if call.attempt else {}


@dataclass(frozen=True, slots=True)
class PlayComfort(RelayOrder):
    """Have the relay itself play the app's own line and ring tone: there is no model to speak."""

    lane: ClassVar[Lane] = Lane.RELAY


@dataclass(frozen=True, slots=True)
class CloseModel(RelayOrder):
    """Close the model's session and our side of the stream."""

    lane: ClassVar[Lane] = Lane.RELAY


@dataclass(frozen=True, slots=True)
class Overhear(RelayOrder):
    """Let the pages hear caller and AI that have asked for it."""

    lane: ClassVar[Lane] = Lane.RELAY


#: Every order to our own relay, so that whoever carries them out can be held to all of them.
Local = (
    PrepareModel | LetAISpeak | TellInPause | TellAI | LetAIKnow | HaveAISay
    | Introduce | PlayComfort | CloseModel | Overhear
)  # fmt: skip


def backoff(call: Call) -> float:
    """Seconds before the AI is tried again."""
    return BACKOFF[min(len(call.ai.losses), len(BACKOFF) - 1)]
