"""Several humans rung at once, in a whole call: the first to accept has the caller, the others are let go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.calls.story import ASK, HELLO, KIM, SAM, Row, Story, human
from tests.calls.world import World

LEE = "+15550100003"
STAY: Row = {"wait": 200}
#: Real seconds are few: what has to be done within one, of the simulator's, must not wait for the machine.
SPEED = 4.0
#: Seconds within which whoever was beaten is let go; and by which a busy machine may be late (0.5 real ones).
AT_ONCE = 1.0 + 0.5 * SPEED
TAKES: tuple[Row, ...] = ({"until": "heard:A call for", "timeout": 40}, {"press": "1"}, STAY)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    given = {
        "WARMTRANSFER_HUMANS": f"sam={SAM},kim={KIM},lee={LEE}",
        "WARMTRANSFER_PLAN": "all at once, rest 0",
        "WARMTRANSFER_CPS": "20",
    }
    folder = tmp_path_factory.mktemp("plans")
    world = World(folder, speed=SPEED, environment=given, arguments=("--cps", "20"))
    try:
        yield world.start()
    finally:
        world.stop()


@pytest.fixture
def round_of_three(story: Story) -> Story:
    story.together = 3
    return story


def outcomes(call: Row) -> dict[str, str]:
    """How each attempt ended, by name."""
    return {each["name"]: each["outcome"] for each in call["attempts"]}


def asks(story: Story) -> None:
    story.phone(HELLO, ASK, STAY)


def test_one_who_accepts_while_another_listens_has_the_caller_and_the_others_are_let_go_at_once(
    round_of_three: Story,
) -> None:
    """Sam listens and decides nothing, Lee's phone rings, Kim takes it."""
    story = round_of_three
    listens = human(SAM, {"after": 0.5}, STAY)
    story.world.phones(listens, human(KIM, {"after": 4.0}, *TAKES), human(LEE, {"after": 60.0}, STAY))
    asks(story)
    pressed = story.note("gathered", 90, digits="1")
    told = story.note("say", 30, leg=SAM, text="Kim has taken the call")
    story.leg("joined", "human-2", 30)
    story.leg("left", "ai-1", 30)
    rings = story.leg("ended", f"human:{LEE}", 30)
    assert rings["status"] == "canceled"
    # By our requests: how soon the network speaks is the machine's affair.
    for sid in (told["call_sid"], rings["call_sid"]):
        asked = story.wait("its end", lambda row, sid=sid: row["kind"] == "rest" and sid in row["path"], 30)
        assert asked["t"] - pressed["t"] < AT_ONCE
    story.hang_up()
    assert outcomes(story.ends()) == {"sam": "taken", "kim": "accepted", "lee": "taken"}
    assert story.joins("human-1") == 0


def test_of_two_who_press_1_at_the_same_moment_one_has_the_caller_and_one_is_told_so(
    round_of_three: Story,
) -> None:
    story = round_of_three
    presses = ({"wait": 5.0}, {"press": "1"}, STAY)
    story.world.phones(
        human(SAM, {"after": 1.0}, *presses), human(KIM, {"after": 1.0}, *presses), human(LEE, "busy")
    )
    asks(story)
    story.note("say", 90, text="has taken the call")
    story.leg("left", "ai-1", 60)
    keys = [row["t"] for row in story.read() if row.get("event") == "press"]
    assert len(keys) == 2
    assert abs(keys[0] - keys[1]) < 0.5
    story.hang_up()
    call = story.ends()
    assert sorted(outcomes(call).values()) == ["accepted", "busy", "taken"]
    assert story.joins("human-1") + story.joins("human-2") == 1


@pytest.mark.parametrize("world", ["callbacks=shuffled,amd=late"], indirect=True)
def test_a_machine_that_answers_first_takes_nobody_along(round_of_three: Story) -> None:
    story = round_of_three
    story.world.phones(human(SAM, "voicemail"), human(KIM, {"after": 9.0}, *TAKES), human(LEE, "no-answer"))
    asks(story)
    story.leg("joined", "human-2", 120)
    story.leg("left", "ai-1", 60)
    story.hang_up()
    found = outcomes(story.ends())
    assert found["kim"] == "accepted"
    assert found["sam"] in ("machine", "taken"), "what is known of the mailbox hangs on what is lost"


