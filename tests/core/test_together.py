"""Several humans rung at once: the first to accept wins, the others are let go, and nobody is mixed up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core.stories import KIM, SAM, Story
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Stage, Style
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.plans import Plan
from warmtransfer.core.rules import Human, Rules
from warmtransfer.core.screening import Said

S = Stage
LEE = Human("lee", "+15550100003", ring=20.0)
ALL = Rules(humans=(SAM, KIM, LEE), plans=(Plan(size=0),))
PAIRS = replace(ALL, humans=(*ALL.humans, Human("zoe", "+15550100004", ring=20.0)), plans=(Plan(size=2),))
ANNOUNCED = replace(ALL, humans=tuple(replace(each, style=Style.ANNOUNCE) for each in ALL.humans))


class Together(Story):
    """A story in which all are rung."""

    def __init__(self, rules: Rules = ALL) -> None:
        super().__init__(rules)

    def rung(self) -> Together:
        self.asked()
        for each in self.call.trying:
            self.tell(ev.HumanDialled(each.n, sid(each.n)))
        return self

    def answers(self, n: int) -> Together:
        self.tell(ev.HumanAnswered(n, sid(n)))
        return self

    def ends(self, n: int, how: Ended = Ended.COMPLETED) -> Together:
        self.tell(ev.HumanEnded(n, how, "", sid(n)))
        return self

    def outcomes(self) -> list[Outcome | None]:
        return [each.outcome for each in self.call.attempts]

    def about(self) -> list[tuple[str, int]]:
        """The newest orders that are about a human's leg."""
        return [(type(each).__name__, each.n) for each in self.last if isinstance(each, do.HumanOrder)]

    def news(self) -> str:
        (told,) = [each.news for each in self.last if isinstance(each, do.LetAISpeak)]
        return told


def sid(n: int) -> str:
    return f"CAhuman{n}"


def test_all_of_a_round_are_dialled_by_one_decision() -> None:
    story = Together()
    story.asked()
    assert story.about() == [("DialHuman", 1), ("DialHuman", 2), ("DialHuman", 3)]
    assert [(each.n, each.first) for each in story.call.attempts] == [(1, 1), (2, 1), (3, 1)]
    assert type(story.call).from_dict(story.call.to_dict()) == story.call


def test_the_first_to_accept_is_let_in_and_the_others_are_told_or_ended_at_once() -> None:
    story = Together().rung().answers(2).answers(1)
    story.tell(ev.HumanAccepted(1))
    assert story.call.stage is S.JOINING
    assert story.outcomes() == [Outcome.ACCEPTED, Outcome.TAKEN, Outcome.TAKEN]
    assert story.about() == [("EndOthers", 2), ("EndOthers", 3)]
    assert story.call.attempt == story.call.attempts[0]
    story.tell(ev.HumanJoined(1, story.call.room_sid, sid(1)))
    (line,) = [each.line for each in story.last if isinstance(each, do.Introduce)]
    assert "Sam" in line


LATE = (
    ev.HumanAccepted(2),
    ev.HumanDeclined(2, Outcome.DECLINED),
    ev.HumanAnswered(2, sid(2)),
    ev.MachineHeard(2, Heard.MACHINE),
    ev.HumanJoined(2, "CF1", sid(2)),
)


@pytest.mark.parametrize("late", LATE)
@pytest.mark.parametrize("stage", [S.JOINING, S.HUMAN])
def test_whoever_was_beaten_changes_nothing_any_more(stage: Stage, late: ev.Event) -> None:
    story = Together().rung().answers(2).answers(1)
    story.tell(ev.HumanAccepted(1))
    if stage is S.HUMAN:
        story.tell(ev.HumanJoined(1, "CF1", sid(1)))
    story.tell(late)
    assert story.last == ()
    assert story.call.stage is stage
    assert story.outcomes() == [Outcome.ACCEPTED, Outcome.TAKEN, Outcome.TAKEN]


def test_the_ends_of_the_beaten_leave_the_talk_alone_and_its_own_end_does_not() -> None:
    story = Together().rung().answers(1)
    story.tell(ev.HumanAccepted(1)).tell(ev.HumanJoined(1, "CF1", sid(1)))
    story.ends(2, Ended.CANCELLED).ends(3, Ended.CANCELLED)
    assert story.call.stage is S.HUMAN
    assert [each.ended for each in story.call.attempts] == [False, True, True]
    assert story.ends(1).call.stage is S.RETURNING


def test_a_leg_of_a_beaten_human_that_turns_up_late_is_ended() -> None:
    story = Together()
    story.asked().tell(ev.HumanDialled(1, sid(1)))
    story.answers(1).tell(ev.HumanAccepted(1))
    assert story.about() == [("LookForDial", 2), ("LookForDial", 3)]
    story.tell(ev.HumanDialled(2, sid(2)))
    assert [each.call_sid for each in story.last if isinstance(each, do.EndStray)] == [sid(2)]
    story.tell(ev.HumanEnded(3, Ended.MISSING))
    assert story.outcomes() == [Outcome.ACCEPTED, Outcome.TAKEN, Outcome.TAKEN]


