"""What another release has stored: read as far as it can be, else left alone, and said."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from warmtransfer.core import orders as do
from warmtransfer.core import versions
from warmtransfer.core.call import Call, Style, Unreadable
from warmtransfer.core.legs import Place
from warmtransfer.core.outcomes import HandoffEnd, Outcome
from warmtransfer.core.screening import Screen
from warmtransfer.core.supervising import Role
from warmtransfer.ports.store.records import Foreign
from warmtransfer.sparing import Sparing

#: What is known here of the words in a call that is read all the same where they are not.
OUTCOMES, STYLES, SCREENS = frozenset(Outcome), frozenset(Style), frozenset(Screen)
PLACES, ENDS, ROLES = frozenset(Place), frozenset(HandoffEnd), frozenset(Role)
#: Calls of another release can be many: one line says how it is, and how many more there were.
_lines = Sparing(logging.getLogger("warmtransfer"))


def call(state: Any) -> Call | None:
    """The call as it was stored; None for one that only another release can read."""
    try:
        read = Call.from_dict(state)
        if strange := _strange(state):
            _note(read.id, strange)
        return read
    except Unreadable as fault:
        known = state.get("id", "") if isinstance(state, dict) else ""
        _say("call", str(known), fault)
        return None


def _strange(state: dict[str, Any]) -> list[str]:
    """The words in a call that can be read although only another release knows them."""
    tried, there = state.get("attempts", ()), state.get("supervisor") or {}
    proofs = (proof for each in tried for proof in each.get("proofs", ()))
    handoffs = (state.get("handoff") or {}, *state.get("past", ()))
    found = (
        *((each.get("outcome"), OUTCOMES) for each in tried),
        *((each.get("style"), STYLES) for each in tried),
        *((each.get("screen"), SCREENS) for each in tried),
        *((place, PLACES) for proof in proofs for place in (proof.get("caller"), proof.get("human"))),
        *((each.get("end"), ENDS) for each in handoffs),
        *((there.get(name), ROLES) for name in ("role", "given")),
    )
    return [str(word) for word, known in found if word and word not in known]


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


def _note(call_id: str, strange: list[str]) -> None:
    _lines.say(
        "words",
        logging.WARNING,
        "the stored call %s has words that only another release of warmtransfer knows (%s): passed over",
        call_id,
        ", ".join(sorted(set(strange))),
    )


def _say(what: str, which: str, fault: Unreadable) -> None:
    _lines.say(
        what,
        logging.ERROR,
        "the stored %s %s is of another release of warmtransfer and cannot be read (%s): it is left alone",
        what,
        which,
        fault,
    )
