"""A URL typed wrongly at Twilio: the caller is served or reaches a person, and the log names the setting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.calls.story import SAM, Row, Story, accepts
from tests.calls.world import PUBLIC, World

STAY: Row = {"wait": 120}
OURS = f"{PUBLIC}/warmtransfer"
#: Twilio's "HTTP retrieval failure", for a URL that answers 404.
NOT_FOUND = 11200


@pytest.fixture
def misled(tmp_path: Path) -> Iterator[Callable[..., Story]]:
    """A story in a world of its own, whose account has another URL in one place."""
    worlds: list[World] = []

    def begin(setting: str, path: str) -> Story:
        world = World(tmp_path, arguments=[setting, f"{OURS}{path}"])
        worlds.append(world)
        return Story(world.start())

    yield begin
    for world in worlds:
        world.stop()


def loud(story: Story) -> list[str]:
    """What the app's log said loudly about settings at Twilio."""
    lines = (story.world.folder / "app.log").read_text().splitlines()
    return [line for line in lines if "TWILIO_APP_SID" in line or "TWILIO_NUMBER" in line]


@pytest.mark.parametrize("path", ["/voice", "/status", "/room/x", "/aii", "/ai/1/2"])
def test_a_wrong_url_of_the_twiml_app_brings_a_human_and_no_second_call(
    misled: Callable[..., Story], path: str
) -> None:
    story = misled("--app-url", path)
    story.expected |= {NOT_FOUND, 12100, 12300}
    story.world.phones(accepts(SAM))
    story.phone(STAY)
    story.leg("joined", "human-1", 120)
    assert len(story.world.api("GET", "/calls")["calls"]) == 1
    story.hang_up()
    assert [each["outcome"] for each in story.ends()["attempts"]] == ["accepted"]
    assert len([row for row in story.rows if row["kind"] == "leg" and row["event"] == "dialled"]) <= 6
    told = loud(story)
    assert [line for line in told if f"{OURS}/ai" in line]
    assert len(told) <= 2


@pytest.mark.parametrize("path", ["/ai", "/status", "/voice/"])
def test_a_number_whose_voice_url_is_another_of_ours_is_answered(
    misled: Callable[..., Story], path: str
) -> None:
    story = misled("--voice-url", path)
    story.phone(STAY)
    story.stage("ai", 60)
    story.hang_up()
    story.ends()
    text = (story.world.folder / "app.log").read_text()
    if path == "/voice/":
        assert text.count("ends in a slash") == 1
    else:
        (line,) = loud(story)
        assert f"must be {OURS}/voice" in line


def test_a_status_callback_that_comes_to_voice_ends_the_call_and_begins_none(
    misled: Callable[..., Story],
) -> None:
    story = misled("--status-url", "/voice")
    story.phone(STAY)
    story.stage("ai", 60)
    story.hang_up()
    story.ends()
    assert len(story.world.api("GET", "/calls")["calls"]) == 1
    (line,) = loud(story)
    assert f"must be {OURS}/status" in line


def test_a_call_from_our_own_number_is_turned_away(story: Story) -> None:
    story.number = story.world.keys["TWILIO_NUMBER"]
    before = len(story.world.api("GET", "/calls")["calls"])
    story.phone(STAY)
    story.wait("its end", lambda r: r["kind"] == "leg" and r["event"] == "ended", 30)
    assert len(story.world.api("GET", "/calls")["calls"]) == before
    assert [line for line in loud(story) if "WARMTRANSFER_HUMANS" in line]