def test_while_one_listens_another_may_be_busy_decline_or_be_a_machine() -> None:
    story = Together().rung().answers(1)
    story.ends(2, Ended.BUSY)
    assert (story.call.stage, story.last) == (S.BRIEFING, ())
    story.answers(3).tell(ev.MachineHeard(3, Heard.MACHINE))
    assert story.about() == [("ListenToLeg", 3)]
    story.tell(ev.LegSpoke(3, Said.GONE))
    assert story.about() == [("EndOthers", 3)]
    assert not any(each.told for each in story.last if isinstance(each, do.EndOthers))
    assert story.call.stage is S.BRIEFING
    story.tell(ev.HumanAccepted(1))
    assert story.outcomes() == [Outcome.ACCEPTED, Outcome.BUSY, Outcome.MACHINE]


def test_when_the_only_one_who_listened_declines_the_others_ring_on() -> None:
    story = Together().rung().answers(2)
    story.tell(ev.HumanDeclined(2, Outcome.DECLINED))
    assert story.call.stage is S.RINGING
    assert story.about() == [("EndOthers", 2)]
    assert story.answers(3).call.stage is S.BRIEFING
    story.tell(ev.HumanDeclined(3, Outcome.NO_INPUT)).tell(ev.HumanEnded(1, Ended.NO_ANSWER))
    assert story.call.stage is S.CANCELLING, "the legs of those who have declined may be up"
    story.ends(2).ends(3)
    assert story.call.stage is S.AI
    assert all(name in story.news() for name in ("Sam did not answer", "Kim could not take", "Lee picked up"))


def test_the_next_round_is_rung_when_the_last_leg_of_the_one_before_has_ended() -> None:
    story = Together(PAIRS).rung()
    assert [each.name for each in story.call.attempts] == ["sam", "kim"]
    story.ends(1, Ended.BUSY)
    assert (story.call.stage, story.last) == (S.RINGING, ())
    story.ends(2, Ended.NO_ANSWER)
    assert story.call.stage is S.RINGING
    assert story.about() == [("DialHuman", 3), ("DialHuman", 4)]
    assert "Sam is on another call; Kim did not answer" in story.news()
    assert "Lee and Zoe are being called now" in story.news()
    story.tell(ev.HumanEnded(3, Ended.BUSY), ev.HumanEnded(4, Ended.BUSY))
    assert story.call.stage is S.AI


def test_a_timer_ends_the_whole_round_and_waits_for_every_leg() -> None:
    story = Together(PAIRS).rung()
    story.wait()
    assert story.call.stage is S.CANCELLING
    assert story.about() == [("EndHuman", 1), ("EndHuman", 2)]
    story.ends(2, Ended.CANCELLED)
    assert (story.call.stage, story.last) == (S.CANCELLING, ())
    story.ends(1, Ended.NO_ANSWER)
    assert story.outcomes() == [Outcome.NO_ANSWER, Outcome.TIMED_OUT, None, None]
    assert story.about() == [("DialHuman", 3), ("DialHuman", 4)]


def test_a_second_answer_gives_the_wait_for_a_decision_anew() -> None:
    story = Together().rung().answers(1)
    first = story.call.due_at
    story.answers(2)
    assert story.call.due_at > first
    second = story.call.due_at
    story.answers(2)
    assert story.call.due_at == second, "told once more, by the other way"


@pytest.mark.parametrize("stage", [S.RINGING, S.BRIEFING, S.JOINING])
def test_a_caller_who_leaves_ends_every_leg_of_the_round(stage: Stage) -> None:
    story = Together().rung()
    if stage is not S.RINGING:
        story.answers(2)
    if stage is S.JOINING:
        story.tell(ev.HumanAccepted(2))
    story.tell(ev.CallerLeft("CF1"))
    assert story.call.stage is S.OVER
    assert [n for _, n in story.about()] == [1, 2, 3]
    assert None not in story.outcomes()


def test_a_winner_who_never_comes_in_has_those_rung_again_whom_they_had_beaten() -> None:
    story = Together().rung().answers(1)
    story.tell(ev.HumanAccepted(1)).ends(1)
    assert story.call.stage is S.CANCELLING
    assert [n for _, n in story.about()] == [2, 3]
    story.ends(2, Ended.CANCELLED).ends(3, Ended.CANCELLED)
    assert story.call.stage is S.RINGING
    assert [each.name for each in story.call.trying] == ["kim", "lee"]


