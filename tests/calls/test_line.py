"""Callers who wait in a line for one human: called in as they came, and out of it by a sentence or a star."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.calls.story import ASK, HELLO, SAM, Row, Story, human
from tests.calls.world import World

STAY: Row = {"wait": 400}
#: Three callers and a human are much at once.
SPEED = 4.0
TAKES: tuple[Row, ...] = ({"until": "heard:A call for", "timeout": 40}, {"press": "1"}, STAY)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    given = {"WARMTRANSFER_HUMANS": f"sam={SAM}", "WARMTRANSFER_PLAN": "rest 0", "WARMTRANSFER_CPS": "20"}
    folder = tmp_path_factory.mktemp("line")
    world = World(folder, speed=SPEED, environment=given, arguments=("--cps", "20"))
    try:
        yield world.start()
    finally:
        world.stop()


def busy(world: World, story: Story) -> None:
    """Sam talks with the first caller."""
    world.phones(human(SAM, {"after": 0.5}, *TAKES))
    story.phone(HELLO, ASK, STAY)
    story.leg("left", "ai-1", 90)


def waits(story: Story, *steps: Row) -> Row:
    """Another caller asks for a human, and is in the line."""
    story.phone(HELLO, ASK, *(steps or (STAY,)))
    return story.stage("waiting", 90)["waits"]


def test_who_has_waited_longest_gets_the_next_free_human(world: World, story: Story) -> None:
    """Sam is on the phone, one waits, and another comes later: Sam hangs up, and takes the one who waited."""
    busy(world, story)
    second, third = Story(world), Story(world)
    assert waits(second)["place"] == 1
    said = second.note("speech", 90, who="ai", text="busy with other callers")
    assert "next" in said["text"]
    assert waits(third)["place"] == 2
    story.hang_up()
    second.stage("human", 120)
    assert third.app_call()["stage"] == "waiting"
    third.note("speech", 120, who="ai", text="You are still in the line")
    assert third.app_call()["waits"]["place"] == 1
    second.hang_up()
    third.stage("human", 120)
    third.hang_up()
    for each in (story, second, third):
        assert [tried["name"] for tried in each.ends()["attempts"]] == ["sam"]


def test_a_sentence_or_a_star_leaves_the_line_and_the_ai_goes_on(world: World, story: Story) -> None:
    busy(world, story)
    says, presses = Story(world), Story(world)
    calm: Row = {"until": "quiet:2", "timeout": 60}
    waits(says, {"until": "speech"}, calm, {"say": "no-agent"}, STAY)
    waits(presses, {"until": "speech"}, calm, {"press": "*"}, STAY)
    for each, ways in ((says, {"tool", "words"}), (presses, {"star"})):
        each.stage("ai", 90)
        left = [row["data"]["how"] for row in each.app_call()["journal"] if row["event"] == "LineLeft"]
        assert left[0] in ways
    for each in (says, presses):
        shown = each.app_call
        world.until(lambda shown=shown: "left the line" in str(shown()["transcript"]), 30, "the news")
    said = [line["text"] for line in presses.app_call()["transcript"] if line["who"] == "caller"]
    assert len(said) == 1, "a tone was taken for a turn of theirs"
    story.hang_up()
    for each in (says, presses):
        assert each.app_call()["stage"] == "ai"
        each.hang_up()
    for each, rung in ((story, 1), (says, 0), (presses, 0)):
        assert len(each.ends()["attempts"]) == rung


def test_somebody_put_first_is_taken_next_and_one_taken_out_goes_on_with_the_ai(
    world: World, story: Story
) -> None:
    """Two wait for Sam: the later one is to be next, and nobody is called for the other any more."""
    busy(world, story)
    second, third = Story(world), Story(world)
    waits(second)
    waits(third)
    world.api("POST", f"/calls/{third.call_id}/take-next", {"name": "sam"})
    third.note("speech", 90, who="ai", text="taken next, by Sam")
    assert third.app_call()["waits"]["place"] == 1
    story.hang_up()
    third.stage("human", 120)
    assert second.app_call()["stage"] == "waiting"
    world.api("POST", f"/calls/{second.call_id}/leave-line", {})
    second.note("speech", 90, who="ai", text="nobody is called for them any more")
    third.hang_up()
    second.hang_up()
    for each, rung in ((story, 1), (second, 0), (third, 1)):
        assert len(each.ends()["attempts"]) == rung
    asked = [row["data"]["by"] for row in third.app_call()["journal"] if row["event"] == "TakeNextAsked"]
    assert asked == ["api"]
