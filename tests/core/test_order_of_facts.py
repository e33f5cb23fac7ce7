"""What exploring the order of facts has found, each told to `step` by the shortest way."""

from __future__ import annotations

import pytest

from tests.core.stories import ROOM, Story, in_stage, styled
from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import AIState, Stage, Style
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.outcomes import Outcome


def announced(stage: Stage) -> Story:
    """A call whose humans are announced."""
    return in_stage(stage, Story(styled(Style.ANNOUNCE)))


def moved() -> Story:
    """The caller's own leg rings the first human."""
    return in_stage(Stage.REDIRECTED).tell(ev.CallerCameBack(room=1), ev.HumanDialled(1, "CAhuman1"))


# What the caller is told ----------------------------------------------------------------------------


def test_news_waits_for_an_ai_that_is_up_and_is_what_is_so_then() -> None:
    story = in_stage(Stage.CONNECTING).tell(ev.HandoffAsked("api"), ev.HumanDialled(1, "CAhuman1"))
    story.tell(ev.HumanEnded(1, Ended.BUSY))
    assert story.names() == ["DialHuman"]
    assert story.call.news == briefing.next_try(story.call)
    story.tell(ev.HumanDialled(2, "CAhuman2"), ev.HumanEnded(2, Ended.BUSY)).ai_up(1)
    (speak,) = (order for order in story.last if isinstance(order, do.LetAISpeak))
    assert speak.news == briefing.exhausted(story.call)


def test_nobody_is_said_to_be_called_whose_attempt_was_given_up() -> None:
    story = in_stage(Stage.CANCELLING)
    assert "Sam" not in briefing.progress(story.call)


@pytest.mark.parametrize("stage", [Stage.RINGING, Stage.BRIEFING, Stage.JOINING, Stage.CANCELLING])
@pytest.mark.parametrize("lost", [ev.RoomLost(ROOM), ev.CallerCameBack(room=1)])
def test_a_caller_whose_room_is_lost_is_told_of_the_human_they_waited_for(
    stage: Stage, lost: ev.Event
) -> None:
    story = in_stage(stage).tell(lost)
    assert story.call.news == briefing.exhausted(story.call)
    assert "Sam" in story.call.news


def test_a_caller_who_never_met_the_ai_hears_no_apology_for_its_absence() -> None:
    story = in_stage(Stage.CONNECTING).wait()
    assert (story.names(), story.call.news) == (["EndAI", "LookForCaller", "ComfortCaller", "AddAI"], "")
    story.ai_up(2).tell(ev.StreamEnded(1))
    assert story.call.news == briefing.interrupted()


# A question that comes twice ------------------------------------------------------------------------


def test_the_repeated_end_of_one_dial_does_not_end_the_next() -> None:
    story = moved().tell(ev.HumanEnded(1, Ended.BUSY), ev.CallerCameBack(1, Ended.BUSY))
    before = story.call.attempts[1]
    story.tell(ev.CallerCameBack(1, Ended.BUSY))
    assert (story.call.stage, story.call.attempts[1]) == (Stage.REDIRECTED, before)


@pytest.mark.parametrize("again", [ev.CallerCameBack(2, Ended.BUSY), ev.CallerCameBack(room=1)])
def test_a_question_that_was_answered_takes_nobody_out_of_their_new_room(again: ev.Event) -> None:
    story = moved().tell(ev.CallerCameBack(1, Ended.BUSY), ev.CallerCameBack(2, Ended.BUSY))
    story.tell(ev.CallerJoined("wt-c1-2", "CF2", "CAcaller")).ai_up(2)
    story.tell(again)
    assert (story.call.stage, story.call.room, story.last) == (Stage.AI, "wt-c1-2", ())


def test_the_repeated_question_of_a_caller_who_was_moved_does_not_end_their_talk() -> None:
    story = moved().tell(ev.HumanAnswered(1, "CAhuman1"), ev.HumanAccepted(1), ev.CallerCameBack(room=1))
    assert (story.call.stage, story.last) == (Stage.HUMAN, ())
    assert story.tell(ev.CallerCameBack(1)).call.stage is Stage.RETURNING


