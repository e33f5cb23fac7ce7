"""What a request to the API asks of the calls, read from its query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC

from warmtransfer.core.outcomes import CallEnd, Outcome
from warmtransfer.core.search import OPEN, Search, place
from warmtransfer.web.moments import FORMS, moment

#: The query's parameters, each optional: they narrow the list together.
FILTERS = ("limit", "live", "number", "since", "human", "outcome", "after")

#: Calls in one answer.
MOST = 500

_FLAGS = {"1": True, "true": True, "0": False, "false": False}
_OUTCOMES = (OPEN, *Outcome, *CallEnd)


def search(given: Mapping[str, str], now: float) -> Search:
    """The calls that are wanted; raises ValueError with what is wrong with which parameter."""
    return Search(
        limit=_limit(given.get("limit", "50")),
        live=_FLAGS[_one_of("live", given.get("live", "0"), tuple(_FLAGS))],
        number=_number(given["number"]) if "number" in given else "",
        since=_since(given["since"], now) if "since" in given else 0.0,
        human=_name(given["human"]) if "human" in given else "",
        outcome=_one_of("outcome", given["outcome"], _OUTCOMES) if "outcome" in given else "",
        after=_after(given["after"]) if "after" in given else "",
    )


def _limit(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) or not 1 <= int(text) <= MOST:
        raise ValueError(f"limit is not a number from 1 to {MOST}.")
    return int(text)


def _one_of(name: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise ValueError(f"{name} is none of {', '.join(known)}.")
    return text


def _number(text: str) -> str:
    """Digits after a plus, which is a space in a URL that was written by hand; or the last few digits."""
    found = re.fullmatch(r"([+ ]?)([0-9]{2,15})", text, re.ASCII)
    if not found:
        raise ValueError("number is neither one as +15550100001 nor the last digits of one.")
    return f"{'+' if found[1] else ''}{found[2]}"


def _since(text: str, now: float) -> float:
    try:
        return moment(text, now, UTC)
    except ValueError:
        raise ValueError(f"since is no time: give {FORMS}, or seconds since 1970.") from None


def _name(text: str) -> str:
    if not text or len(text) > 100 or "\0" in text:
        raise ValueError("human is no name.")
    return text


def _after(text: str) -> str:
    try:
        place(text[:100])
    except ValueError:
        raise ValueError("after is not the next of an earlier answer.") from None
    return text
