"""What is read of a call besides its state: its journal and what was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from warmtransfer.core import orders as do


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
