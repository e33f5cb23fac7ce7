"""What is written of a decision, and read of a call besides its state: its journal and what was said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from warmtransfer.core import orders as do
from warmtransfer.core.call import Call
from warmtransfer.core.events import Event
from warmtransfer.core.plans import Claim, Known


@dataclass(frozen=True, slots=True)
class Decision:
    """What `event` made of the call `before`. Without an event nothing is journalled.

    `holds`: the call's stream comes to this process.
    """

    before: Call
    event: Event | None
    call: Call
    orders: tuple[do.Order, ...]
    holds: bool = False
    ringing: Ringing | None = None
    claims: tuple[Claim, ...] = ()  #: the telephones that it rings


@dataclass(frozen=True, slots=True)
class Ringing:
    """Somebody is to be rung: the decision is made `again`, knowing how it stands with these numbers."""

    numbers: tuple[str, ...]
    again: Callable[[Known], Decision]


@dataclass(frozen=True, slots=True)
class Saved:
    """A decision that will not be forgotten; each order with its number in the outbox.

    Of several processes another does what is `elsewhere`. `moved`: this one did not have the call's stream.
    """

    before: Call
    call: Call
    orders: tuple[tuple[int, do.Order], ...]
    elsewhere: frozenset[int] = frozenset()
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A process that serves, for those who look at it; times are seconds since 1970, and since it said so."""

    id: str
    host: str
    pid: int
    since: float
    lease_age: float
    calls: int  #: whose stream it has, or would have
    streams: int
    leaving: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with the database: what its tables lack, "" for nothing, and who serves it.

    Where one process does, nobody is noted, only how many `calls` are up.
    """

    lacks: str
    members: tuple[Member, ...]
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Foreign:
    """An order that only another release knows."""

    data: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """As it was stored."""
        return {"order": "?", **self.data}


@dataclass(frozen=True, slots=True)
class JournalOrder:
    """An order and what came of it; `done_at` is 0.0 while it is open."""

    id: int
    order: do.Order | Foreign
    done_at: float
    result: str


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One decision: when, what happened, the stage before and after, what was ordered."""

    at: float
    event: str
    data: dict[str, Any]
    before: str
    after: str
    orders: tuple[JournalOrder, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the conversation; `who` is caller or ai."""

    at: float
    who: str
    text: str
