"""Answers that cannot be used, slow tools, a database that is away: the caller is served all the same."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.calls.story import ASK, HELLO, SAM, Row, Story, accepts
from tests.calls.test_silence import LONGEST, SPEED, STAY, first_word, gap
from tests.calls.world import World

#: Simulated seconds of the slow tool's work.
WORK = 15.0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("answers"), speed=SPEED, frames=True)
    try:
        yield world.start()
    finally:
        world.stop()


@pytest.fixture
def world(world: World) -> Iterator[World]:
    yield world
    world.model(clear=True)


@contextmanager
def database_away(world: World) -> Iterator[None]:
    """Nothing can be saved: another process holds the database's lock."""
    other = sqlite3.connect(world.folder / "calls.sqlite3", isolation_level=None, timeout=30.0)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


def asked(story: Story) -> Row:
    """The moment in which the caller has asked for a person, and the AI's line is made."""
    return story.note("speech", 60, who="ai", text="I will get someone")


@pytest.mark.parametrize("fault", ["unreadable", "partial_arguments"])
def test_a_tool_call_that_cannot_be_read_still_rings_the_human(story: Story, fault: str) -> None:
    arg = "max_output_tokens" if fault == "partial_arguments" else True
    story.world.model(fault=fault, arg=arg, times=0)
    story.world.phones(accepts(SAM))
    story.phone(HELLO, ASK, STAY)
    line = asked(story)
    dialled = story.leg("dialled", f"human:{SAM}", 30)
    assert dialled["t"] - line["t"] < 20.0
    story.leg("joined", "human-1", 60)
    story.hang_up()
    story.ends()


def test_an_answer_without_a_sound_is_asked_for_again(story: Story) -> None:
    story.phone(HELLO, {"wait": 1.0}, {"say": "ask-hours"}, STAY)
    story.note("speech", 60, who="ai", text="How can I help")
    story.world.model(fault="mute", times=1)
    story.note("speech", 60, who="ai", text="We are open")
    story.hang_up()
    story.ends()


@pytest.mark.parametrize("fault", ["mute", "nothing"])
def test_a_greeting_that_stays_mute_is_spoken_by_us(story: Story, fault: str) -> None:
    story.world.model(fault=fault, times=2)
    story.phone(HELLO, {"wait": 4.0}, {"say": "ask-hours"}, STAY)
    story.note("speech", 90, who="ai", text="We are open")
    story.hang_up()
    story.ends()
    story.world.until(
        lambda: any(line["text"] == "Hello. How can I help you?" for line in story.app_call()["transcript"]),
        10,
        "the line in the transcript",
    )


class TestVoice:
    """A voice that the model does not have."""

    @pytest.fixture
    def settings(self) -> dict[str, str]:
        return {"WARMTRANSFER_VOICE": "nobody"}

    def test_a_wrong_voice_costs_the_caller_nothing(self, story: Story) -> None:
        for _ in range(2):
            story.start = len(story.rows)
            story.call_id = ""
            story.phone(STAY)
            answered = story.wait("the answer", lambda r: r["kind"] == "leg" and r["event"] == "answered")
            word = story.note("speech", 60, who="ai")
            assert word["t"] - answered["t"] < 6.0
            story.hang_up()
            story.ends()
        assert (story.world.folder / "app.log").read_text().count("set WARMTRANSFER_VOICE") == 1


class TestSlowTool:
    """A tool that works for a quarter of a minute."""

    @pytest.fixture
    def settings(self) -> dict[str, str]:
        return {"SLOW_TOOL": str(WORK)}

    def test_a_caller_who_waits_for_a_tool_is_not_left_in_silence(self, story: Story) -> None:
        story.phone(HELLO, {"say": "order-number"}, STAY)
        called = story.note("tool", 60, name="look_up_order")
        word = story.note("speech", 30, who="ai", text="One moment, please")
        found = story.note("speech", 60, who="ai", text="I have found your order")
        assert found["t"] - called["t"] > WORK
        time.sleep(2.0 / SPEED)
        story.hang_up()
        story.ends()
        seen = story.evidence()
        assert word["t"] - called["t"] < 3.0 + LONGEST
        silence = gap(seen, called["t"], found["t"])
        assert silence[1] - silence[0] <= 3.0 + LONGEST - 2.0, f"{silence}\n{story.digest()}"
        after = gap(seen, word["t"] + 1.0, found["t"])
        assert after[1] - after[0] <= LONGEST, f"{after}\n{story.digest()}"
        assert first_word(seen) < called["t"]


def test_a_human_asked_for_while_the_database_is_away_is_rung_when_it_is_back(story: Story) -> None:
    story.world.phones(accepts(SAM))
    story.phone(HELLO, ASK, STAY)
    story.stage("ai", 60)
    with database_away(story.world):
        line = asked(story)
        story.note("speech", 40, who="ai", text="a moment longer")
        time.sleep(20.0 / SPEED)
        assert not story.joins("human-1")
    dialled = story.leg("dialled", f"human:{SAM}", 40)
    story.leg("joined", "human-1", 60)
    story.hang_up()
    story.ends()
    seen = story.evidence()
    silence = gap(seen, line["t"], dialled["t"])
    assert silence[1] - silence[0] <= LONGEST, f"{silence}\n{story.digest()}"
