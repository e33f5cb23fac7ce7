"""Both workers of `wsgi.py` are deployed anew, one after the other, while twenty people talk with the AI."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.calls.sharing import SETTINGS, Workers
from tests.calls.story import Story
from tests.calls.test_restarts import NO_APP
from tests.postgres import Postgres

CALLS = 20
#: Seconds between two looks at all of them.
SELDOM = 0.25


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    """A world of its own: no faster than people are, and its account may begin more calls a second."""
    folder = Path(tempfile.mkdtemp())
    postgres = Postgres(folder)
    arguments = ("--cps", str(CALLS))
    world = Workers(tmp_path, speed=1.0, environment={"DATABASE_URL": postgres.url}, arguments=arguments)
    world.settings = SETTINGS
    try:
        yield world.start()  # type: ignore[misc]
    finally:
        world.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_rolling_restart_under_twenty_calls_breaks_none(workers: Workers) -> None:
    stories = [Story(workers) for _ in range(CALLS)]
    for story in stories:
        story.expected |= NO_APP
        story.phone({"wait": 400})
    workers.until(lambda: with_the_ai(workers) == CALLS, 60, "every caller to have the AI", SELDOM)
    before = workers.pids()
    for pid in before:
        ended = f"worker {workers.number(pid)} has ended as it was told; it is started again"
        os.kill(pid, signal.SIGTERM)
        workers.says(lambda line, ended=ended: ended in line, 1, ended)  # type: ignore[misc]
        workers.until(lambda pid=pid: len(workers.pids() - {pid}) == 2, 30, "two workers", SELDOM)
    assert not before & workers.pids()
    workers.until(lambda: with_the_ai(workers) == CALLS, 60, "every caller to have the AI again", SELDOM)
    assert stories[0].joins("caller") == CALLS
    for story in stories:
        story.hang_up()
    stories[0].ends()  # the trace is one, and what holds in it holds for all
    workers.until(lambda: stages(workers) == ["over"] * CALLS, 20, "every call to be over")


def stages(workers: Workers) -> list[str]:
    """The stage of each call, by the app."""
    return [call["stage"] for call in workers.api("GET", "/calls?limit=100")["calls"]]


def with_the_ai(workers: Workers) -> int:
    """How many callers are with an AI whose stream is up, by the network and by the app."""
    state = workers.control("GET", "/state")
    rooms = [[label.partition("-")[0] for label in room["members"]] for room in state["rooms"]]
    there = [sorted(labels) for labels in rooms].count(["ai", "caller"])
    return min(there, len(state["streams"]), stages(workers).count("ai"))
