"""What becomes of the caller when a human has left: the AI again, or, where that is wanted, the end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.stories import ROOM, RULES, Story
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Call, Stage, Style
from warmtransfer.core.legs import Ended
from warmtransfer.core.rules import AfterHuman, Rules


def rules(style: Style = Style.SCREEN) -> Rules:
    """The usual humans; with the first of them the call ends."""
    sam, kim = RULES.humans
    return replace(RULES, humans=(replace(sam, after_human=AfterHuman.END, style=style), kim))


@pytest.mark.parametrize(
    "news", [ev.HumanLeft(1, ROOM, "participant_hung_up"), ev.HumanEnded(1, Ended.COMPLETED, "", "CAhuman1")]
)
def test_the_call_ends_with_a_human_who_is_to_be_the_last(news: ev.Event) -> None:
    story = Story(rules()).with_human()
    assert Call.from_dict(story.call.to_dict()).attempts[0].last
    story.tell(news)
    assert story.call.stage is Stage.OVER
    ended = [order.call_sid for order in story.last if isinstance(order, do.EndCaller)]
    assert ended == ["CAcaller"]


def test_with_everybody_else_the_ai_is_back() -> None:
    story = Story(rules())
    story.talking().tell(ev.HandoffAsked("tool", "kim"), ev.HumanDialled(1, "CAkim"))
    story.tell(ev.HumanAnswered(1, "CAkim"), ev.HumanAccepted(1), ev.HumanJoined(1, ROOM, "CAkim"))
    assert story.call.stage is Stage.HUMAN
    story.tell(ev.HumanLeft(1, ROOM, "participant_hung_up"))
    assert story.call.stage is Stage.RETURNING


def test_the_caller_whose_own_leg_has_dialled_them_is_let_go() -> None:
    story = Story(rules(Style.REDIRECT)).talking()
    story.tell(ev.HandoffAsked("tool", "sam"), ev.CallerCameBack(room=1))
    story.tell(ev.HumanAnswered(1, "CAsam"), ev.HumanAccepted(1))
    assert story.call.stage is Stage.HUMAN
    story.tell(ev.CallerCameBack(n=1, how=Ended.COMPLETED))
    assert story.call.stage is Stage.OVER


def test_a_human_who_is_lost_before_the_caller_met_them_is_not_the_last() -> None:
    story = Story(rules()).joining()
    story.tell(ev.HumanEnded(1, Ended.COMPLETED, "", "CAhuman1"))
    assert story.call.attempts[-1].name == "kim"
