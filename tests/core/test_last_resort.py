"""The number of last resort, which the AI's leg dials by itself while nobody of us is up."""

from __future__ import annotations

import pytest

from tests.core.stories import in_stage
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import AIState, Stage
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import Outcome

DESK = "+15550100099"
REACHED = ev.LastResortReached(1, "CAdesk", DESK)


def test_who_talks_with_the_last_resort_is_left_alone() -> None:
    story = in_stage(Stage.AI).tell(ev.Restarted(), REACHED)
    assert (story.call.stage, story.names()) == (Stage.HUMAN, ["CloseModel"])
    (attempt,) = story.call.attempts
    assert (attempt.outcome, attempt.number, attempt.ended) == (Outcome.LAST_RESORT, DESK, False)
    assert story.call.ai.state is AIState.ABSENT
    assert story.call.ai.call_sid == "CAai1", "the bridge is ended with the call"
    for _ in range(3):
        story.wait()
        assert story.names() == ["LookForCaller", "LookForLeg"]
    assert story.tell(REACHED).last == (), "told twice, written once"
    assert story.tell(ev.Restarted()).names() == ["CloseModel", "LookForCaller", "LookForLeg"]


def test_when_the_last_resort_hangs_up_the_ai_is_back_on_a_leg_of_its_own() -> None:
    story = in_stage(Stage.AI).tell(ev.Restarted(), REACHED, ev.HumanEnded(1, Ended.COMPLETED, "", "CAdesk"))
    assert story.call.stage is Stage.RETURNING
    assert {"EndAI", "PrepareModel", "AddAI"} <= set(story.names())
    assert "colleague" in story.call.news


def test_a_talk_that_is_over_is_written_down_and_the_ai_is_back_at_once() -> None:
    story = in_stage(Stage.AI).tell(ev.Restarted(), ev.LastResortReached(1, "CAdesk", DESK, over=True))
    assert (story.call.stage, story.names()[-1]) == (Stage.RETURNING, "AddAI")
    assert [(each.outcome, each.ended) for each in story.call.attempts] == [(Outcome.LAST_RESORT, True)]


@pytest.mark.parametrize("stage", [Stage.RINGING, Stage.BRIEFING])
def test_a_human_who_was_being_tried_meanwhile_is_not_let_in_beside_the_last_resort(stage: Stage) -> None:
    story = in_stage(stage)
    leg = story.call.attempts[0].call_sid
    story.tell(ev.Restarted(), REACHED)
    assert (story.call.stage, story.call.attempts[0].outcome) == (Stage.HUMAN, Outcome.CANCELLED)
    assert do.EndStray(leg) in story.last
    assert story.tell(ev.HumanAccepted(1)).last == ()


def test_the_ais_leg_is_limited_as_soon_as_a_human_is_in() -> None:
    """Should we die in the introduction, it would talk, and in the end dial, between two people."""
    story = in_stage(Stage.JOINING).tell(ev.HumanJoined(1, "CF1", "CAhuman1"))
    (limit,) = (order for order in story.last if isinstance(order, do.LimitAI))
    age = story.at - story.call.ai.since
    assert age < limit.seconds < age + 20.0, "before the words are over, and after the introduction"
    assert limit.wanted(story.call)
    assert not limit.wanted(story.tell(ev.LineHeard(1)).call)


def test_the_callers_leaving_ends_the_bridge_too() -> None:
    story = in_stage(Stage.AI).tell(ev.Restarted(), REACHED, ev.CallerLeft(why="completed"))
    assert (story.call.stage, story.names()) == (Stage.OVER, ["CloseModel", "EndAI"])
