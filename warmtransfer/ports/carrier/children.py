"""Which of the legs that one leg's document has dialled is meant, of Twilio's list of them, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from warmtransfer import vocabulary
from warmtransfer.core.legs import Leg, LegState

#: Its CallSid, where it is, and whether anybody has answered.
Child = tuple[str, Leg, bool]


def best(calls: Iterable[Any]) -> Child:
    """The one that is up, else the newest that was answered, else the newest; an empty one for none."""
    found = sorted(map(_child, calls), key=lambda child: (child[1] is not LegState.UP, not child[2]))
    return found[0] if found else ("", LegState.UNKNOWN, False)


def _child(call: Any) -> Child:
    leg = vocabulary.leg(str(call.status))
    return str(call.sid), leg, leg is LegState.UP or str(call.duration or "0") != "0"