def test_with_the_end_of_a_beaten_leg_refused_and_its_news_lost_it_is_ended_later_all_the_same(
    round_of_three: Story,
) -> None:
    story = round_of_three
    story.world.phones(
        human(SAM, {"after": 0.5}, *TAKES),
        human(KIM, {"after": 100.0}, STAY),
        human(LEE, {"after": 100.0}, STAY),
    )
    story.world.control("PUT", "/faults", ["rest=500;match=POST Calls/CA;times=16"])
    asks(story)
    story.leg("joined", "human-1", 90)
    for number in (KIM, LEE):
        story.leg("ended", f"human:{number}", 90)
    story.hang_up()
    assert outcomes(story.ends()) == {"sam": "accepted", "kim": "taken", "lee": "taken"}


def test_rounds_of_two_ring_the_next_when_both_of_the_first_are_over(story: Story) -> None:
    story.together = 2
    story.world.configure({"WARMTRANSFER_PLAN": "rounds of 2, rest 0"})
    story.world.phones(human(SAM, "busy"), human(KIM, "no-answer"), human(LEE, {"after": 0.5}, *TAKES))
    asks(story)
    story.leg("joined", "human-3", 120)
    story.leg("left", "ai-1", 60)
    story.hang_up()
    assert outcomes(story.ends()) == {"sam": "busy", "kim": "no_answer", "lee": "accepted"}


def test_a_caller_who_phones_again_has_whom_they_spoke_with_rung_first(world: World, story: Story) -> None:
    """And another caller the one who was idle for longest."""
    world.configure(
        {"WARMTRANSFER_PLAN": "last who spoke with this caller first, longest idle first, rest 0"}
    )
    world.phones(*(human(number, {"after": 0.5}, *TAKES) for number in (SAM, KIM, LEE)))
    stories = [story, Story(world), Story(world)]
    stories[1].number = story.number
    rung = []
    for n, each in enumerate(stories):
        each.phone(HELLO, STAY)
        each.call_id = world.until(lambda each=each: newest(each, stories), 20, "the call in the app's API")
        each.stage("ai", 60)
        world.api(
            "POST", f"/calls/{each.call_id}/handoff", {"summary": "x", "target": "kim" if not n else ""}
        )
        each.leg("left", "ai-1", 90)
        each.hang_up()
        rung.append([tried["name"] for tried in each.ends()["attempts"]])
    assert rung == [["kim"], ["kim"], ["sam"]]


def newest(story: Story, others: list[Story]) -> str:
    """The call of this story, though the caller may have had another before."""
    calls: list[Row] = story.world.api("GET", "/calls")["calls"]
    known = {each.call_id for each in others}
    return next(
        (call["id"] for call in calls if call["caller"] == story.number and call["id"] not in known), ""
    )


def test_of_two_callers_and_one_human_the_second_is_told_that_everybody_is_busy(
    world: World, story: Story
) -> None:
    world.configure({"WARMTRANSFER_HUMANS": f"sam={SAM}", "WARMTRANSFER_PLAN": "rest 0, no line"})
    world.phones(human(SAM, {"after": 0.5}, *TAKES))
    asks(story)
    story.leg("left", "ai-1", 90)
    second = Story(world)
    second.phone(HELLO, ASK, STAY)
    said = second.note("speech", 90, who="ai", text="busy with other callers")
    assert "Sam is on another call" in said["text"]
    skipped = [row["data"]["skipped"] for row in second.app_call()["journal"] if row["data"].get("skipped")]
    assert [(each["name"], each["why"]) for each in skipped[0]] == [("sam", "busy")]
    for each in (second, story):
        each.hang_up()
    second.ends()
    assert second.app_call()["handoff"]["all_busy"] is True
