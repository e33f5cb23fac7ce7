"""Stored calls and orders carry a version: those of the release before are read forwards, a step at a time.

Old and new processes serve side by side while a deploy runs. So a release that gives a stored field another
meaning counts up `VERSION` and says in a step how what was stored before is to be read; a field that is new
needs a default and no step. What the release behind this one has stored is read by the fields known here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from warmtransfer.core.plain import Unreadable

Data = dict[str, Any]
#: Makes data of one version data of the next; what it is given stays as it is.
Step = Callable[[Data], Data]

#: What this release writes. Data without a version is of the first.
VERSION = 2
#: Says of a stored call in the stage `ai` that it waits in the line for a human.
IN_LINE = "in_line"


def _call_of_1(data: Data) -> Data:
    """A wait ended with its timer, a caller's leg with the call, and a detection had the carrier's words."""
    added = {"due_at": data.get("alarm_at", 0.0), "left": data.get("stage") == "over"}
    attempts = [_attempt_of_1(each) for each in data.get("attempts", ())]
    return {**added, **data, "attempts": attempts}


def _attempt_of_1(data: Data) -> Data:
    heard = data.get("answered_by", "")
    return {**data, "answered_by": heard if heard in ("", "human", "unknown") else "machine"}


def _order_of_1(data: Data) -> Data:
    """The same: no field of an order has another meaning now."""
    return data


CALLS: Mapping[int, Step] = {1: _call_of_1}
ORDERS: Mapping[int, Step] = {1: _order_of_1}


def call(data: Data) -> Data:
    """A stored call as this release would have stored it; Unreadable when it is too far from it."""
    data = _forward(data, CALLS)
    in_line = data.get(IN_LINE) and data.get("stage") == "ai"
    return {**data, "stage": "waiting"} if in_line else data


def lined(data: Data) -> Data:
    """The call as it is stored: for the release before, which knows no line, whoever waits is with the AI."""
    return {**data, "stage": "ai", IN_LINE: True} if data["stage"] == "waiting" else data


def order(data: Data) -> Data:
    """A stored order as this release would have stored it; Unreadable when it is too far from it."""
    return _forward(data, ORDERS)


def newer(data: Data) -> bool:
    """Whether a release behind this one has stored it."""
    return of(data) > VERSION


def of(data: Data) -> int:
    """The version of stored data; Unreadable for one that is none."""
    version = data.get("version", 1)
    if isinstance(version, int) and version > 0:
        return version
    raise Unreadable("its version is no number")


def in_old_words(data: Data, like: Mapping[str, str]) -> None:
    """A new outcome is stored as the one that the release before knows in its place, and exactly beside it.

    So that release reads the call, and goes on with it; what it saves keeps the old word alone.
    """
    word = data["outcome"]
    if word in like:
        data |= {"outcome": str(like[word]), "exactly": str(word)}


def exactly(data: Data, like: Mapping[str, str]) -> str:
    """The stored outcome, "" for none: the exact word, where it is known here and still fits the other."""
    word, exact = data.get("outcome") or "", data.get("exactly") or ""
    return exact if like.get(exact) == word else word


def _forward(data: Data, steps: Mapping[int, Step]) -> Data:
    version = of(data)
    if version > VERSION + 1 or (version < VERSION and version not in steps):
        raise Unreadable(f"its version is {version}, this release reads {min(steps)} to {VERSION + 1}")
    while version < VERSION:
        data = steps[version](data)
        version += 1
    return data
