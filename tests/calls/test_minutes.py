"""What the app counts for each leg is what the network has seen of it."""

from __future__ import annotations

import pytest

from tests.calls.story import ASK, HELLO, Story, accepts, human
from tests.calls.world import KIM, SAM


def seen(story: Story, sid: str) -> float:
    """Seconds from a leg's answer to its end, on the network's side."""
    at = {row["event"]: row["t"] for row in story.read() if row["kind"] == "leg" and row["call_sid"] == sid}
    return float(at["ended"] - at["answered"])


def test_each_leg_counts_for_as_long_as_the_network_had_it_up(story: Story) -> None:
    story.world.phones(human(SAM, "busy"), accepts(KIM))
    story.phone(HELLO, ASK, {"until": "joined:human-2", "timeout": 90}, {"wait": 3}, {"hangup": True})
    story.leg("joined", "human-2", 120)
    call = story.ends()
    told = {leg["leg"]: leg for leg in call["billed"]["legs"]}
    assert list(told) == ["caller", "ai-1", "human-2"]
    for label, leg in told.items():
        (sid,) = call["legs"][label]
        assert leg["seconds"] == pytest.approx(seen(story, sid), abs=2.0), label
    assert call["billed"]["minutes"] == sum(leg["minutes"] for leg in told.values())
