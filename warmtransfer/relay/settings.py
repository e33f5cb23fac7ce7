"""What a deployment decides about the AI."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """How the AI behaves. Lengths in seconds."""

    greeting: str = "The caller has just been connected. Greet them in one short sentence."
    disclosure: str = ""  #: the greeting's line that says that an AI speaks
    facts: Callable[[], Sequence[str]] = tuple  #: what every session is told, such as the time
    early: bool = True  #: the first greeting is made before the caller can hear it
    resume: str = "You are with the caller again. Carry on with the conversation."
    phrases: Sequence[str] = ()  #: more words by which a caller asks for a person
    language: str = ""  #: what callers speak, as two letters; empty for any
    tool_seconds: float = 20.0
    open_seconds: float = 8.0  #: for the model's socket and session
    silence: float = 5.0  #: without media, a stream counts as broken
    stall: float = 10.0  #: without a word, a response's session counts as lost
    quiet: float = 1.0  #: of the AI, before a waiting caller hears the ring tone
    exchange_before: float = 240.0  #: before its end, a session is exchanged
    orphan: float = 120.0  #: a relay that nobody streams to closes its session
