"""Times as they are typed and printed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from warmtransfer.web.moments import clock, lasting, moment, written

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ("30m", NOW - 1800),
        ("12h", NOW - 43200),
        ("7d", NOW - 604800),
        ("1800000000", NOW),
        ("2026-11-29", datetime(2026, 11, 29, tzinfo=UTC).timestamp()),
        ("2026-11-29 14:00", datetime(2026, 11, 29, 14, tzinfo=UTC).timestamp()),
        ("2026-11-29T14:00Z", datetime(2026, 11, 29, 14, tzinfo=UTC).timestamp()),
        ("2026-11-29T14:00+01:00", datetime(2026, 11, 29, 13, tzinfo=UTC).timestamp()),
        ("2026-11-29T14:00 01:00", datetime(2026, 11, 29, 13, tzinfo=UTC).timestamp()),
    ],
)
def test_a_time_is_read(given: str, at: float) -> None:
    assert moment(given, NOW, UTC) == at


@pytest.mark.parametrize(
    "given", ["", "yesterday", "5x", "2026-13-01", "99", "٣m", "9999-12-31T23:00", "0001-01-01"]
)
def test_what_is_no_time_is_refused_with_what_would_be_one(given: str) -> None:
    with pytest.raises(ValueError, match="no time: give 30m"):
        moment(given, NOW)


def test_a_time_is_written_with_its_zone() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}", written(NOW))
    assert written(NOW, ZoneInfo("Asia/Tokyo")) == "2027-01-15 17:00:00 +0900"
    assert datetime.strptime(written(NOW), "%Y-%m-%d %H:%M:%S %z").timestamp() == NOW
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.250", clock(NOW + 0.25))


@pytest.mark.parametrize(("seconds", "told"), [(0.2, "0:00"), (65, "1:05"), (3723, "1:02:03")])
def test_a_span_is_written_as_people_do(seconds: float, told: str) -> None:
    assert lasting(seconds) == told
