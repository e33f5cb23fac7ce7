"""What a soak holds a promise to a caller to be."""

from __future__ import annotations

import pytest

from tests.calls.story import Row
from tests.soak.run import SERVED, kept_by

SAM = {"ended": True, "outcome": "no_answer", "joined_at": 0.0, "ended_at": 20.0}


def call(left: float, *attempts: Row, said: str = "", asked: bool = True) -> Row:
    """A stored call of somebody who asks at second 1, and leaves."""
    facts = ([{"event": "HandoffAsked", "at": 1.0}] if asked else []) + [{"event": "CallerLeft", "at": left}]
    words = [{"who": "ai", "at": 21.0, "text": said}]
    return {"stage": "over", "journal": facts, "attempts": list(attempts), "transcript": words}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (call(60.0, asked=False), None),
        (call(SERVED, SAM), None),
        (call(60.0, {**SAM, "joined_at": 15.0}), True),
        (call(60.0, SAM), False),
        (call(60.0, SAM, said="I am sorry, nobody could be reached."), True),
        (call(60.0, {**SAM, "ended": False, "outcome": None}), False),
    ],
)
def test_who_asks_has_a_person_or_is_told_of_everyone(given: Row, kept: bool | None) -> None:
    assert kept_by([given]) is kept
