"""Which calls somebody looks for."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: What an attempt has for an outcome that has none yet.
OPEN = "open"


@dataclass(frozen=True, slots=True)
class Search:
    """What has to be true of a call; what is empty may be anything. The newest calls come first."""

    number: str = ""  #: the caller's, or a human's that was called; without a `+` its last digits
    text: str = ""  #: a part of the caller's name or address, or of a human's address
    since: float = 0.0  #: began then or later, seconds of the wall clock
    human: str = ""  #: by name, one who was called
    outcome: str = ""  #: of the call, or of an attempt (of this human, if named; `OPEN` for one that goes on)
    live: bool = False  #: the caller has not left
    after: str = ""  #: only those that come after the call with this mark
    limit: int = 50


def mark(started_at: float, call_id: str) -> str:
    """Where a call stands among the others, to go on from there."""
    return f"{started_at!r}~{call_id}"


def place(of: str) -> tuple[float, str]:
    """When the call with this mark began, and its id; raises ValueError for what is none."""
    started_at, tilde, call_id = of.partition("~")
    at = float(started_at)
    if not tilde or not call_id or "\0" in call_id or not math.isfinite(at):
        raise ValueError("not a mark")
    return at, call_id
