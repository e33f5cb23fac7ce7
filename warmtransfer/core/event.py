"""What a fact is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from warmtransfer.core.plain import plain


@dataclass(frozen=True, slots=True)
class Event:
    """A fact."""

    def to_dict(self) -> dict[str, Any]:
        """The fact as JSON-ready data, for the journal."""
        data: dict[str, Any] = plain(self)
        return data
