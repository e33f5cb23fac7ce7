"""Whole calls through `wsgi.py` with two workers on a real PostgreSQL, which come and go meanwhile."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from tests.calls.sharing import SETTINGS, Workers
from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, accepts, human
from tests.calls.test_processes import no_ai
from tests.calls.test_restarts import NO_APP, in_good_hands, settled
from tests.calls.world import World
from tests.postgres import Postgres

STAY: Row = {"wait": 400}


@pytest.fixture(scope="module")
def running(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """In the place of the world that has SQLite and one process."""
    folder = tmp_path_factory.mktemp("workers")
    world = Workers(folder, speed=3.0, environment={"DATABASE_URL": postgres.url})
    world.settings = SETTINGS
    try:
        yield world.start()
    finally:
        world.stop()


@pytest.fixture
def settings() -> dict[str, str]:
    """The ready app with two workers."""
    return SETTINGS


@pytest.fixture
def workers(story: Story) -> Workers:
    """The world, both of its workers up."""
    world = story.world
    assert isinstance(world, Workers)
    world.until(world._healthy, 20, "both workers")
    return world


def test_a_whole_call_is_served_by_whoever_is_free(story: Story, workers: Workers) -> None:
    story.world.phones(human(SAM, "busy"), accepts(KIM))
    story.phone(HELLO, ASK, {"until": "joined:human-2", "timeout": 90}, {"wait": 8}, {"hangup": True})
    joined = story.leg("joined", "human-2", 120)
    assert story.leg("left", "ai-1")["t"] > joined["t"]
    call = story.ends()
    assert [each["outcome"] for each in call["attempts"]] == ["busy", "accepted"]
    assert all(order["done_at"] for row in call["journal"] for order in row["orders"])
    assert story.joins("caller") == 1
    decided = {line.partition("worker ")[2][:1] for line in workers.lines() if f"call {call['id']}: " in line}
    assert decided == {"1", "2"}


def test_a_worker_that_is_killed_in_the_middle_of_a_handoff_is_started_again_while_the_call_goes_on(
    story: Story, workers: Workers
) -> None:
    """While the human listens to the briefing, and the worker with the caller's stream dies."""
    story.expected |= NO_APP
    story.world.phones(human(SAM, {"after": 1.0}, {"until": "heard:press 1"}, {"press": "1"}, STAY))
    story.phone(HELLO, ASK, STAY)
    story.note("say", 90, leg="human", text="A call for")
    victim = workers.holder(story.app_call()["id"])
    other = workers.pids() - {victim}
    words = f"worker {workers.number(victim)} was killed by SIGKILL; it is started again"
    os.kill(victim, signal.SIGKILL)
    story.leg("joined", "human-1", 120)
    story.wait("the AI's legs to end", lambda _: no_ai(story), 90)
    workers.says(lambda line: words in line, 1, words)
    # The one that lived, and another: on a busy machine either may be late in saying that it is up.
    workers.until(lambda: other < workers.pids() - {victim}, 20, "the worker to be up again")
    story.hang_up()
    call = story.ends()
    assert [each["outcome"] for each in call["attempts"]] == ["accepted"]
    assert story.joins("caller") == 1


def test_all_are_told_to_end_and_the_next_ones_have_the_caller(story: Story, workers: Workers) -> None:
    story.expected |= NO_APP
    story.phone(HELLO, STAY)
    story.stage("ai", 60)
    story.note("speech", 60, who="ai")
    began = time.monotonic()
    workers.end_app()
    assert time.monotonic() - began < 10.0
    assert workers.app.returncode == 0
    workers.start_app()
    workers.until(lambda: settled(story), 20, "the caller to have company")
    story.hang_up()
    story.ends()
    assert story.joins("caller") == 1


def test_a_database_that_is_away_for_five_seconds_ends_no_call_and_no_worker(
    story: Story, workers: Workers, postgres: Postgres
) -> None:
    """It goes while a human's phone rings, and while another caller talks with the AI."""
    talking = Story(workers).phone(HELLO, STAY)
    talking.stage("ai", 60)
    patient = [{"until": "heard:press 1", "timeout": 200}, {"wait": 0.5}, {"press": "1"}, STAY]
    workers.phones(human(SAM, {"after": 6.0}, *patient))
    story.phone(HELLO, ASK, STAY)
    story.leg("ringing", f"human:{SAM}", 60)
    before = workers.pids()
    postgres.stop()
    away = time.monotonic()
    try:
        workers.until(lambda: not workers.health()["ok"], 5, "health to say that the database is away")
        workers.until(lambda: len(workers.health()["processes"]) == 1, 5, "it to tell of itself alone")
        workers.until(lambda: time.monotonic() - away > 5.0, 10, "five seconds to pass")
        assert in_good_hands(talking)
    finally:
        postgres.start()
    story.leg("joined", "human-1", 150)
    story.leg("left", "ai-1", 60)
    workers.until(workers._healthy, 20, "both workers")
    assert workers.pids() == before
    assert talking.joins("caller") == 2, "one of them has left, and come again"
    for each in (story, talking):
        each.hang_up()
    for each in (story, talking):
        assert "Restarted" not in [row["event"] for row in each.ends()["journal"]]
    assert [each["outcome"] for each in story.app_call()["attempts"]] == ["accepted"]
