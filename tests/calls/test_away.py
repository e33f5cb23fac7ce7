"""The app is dead for a while: what Twilio holds keeps the caller company, and the app takes over again."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.calls.story import HELLO, Row, Story
from tests.calls.test_silence import SPEED, never_in_silence
from tests.calls.world import World
from warmtransfer.simulator.twiml.documents import APOLOGY

STAY: Row = {"wait": 200}
#: Twilio could not fetch a document, or open a stream: the app was away.
NO_APP = {11200, 11205, 31902, 31904}
#: Seconds from the app's first answer to the AI's being back in the room; a busy machine may take longer.
BACK = 2.0 + 0.5 * SPEED


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("away"), speed=SPEED)
    try:
        yield world.start()
    finally:
        world.stop()


def now(story: Story) -> float:
    """The time of the trace."""
    return float(story.world.control("GET", "/state")["t"])


def away(story: Story, seconds: float) -> tuple[float, float]:
    """The app is killed and stays away for so long; when it died, and when it answered again."""
    story.expected |= NO_APP
    died = now(story)
    story.world.end_app(signal.SIGKILL)
    story.world.until(lambda: now(story) > died + seconds, seconds, "the time to pass")
    story.world.start_app()
    return died, now(story)


def talking(story: Story) -> None:
    """A caller who talks with the AI."""
    story.phone(HELLO, STAY)
    story.stage("ai", 30)
    story.note("speech", 30, who="ai")


def no_apology(story: Story) -> None:
    said = [row for row in story.read() if row.get("event") == "say" and row.get("text") == APOLOGY]
    assert not said, said


LAWS = [
    f"dropped_stream={dropped},failed_document={document}"
    for dropped in ("action", "next_verb")
    for document in ("fallback", "next_verb", "leg_ends")
]


def ai_speaks(story: Story, since: float) -> Row:
    """The AI's first words after this time."""
    says = {"event": "speech", "who": "ai"}
    return story.wait("the AI's words", lambda r: r["t"] > since and says.items() <= r.items(), 60)


def comes_back(story: Story, seconds: float) -> None:
    talking(story)
    died, ready = away(story, seconds)
    back = story.leg("joined", "ai-2", 60)
    spoke = ai_speaks(story, ready)
    story.hang_up()
    story.ends()
    assert back["t"] - ready < BACK
    assert story.joins("caller") == 1
    no_apology(story)
    never_in_silence(story, story.evidence(), died, spoke["t"], "the app's absence")


@pytest.mark.parametrize("world", LAWS, indirect=True)
@pytest.mark.parametrize("seconds", [3.0, 10.0])
def test_a_caller_is_kept_company_until_the_app_is_back(story: Story, seconds: float) -> None:
    comes_back(story, seconds)


def test_a_caller_is_kept_company_for_a_minute(story: Story) -> None:
    comes_back(story, 60.0)


@pytest.mark.parametrize("world", ["lone_participant=music", "lone_participant=nothing"], indirect=True)
def test_an_ai_leg_that_ends_with_its_stream_is_replaced_when_the_app_is_back(story: Story) -> None:
    """The one answer under which nothing of ours is left at Twilio that could speak: only time helps."""
    story.world.control("PUT", "/laws", {"dropped_stream": "leg_ends"})
    try:
        talking(story)
        _, ready = away(story, 3.0)
        assert story.leg("joined", "ai-2", 60)["t"] - ready < BACK
        ai_speaks(story, ready)
    finally:
        story.world.control("PUT", "/laws", {"dropped_stream": "action"})
    story.hang_up()
    story.ends()
    assert story.joins("caller") == 1
