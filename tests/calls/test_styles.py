"""The other two ways to brief a human: `announce` on hold in the room, `redirect` on the caller's own leg."""

from __future__ import annotations

import pytest

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, accepts, human
from tests.calls.world import World

STAY: Row = {"wait": 100}
#: A human who is let in without a key, says hello, and stays.
LISTENS = human(SAM, {"after": 1.0}, {"until": "heard:person"}, {"wait": 4}, {"say": "sam-hello"}, STAY)
DECLINES = human(KIM, {"after": 1.0}, {"until": "heard:press 1"}, {"press": "2"}, STAY)
MIXED = """
[[human]]
name = "sam"
number = "+15550100001"
briefing = "redirect"
[[human]]
name = "kim"
number = "+15550100002"
briefing = "screen"
"""


@pytest.fixture
def settings(running: World, request: pytest.FixtureRequest) -> dict[str, str]:
    """The style, or humans of different styles by way of a TOML file."""
    if "[[human]]" not in request.param:
        return {"WARMTRANSFER_BRIEFING": request.param}
    path = running.folder / "humans.toml"
    path.write_text(request.param)
    return {"WARMTRANSFER_HUMANS": str(path)}


def in_style(style: str) -> pytest.MarkDecorator:
    """Have the app brief every human so."""
    return pytest.mark.parametrize("settings", [style], indirect=True)


def outcomes(call: Row) -> list[str]:
    """The outcomes of the attempts, in order."""
    return [each["outcome"] for each in call["attempts"]]


# announce -------------------------------------------------------------------------------------------

#: Laws that touch the way to a human; they do not touch each other, so some stories live under several.
ANNOUNCED = [
    "announcement=all,amd=late,callbacks=twice",
    "lone_participant=nothing,join_reported=at_ringing,callbacks=shuffled",
]


@in_style("announce")
@pytest.mark.parametrize("world", ANNOUNCED, indirect=True)
def test_an_announced_human_hears_the_briefing_on_hold_and_is_let_in(story: Story) -> None:
    story.world.phones(LISTENS)
    story.phone(HELLO, ASK, {"until": "left:ai-1", "timeout": 90}, {"wait": 3}, {"hangup": True})
    said = story.note("say", 90, leg="human-1", text="person")
    held = story.leg("held", "human-1")
    let_in = story.leg("unheld", "human-1", 60)
    gone = story.leg("left", "ai-1", 60)
    story.note("speech", who="ai", text="Here is Sam")
    assert held["t"] < said["t"] < let_in["t"] < gone["t"]
    assert outcomes(story.ends()) == ["accepted"]
    assert story.joins("caller") == 1


@in_style("announce")
@pytest.mark.parametrize("world", ["callbacks=late"], indirect=True)
def test_an_announced_mailbox_is_ended_and_the_next_human_rung(story: Story) -> None:
    story.world.phones(human(SAM, "voicemail"), {**LISTENS, "number": KIM})
    story.phone(HELLO, ASK, {"until": "left:ai-1", "timeout": 150}, {"wait": 3}, {"hangup": True})
    story.leg("unheld", "human-2", 150)
    call = story.ends()
    assert outcomes(call) == ["machine", "accepted"]
    let_in = [r["label"] for r in story.read() if r["kind"] == "leg" and r["event"] == "unheld"]
    assert let_in == ["human-2"]


@in_style("announce")
def test_a_caller_who_leaves_during_the_briefing_on_hold_takes_the_human_along(story: Story) -> None:
    story.world.phones(LISTENS)
    story.phone(HELLO, ASK, STAY)
    story.note("say", 90, leg="human-1", text="A call for")
    story.hang_up()
    assert outcomes(story.ends()) == ["caller_left"]


# redirect -------------------------------------------------------------------------------------------

LAWS = ["callbacks=shuffled,lone_participant=nothing", "callbacks=lost:0.3,join_reported=at_ringing"]


@in_style("redirect")
@pytest.mark.parametrize("world", LAWS, indirect=True)
def test_a_redirected_caller_talks_with_the_human_and_comes_back_to_an_ai_that_knows(story: Story) -> None:
    leaves = accepts(SAM)
    story.world.phones({**leaves, "steps": [*leaves["steps"][:-1], {"wait": 2}, {"hangup": True}]})
    story.phone(HELLO, ASK, STAY)
    story.note("bridge", 90)
    assert story.stage("human")["attempts"][0]["outcome"] == "accepted"
    back = story.leg("joined", "ai-2", 60)
    said = story.note("speech", 30, who="ai", text="Sam has just left")
    assert said["t"] > back["t"]
    assert story.joins("caller") == 2
    story.hang_up()
    assert outcomes(story.ends()) == ["accepted"]


@in_style("redirect")
def test_a_redirected_caller_whom_nobody_takes_is_told_so_by_the_ai(story: Story) -> None:
    story.world.phones(human(SAM, "no-answer"), DECLINES)
    story.phone(HELLO, ASK, STAY)
    said = story.note("speech", 120, who="ai", text="did not answer")
    assert "Kim" in said["text"]
    assert story.app_call()["stage"] == "ai"
    story.hang_up()
    assert outcomes(story.ends()) == ["no_answer", "declined"]


@in_style("redirect")
@pytest.mark.parametrize("instant", ["ringing", "briefing", "talking"])
def test_a_redirected_caller_who_leaves_takes_the_human_along(story: Story, instant: str) -> None:
    story.world.phones(human(SAM, {"after": 6.0}, STAY) if instant == "ringing" else accepts(SAM))
    story.phone(HELLO, ASK, STAY)
    if instant == "ringing":
        story.leg("ringing", f"human:{SAM}")
    elif instant == "briefing":
        story.note("say", 90, leg="human", text="A call for")
    else:
        story.note("bridge", 90)
    story.hang_up()
    assert outcomes(story.ends()) == ["accepted" if instant == "talking" else "caller_left"]


# one of each ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [MIXED], indirect=True, ids=["mixed"])
@pytest.mark.parametrize("first", ["redirect", "screen"])
def test_two_humans_of_different_styles_are_tried_one_after_the_other(story: Story, first: str) -> None:
    """After a redirect the caller's leg dials the next one too; after a screen, the caller is moved."""
    target, second = ("sam", KIM) if first == "redirect" else ("kim", SAM)
    story.world.phones(human(SAM if second == KIM else KIM, "busy"), accepts(second))
    story.phone(HELLO, STAY)
    story.stage("ai", 30)
    story.world.api("POST", f"/calls/{story.call_id}/handoff", {"target": target})
    story.note("bridge", 90)
    story.stage("human")
    story.hang_up()
    call = story.ends()
    assert outcomes(call) == ["busy", "accepted"]
    assert [each["style"] for each in call["attempts"]] == [first, "redirect"]
