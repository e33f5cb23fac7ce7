"""A telephone that asks who calls is told at once, and its owner is briefed once they have picked up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, accepts
from tests.calls.world import World

STAY: Row = {"wait": 100}
#: Its owner reads who calls, says hello, hears the briefing from its beginning and takes the call.
PICKS_UP: list[Row] = [
    {"say": "sam-hello"},
    {"until": "heard-end:press 1 to take the call", "timeout": 40},
    {"press": "1"},
    {"wait": 5.0},
    {"say": "kim-hello"},
    STAY,
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """At a pace at which a busy machine still understands what a telephone says."""
    world = World(tmp_path_factory.mktemp("screening"), speed=3.0)
    try:
        yield world.start()
    finally:
        world.stop()


def test_a_telephone_that_asks_who_calls_is_told_and_the_gate_begins_anew(story: Story) -> None:
    story.world.phones({"number": SAM, "answer": {"screens": 1.0}, "steps": PICKS_UP}, accepts(KIM))
    story.phone(HELLO, ASK, STAY)
    heard = story.note("amd", 60, answered_by="machine_start")
    story.leg("joined", "human-1", 90)
    asks = next(row for row in story.read() if row.get("event") == "gathered" and row.get("speech"))
    assert 0 < asks["t"] - heard["t"] < 8.0
    said = [row for row in story.read() if row.get("event") == "say" and row["t"] > asks["t"]]
    assert "A call for Sam" in said[0]["text"]
    assert said[0]["t"] - asks["t"] < 2.0, "at once"
    story.hang_up()
    call = story.ends()
    (sam,) = call["attempts"]
    assert (sam["outcome"], sam["screen"], sam["answered_by"]) == ("accepted", "there", "machine")
    assert [row["data"]["said"] for row in call["journal"] if row["event"] == "LegSpoke"][:1] == ["asks"]
