"""What the crowd holds a telephone to be rung twice at once."""

from __future__ import annotations

from tests.calls.story import SAM, Row
from tests.soak.crowd import at_once


def leg(event: str, sid: str, **more: str) -> Row:
    return {"kind": "leg", "event": event, "call_sid": sid, **more}


def test_a_telephone_that_has_two_legs_is_seen_and_one_after_the_other_are_not_two() -> None:
    first, second = leg("dialled", "CA1", to=SAM), leg("dialled", "CA2", to=SAM)
    assert at_once([first, leg("answered", "CA1"), leg("ended", "CA1"), second]) == {SAM: 1}
    assert at_once([first, second, leg("ended", "CA1"), leg("ended", "CA2")]) == {SAM: 2}
    assert at_once([leg("dialled", "CA3", to="+15550000000")]) == {}
