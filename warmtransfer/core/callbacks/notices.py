"""What others are told of a callback: the host app by signals, the host's systems by events over HTTP."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from warmtransfer.core.callbacks.callback import OVER, Callback, Leg
from warmtransfer.core.plain import plain


class Kind(StrEnum):
    """What happened; the words are those of the events, and stay as they are."""

    TAKEN = "callback.taken"  #: somebody was promised to be rung back
    ENDED = "callback.ended"  #: it is done, given up or cancelled


def notices(before: Callback | None, after: Callback) -> list[Kind]:
    """What the change from `before` to `after` calls for, in order."""
    ended = after.stage in OVER and (before is None or before.stage is not after.stage)
    return [*([Kind.TAKEN] if before is None else []), *([Kind.ENDED] if ended else [])]


def spelled(callback: Callback) -> dict[str, Any]:
    """The callback as JSON-ready data. Times are seconds since 1970, null for not (yet)."""
    names = ("id", "number", "name", "about", "target", "by", "tries", "why")
    data: dict[str, Any] = {name: getattr(callback, name) for name in names}
    times = {name: getattr(callback, name) or None for name in ("wanted_at", "created_at", "ended_at")}
    stage = {"stage": callback.stage.value, "when_words": callback.words}
    return {**data, **stage, **times, "legs": [_leg(each) for each in callback.legs]}


def _leg(leg: Leg) -> dict[str, Any]:
    names = (
        *("n", "side", "attempt", "name", "number", "outcome", "answered_by", "sip"),
        *("dialled_at", "answered_at", "joined_at", "ended_at"),
    )
    data = plain(leg)
    return {name: None if name.endswith("_at") and not data[name] else data[name] for name in names}
