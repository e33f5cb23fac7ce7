"""The model, the stream, Twilio's REST or a callback fails; nobody is dropped, nobody is left in silence."""

from __future__ import annotations

import pytest

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, accepts, human
from tests.desk.parts import eventually

STAY: Row = {"wait": 120}
#: What `make stories` has one by one, with every other answer.
STREAMS = ["dropped_stream=next_verb,callbacks=late", "dropped_stream=leg_ends,lone_participant=nothing"]


@pytest.mark.parametrize("world", STREAMS, indirect=True)
def test_a_stream_that_breaks_is_replaced(story: Story) -> None:
    story.world.control("PUT", "/faults", ["stream=drop_after:6;times=1"])
    story.phone(HELLO, STAY)
    story.note("fault", 30, fault="stream=drop_after")
    said = story.note("speech", 30, who="ai", text="sorry")
    assert said
    story.stage("ai", 20)
    story.hang_up()
    story.ends()
    assert story.joins("caller") == 1


@pytest.mark.parametrize("world", ["failed_stream=next_verb", "failed_stream=leg_ends"], indirect=True)
def test_a_stream_that_never_opens_ends_with_a_human(story: Story) -> None:
    story.world.control("PUT", "/faults", ["stream=refuse;times=0"])
    story.world.phones(accepts(SAM))
    story.phone(STAY)
    story.leg("joined", "human-1", 120)
    assert story.app_call()["handoff"]["source"] == "model_down"
    story.hang_up()
    story.ends()


@pytest.mark.parametrize("line", ["test-drop", "test-expired"])
def test_a_model_that_is_lost_comes_back_and_remembers(story: Story, line: str) -> None:
    story.phone(HELLO, {"say": "ask-address"}, {"until": "quiet:1.2"}, {"say": line}, STAY)
    story.note("session", 60, state="closed")
    story.wait(
        "what was said, told to the new session",
        lambda r: (
            r["kind"] == "realtime" and r["dir"] == "client" and "what is your address" in str(r["msg"])
        ),
        30,
    )
    story.stage("ai", 30)
    story.hang_up()
    story.ends()


def test_a_model_with_a_fatal_fault_brings_a_human(story: Story) -> None:
    story.world.phones(accepts(SAM))
    story.phone(HELLO, {"say": "test-fatal"}, STAY)
    story.leg("joined", "human-1", 90)
    assert story.app_call()["handoff"]["source"] == "model_down"
    story.hang_up()
    story.ends()


def test_no_model_and_no_human_takes_a_message(story: Story) -> None:
    story.world.phones(human(SAM, "busy"), human(KIM, "no-answer"))
    story.phone(
        HELLO,
        {"say": "test-fatal"},
        {"until": "heard:leave a message", "timeout": 90},
        {"wait": 12},
        {"hangup": True},
    )
    story.note("say", 120, leg="caller", text="nobody can take your call")
    story.ends(90)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("rest=500;match=POST Calls;times=1", "error"),
        ("rest=500_after;match=POST Calls;times=1", None),
        ("rest=timeout_after;match=POST Calls;times=1", None),
        ("rest=429;match=POST Calls;times=2", None),
        ("rest=refuse:21211;match=POST Calls;times=1", "unreachable"),
        ("rest=slow:3;match=POST Calls;times=1", None),
    ],
    ids=["500", "500_after", "timeout_after", "429", "refused", "slow"],
)
def test_a_failing_dial_never_rings_two_humans(story: Story, fault: str, outcome: str | None) -> None:
    """`None`: the first human is reached all the same; else the attempt ends so, and the next is rung."""
    story.world.control("PUT", "/faults", [fault])
    story.world.phones(accepts(SAM), accepts(KIM))
    story.phone(HELLO, ASK, STAY)
    story.leg("joined", "human-2" if outcome else "human-1", 120)
    story.note("fault", fault="rest=")
    story.hang_up()
    call = story.ends()
    assert call["attempts"][0]["outcome"] == (outcome or "accepted")
    assert len(call["attempts"]) == (2 if outcome else 1)


@pytest.mark.parametrize("fault", ["500", "500_after", "timeout_after", "429", "slow:2"])
def test_a_failing_request_for_the_ai_still_gives_one_ai(story: Story, fault: str) -> None:
    story.world.control("PUT", "/faults", [f"rest={fault};match=POST Participants;times=1"])
    story.phone(STAY)
    story.note("speech", 90, who="ai")
    story.note("fault", fault="rest=")

    def legs() -> int:
        state = story.world.control("GET", "/state")
        return len([leg for leg in state["legs"] if str(leg.get("label")).startswith("ai")])

    # The greeting is made while the leg is still on its way.
    eventually(lambda: legs() > 0, 10.0)
    assert legs() == 1
    story.hang_up()
    story.ends()


@pytest.mark.parametrize("fault", ["500", "500_after", "timeout_after", "429"])
def test_the_ai_is_removed_although_the_request_fails_at_first(story: Story, fault: str) -> None:
    story.world.control("PUT", "/faults", [f"rest={fault};match=DELETE;times=1"])
    story.world.phones(accepts(SAM))
    story.phone(HELLO, ASK, STAY)
    story.leg("joined", "human-1", 90)
    story.leg("left", "ai-1", 30)
    story.note("fault", fault="rest=")
    story.hang_up()
    story.ends()


def test_a_stream_that_breaks_again_is_excused_once_and_the_ai_goes_on(story: Story) -> None:
    drops = ["stream=drop_after:20;times=1", "stream=drop_after:12;times=1"]
    story.world.control("PUT", "/faults", drops)
    story.phone(HELLO, {"say": "ask-address"}, STAY)
    story.wait("words after the second break", lambda row: "where were we" in said(row), 90, times=2)
    story.stage("ai", 20)
    story.hang_up()
    call = story.ends()
    assert [row["event"] for row in call["journal"]].count("StreamEnded") >= len(drops)
    heard = [said(row) for row in story.read()]
    assert len([text for text in heard if "sorry" in text]) == 1, heard


def said(row: Row) -> str:
    """What the AI says here, in small letters."""
    spoken = row["kind"] == "note" and row.get("event") == "speech" and row.get("who") == "ai"
    return str(row.get("text", "")).lower() if spoken else ""
