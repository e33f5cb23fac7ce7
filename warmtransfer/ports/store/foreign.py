"""What another release has stored: read as far as it can be, else left alone, and said."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from warmtransfer.core import orders as do
from warmtransfer.core import versions
from warmtransfer.core.call import Call, Unreadable
from warmtransfer.ports.store.records import Foreign
from warmtransfer.sparing import Sparing

#: Calls of another release can be many: one line says how it is, and how many more there were.
_lines = Sparing(logging.getLogger("warmtransfer"))


def call(state: Any) -> Call | None:
    """The call as it was stored; None for one that only another release can read."""
    try:
        return Call.from_dict(state)
    except Unreadable as fault:
        known = state.get("id", "") if isinstance(state, dict) else ""
        _say("call", str(known), fault)
        return None


def calls(states: Iterable[Any]) -> list[Call]:
    """Those of the calls that can be read."""
    return [each for each in map(call, states) if each is not None]


def kept(state: Any, ours: dict[str, Any]) -> dict[str, Any]:
    """What is to be stored of a call: ours, and what a release behind this one has stored besides.

    It serves beside us in a deploy, and goes on with the call after us.
    """
    if state is None or not versions.newer(state):
        return ours
    beside: dict[str, Any] = _over(state, ours)
    return beside | {"version": state["version"]}


def _over(theirs: Any, ours: Any) -> Any:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return theirs | {name: _over(theirs.get(name), value) for name, value in ours.items()}
    if isinstance(theirs, list) and isinstance(ours, list):
        return [_over(*pair) for pair in zip_longest(theirs[: len(ours)], ours)]
    return ours


def open_order(number: int, data: Any) -> do.Order | None:
    """An order that was left undone; None for one that only another release can carry out."""
    try:
        return do.from_dict(data)
    except Unreadable as fault:
        _say("order", str(number), fault)
        return None


def given_order(data: Any) -> do.Order | Foreign:
    """An order of the journal, to be looked at."""
    try:
        return do.from_dict(data)
    except Unreadable:
        return Foreign(data)


def _say(what: str, which: str, fault: Unreadable) -> None:
    _lines.say(
        what,
        logging.ERROR,
        "the stored %s %s is of another release of warmtransfer and cannot be read (%s): it is left alone",
        what,
        which,
        fault,
    )
