"""What all sessions share, and what the parts of one session need of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.model.brain import RuleBook
from warmtransfer.simulator.model.conversation import Conversation
from warmtransfer.simulator.model.ears import Ears
from warmtransfer.simulator.model.faults import Faults
from warmtransfer.simulator.model.report import Report
from warmtransfer.simulator.sound.audio import PCM


@dataclass(frozen=True)
class Setup:
    """What all sessions of a server share."""

    clock: Clock
    report: Report
    book: RuleBook
    ears: Ears
    faults: Faults
    speak: Callable[[str, str], Awaitable[PCM]]
    lag: float = 0.3  #: simulated seconds of thought before a response's first word
    burst: float = 4.0  #: how much faster than real time audio is made
    cap: float = 3600.0  #: simulated seconds until the session ends


class Surroundings(Protocol):
    """A session as its parts see it."""

    id: str
    clock: Clock
    report: Report
    setup: Setup
    config: dict[str, Any]
    conversation: Conversation

    @property
    def age(self) -> float:
        """Simulated seconds since the session began."""

    def send(self, kind: str, **fields: object) -> None:
        """Queue a server event; never waits."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something that belongs to the session."""
