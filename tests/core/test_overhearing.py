"""Somebody who listens, whispers or joins: let in muted, and heard by whom they are to be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.stories import ROOM, Story, in_stage
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import AIState, Call, Stage
from warmtransfer.core.legs import Ended
from warmtransfer.core.notnow import why_not
from warmtransfer.core.plans import Known
from warmtransfer.core.step import leads
from warmtransfer.core.supervising import Role

ANNA = "console: Anna"


def asks(role: Role, name: str = "kim") -> ev.SuperviseAsked:
    return ev.SuperviseAsked(ANNA, name, role)


def listening(role: Role = Role.LISTEN, stage: Stage = Stage.HUMAN) -> Story:
    """Kim listens while Sam, or the AI, has the caller."""
    story = in_stage(stage).tell(asks(role), ev.SupervisorDialled(1, "CAsup"), ev.SupervisorAccepted(1))
    return story.tell(ev.SupervisorJoined(1, ROOM, "CAsup"))


def the(story: Story, kind: type[do.Order]) -> do.Order:
    (found,) = (each for each in story.last if type(each) is kind)
    return found


IN_ROOM = sorted(set(Stage) - {Stage.ARRIVING, Stage.REDIRECTED, Stage.MESSAGE, Stage.OVER})


@pytest.mark.parametrize("stage", list(Stage))
def test_a_telephone_of_the_list_is_rung_where_there_is_a_room(stage: Stage) -> None:
    story = in_stage(stage)
    before, wish = story.call, asks(Role.LISTEN)
    assert leads(before, wish, story.at, story.rules) is (stage in IN_ROOM)
    story.tell(wish)
    if stage in IN_ROOM:
        dial = the(story, do.DialSupervisor)
        assert isinstance(dial, do.DialSupervisor)
        assert (dial.number, dial.key) == ("+15550100002", "supervisor-1")
        assert story.call.stage is stage
    else:
        assert why_not(before, wish).endswith(".")


@pytest.mark.parametrize("wish", [asks(Role.LISTEN, "+15550109998"), asks(Role.LISTEN, "sam")])
def test_no_number_but_those_of_the_list_is_rung_nor_one_that_is_in_this_call(
    wish: ev.SuperviseAsked,
) -> None:
    story = in_stage(Stage.HUMAN).tell(wish)
    assert (story.call.supervisor, story.last) == (None, ())
    assert "it is in a call of ours, or not on our list" in why_not(story.call, wish)


def test_who_is_in_this_call_at_another_of_their_telephones_is_not_rung_to_listen_to_it() -> None:
    story = in_stage(Stage.HUMAN)
    (sam, *others) = story.rules.humans
    elsewhere = replace(sam, number="+15550100011", also=sam.addresses)
    story.rules = replace(story.rules, humans=(elsewhere, *others))
    assert story.tell(asks(Role.LISTEN, "sam")).call.supervisor is None


@pytest.mark.parametrize(
    ("role", "muted", "coached"), [(Role.WHISPER, False, "CAhuman1"), (Role.JOIN, False, "")]
)
def test_who_is_to_be_heard_is_so_only_once_they_are_in(role: Role, muted: bool, coached: str) -> None:
    story = listening(role)
    change = the(story, do.SetRole)
    assert isinstance(change, do.SetRole)
    assert (change.muted, change.coached, change.call_sid) == (muted, coached, "CAsup")
    assert not [each for each in story.given[: -len(story.last)] if isinstance(each, do.SetRole)]


def test_who_only_listens_stays_muted_without_a_word_to_the_room() -> None:
    assert listening(Role.LISTEN).last == ()


def test_roles_are_changed_without_another_ring_and_told_once() -> None:
    story = listening(Role.LISTEN)
    for role in (Role.WHISPER, Role.JOIN, Role.LISTEN):
        assert story.tell(asks(role)).names() == ["SetRole"]
        assert story.tell(asks(role)).last == ()
        assert "does so already" in why_not(story.call, asks(role))
    assert story.call.supervisor
    assert story.call.supervisor.n == 1


@pytest.mark.parametrize("role", [Role.WHISPER, Role.JOIN])
def test_nobody_talks_over_the_ai(role: Role) -> None:
    story = listening(Role.LISTEN, Stage.AI).tell(asks(role))
    assert story.last == ()
    assert "No human has the caller" in why_not(story.call, asks(role))


@pytest.mark.parametrize(
    "gone", [ev.HumanLeft(1, ROOM), ev.ReturnAsked(ANNA), ev.HumanEnded(1, Ended.COMPLETED)]
)
@pytest.mark.parametrize("role", [Role.WHISPER, Role.JOIN])
def test_when_the_human_goes_nobody_hears_them_any_more(gone: ev.Event, role: Role) -> None:
    story = listening(role).tell(gone)
    change = the(story, do.SetRole)
    assert isinstance(change, do.SetRole)
    assert (change.muted, change.coached) == (True, "")
    assert story.call.stage is Stage.RETURNING
    assert story.call.supervisor
    assert story.call.supervisor.role is Role.LISTEN


@pytest.mark.parametrize("stage", IN_ROOM)
@pytest.mark.parametrize("end", [ev.CallerLeft(why="completed"), ev.HangUpAsked(ANNA), ev.RoomLost(ROOM)])
def test_their_leg_ends_with_the_call_and_with_its_room(stage: Stage, end: ev.Event) -> None:
    story = in_stage(stage).tell(asks(Role.LISTEN, "kim"), ev.SupervisorDialled(1, "CAsup"), end)
    assert the(story, do.EndSupervisor).to_dict()["call_sid"] == "CAsup"
    story.tell(ev.SupervisorEnded(1), ev.SupervisorEnded(1))
    assert story.call.supervisor
    assert story.call.supervisor.ended


def test_a_call_that_is_over_is_looked_after_until_their_leg_has_ended() -> None:
    story = listening().tell(ev.CallerLeft(why="completed"), ev.HumanEnded(1, Ended.COMPLETED))
    story.tell(ev.AILeft(1, ROOM)).wait()
    assert the(story, do.EndSupervisor).key == "supervisor-1"


@pytest.mark.parametrize(
    "late",
    [
        ev.SupervisorDialled(1, "CAlate"),
        ev.SupervisorJoined(1, ROOM, "CAlate"),
        ev.SupervisorDialled(7, "CAlate"),
    ],
)
def test_a_leg_that_turns_up_when_nobody_listens_any_more_is_ended(late: ev.Event) -> None:
    story = listening().tell(ev.SupervisorEnded(1), late)
    assert the(story, do.EndStray).key == "CAlate"


def test_a_dial_that_failed_is_no_leg_and_the_next_is_another() -> None:
    story = in_stage(Stage.AI).tell(asks(Role.LISTEN))
    story.tell(ev.OrderFailed("DialSupervisor", "refused", "supervisor-1"), asks(Role.LISTEN, "sam"))
    assert the(story, do.DialSupervisor).key == "supervisor-2"


def test_a_dial_that_may_have_failed_is_up_when_its_leg_is_known() -> None:
    story = in_stage(Stage.AI).tell(asks(Role.LISTEN), ev.SupervisorDialled(1, "CAsup"))
    story.tell(ev.OrderFailed("DialSupervisor", "unsure", "supervisor-1"), ev.CallerLeft(why="completed"))
    assert the(story, do.EndSupervisor).to_dict()["call_sid"] == "CAsup"


def test_a_leg_that_is_not_known_yet_when_it_is_to_end_is_ended_when_it_comes() -> None:
    story = in_stage(Stage.AI).tell(asks(Role.LISTEN))
    (dial,) = (each for each in story.last if isinstance(each, do.DialSupervisor))
    story.tell(ev.SupervisorUnwanted(ANNA))
    assert not dial.wanted(story.call), "it is not dialled, if it waits still"
    assert story.tell(ev.SupervisorDialled(1, "CAsup")).names() == ["EndStray"]


def test_one_listens_at_a_time_and_leaves_when_asked_to() -> None:
    story = listening(Role.LISTEN, Stage.AI)
    assert story.tell(asks(Role.LISTEN, "sam")).last == ()
    assert "Kim listens already" in why_not(story.call, asks(Role.LISTEN, "sam"))
    assert story.tell(ev.SupervisorUnwanted(ANNA)).names() == ["EndSupervisor"]
    story.tell(ev.SupervisorEnded(1))
    assert story.tell(ev.SupervisorUnwanted(ANNA)).last == ()
    assert story.call.stage is Stage.AI


def test_they_are_never_taken_for_the_human_who_has_the_caller() -> None:
    story = listening()
    assert [each.name for each in story.call.attempts] == ["sam"]
    before = replace(story.call, at=0.0, supervisor=None)
    story.tell(ev.SupervisorEnded(1))
    assert replace(story.call, at=0.0, supervisor=None) == before


def test_who_listens_survives_being_stored() -> None:
    call = listening(Role.WHISPER).call
    assert Call.from_dict(call.to_dict()) == call


def test_nobody_is_rung_to_listen_who_is_on_as_many_calls_as_they_take() -> None:
    for at_once, rung in ((1, False), (2, True)):
        story = in_stage(Stage.AI)
        humans = tuple(replace(each, at_once=at_once) for each in story.rules.humans)
        busy = Known(engaged={humans[1].number: (900.0,)})
        story.rules = replace(story.rules, humans=humans, known=busy)
        assert (story.tell(asks(Role.LISTEN)).call.supervisor is not None) is rung


@pytest.mark.parametrize("stage", [Stage.AI, Stage.WAITING, Stage.HUMAN])
def test_the_leg_of_who_listens_is_looked_for_after_a_restart_and_now_and_then(stage: Stage) -> None:
    for again in (lambda story: story.tell(ev.Restarted()), Story.wait):
        story = listening(stage=stage)
        while not any(isinstance(each, do.LookForSupervisor) for each in story.last):
            again(story)
        look = the(story, do.LookForSupervisor)
        assert look.to_dict()["call_sid"] == "CAsup"
        assert look.wanted(story.call)
        assert not look.wanted(story.tell(ev.SupervisorEnded(1)).call)
        story.tell(ev.Restarted())
        assert "LookForSupervisor" not in story.names()


# In a page ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", list(Stage))
def test_caller_and_ai_are_heard_in_a_page_wherever_the_ai_has_or_is_to_have_a_line(stage: Stage) -> None:
    story, wish = in_stage(stage), ev.OverhearAsked(ANNA)
    before = story.call
    assert leads(before, wish, story.at, story.rules) is (stage in IN_ROOM)
    story.tell(wish)
    assert story.names() == (["Overhear"] if stage in IN_ROOM else [])
    assert story.call == replace(before, at=story.at), "whoever listens changes nothing"
    if stage not in IN_ROOM:
        assert why_not(before, wish).endswith(".")


def test_once_the_ai_has_left_the_page_is_told_of_the_telephone() -> None:
    wish = ev.OverhearAsked(ANNA)
    story = in_stage(Stage.HUMAN).tell(ev.LineHeard(1))
    story.tell(ev.AILeft(story.call.ai.k, ROOM))
    assert story.call.ai.state is AIState.ABSENT
    assert story.tell(wish).last == ()
    assert "have your telephone rung" in why_not(story.call, wish)


def test_an_ai_that_cannot_be_had_is_not_listened_to() -> None:
    wish = ev.OverhearAsked(ANNA)
    story = in_stage(Stage.RINGING)
    story.call = replace(story.call, ai=replace(story.call.ai, down=True))
    assert story.tell(wish).last == ()
    assert "cannot be had" in why_not(story.call, wish)
