"""Whole calls through two real processes on one PostgreSQL: every request goes to the other one."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.calls.sharing import Twins
from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, accepts, human
from tests.calls.test_restarts import NO_APP, settled
from tests.calls.world import World
from tests.postgres import Postgres
from tests.receiving import SECRET, Inbox, receiving

STAY: Row = {"wait": 200}


@pytest.fixture(scope="module")
def inbox() -> Iterator[Inbox]:
    """A system of the host's that is told of every call."""
    with receiving() as found:
        yield found


@pytest.fixture(scope="module")
def running(
    postgres: Postgres, inbox: Inbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """In the place of the world that has SQLite."""
    folder = tmp_path_factory.mktemp("twins")
    told = {"WARMTRANSFER_EVENTS_URL": inbox.url, "WARMTRANSFER_EVENTS_SECRET": SECRET}
    world = Twins(folder, speed=3.0, environment={"DATABASE_URL": postgres.url, **told})
    try:
        yield world.start()
    finally:
        world.stop()


@pytest.fixture
def twins(story: Story) -> Iterator[Twins]:
    """Both of them up, before and after."""
    world = story.world
    assert isinstance(world, Twins)
    yield world
    world.start_app()


def test_a_whole_call_whose_every_request_reaches_the_other_process(
    story: Story, twins: Twins, inbox: Inbox
) -> None:
    story.world.phones(human(SAM, "busy"), accepts(KIM))
    story.phone(HELLO, ASK, {"until": "joined:human-2", "timeout": 90}, {"wait": 8}, {"hangup": True})
    joined = story.leg("joined", "human-2", 120)
    assert story.leg("left", "ai-1")["t"] > joined["t"]
    call = story.ends()
    assert [each["outcome"] for each in call["attempts"]] == ["busy", "accepted"]
    assert {line["who"] for line in call["transcript"]} == {"caller", "ai"}
    assert all(order["done_at"] for row in call["journal"] for order in row["orders"])
    assert story.joins("caller") == 1
    # Whichever process has decided or sent it, the host's systems were told in order.
    twins.until(lambda: len(inbox.types(call["id"])) == 7, 20, "the last event")
    assert inbox.types(call["id"]) == [
        *("call.started", "handoff.asked", "attempt.ended", "human.joined", "handoff.ended"),
        *("call.over", "attempt.ended"),
    ]
    assert all(each.signed() for each in inbox.got)


@pytest.mark.parametrize("victim", ["the one with the stream", "the other one"])
def test_a_process_that_is_killed_in_the_middle_of_a_handoff_takes_nobody_with_it(
    story: Story, twins: Twins, victim: str
) -> None:
    """While the human listens to the briefing; they take the call, and the caller hears of nothing."""
    story.expected |= NO_APP
    story.world.phones(human(SAM, {"after": 1.0}, {"until": "heard:press 1"}, {"press": "1"}, STAY))
    story.phone(HELLO, ASK, STAY)
    story.note("say", 90, leg="human", text="A call for")
    holder = twins.holder(story.app_call()["id"])
    other = next(app.pid for app in twins.apps.values() if app.pid != holder)
    twins.kill(holder if victim == "the one with the stream" else other)
    story.leg("joined", "human-1", 120)
    story.wait("the AI's legs to end", lambda _: no_ai(story), 90)
    story.hang_up()
    call = story.ends()
    assert [each["outcome"] for each in call["attempts"]] == ["accepted"]
    assert story.joins("caller") == 1
    assert all(order["done_at"] for row in call["journal"] for order in row["orders"])


def test_a_caller_whose_process_is_killed_has_the_ai_of_the_other_one(story: Story, twins: Twins) -> None:
    story.expected |= NO_APP
    story.phone(HELLO, STAY)
    story.stage("ai", 60)
    story.note("speech", 60, who="ai")
    twins.kill(twins.holder(story.app_call()["id"]))
    story.world.until(lambda: settled(story), 20, "the caller to have company")
    assert [row["event"] for row in story.app_call()["journal"]].count("Restarted") <= 1
    story.hang_up()
    story.ends()
    assert story.joins("caller") == 1


def test_a_database_that_is_away_for_five_seconds_has_no_process_count_another_as_gone(
    story: Story, twins: Twins, postgres: Postgres
) -> None:
    """It goes while a human's phone rings; the human answers, is briefed and joins once it is back."""
    patient = [{"until": "heard:press 1", "timeout": 200}, {"wait": 0.5}, {"press": "1"}, STAY]
    story.world.phones(human(SAM, {"after": 6.0}, *patient))
    story.phone(HELLO, ASK, STAY)
    story.leg("ringing", f"human:{SAM}", 60)
    postgres.stop()
    away = time.monotonic()
    try:
        story.world.until(lambda: time.monotonic() - away > 5.0, 10, "five seconds to pass")
    finally:
        postgres.start()
    story.leg("joined", "human-1", 150)
    story.leg("left", "ai-1", 60)
    story.hang_up()
    call = story.ends()
    assert [each["outcome"] for each in call["attempts"]] == ["accepted"]
    assert "Restarted" not in [row["event"] for row in call["journal"]]
    assert story.joins("caller") == 1


def no_ai(story: Story) -> bool:
    """No AI's leg is in a room."""
    rooms = story.world.control("GET", "/state")["rooms"]
    return not any(label.startswith("ai-") for room in rooms for label in room["members"])
