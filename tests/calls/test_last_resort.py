"""The app stays dead: Twilio itself dials a number that is always answered, and the app leaves them alone."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, accepts, human
from tests.calls.test_away import NO_APP, ai_speaks, no_apology, now, talking
from tests.calls.test_silence import never_in_silence
from tests.calls.world import World

SPEED = 4.0
STAY: Row = {"wait": 200}
DESK = "+15550100099"
WORDS = "Front desk, good evening."
#: Seconds within which the number is dialled: the words before it, and what a busy machine adds.
TWENTY = 22.0 + SPEED


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("resort"), speed=SPEED)
    try:
        yield world.start()
    finally:
        world.stop()


@pytest.fixture
def settings() -> dict[str, str]:
    return {"WARMTRANSFER_LAST_RESORT": DESK}


def dies(story: Story) -> float:
    """The app is killed in the middle of a conversation with the AI; when that was."""
    story.expected |= NO_APP
    talking(story)
    died = now(story)
    story.world.end_app(signal.SIGKILL)
    return died


def desk(*then: Row) -> Row:
    """The phone that is always answered."""
    return human(DESK, {"after": 2.0}, {"wait": 1.0}, {"say": WORDS}, *then)


def resort(story: Story) -> Row:
    """The attempt of last resort, once the app has written it down."""

    def written() -> list[Row]:
        return [each for each in story.app_call()["attempts"] if each["outcome"] == "last_resort"]

    found: Row = story.world.until(written, 20, "the attempt of last resort")[0]
    return found


def test_a_caller_reaches_a_person_although_the_app_is_dead_and_they_are_left_alone(story: Story) -> None:
    story.world.phones(desk({"wait": 200}))
    died = dies(story)
    dialled = story.leg("dialled", f"human:{DESK}", 60)
    spoke = story.note("say", 60, text=WORDS)
    story.world.start_app()
    assert resort(story)["ended"] is False
    assert story.stage("human", 20)["attempts"][-1]["number"] == DESK
    up = story.world.control("GET", "/state")["legs"]
    assert [leg["label"] for leg in up if leg["label"].startswith("ai-")] == ["ai-1"], "their bridge"
    gone = now(story)
    story.world.control("POST", f"/calls/{dialled['call_sid']}/hangup")
    story.leg("joined", "ai-2", 30)
    ai_speaks(story, gone)
    story.hang_up()
    story.ends()
    assert story.joins("caller") == 1
    no_apology(story)
    assert 15.0 < dialled["t"] - died < TWENTY
    never_in_silence(story, story.evidence(), died, spoke["t"], "until the desk speaks")


def test_a_caller_whose_human_was_being_rung_reaches_the_last_resort_and_nobody_else(story: Story) -> None:
    """Beside them nobody is rung; when they have hung up, the AI has the caller again."""
    story.world.phones(desk({"wait": 60.0}, {"hangup": True}), human(SAM, "no-answer"), accepts(KIM))
    story.phone(HELLO, ASK, STAY)
    story.leg("ringing", f"human:{SAM}", 60)
    story.expected |= NO_APP
    story.world.end_app(signal.SIGKILL)
    story.note("say", 90, text=WORDS)
    story.world.start_app()
    resort(story)
    story.stage("human", 20)
    up = story.world.control("GET", "/state")["legs"]
    assert not [leg for leg in up if KIM in (leg["label"], leg.get("to"))], "beside the last resort"
    story.leg("ended", f"human:{DESK}", 90)
    story.leg("joined", "ai-2", 30)
    story.stage("ai", 30)
    story.hang_up()
    call = story.ends()
    outcomes = {each["number"]: each["outcome"] for each in call["attempts"]}
    assert outcomes[DESK] == "last_resort"
    assert outcomes[SAM] in ("no_answer", "cancelled")
    assert KIM not in outcomes


@pytest.mark.parametrize("world", ["app_dials=refused"], indirect=True)
def test_where_an_applications_leg_may_not_dial_the_caller_is_told_the_number(story: Story) -> None:
    died = dies(story)
    told = story.note("say", 60, leg="ai-1", text="You can also reach us at 1 5 5 5 0 1 0 0 0 9 9.")
    story.note("say", 20, leg="ai-1", text="One moment please.")
    assert told["t"] - died < TWENTY
    ready = now(story)
    story.world.start_app()
    ai_speaks(story, ready)
    story.hang_up()
    call = story.ends()
    assert call["attempts"] == []
