"""`python wsgi.py` itself is told to end in the middle of calls, in real time: nobody is dropped."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import pytest

from tests.calls.story import HELLO, Row, Story
from tests.calls.test_restarts import NO_APP, settled
from tests.calls.world import World

STAY: Row = {"wait": 200}
#: Seconds in which the process has ended when nothing holds it.
PROMPT = 5.0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """In the place of the world that is fast: `wsgi.py` has no other clock."""
    world = World(tmp_path_factory.mktemp("deploy"), speed=1.0)
    world.settings = {"SERVE": "wsgi.py"}
    try:
        yield world.start()
    finally:
        world.stop()


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """What serves: `wsgi.py`, or the same with something in it that hangs."""
    return {"SERVE": getattr(request, "param", "wsgi.py")}


def called(row: Row) -> bool:
    """Whether the model calls a tool here."""
    told = row["msg"] if row["kind"] == "realtime" and isinstance(row["msg"], dict) else {}
    return bool(told.get("type") == "response.function_call_arguments.done")


def deploy(story: Story) -> None:
    """The process is told to end, and the next one begins when it has."""
    story.expected |= NO_APP
    app, began = story.world.app, time.monotonic()
    story.world.end_app(signal.SIGTERM)
    took = time.monotonic() - began
    assert (app.returncode, took < PROMPT) == (0, True), f"{took:.1f} s\n{story.world.log_tail()}"
    story.world.start_app()


def test_a_caller_who_talks_with_the_ai_is_taken_by_the_next_process(story: Story) -> None:
    story.phone(HELLO, {"say": "ask-address"}, STAY)
    story.note("speech", 60, who="ai", text="Harbour Street, next to")
    deploy(story)
    story.world.until(lambda: settled(story), 30, "the caller to have company")
    story.note("speech", 30, who="ai", text="sorry")
    said = [row["text"] for row in story.read() if row.get("event") == "say" and row.get("leg") == "ai-1"]
    assert said[:1] == ["One moment please."], "meanwhile the leg spoke by itself, and asked nobody"
    assert story.joins("ai-2") == 1
    story.hang_up()
    story.ends()
    assert story.joins("caller") == 1


@pytest.mark.parametrize("settings", ["-m tests.hanging tool"], indirect=True)
def test_a_tool_that_does_not_return_keeps_no_process_and_costs_no_caller(story: Story) -> None:
    story.phone(HELLO, {"say": "order-number"}, STAY)
    story.wait("the tool to be called", called)
    deploy(story)
    story.world.until(lambda: settled(story), 30, "the caller to have company")
    story.hang_up()
    story.ends()
    assert story.joins("caller") == 1
