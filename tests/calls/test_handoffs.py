"""Whole calls: from ringing to hang-up, through the real app, the simulator and the local model."""

from __future__ import annotations

import pytest

from tests.calls.story import ASK, HELLO, KIM, SAM, Story, accepts, human

STAY = {"wait": 90}
LAWS = [
    "",
    "announcement=all",
    "lone_participant=nothing",
    "join_reported=at_ringing",
    "app_sid=same",
    "app_cps=free",
    "callbacks=late",
    "callbacks=twice",
    "callbacks=shuffled",
    "amd=late",
]


@pytest.mark.parametrize("world", LAWS, indirect=True)
def test_the_second_human_takes_the_call(story: Story) -> None:
    """The first does not answer, the second is briefed, accepts, and talks with the caller; the AI goes."""
    story.world.phones(human(SAM, "no-answer"), accepts(KIM))
    story.phone(HELLO, ASK, {"until": "joined:human-2", "timeout": 60}, {"wait": 6}, {"hangup": True})
    joined = story.leg("joined", "human-2", 90)
    left = story.leg("left", "ai-1")
    assert left["t"] > joined["t"]
    call = story.ends()
    assert [each["outcome"] for each in call["attempts"]] == ["no_answer", "accepted"]