def test_a_leg_that_is_not_dialled_says_nothing_of_the_others() -> None:
    story = Together()
    story.asked().tell(ev.OrderFailed("DialHuman", "refused", "human-2"))
    assert (story.call.stage, story.last) == (S.RINGING, ())
    story.tell(ev.OrderFailed("DialHuman", "unsure", "human-3"))
    assert story.about() == [("LookForDial", 3)]
    story.tell(ev.HumanDialled(1, sid(1)))
    story.answers(1)
    story.tell(ev.OrderFailed("DialHuman", "unsure", "human-3"))
    assert story.about() == [("LookForDial", 3)]
    assert story.outcomes() == [None, Outcome.UNREACHABLE, None]


def test_the_caller_hears_of_a_wait_for_the_first_leg_only() -> None:
    story = Together()
    story.asked()
    story.tell(ev.TurnAwaited("human-1", 9.0))
    assert "Sam is called as soon as" in story.news()
    story.tell(ev.TurnAwaited("human-2", 10.0))
    assert story.last == ()
    assert story.call.attempts[1].turn_at > 0.0


def announced(*answered: int) -> Together:
    """All are rung in the style announce, and these are on hold."""
    story = Together(ANNOUNCED).rung()
    for n in answered:
        story.answers(n).tell(ev.MachineHeard(n, Heard.HUMAN))
    return story


def test_of_announced_humans_the_first_who_has_heard_it_all_is_let_in() -> None:
    story = Together(ANNOUNCED).rung()
    story.answers(1)
    assert story.about() == [("BriefOnHold", 1)]
    story.answers(2)
    assert story.about() == [("BriefOnHold", 2)]
    story.tell(ev.MachineHeard(2, Heard.HUMAN), ev.MachineHeard(1, Heard.HUMAN), ev.BriefingHeard(2))
    assert story.call.stage is S.JOINING
    assert story.about() == [("LetHumanIn", 2), ("EndOthers", 1), ("EndOthers", 3)]


def test_an_announced_human_who_hangs_up_beside_others_may_be_a_caller_who_left() -> None:
    story = announced(1, 2).ends(1)
    assert story.call.stage is S.BRIEFING
    assert story.names() == ["LookWhoLeft"]
    left = story.call
    story.tell(ev.CallerPresent("CF1"))
    assert story.outcomes() == [Outcome.HUNG_UP, None, None]
    story.call = left
    story.tell(ev.CallerLeft("CF1"))
    assert story.outcomes()[0] is Outcome.CALLER_LEFT


def test_the_last_announced_human_who_hangs_up_is_looked_after_like_the_only_one() -> None:
    story = announced(1).ends(2, Ended.BUSY).ends(3, Ended.BUSY).ends(1)
    assert story.call.stage is S.CANCELLING
    assert "LookForCaller" in story.names()
    story.tell(ev.CallerPresent("CF1"))
    assert story.call.stage is S.AI
    assert story.outcomes() == [Outcome.HUNG_UP, Outcome.BUSY, Outcome.BUSY]


@pytest.mark.parametrize(
    ("found", "outcome"),
    [(ev.CallerPresent("CF1"), Outcome.HUNG_UP), (ev.CallerLeft("CF1"), Outcome.CALLER_LEFT)],
)
def test_an_announced_leg_that_ends_unexplained_before_another_accepts_is_explained_by_the_caller(
    found: ev.Event, outcome: Outcome
) -> None:
    story = announced(1, 2).ends(1)
    story.tell(ev.BriefingHeard(2), ev.HumanJoined(2, "CF1", sid(2)))
    assert story.outcomes() == [None, Outcome.ACCEPTED, Outcome.TAKEN]
    story.tell(found)
    assert story.outcomes() == [outcome, Outcome.ACCEPTED, Outcome.TAKEN]


def test_the_last_resort_ends_a_whole_round() -> None:
    story = Together().rung()
    story.tell(ev.LastResortReached(1, "CAlast", "+15550100099"))
    assert story.call.stage is S.HUMAN
    ended: list[Any] = [each.call_sid for each in story.last if isinstance(each, do.EndStray | do.EndOthers)]
    assert sorted(ended) == [sid(1), sid(2), sid(3)]
    for n in (1, 2):
        story.ends(n, Ended.CANCELLED)
    assert story.call.stage is S.HUMAN
    assert story.outcomes() == [Outcome.CANCELLED, Outcome.CANCELLED, Outcome.CANCELLED, Outcome.LAST_RESORT]


def test_who_is_reached_by_moving_the_caller_is_rung_alone_whatever_the_plan() -> None:
    rules = replace(ALL, humans=tuple(replace(each, style=Style.REDIRECT) for each in ALL.humans))
    story = Together(rules)
    story.asked()
    assert story.call.stage is S.REDIRECTED
    assert len(story.call.attempts) == 1
    story.tell(ev.CallerCameBack(), ev.CallerCameBack(1, Ended.BUSY))
    assert [each.name for each in story.call.trying] == ["kim"]