# A move whose answer is lost ------------------------------------------------------------------------


def unsure(story: Story) -> ev.OrderFailed:
    """What is told of the move when its answer never came."""
    return ev.OrderFailed("RedirectCaller", "unsure", "human-1")


def test_a_move_that_is_reported_failed_after_their_leg_has_asked_was_none() -> None:
    story = in_stage(Stage.REDIRECTED).tell(ev.CallerCameBack(room=1))
    story.tell(unsure(story))
    assert (story.call.stage, story.call.attempts[0].ended) == (Stage.REDIRECTED, False)


def test_the_end_of_a_room_that_the_caller_may_have_been_moved_out_of_is_not_that_of_the_call() -> None:
    story = in_stage(Stage.REDIRECTED)
    story.tell(unsure(story))
    assert story.call.stage is Stage.AI
    story.tell(ev.CallerLeft(ROOM, "participant-with-end-conference-on-exit-left"))
    assert (story.call.stage, story.call.left) == (Stage.RETURNING, False)
    assert story.tell(ev.CallerCameBack(room=1)).call.room == "wt-c1-2"
    story.tell(ev.CallerJoined("wt-c1-2", "CF2", "CAcaller"), ev.CallerLeft("CF2", "participant_hung_up"))
    assert story.call.stage is Stage.OVER


def test_the_end_of_the_old_room_ends_nobody_who_leaves_a_message() -> None:
    story = in_stage(Stage.MESSAGE).wait()
    story.tell(ev.CallerLeft(ROOM, "participant-with-end-conference-on-exit-left"))
    assert not story.call.left
    assert "EndCaller" in story.wait().names()


# Outcomes -------------------------------------------------------------------------------------------


def test_an_announced_human_who_was_accepted_stays_so() -> None:
    story = announced(Stage.BRIEFING).tell(ev.BriefingHeard(1), ev.MachineHeard(1, Heard.HUMAN))
    story.tell(ev.HumanEnded(1, Ended.COMPLETED), ev.CallerPresent(ROOM))
    assert story.call.attempts[0].outcome is Outcome.ACCEPTED
    assert (story.call.stage, story.call.attempts[1].name) == (Stage.RINGING, "kim")


def test_a_briefing_that_cannot_be_played_is_no_humans_doing() -> None:
    story = announced(Stage.BRIEFING).tell(ev.OrderFailed("BriefOnHold", "unsure", "human-1"))
    story.tell(ev.HumanEnded(1, Ended.COMPLETED))
    assert story.call.attempts[0].outcome is Outcome.CANCELLED


def test_an_announced_human_whose_answer_was_not_told_may_have_left_with_the_caller() -> None:
    story = announced(Stage.RINGING).tell(ev.HumanLeft(1, ROOM, how=Ended.COMPLETED))
    assert (story.call.stage, story.names()) == (Stage.CANCELLING, ["LookForCaller"])
    story.tell(ev.CallerLeft(ROOM, "participant_hung_up"))
    assert [each.outcome for each in story.call.attempts] == [Outcome.CALLER_LEFT]


# Legs -----------------------------------------------------------------------------------------------


def test_the_leg_of_one_attempt_is_never_taken_for_that_of_another() -> None:
    story = in_stage(Stage.RINGING).tell(ev.HumanEnded(1, Ended.BUSY), ev.HumanDialled(2, "CAhuman1"))
    assert story.call.attempts[1].call_sid == ""


def test_a_leg_that_was_given_up_and_lives_on_is_ended_while_the_ai_has_the_caller() -> None:
    story = in_stage(Stage.JOINING).tell(ev.RoomLost(ROOM), ev.CallerCameBack(room=1))
    story.tell(ev.CallerJoined("wt-c1-2", "CF2", "CAcaller")).ai_up(2)
    assert (story.call.stage, story.call.ai.state) == (Stage.AI, AIState.UP)
    assert {"EndHuman", "LookForLeg"} <= set(story.wait().names())
