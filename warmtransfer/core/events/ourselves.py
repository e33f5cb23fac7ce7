"""Facts about ourselves: our clock, our processes and our orders."""

from __future__ import annotations

from dataclasses import dataclass

from warmtransfer.core.call import Stage
from warmtransfer.core.event import Event


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
