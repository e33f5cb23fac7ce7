"""A leg that waits for its turn at the carrier: no timer runs for it, and nobody is told that it rings."""

from __future__ import annotations

import dataclasses

import pytest

from tests.core.stories import RULES, Story, in_stage
from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import AIState, Stage
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import LONG_WAIT

RING = RULES.ring("sam") + RULES.ring_margin


def awaited(story: Story, seconds: float) -> ev.TurnAwaited:
    """The newest attempt's leg waits."""
    return ev.TurnAwaited(f"human-{story.n}", seconds)


@pytest.mark.parametrize("stage", [Stage.CONNECTING, Stage.RETURNING])
def test_the_ais_time_to_come_up_begins_when_its_leg_is_asked_for(stage: Stage) -> None:
    story = in_stage(stage)
    story.tell(ev.TurnAwaited(story.call.ai.label, 12.0))
    assert story.call.stage is stage
    assert story.last == ()
    assert story.call.alarm_at == story.at + 12.0 + RULES.connecting
    story.tell(ev.TurnAwaited(story.call.ai.label, 3.0), after=12.0)
    assert story.call.alarm_at == story.at + 3.0 + RULES.connecting, "others came before it"
    story.wait()
    assert [type(order) for order in story.last if isinstance(order, do.AddAI)], "and then it is lost"


def test_the_next_leg_of_the_ai_has_its_own_turn() -> None:
    story = in_stage(Stage.CONNECTING).tell(ev.TurnAwaited("ai-1", 30.0)).wait()
    assert story.call.ai.label == "ai-2"
    assert story.call.alarm_at == story.at + RULES.connecting


def test_a_human_rings_for_their_whole_time_however_long_their_turn_was_awaited() -> None:
    story = Story().asked()
    story.tell(awaited(story, 9.0), after=0.1)
    assert story.call.stage is Stage.RINGING
    assert story.call.alarm_at == pytest.approx(story.at + 9.0 + RING)
    story.tell(ev.HumanDialled(1, "CAhuman1"), after=9.5)
    assert story.call.alarm_at == pytest.approx(story.at + RING)
    assert story.call.attempts[0].dialled_at == story.at
    story.tell(ev.HumanRang(1, "CAhuman1"))
    assert story.call.attempts[0].dialled_at == story.at - 1.0


@pytest.mark.parametrize("stage", [Stage.RINGING, Stage.BRIEFING])
def test_an_ai_that_waits_for_its_turn_while_a_human_is_called_is_not_lost(stage: Stage) -> None:
    story = in_stage(stage).tell(ev.AILeft(1, "CF1", "left"))
    due = story.call.due_at
    story.tell(ev.TurnAwaited("ai-2", 20.0))
    assert story.call.due_at == due, "the human's time is theirs"
    assert story.call.alarm_at == min(due, story.at + 20.0 + RULES.connecting)


@pytest.mark.parametrize("first", [LONG_WAIT - 1.5, LONG_WAIT + 5.0])
def test_a_caller_whose_human_is_long_not_called_hears_so_once_and_nothing_untrue(first: float) -> None:
    story = Story().asked().tell(awaited(Story().asked(), first), after=0.1)
    told = [order.news for order in story.last if isinstance(order, do.LetAISpeak)]
    story.tell(awaited(story, 6.0), after=first)
    told += [order.news for order in story.last if isinstance(order, do.LetAISpeak)]
    assert len(told) == 1
    assert "All lines out are busy: Sam is called as soon as one is free" in told[0]
    assert "being called" not in told[0]
    story.tell(awaited(story, 6.0), after=6.0)
    assert story.last == ()


def test_a_short_wait_is_no_news() -> None:
    story = Story().asked()
    assert story.tell(awaited(story, LONG_WAIT - 1.5), after=0.1).last == ()


def test_an_ai_that_comes_back_is_told_that_nobody_rings_yet() -> None:
    story = Story().asked()
    story.tell(awaited(story, 12.0), after=0.1)
    assert "All lines out are busy: Sam" in briefing.progress(story.call)
    story.tell(ev.HumanDialled(1, "CAhuman1"), after=12.0)
    assert "Sam is being called" in briefing.progress(story.call)


@pytest.mark.parametrize("stage", sorted(Stage))
def test_who_does_not_wait_any_more_is_not_waited_for(stage: Stage) -> None:
    """The news of a wait may come late: the leg is there, given up, or over."""
    story = in_stage(stage)
    if story.call.ai.state is AIState.ADDING:
        story.tell(ev.AIAdded(story.call.ai.k, "CAai"))
    before = dataclasses.replace(story.call, at=0.0)
    for key in ("ai-1", "ai-7", "human-1", "human-7", "caller", ""):
        story.tell(ev.TurnAwaited(key, 60.0))
        assert story.last == ()
        assert dataclasses.replace(story.call, at=0.0) == before


def test_an_attempt_given_up_in_the_line_ends_without_having_been_dialled() -> None:
    story = Story().asked()
    story.tell(awaited(story, 2.0)).wait()
    assert story.call.stage is Stage.CANCELLING
    [dial] = [order for order in story.given if isinstance(order, do.DialHuman)]
    assert not dial.wanted(story.call)
    story.tell(ev.HumanEnded(1, Ended.MISSING))
    attempt = story.call.attempts[0]
    assert attempt.ended
    assert attempt.outcome is not Outcome.NO_ANSWER
