"""Whole calls that end with a human, or honestly without one."""

from __future__ import annotations

import pytest

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, accepts, human
from warmtransfer.relay.watchdog import NUDGE, OWN

#: The laws that touch the way to a human, several in each call; `make stories` has each answer by itself.
LAWS = [
    "announcement=all,app_sid=same,app_cps=free,callbacks=twice",
    "join_reported=at_ringing,amd=late,callbacks=shuffled",
    "callbacks=lost:0.3",
]
STAY: Row = {"wait": 100}
#: Seconds after which the watchdog has done all that it might: reminded the model, then asked for a human.
WATCHED = NUDGE + OWN + 2.0
VOICEMAIL: Row = {"after": 1.0, "voicemail": True}


def outcomes(call: Row) -> list[str]:
    """The outcomes of the attempts, in order."""
    return [each["outcome"] for each in call["attempts"]]


@pytest.mark.parametrize("world", LAWS, indirect=True)
def test_the_second_human_takes_the_call(story: Story) -> None:
    """The first does not answer, the second is briefed, accepts, and talks with the caller; the AI goes."""
    story.world.phones(human(SAM, "no-answer"), accepts(KIM))
    story.phone(HELLO, ASK, {"until": "joined:human-2", "timeout": 90}, {"wait": 8}, {"hangup": True})
    joined = story.leg("joined", "human-2", 120)
    left = story.leg("left", "ai-1")
    assert left["t"] > joined["t"]
    story.note("say", leg="human-2", text="The caller has hung up")
    call = story.ends()
    assert call["attempts"][1]["outcome"] == "accepted"
    assert call["attempts"][0]["outcome"] in ("no_answer", "timed_out")
    assert story.joins("caller") == 1


@pytest.mark.parametrize(
    ("first", "outcome"),
    [
        (human(SAM, "busy"), "busy"),
        (human(SAM, "failed"), "unreachable"),
        (
            human(SAM, {"after": 1.0}, {"until": "heard:press 1"}, {"wait": 0.5}, {"press": "2"}, STAY),
            "declined",
        ),
        (
            human(SAM, {"after": 1.0}, {"until": "heard:press 1"}, {"wait": 0.5}, {"press": "9"}, STAY),
            "declined",
        ),
        (human(SAM, {"after": 1.0}, {"until": "heard:press 1"}, {"wait": 0.5}, {"hangup": True}), "hung_up"),
        (human(SAM, {"after": 1.0}, STAY), "no_input"),
        (human(SAM, "voicemail"), "machine"),
    ],
    ids=["busy", "failed", "key-2", "key-9", "hangs-up", "silence", "voicemail"],
)
def test_a_human_who_cannot_take_it_is_followed_by_the_next(story: Story, first: Row, outcome: str) -> None:
    story.world.phones(first, accepts(KIM))
    story.phone(HELLO, ASK, {"until": "joined:human-2", "timeout": 100}, {"wait": 3}, {"hangup": True})
    story.leg("joined", "human-2", 120)
    assert outcomes(story.ends()) == [outcome, "accepted"]


@pytest.mark.parametrize("world", ["callbacks=late"], indirect=True)
def test_with_nobody_there_the_ai_says_so_and_stays(story: Story) -> None:
    story.world.phones(human(SAM, "no-answer"), human(KIM, "busy"))
    story.phone(HELLO, ASK, STAY)
    said = story.note("speech", 90, who="ai", text="could not reach")
    assert "Kim" in said["text"]
    assert story.app_call()["stage"] == "ai"
    story.hang_up()
    assert outcomes(story.ends())[1] == "busy"


def test_the_ai_comes_back_when_the_human_leaves_and_the_caller_stays(story: Story) -> None:
    leaves = accepts(SAM)
    leaves = {**leaves, "steps": [*leaves["steps"][:-1], {"wait": 2}, {"hangup": True}]}
    story.world.phones(leaves)
    story.phone(HELLO, ASK, STAY)
    left = story.leg("left", "human-1", 90)
    back = story.leg("joined", "ai-2")
    assert back["t"] - left["t"] < 3.0
    said = story.note("speech", 30, who="ai", text="Sam has just left")
    assert said["t"] > back["t"]
    story.hang_up()
    story.ends()


def test_a_caller_who_asks_again_gets_a_second_handoff(story: Story) -> None:
    story.world.phones(human(SAM, "busy"), human(KIM, "busy"), accepts(SAM))
    again = {"until": "quiet:1.5", "timeout": 30}
    story.phone(HELLO, ASK, {"wait": 6}, again, {"say": "talk-human"}, STAY)
    story.leg("joined", "human-3", 120)
    story.hang_up()
    assert outcomes(story.ends())[0] == "busy"


def now(story: Story) -> float:
    """The time of the trace."""
    return float(story.world.control("GET", "/state")["t"])


def test_a_caller_who_wants_no_agent_gets_none(story: Story) -> None:
    story.world.phones(accepts(SAM))
    story.phone(HELLO, {"say": "no-agent"}, STAY)
    said = story.note("speech", 30, who="ai", text="help you myself")
    later = float(said["t"]) + WATCHED
    story.world.until(lambda: now(story) > later, WATCHED + 20.0, "the watchdog's time to pass")
    assert story.app_call()["attempts"] == []
    story.hang_up()
    story.ends()


def test_a_model_that_promises_and_forgets_is_reminded_or_replaced(story: Story) -> None:
    """The watchdog: a transfer was announced, and no tool call came."""
    story.world.phones(accepts(SAM))
    story.phone(HELLO, {"say": "test-no-tool"}, STAY)
    story.leg("joined", "human-1", 90)
    story.hang_up()
    story.ends()


def test_an_operator_can_ask_for_a_human(story: Story) -> None:
    listens: Row = {"until": "heard:wants kim", "timeout": 40}
    story.world.phones(human(KIM, {"after": 1.0}, listens, *accepts(KIM)["steps"][1:]))
    story.phone(HELLO, STAY)
    story.stage("ai", 30)
    asked = {"target": "kim", "reason": "VIP", "summary": "The operator wants Kim on this call."}
    story.world.api("POST", f"/calls/{story.call_id}/handoff", asked)
    story.note("say", leg="human", text="The operator wants Kim")
    story.leg("joined", "human-1", 60)
    story.hang_up()
    call = story.ends()
    assert [each["name"] for each in call["attempts"]] == ["kim"]
