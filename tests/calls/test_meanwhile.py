"""Calls that come while the app is away: the fallback document, hosted at Twilio, has them."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.calls.hosted import hosted
from tests.calls.story import HELLO, Row, Story, human
from tests.calls.test_away import BACK, NO_APP, ai_speaks, no_apology, now
from tests.calls.test_silence import SPEED, never_in_silence
from tests.calls.world import World

DESK = "+15550100099"
STAY: Row = {"wait": 200}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("meanwhile")
    url = hosted(folder, DESK)
    world = World(
        folder, speed=SPEED, environment={"WARMTRANSFER_LAST_RESORT": DESK},
        arguments=("--fallback-url", url, "--app-fallback-url", url),
    )  # fmt: skip
    try:
        yield world.start()
    finally:
        world.stop()


@pytest.fixture
def dead(story: Story) -> Iterator[Story]:
    """A story that begins while the app is away, and ends with it up."""
    story.expected |= NO_APP
    story.world.end_app(signal.SIGKILL)
    yield story
    if story.world.app.poll() is not None:
        story.world.start_app()


@pytest.mark.parametrize("world", ["failed_document=leg_ends"], indirect=True)
def test_a_caller_who_comes_while_the_app_is_away_is_kept_and_taken_in(dead: Story) -> None:
    dead.phone(HELLO, STAY)
    answered = dead.leg("answered", "caller")
    dead.note("say", 20, leg="caller", text="still here")
    dead.world.start_app()
    ready = now(dead)
    joined = dead.leg("joined", "caller", 30)
    spoke = ai_speaks(dead, ready)
    dead.hang_up()
    dead.ends()
    no_apology(dead)
    assert joined["t"] - ready < BACK
    never_in_silence(dead, dead.evidence(), answered["t"], spoke["t"], "until the AI speaks")


def test_a_caller_for_whom_the_app_stays_dead_reaches_the_last_resort_and_is_left_alone(dead: Story) -> None:
    dead.world.phones(human(DESK, {"after": 2.0}, {"wait": 1.0}, {"say": "Front desk, good evening."}, STAY))
    dead.phone(STAY)
    dead.note("bridge", 60)
    dead.world.start_app()
    began = now(dead)
    dead.wait("the app's look", lambda r: r["kind"] == "rest" and r["t"] > began - 5 and "Calls" in r["path"])
    dead.world.until(lambda: now(dead) > began + 3, 10, "what the app would do to them")
    assert dead.joins("caller") == 0
    desk = dead.leg("answered", f"human:{DESK}")
    assert not [r for r in dead.read() if r["kind"] == "leg" and r["event"] == "ended"]
    dead.world.control("POST", f"/calls/{desk['call_sid']}/hangup")
    dead.leg("joined", "caller", 30)
    ai_speaks(dead, began)
    dead.hang_up()
    dead.ends()
    no_apology(dead)


def test_a_caller_whose_first_request_alone_was_lost_knocks_and_is_taken_in(story: Story) -> None:
    """The app is up: nobody starts who would look for them, and the number of last resort is not needed."""
    story.expected |= NO_APP
    world = story.world
    world.app.send_signal(signal.SIGSTOP)  # it takes connections, and answers nothing
    try:
        story.phone(HELLO, STAY)
        story.note("say", 60, leg="caller", text="still here")
    finally:
        world.app.send_signal(signal.SIGCONT)
    again = now(story)
    story.leg("joined", "caller", 20)
    ai_speaks(story, again)
    assert not [row for row in story.read() if row.get("label") == f"human:{DESK}"]
    story.hang_up()
    story.ends()
