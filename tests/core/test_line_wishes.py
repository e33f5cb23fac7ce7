"""A caller in the line whom somebody who looks after calls takes out of it, or puts first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core import test_line
from tests.core.stories import KIM, SAM, Story
from tests.core.test_line import BUSY, other, told
from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage, Style
from warmtransfer.core.legs import Ended
from warmtransfer.core.notnow import why_not
from warmtransfer.core.outcomes import HandoffEnd
from warmtransfer.core.place import FIRST, Waiting, Waits
from warmtransfer.core.plans import Plan
from warmtransfer.core.rounds import forlorn, turns
from warmtransfer.core.rules import Rules
from warmtransfer.core.step import leads

ANNA = "console: Anna"
TAKE = ev.TakeNextAsked(ANNA, "kim")
PLAN = Plan(longest_wait=300.0)
ONE_AHEAD = other("c0", since=900.0)
OTHERS = (ONE_AHEAD, other("c9", since=950.0))


def rules(*line: Waiting, **known: Any) -> Rules:
    """The two humans, what is known of them, and who waits besides."""
    return test_line.rules(*line, plan=PLAN, **known)


def waits(*line: Waiting) -> Story:
    """A caller in the line."""
    return test_line.waits(*line, plan=PLAN)


def asked(story: Story, wish: ev.TakeNextAsked, now: Rules) -> Story:
    """The same, with what is known at that moment."""
    story.rules = now
    return story.tell(wish)


def test_who_is_taken_out_goes_on_with_the_ai_which_says_so_and_nobody_is_called_any_more() -> None:
    story = waits(ONE_AHEAD).tell(ev.TakeOutAsked(ANNA))
    assert (story.call.stage, story.call.waits, told(story)) == (Stage.AI, Waits(), briefing.TAKEN_OUT)
    assert story.call.handoff.end is HandoffEnd.STOPPED
    assert story.tell(ev.TurnCame()).last == ()
    story.rules = rules()
    assert story.tell(ev.HandoffAsked("tool")).call.stage is Stage.RINGING, "another request is another"


def test_who_is_taken_out_without_an_ai_may_leave_a_message() -> None:
    story = waits().tell(ev.ModelLost(1, "insufficient_quota", fatal=True), ev.TakeOutAsked(ANNA))
    assert (story.call.stage, story.names()) == (Stage.MESSAGE, ["RedirectCaller"])


@pytest.mark.parametrize(
    "known", [{}, {"vain": {KIM.number: 1000.0}}, {"engaged": {SAM.number: (880.0,)}}], ids=str
)
def test_somebody_chosen_is_rung_at_once_although_others_come_first_and_they_were_rung_in_vain(
    known: dict[str, dict[str, float]],
) -> None:
    story = asked(waits(*OTHERS), TAKE, rules(*OTHERS, **known))
    assert (story.call.stage, story.names()) == (Stage.RINGING, ["LetAISpeak", "DialHuman"])
    assert [each.name for each in story.call.trying] == ["kim"]
    assert "It is the caller's turn now. Tell the caller that Kim is being called now." in told(story)
    assert (story.call.handoff.source, story.call.handoff.summary) == (ANNA, "An order.")
    assert [each.end for each in story.call.past] == [HandoffEnd.ALL_BUSY]


def test_somebody_chosen_who_is_on_a_call_has_this_caller_next_and_the_caller_is_told() -> None:
    story = asked(waits(*OTHERS), TAKE, rules(*OTHERS, engaged=BUSY))
    place = story.call.waits
    assert (story.call.stage, story.names()) == (Stage.WAITING, ["TellInPause"])
    assert (place.priority, place.phones, place.number) == (FIRST, (KIM.number,), 1)
    assert "taken next, by Kim. They are next." in told(story)
    line = [Waiting("c1", place), *OTHERS]
    assert turns(line, rules(engaged={SAM.number: (880.0,)}), story.at) == {"c1": KIM.number}
    assert turns(line, rules(engaged={KIM.number: (880.0,)}), story.at) == {"c0": SAM.number}
    story.rules = rules(*OTHERS, engaged={SAM.number: (880.0,)})
    assert [each.name for each in story.tell(ev.TurnCame()).call.trying] == ["kim"]


def test_a_chosen_one_who_does_not_answer_is_followed_by_whoever_is_free_first() -> None:
    story = asked(waits(*OTHERS), TAKE, rules(*OTHERS)).tell(ev.HumanDialled(1, "CAhuman1"))
    story.rules = rules(*OTHERS, engaged=BUSY)
    story.tell(ev.HumanEnded(1, Ended.NO_ANSWER, "", "CAhuman1"))
    assert story.call.stage is Stage.WAITING
    assert (story.call.waits.phones, story.call.waits.number) == ((SAM.number,), 3)


def test_a_chosen_one_who_goes_home_is_not_waited_for() -> None:
    story = asked(waits(*OTHERS), TAKE, rules(*OTHERS, engaged=BUSY))
    story.rules = rules(engaged=BUSY, away={"kim": 1.0})
    assert forlorn(story.call.waits, story.rules, story.at)
    story.tell(ev.TurnCame())
    assert story.call.stage is Stage.AI
    assert "Kim is away" in told(story)


def test_whoever_is_free_first_takes_who_is_put_first() -> None:
    story = asked(waits(*OTHERS), ev.TakeNextAsked(ANNA), rules(*OTHERS, engaged=BUSY))
    assert (story.call.waits.priority, story.call.waits.number) == (FIRST, 1)
    assert "taken next, by whoever is free first" in told(story)
    assert story.call.handoff.number == 1, "it is the same request"
    story.rules = rules(*OTHERS, engaged={KIM.number: (880.0,)})
    story.tell(ev.TurnCame()).tell(ev.HumanDialled(1, "CAhuman1"))
    story.rules = rules(*OTHERS, engaged=BUSY)
    story.tell(ev.HumanEnded(1, Ended.BUSY, "486", "CAhuman1"))
    assert (story.call.waits.priority, story.call.waits.number) == (FIRST, 1), "and still first"


def test_whoever_is_free_now_is_rung_now_although_somebody_has_waited_longer() -> None:
    now = rules(*OTHERS, engaged={KIM.number: (880.0,)})
    assert asked(waits(*OTHERS), ev.TakeNextAsked(ANNA), now).call.stage is Stage.RINGING


def test_of_two_who_are_put_first_the_one_who_has_waited_longer_comes_first() -> None:
    first = other("c0", since=900.0, priority=FIRST)
    story = asked(waits(first), ev.TakeNextAsked(ANNA), rules(first, engaged=BUSY))
    assert story.call.waits.number == 2


def test_who_is_reached_by_moving_the_caller_is_reached_so() -> None:
    now = rules(*OTHERS)
    moved = replace(now, humans=(SAM, replace(KIM, style=Style.REDIRECT)))
    assert asked(waits(*OTHERS), TAKE, moved).call.stage is Stage.REDIRECTED


@pytest.mark.parametrize(
    ("wish", "now", "said"),
    [
        (TAKE, rules(away={"kim": 1.0}), "Kim cannot be rung: out of hours, away, or not on our list."),
        (ev.TakeNextAsked(ANNA, "lee"), rules(), "Lee cannot be rung"),
    ],
)
def test_who_is_not_there_is_not_rung_for_anybody(wish: ev.TakeNextAsked, now: Rules, said: str) -> None:
    story = waits(*OTHERS)
    before = story.call
    asked(story, wish, now)
    assert (story.last, story.call) == ((), replace(before, at=story.at))
    assert said in why_not(before, wish)


@pytest.mark.parametrize("wish", [TAKE, ev.TakeNextAsked(ANNA)])
def test_once_is_enough(wish: ev.TakeNextAsked) -> None:
    now = rules(*OTHERS, engaged=BUSY)
    story = asked(waits(*OTHERS), wish, now)
    assert not leads(story.call, wish, story.at, now)
    assert why_not(story.call, wish) == "The caller is taken next already."
    assert len(story.tell(wish).call.past) == (1 if wish.name else 0)


def test_nobody_hears_of_a_line_in_which_they_do_not_wait() -> None:
    for wish in (TAKE, ev.TakeOutAsked(ANNA)):
        assert why_not(Story().talking().call, wish) == "The caller does not wait in the line."
