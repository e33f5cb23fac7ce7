"""Date filters of lists: `StartTime=2026-02-12`, `StartTime<=…`, `StartTime>=…`, as days or as moments."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from warmtransfer.simulator.rest.errors import RestError
from warmtransfer.simulator.rest.forms import Params

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def names(field: str) -> set[str]:
    """The parameters that filter by a field; the `=` of an inequality belongs to the query, not the name."""
    return {field, f"{field}<", f"{field}>"}


def filter_by(params: Params, field: str, *, days: bool = False) -> Callable[[float | None], bool]:
    """What tells whether a time (seconds since the epoch, None for never) passes a field's filters.

    A day in UTC is meant as a whole, at both ends; a moment is meant to the second. Raises 20001 for a
    value that is neither, and for a moment where Twilio takes `days` only.
    """
    given = {name: _span(name, params.text(name), days) for name in sorted(names(field)) if params.text(name)}

    def passes(when: float | None) -> bool:
        if not given:
            return True
        if when is None:
            return False
        moment = datetime.fromtimestamp(int(when), UTC)
        return all(
            (name.endswith("<") or moment >= first) and (name.endswith(">") or moment <= last)
            for name, (first, last) in given.items()
        )

    return passes


def _span(name: str, text: str, days: bool) -> tuple[datetime, datetime]:
    """The first and last second that a value means."""
    try:
        if days and not _DAY.fullmatch(text):
            raise ValueError(text)
        first = datetime.fromisoformat(text)
    except ValueError as exc:
        raise RestError(20001, f"Invalid parameter {name}: {text!r} is no date such as 2026-02-12") from exc
    first = first.replace(tzinfo=first.tzinfo or UTC).replace(microsecond=0)
    return first, first + (timedelta(days=1, seconds=-1) if _DAY.fullmatch(text) else timedelta(0))
