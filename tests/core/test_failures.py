"""Orders that fail: what they mean, and that no failure leads to the same order again without end."""

from __future__ import annotations

import pytest

from tests.core.stories import ROOM, Story, in_stage, styled
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Outcome, Stage, Style
from warmtransfer.core.legs import Ended

KINDS = ["refused", "gone", "unsure", "busy", "ours"]


def failed(order: do.Order, kind: str) -> ev.OrderFailed:
    """What the performer posts when this order could not be done."""
    return ev.OrderFailed(type(order).__name__, kind, order.key)


def storm(story: Story, kind: str) -> int:
    """Fail every order at once, and every order that follows from that; how many there were."""
    waiting = [order for order in story.given[-3:] if not order.local]
    seen = 0
    while waiting and seen < 100:
        seen += 1
        story.tell(failed(waiting.pop(0), kind), after=0.0)
        waiting += [order for order in story.last if not order.local]
    return seen


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("timer", [False, True])
def test_a_carrier_that_refuses_everything_is_not_asked_without_end(
    stage: Stage, kind: str, timer: bool
) -> None:
    story = in_stage(stage)
    if timer and story.call.alarm_at:
        story.wait()
    assert storm(story, kind) < 30


@pytest.mark.parametrize("kind", KINDS)
def test_message_with_attempts_behind_it_is_not_asked_without_end(kind: str) -> None:
    story = Story().ringing().tell(ev.ModelLost(1, "insufficient_quota", fatal=True))
    story.tell(ev.HumanEnded(1, Ended.BUSY), ev.HumanDialled(2, "CAhuman2"), ev.HumanEnded(2, Ended.BUSY))
    assert (story.call.stage, story.names()) == (Stage.MESSAGE, ["RedirectCaller"])
    assert storm(story, kind) < 30


@pytest.mark.parametrize("order", [do.ComfortCaller(), do.LookForCaller(), do.EndAI(1), do.EndHuman(1)])
@pytest.mark.parametrize("stage", [Stage.BRIEFING, Stage.JOINING, Stage.REDIRECTED])
def test_a_failed_order_beside_the_point_takes_nobody_off_the_line(stage: Stage, order: do.Order) -> None:
    story = in_stage(stage).tell(failed(order, "unsure"))
    assert (story.call.stage, story.names()) == (stage, [])


@pytest.mark.parametrize("stage", [Stage.REDIRECTED, Stage.MESSAGE])
def test_a_caller_who_cannot_be_moved_because_they_left_has_left(stage: Stage) -> None:
    story = in_stage(stage)
    story.tell(failed(story.last[0], "gone"))
    assert story.call.stage is Stage.OVER


def test_a_move_whose_answer_came_late_does_not_end_the_dial_it_started() -> None:
    story = in_stage(Stage.REDIRECTED)
    late = failed(story.last[0], "unsure")
    story.tell(ev.HumanRang(1, "CAhuman1"), late)
    assert story.call.stage is Stage.REDIRECTED
    story.tell(ev.CallerCameBack(1, Ended.BUSY), late)
    assert (story.call.stage, story.call.attempts[1].ended) == (Stage.REDIRECTED, False)


def test_a_caller_who_can_never_be_moved_is_let_go() -> None:
    story = in_stage(Stage.MESSAGE)
    for _ in range(story.rules.patience - 1):
        story.tell(failed(story.last[0], "refused"))
        assert story.names() == ["RedirectCaller"]
    story.tell(failed(story.last[0], "refused"))
    assert story.call.stage is Stage.OVER
    assert "EndCaller" in story.names()


def test_a_briefing_that_cannot_be_played_ends_the_attempt() -> None:
    story = Story(styled(Style.ANNOUNCE)).briefing()
    story.tell(failed(story.last[0], "refused"))
    assert (story.call.stage, story.names()) == (Stage.CANCELLING, ["EndHuman"])
    assert story.tell(ev.HumanEnded(1, Ended.COMPLETED)).call.attempts[0].outcome is not Outcome.ACCEPTED


@pytest.mark.parametrize("stage", [Stage.RINGING, Stage.BRIEFING, Stage.CANCELLING])
def test_a_caller_who_comes_back_has_the_humans_leg_ended_before_another_is_dialled(stage: Stage) -> None:
    """The room was ended by somebody else, and the caller's `<Dial action>` comes before any other news."""
    story = in_stage(stage).tell(ev.CallerCameBack())
    assert "EndHuman" in story.names()
    story.tell(ev.CallerJoined("wt-c1-2", "CF2", "CAcaller")).ai_up(2).tell(ev.HandoffAsked("api"))
    assert (story.call.stage, len(story.call.attempts)) == (Stage.CANCELLING, 1)
    story.tell(ev.HumanEnded(1, Ended.CANCELLED))
    assert (story.call.stage, story.names()) == (Stage.RINGING, ["LetAISpeak", "DialHuman"])


def test_a_dial_that_ends_up_ringing_after_the_caller_came_back_is_ended() -> None:
    story = Story().talking().tell(ev.HandoffAsked("api"), ev.CallerCameBack(), ev.HumanDialled(1, "CAlate"))
    assert story.last == (do.EndStray("CAlate"),)


def test_an_ai_that_cannot_be_added_because_the_room_is_gone_has_the_caller_looked_for() -> None:
    """Both humans hung up and no callback said so: nobody must be rung for a caller who has left."""
    story = Story().with_human().tell(ev.HumanEnded(1, Ended.COMPLETED))
    story.tell(ev.OrderFailed("AddAI", "gone", "ai-2"))
    assert [order for order in story.last if isinstance(order, do.LookForCaller)]
    assert story.call.room_sid == ROOM


def test_news_of_an_announcement_that_comes_twice_makes_no_second_one() -> None:
    """Each would make two more: a caller who waits would soon hear nothing but one on top of the other."""
    story = Story().ringing().tell(ev.AILeft(1, ROOM))
    assert "ComfortCaller" in story.names()
    story.tell(ev.AnnouncementEnded(ROOM), after=4.5)
    assert story.names() == ["ComfortCaller"]
    assert story.tell(ev.AnnouncementEnded(ROOM), after=0.3).last == ()
    assert story.tell(ev.AnnouncementEnded(ROOM), after=4.3).names() == ["ComfortCaller"]


def test_a_call_that_the_carrier_does_not_know_is_over_unless_it_has_just_begun() -> None:
    """A database may hold calls of another account: they would be looked for every two seconds for ever."""
    story = Story().arrived().tell(ev.CallerLeft(why="unknown"))
    assert story.call.stage is Stage.ARRIVING
    assert story.tell(ev.CallerLeft(why="unknown"), after=60.0).call.stage is Stage.OVER
