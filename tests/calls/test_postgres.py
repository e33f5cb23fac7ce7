"""A whole call with its state in PostgreSQL, whose driver waits in gevent's hub; the server may go away."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, accepts, human
from tests.calls.test_answers import asked
from tests.calls.test_silence import LONGEST, gap
from tests.calls.world import World
from tests.postgres import Postgres

STAY: Row = {"wait": 200}


@pytest.fixture(scope="module")
def running(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """In the place of the world that has SQLite."""
    # Slower than other stories: a server takes its time to come back, and that is magnified by the speed.
    folder = tmp_path_factory.mktemp("postgres")
    world = World(folder, speed=4.0, environment={"DATABASE_URL": postgres.url})
    try:
        yield world.start()
    finally:
        world.stop()


def test_a_whole_call_is_kept_in_postgresql(story: Story) -> None:
    story.world.phones(human(SAM, "busy"), accepts(KIM))
    story.phone(HELLO, ASK, {"until": "joined:human-2", "timeout": 90}, {"wait": 8}, {"hangup": True})
    joined = story.leg("joined", "human-2", 120)
    assert story.leg("left", "ai-1")["t"] > joined["t"]
    call = story.ends()
    assert [each["outcome"] for each in call["attempts"]] == ["busy", "accepted"]
    disclosed = next(row for row in call["journal"] if row["event"] == "Disclosed")
    assert "AI assistant" in disclosed["data"]["line"]
    assert call["started_at"] < call["disclosed_at"] == disclosed["at"] < call["attempts"][0]["dialled_at"]
    assert {line["who"] for line in call["transcript"]} == {"caller", "ai"}
    assert all(order["done_at"] for row in call["journal"] for order in row["orders"])
    assert story.joins("caller") == 1


def test_a_database_that_is_away_for_a_while_costs_nobody_the_call(story: Story, postgres: Postgres) -> None:
    """It goes while a human's phone rings; the human answers, is briefed and joins once it is back."""
    patient = [{"until": "heard:press 1", "timeout": 200}, {"wait": 0.5}, {"press": "1"}, STAY]
    story.world.phones(human(SAM, {"after": 6.0}, *patient))
    story.phone(HELLO, ASK, STAY)
    story.leg("ringing", f"human:{SAM}", 60)
    postgres.stop()
    try:
        story.leg("answered", f"human:{SAM}", 60)
    finally:
        postgres.start()
    story.leg("joined", "human-1", 150)
    story.leg("left", "ai-1", 60)
    story.hang_up()
    call = story.ends()
    assert [each["outcome"] for each in call["attempts"]] == ["accepted"]
    assert story.joins("caller") == 1


def test_a_human_asked_for_while_the_database_is_stopped_is_rung_once_it_is_back(
    story: Story, postgres: Postgres
) -> None:
    """Nobody can decide, and the caller hears of it, then the tone; nobody is rung twice for it."""
    story.world.phones(accepts(SAM))
    story.phone(HELLO, {"wait": 6.0}, ASK, STAY)
    story.stage("ai", 60)
    postgres.stop()
    try:
        line = asked(story)
        story.note("speech", 60, who="ai", text="a moment longer")
        time.sleep(8.0 / story.world.speed)
        assert not [row for row in story.read() if str(row.get("label", "")).startswith("human")]
    finally:
        postgres.start()
    dialled = story.leg("dialled", f"human:{SAM}", 60)
    story.leg("joined", "human-1", 60)
    story.hang_up()
    call = story.ends()
    assert [each["outcome"] for each in call["attempts"]] == ["accepted"]
    assert call["handoff"]["source"] == "tool"
    silence = gap(story.evidence(), line["t"], dialled["t"])
    assert silence[1] - silence[0] <= LONGEST, f"{silence}\n{story.digest()}"
