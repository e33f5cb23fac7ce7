"""Times as people write and read them: with their zone, or so long ago."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

_AGO = re.compile(r"([0-9]{1,6})([smhdw])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_UNIX = re.compile(r"[0-9]{9,11}(\.[0-9]{1,9})?", re.ASCII)

#: Years that anybody means: beyond them the calendar ends, for zones and for openings that are looked for.
YEARS = range(1900, 9000)
FORMS = "30m, 12h, 7d, a date as 2026-11-29, or a time as 2026-11-29T14:00+01:00"


def moment(text: str, now: float, zone: tzinfo | None = None) -> float:
    """The second that `text` names; raises ValueError. Without a zone of its own it is in `zone`.

    None is the zone of this machine.
    """
    given = text.strip()
    if ago := _AGO.fullmatch(given):
        return now - int(ago[1]) * _SECONDS[ago[2]]
    if _UNIX.fullmatch(given):
        return float(given)
    try:
        # The plus of a zone is a space in a URL that was written by hand.
        at = datetime.fromisoformat(re.sub(r"(?<=T)(.*) (?=\d\d:?\d\d$)", r"\1+", given))
        at = at.replace(tzinfo=zone) if at.tzinfo is None else at
        if at.year not in YEARS:
            raise ValueError
        return at.timestamp()
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"no time: give {FORMS}") from None


def written(at: float, zone: tzinfo | None = None) -> str:
    """A time with its date and zone: `zone`, or that of this machine."""
    return f"{datetime.fromtimestamp(at).astimezone(zone):%Y-%m-%d %H:%M:%S %z}"


def day(at: float) -> str:
    """The date and zone that a time of day belongs to."""
    return f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %z}"


def clock(at: float) -> str:
    """The time of day, to the millisecond."""
    return f"{datetime.fromtimestamp(at).astimezone():%H:%M:%S.%f}"[:-3]


def lasting(seconds: float) -> str:
    """A span of time: `4:05`, or `1:02:03`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
