"""Facts about the AI: its leg, its stream and its model."""

from __future__ import annotations

from dataclasses import dataclass

from warmtransfer.core.event import Event


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
class SilenceHeard(Event):
    """The stream of this generation is over. `seconds`: the longest in which, while the AI had the caller or
    they waited for a human, nothing of ours was to be heard and they said nothing."""

    generation: int
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Disclosed(Event):
    """The caller has heard, word for word, the line that says that an AI speaks."""

    line: str


@dataclass(frozen=True, slots=True)
class LineHeard(Event):
    """The introduction was heard to its end."""

    generation: int
