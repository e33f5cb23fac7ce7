"""The app is dead for a while: what Twilio holds keeps the caller company, and the app takes over again."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.calls.hosted import hosted_for_humans
from tests.calls.story import ASK, HELLO, SAM, Row, Story
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
    with hosted_for_humans() as url:
        environment = {"WARMTRANSFER_HUMAN_FALLBACK_URL": url}
        world = World(tmp_path_factory.mktemp("away"), speed=SPEED, environment=environment)
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


@pytest.mark.parametrize("world", ["failed_document=leg_ends"], indirect=True)
def test_a_caller_is_kept_company_until_the_app_is_back(story: Story) -> None:
    """Under every other answer too, and for longer: `make away`."""
    comes_back(story, 8.0)


#: Presses 1 after the briefing, and again and again until it has helped.
PRESSES: Row = {
    "answer": {"after": 1.0},
    "steps": [
        {"until": "heard:press 1", "timeout": 40}, {"wait": 8.0},
        *[{"press": "1"}, {"wait": 6.0}] * 15,
    ],
}


@pytest.mark.parametrize(
    "world", ["failed_document=next_verb", "failed_document=fallback"], indirect=True
)
def test_a_human_who_presses_1_while_the_app_is_away_is_asked_again_and_comes_in(story: Story) -> None:
    """By their own document, or by the one that Twilio hosts for them: never in Twilio's own words."""
    story.world.phones({"number": SAM, **PRESSES})
    story.phone(HELLO, ASK, STAY)
    story.note("say", 60, leg=f"human:{SAM}", text="A call for")
    story.expected |= NO_APP
    story.world.end_app(signal.SIGKILL)
    story.note("press", 60)
    story.note("say", 60, leg=f"human:{SAM}", text="One moment")
    story.world.start_app()
    story.leg("joined", "human-1", 60)
    story.stage("human", 40)
    story.hang_up()
    story.ends()
    no_apology(story)
    assert story.joins("caller") == 1
