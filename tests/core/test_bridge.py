"""Two who talk are looked at; what keeps them from it is put right, or the AI returns."""

from __future__ import annotations

import pytest

from tests.core.stories import ROOM, Story, in_stage, styled
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Call, Proof, Stage, Style
from warmtransfer.core.legs import Ended, Place

IN, MUTED, HELD, OUT = Place.IN, Place.MUTED, Place.HELD, Place.OUT


def talking() -> Story:
    """Sam and the caller talk, and the AI has gone."""
    return in_stage(Stage.HUMAN).tell(ev.LineHeard(1), ev.AILeft(1, ROOM))


def seen(caller: Place = IN, human: Place = IN, n: int = 1) -> ev.BridgeSeen:
    return ev.BridgeSeen(n, ROOM, caller, human)


def times_of_looks(story: Story, until: float) -> list[float]:
    """Seconds after the join at which the two are looked at."""
    joined, found = story.call.attempts[0].joined_at, []
    while story.at < joined + until:
        story.wait()
        if "LookAtBridge" in story.names():
            found.append(story.at - joined)
            story.tell(seen(), after=0.1)
    return found


def test_both_are_looked_for_five_and_sixty_seconds_after_the_join_and_not_again() -> None:
    assert times_of_looks(talking(), until=300.0) == [5.0, 60.0]


def test_a_look_that_fell_into_our_absence_is_made_up_for_once() -> None:
    story = talking().tell(ev.Restarted(), after=70.0)
    assert story.wait().names() == ["LookForCaller", "LookForLeg", "LookAtBridge"]
    assert story.call.attempts[0].looks == 2
    assert times_of_looks(story, until=300.0) == []


@pytest.mark.parametrize(
    ("caller", "human", "mended"),
    [(IN, MUTED, ["human-1"]), (HELD, IN, ["caller"]), (MUTED, HELD, ["human-1", "caller"])],
)
def test_who_is_muted_or_on_hold_is_let_go_and_looked_at_again(
    caller: Place, human: Place, mended: list[str]
) -> None:
    story = talking().tell(seen(caller, human))
    assert [order.key for order in story.last if isinstance(order, do.MendBridge)] == mended
    assert [order.delay for order in story.last if isinstance(order, do.LookAgain)] == [2.0]
    assert story.tell(seen()).last == ()
    assert story.call.attempts[0].proofs == (
        Proof(story.at - 1.0, caller, human),
        Proof(story.at, IN, IN),
    )
    assert Call.from_dict(story.call.to_dict()) == story.call


def test_where_a_repair_does_not_help_the_ai_returns_and_says_so() -> None:
    story = talking().tell(seen(human=MUTED), seen(human=MUTED))
    assert story.call.stage is Stage.HUMAN
    story.tell(seen(human=MUTED))
    assert story.call.stage is Stage.RETURNING
    assert {"EndHuman", "AddAI", "ComfortCaller"} <= set(story.names())
    assert "did not work" in story.call.news


def test_a_human_who_is_not_there_is_believed_to_be_gone_at_the_second_look() -> None:
    story = talking().tell(seen(human=OUT))
    assert (story.call.stage, story.names()) == (Stage.HUMAN, ["LookAgain"])
    story.tell(seen(human=OUT))
    assert story.call.stage is Stage.RETURNING
    assert "has just left" in story.call.news


def test_a_list_that_lagged_behind_once_ends_nothing() -> None:
    story = talking().tell(seen(human=OUT), seen(), seen(human=OUT), seen())
    assert story.call.stage is Stage.HUMAN


def test_a_caller_who_is_not_in_the_room_any_more_is_brought_back_by_their_own_leg() -> None:
    story = talking().tell(seen(OUT, OUT), seen(OUT, OUT))
    assert story.call.stage is Stage.RETURNING
    story.tell(ev.CallerCameBack(room=1))
    assert story.call.room == "wt-c1-2"


def test_a_look_at_another_room_or_another_human_tells_nothing() -> None:
    story = talking()
    for late in (ev.BridgeSeen(1, "CF0", IN, OUT), seen(human=OUT, n=2)):
        assert story.tell(late).last == ()
    assert story.call.attempts[0].proofs == ()


def test_where_the_callers_own_leg_has_dialled_them_it_is_their_leg_that_is_looked_at() -> None:
    story = Story(styled(Style.REDIRECT)).talking()
    story.tell(ev.HandoffAsked("tool", "sam"), ev.CallerCameBack(room=1), ev.HumanAnswered(1, "CAhuman1"))
    story.tell(ev.HumanAccepted(1), after=0.0)
    joined = story.at
    while story.at < joined + 4.9:
        story.wait()
    assert story.names() == ["LookForCaller", "LookForLeg"]
    story.tell(ev.LegPresent(1), ev.LegPresent(1))
    assert [each.human for each in story.call.attempts[0].proofs] == [Place.UP]


@pytest.mark.parametrize(
    ("end", "first"),
    [
        (ev.HumanLeft(1, ROOM, "participant_hung_up"), "human"),
        (ev.HumanLeft(1, ROOM, "moderator_ended_conference", with_caller=True), "caller"),
        (ev.HumanEnded(1, Ended.COMPLETED, "", "CAhuman1"), "human"),
        (ev.CallerLeft(ROOM, "participant_hung_up"), "caller"),
        (ev.RoomLost(ROOM, "conference-ended-via-api"), "room"),
    ],
)
def test_who_left_first_and_when_is_written_down_once(end: ev.Event, first: str) -> None:
    story = talking().tell(end)
    parted = story.at
    story.tell(ev.CallerLeft(why="completed"), ev.HumanEnded(1, Ended.COMPLETED, "", "CAhuman1"))
    attempt = story.call.attempts[0]
    assert (attempt.left_first, attempt.parted_at) == (first, parted)


def test_a_bridge_that_we_have_given_up_was_left_by_neither() -> None:
    story = talking()
    while story.call.stage is Stage.HUMAN:
        story.tell(seen(human=MUTED))
    assert "did not work" in story.call.news
    assert story.call.attempts[0].left_first == "room"


@pytest.mark.parametrize("name", ["LookAtBridge", "LookAgain"])
def test_a_look_that_could_not_be_made_is_made_again_for_a_minute(name: str) -> None:
    story = talking()
    while "LookAtBridge" not in story.names():
        story.wait()
    failed, begun = ev.OrderFailed(name, "unsure", "human-1"), story.at
    while "LookAgain" in story.tell(failed, after=8.0).names():
        assert story.at - begun < 61.0
    assert story.at - begun > 50.0
    assert story.call.stage is Stage.HUMAN, "and nobody is believed to have gone"
    assert talking().tell(failed).last == (), "none was due"
    assert story.tell(ev.OrderFailed(name, "unsure", "human-7")).last == ()
