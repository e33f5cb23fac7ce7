"""Public holidays of a country, as dates: the only place that asks the library for them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

import holidays

from warmtransfer.core.hours import Holiday

#: Years from this one on for which holidays are reckoned; a deployment is restarted more often than that.
YEARS = 10


@lru_cache(maxsize=64)
def public_holidays(place: str) -> tuple[Holiday, ...]:
    """Those of a country, or one of its parts: `DE`, `DE-BE`. Raises ValueError for one that is not known."""
    country, _, part = place.strip().upper().partition("-")
    this = datetime.now(UTC).year
    years = range(this - 1, this + YEARS)
    try:
        # The model is told their names, and it is spoken to in English.
        found = holidays.country_holidays(country, subdiv=part or None, years=years, language="en_US")
    except NotImplementedError:
        raise ValueError(
            f"{place!r} is no country whose holidays are known, such as US, DE or, for a part of it, DE-BE"
        ) from None
    return tuple(Holiday(day.isoformat(), name) for day, name in sorted(found.items()))
