"""What somebody who looks after a call asks for: it is done where it fits, and is stale news elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.stories import RULES, Again, Story, in_stage, styled
from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import AIState, Call, Stage, Style
from warmtransfer.core.event import Event
from warmtransfer.core.legs import Ended
from warmtransfer.core.notnow import why_not
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.plans import Plan
from warmtransfer.core.step import leads

ANNA = "console: Anna"
WISHES: tuple[Event, ...] = (
    ev.StopAsked(ANNA),
    ev.NextAsked(ANNA),
    ev.ReturnAsked(ANNA),
    ev.TellAsked(ANNA, "Closed on Friday."),
    ev.EndAIAsked(ANNA),
    ev.TakeOutAsked(ANNA),
    ev.TakeNextAsked(ANNA),
    ev.HangUpAsked(ANNA),
)
#: Where each of them leads somewhere; a call in stage `human` has its AI still, which introduces them.
FITS = {
    ev.StopAsked: {Stage.RINGING, Stage.BRIEFING, Stage.CANCELLING},
    ev.NextAsked: {Stage.RINGING, Stage.BRIEFING},
    ev.ReturnAsked: {Stage.HUMAN},
    ev.TellAsked: {Stage.AI, Stage.WAITING, Stage.RINGING, Stage.BRIEFING, Stage.CANCELLING},
    ev.EndAIAsked: {Stage.HUMAN},
    ev.TakeOutAsked: {Stage.WAITING},
    ev.TakeNextAsked: {Stage.WAITING},
    ev.HangUpAsked: set(Stage) - {Stage.OVER},
}


def ended(story: Story, how: Ended = Ended.CANCELLED) -> Story:
    """The leg that is being ended is over."""
    return story.tell(ev.HumanEnded(story.n, how, call_sid=story.leg))


def order(story: Story, kind: type[do.Order]) -> do.Order:
    (found,) = (each for each in story.last if type(each) is kind)
    return found


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("wish", WISHES)
def test_a_wish_leads_somewhere_where_it_fits_and_says_why_not_elsewhere(stage: Stage, wish: Event) -> None:
    story = in_stage(stage)
    fits = leads(story.call, wish, story.at, story.rules)
    assert fits == (stage in FITS[type(wish)])
    before = story.call
    story.tell(wish)
    assert fits == (bool(story.last) or story.call != replace(before, at=story.call.at))
    if not fits:
        assert why_not(before, wish).endswith(".")


# Stop ringing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stage", "how"), [(Stage.RINGING, do.EndHuman), (Stage.BRIEFING, do.TellHuman)])
def test_who_is_rung_is_let_go_and_nobody_else_is_rung(stage: Stage, how: type[do.Order]) -> None:
    story = in_stage(stage).tell(ev.StopAsked(ANNA, 1))
    assert story.call.stage is Stage.CANCELLING
    assert order(story, how).key == "human-1"
    ended(story)
    assert (story.call.stage, story.names()) == (Stage.AI, ["LetAISpeak"])
    said = order(story, do.LetAISpeak)
    assert isinstance(said, do.LetAISpeak)
    assert "stopped on our side" in said.news
    assert [each.outcome for each in story.call.attempts] == [Outcome.CANCELLED]


def test_a_stop_while_the_next_is_looked_for_stops_that() -> None:
    story = in_stage(Stage.CANCELLING).tell(ev.StopAsked(ANNA))
    assert story.last == ()
    assert not leads(story.call, ev.StopAsked(ANNA), story.at, story.rules), "once is enough"
    assert "already" in why_not(story.call, ev.StopAsked(ANNA))
    ended(story)
    assert (story.call.stage, story.n) == (Stage.AI, 1)


def test_a_stop_is_of_one_request_and_the_next_one_rings_again() -> None:
    story = ended(in_stage(Stage.RINGING).tell(ev.StopAsked(ANNA)))
    story.tell(ev.HandoffAsked("tool", "kim"))
    assert (story.call.stage, story.call.handoff.stopped) == (Stage.RINGING, False)


def test_somebody_who_was_told_of_a_stop_did_not_fail_to_answer() -> None:
    story = ended(in_stage(Stage.BRIEFING).tell(ev.StopAsked(ANNA)), Ended.COMPLETED)
    assert "Sam could not take the call" in briefing.exhausted(story.call)


# The next person ------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [Stage.RINGING, Stage.BRIEFING])
def test_the_next_person_is_rung_once_the_leg_of_the_last_has_ended(stage: Stage) -> None:
    story = in_stage(stage).tell(ev.NextAsked(ANNA, 1))
    assert (story.call.stage, story.n) == (Stage.CANCELLING, 1)
    ended(story)
    assert (story.call.stage, story.call.attempts[-1].name) == (Stage.RINGING, "kim")
    assert order(story, do.DialHuman).key == "human-2"


def test_a_wish_about_somebody_who_is_not_rung_any_more_skips_nobody() -> None:
    story = in_stage(Stage.RINGING, Again())
    for wish in (ev.NextAsked(ANNA, 1), ev.StopAsked(ANNA, 1)):
        story.tell(wish)
        assert (story.call.stage, story.last) == (Stage.RINGING, ())
        assert "now it is about Kim" in why_not(story.call, wish)


def test_all_who_are_rung_together_are_given_up_together() -> None:
    story = Story(replace(RULES, plans=(Plan(size=0),))).asked()
    story.tell(ev.HumanDialled(1, "CAhuman1"), ev.HumanDialled(2, "CAhuman2"), ev.NextAsked(ANNA, 2))
    assert [each.key for each in story.last if isinstance(each, do.EndHuman)] == ["human-1", "human-2"]
    story.tell(ev.HumanEnded(1, Ended.CANCELLED), ev.HumanEnded(2, Ended.CANCELLED))
    assert (story.call.stage, story.names()) == (Stage.AI, ["LetAISpeak"])


# The AI back ----------------------------------------------------------------------------------------


def with_human(rules: Story | None = None) -> Story:
    """The AI has introduced them and is gone."""
    story = in_stage(Stage.HUMAN, rules)
    return story.tell(ev.LineHeard(story.call.ai.generation), ev.AILeft(1, story.call.room_sid))


def test_the_ai_comes_back_and_the_human_is_told_and_let_go() -> None:
    story = with_human().tell(ev.ReturnAsked(ANNA, 1))
    assert story.call.stage is Stage.RETURNING
    assert {"TellHuman", "PrepareModel", "AddAI", "ComfortCaller"} <= set(story.names())
    ended(story, Ended.COMPLETED).ai_up(2)
    assert (story.call.stage, story.call.attempts[0].outcome) == (Stage.AI, Outcome.ACCEPTED)
    said = order(story, do.LetAISpeak)
    assert isinstance(said, do.LetAISpeak)
    assert said.news == briefing.human_gone("sam")


def test_the_ai_comes_back_although_the_call_was_to_end_with_this_human() -> None:
    story = with_human()
    story.call = story.call.with_attempt(replace(story.call.attempts[0], last=True))
    story.tell(ev.ReturnAsked(ANNA))
    room = story.call.room_sid
    story.tell(ev.HumanLeft(1, room), ev.HumanEnded(1, Ended.COMPLETED, call_sid="CAhuman1"))
    assert story.call.stage is Stage.RETURNING


def test_a_human_whom_the_callers_leg_has_dialled_is_ended_and_the_leg_asks_what_comes() -> None:
    story = in_stage(Stage.REDIRECTED).tell(
        ev.CallerCameBack(room=1), ev.HumanDialled(1, "CAhuman1"), ev.HumanAccepted(1)
    )
    assert story.call.stage is Stage.HUMAN
    story.tell(ev.ReturnAsked(ANNA, 1))
    assert (story.call.stage, story.names()) == (Stage.HUMAN, ["EndHuman"])
    story.tell(ev.HumanEnded(1, Ended.COMPLETED), ev.CallerCameBack(1))
    assert (story.call.stage, story.call.rooms) == (Stage.RETURNING, 2)


def test_the_ai_is_brought_back_from_the_one_who_is_there_and_no_other() -> None:
    story = with_human(Again())
    wish = ev.ReturnAsked(ANNA, 1)
    assert story.tell(wish).last == ()
    assert "Kim who is with the caller" in why_not(story.call, wish)


# Telling the AI -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("aloud", "kind"), [(False, do.LetAIKnow), (True, do.HaveAISay)])
def test_what_the_ai_is_told_reaches_it_once(aloud: bool, kind: type[do.LetAIKnow]) -> None:
    story = in_stage(Stage.RINGING).tell(ev.TellAsked(ANNA, "Closed\n on <Friday>.", aloud))
    told = order(story, kind)
    assert isinstance(told, do.LetAIKnow)
    assert told.text == (briefing.to_say if aloud else briefing.to_know)("Closed on Friday .")
    assert (story.call.note, story.call.stage) == ("", Stage.RINGING)


def test_an_ai_that_is_not_with_the_caller_is_told_nothing() -> None:
    story = in_stage(Stage.RINGING)
    story.tell(ev.StreamEnded(story.call.ai.generation))
    assert story.call.ai.state is not AIState.UP
    wish = ev.TellAsked(ANNA, "Closed on Friday.")
    assert story.tell(wish).last == ()
    assert "not with the caller" in why_not(story.call, wish)


# Ending ---------------------------------------------------------------------------------------------


def test_the_ai_goes_while_a_human_has_the_caller_and_once() -> None:
    story = in_stage(Stage.HUMAN).tell(ev.EndAIAsked(ANNA))
    assert (story.call.stage, story.names()) == (Stage.HUMAN, ["CloseModel", "RemoveAI"])
    assert story.tell(ev.EndAIAsked(ANNA)).last == ()
    assert "already" in why_not(story.call, ev.EndAIAsked(ANNA))


def test_the_ai_never_goes_from_a_caller_who_would_be_alone() -> None:
    story = in_stage(Stage.AI).tell(ev.EndAIAsked(ANNA))
    assert story.last == ()
    assert "alone in silence" in why_not(story.call, ev.EndAIAsked(ANNA))


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.OVER])
def test_a_call_that_is_ended_ends_for_everybody_and_stays_so(stage: Stage) -> None:
    story = in_stage(stage).tell(ev.HangUpAsked(ANNA))
    assert story.call.stage is Stage.OVER
    assert order(story, do.EndCaller).key == "caller"
    assert all(each.outcome for each in story.call.attempts)
    story.tell(ev.CallerCameBack())
    assert story.call.stage is Stage.OVER, "their leg is not asked to stay"
    story.tell(ev.CallerLeft(why="ended"))
    assert story.call.left


def test_an_announced_human_whose_leg_had_ended_for_nobody_knows_why_has_an_outcome() -> None:
    story = in_stage(Stage.BRIEFING, Story(styled(Style.ANNOUNCE)))
    story.tell(ev.HumanEnded(1, Ended.COMPLETED, call_sid="CAhuman1"), ev.HangUpAsked(ANNA))
    assert story.call.attempts[0].outcome is Outcome.CANCELLED


def test_what_is_new_of_a_call_survives_being_stored() -> None:
    story = in_stage(Stage.CANCELLING).tell(ev.StopAsked(ANNA), ev.HangUpAsked(ANNA))
    call = replace(story.call, note="Closed on Friday.")
    assert Call.from_dict(call.to_dict()) == call
    assert (call.hung_up, call.handoff.stopped) == (True, True)
