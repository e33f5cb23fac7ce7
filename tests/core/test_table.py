"""The rules that every row of the table keeps."""

from __future__ import annotations

import dataclasses

import pytest

from tests.core.stories import INTO, ROOM, in_stage
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Call, Outcome, Stage, Style
from warmtransfer.core.counts import COUNTS, FILLS, HEARS, WAITS
from warmtransfer.core.legs import Ended, Heard, Place
from warmtransfer.core.screening import Said
from warmtransfer.core.supervising import Role
from warmtransfer.core.table import TABLE

WAITING = sorted(WAITS)
EVENTS = sorted(COUNTS, key=lambda kind: kind.__name__)
LIVE = [stage for stage in Stage if stage is not Stage.OVER]


def sample(kind: type[ev.Event]) -> ev.Event:
    """Some event of this kind."""
    values = {
        "int": 1,
        "bool": False,
        "Role": Role.LISTEN,
        "float": 5.0,
        "str": "x",
        "Stage": Stage.AI,
        "Outcome": Outcome.DECLINED,
        "Ended": Ended.COMPLETED,
        "Heard": Heard.HUMAN,
        "Place": Place.HELD,
        "Said": Said.ASKS,
        "Heard | None": Heard.MACHINE,
    }
    return kind(**{field.name: values[str(field.type)] for field in dataclasses.fields(kind)})


def test_every_stage_has_rows_and_a_way_into_it() -> None:
    assert set(TABLE) == set(Stage) == set(INTO)


@pytest.mark.parametrize("stage", WAITING)
def test_every_waiting_stage_arms_a_timer(stage: Stage) -> None:
    story = in_stage(stage)
    assert story.call.alarm_at > story.at - 1.0


@pytest.mark.parametrize("stage", WAITING)
def test_every_waiting_stage_has_rows_for_timer_failure_and_caller_leaving(stage: Stage) -> None:
    assert ev.TimedOut in TABLE[stage]
    assert ev.OrderFailed in TABLE[stage] or stage is Stage.AI  # what it has ordered is not waited for
    assert ev.CallerLeft in TABLE[stage] or stage is Stage.OVER


@pytest.mark.parametrize("stage", WAITING)
def test_a_timer_that_goes_off_leads_somewhere_or_is_armed_again(stage: Stage) -> None:
    story = in_stage(stage)
    before = story.call.alarm
    story.wait()
    assert story.call.stage is not stage or story.call.alarm > before
    assert story.call.alarm_at or story.call.stage in (Stage.AI, Stage.OVER)


@pytest.mark.parametrize("stage", WAITING)
def test_a_stale_timer_changes_nothing(stage: Stage) -> None:
    story = in_stage(stage)
    stale = ev.TimedOut(stage, story.call.alarm - 1)
    before = dataclasses.replace(story.call, at=0.0)
    story.tell(stale)
    assert story.last == ()
    assert dataclasses.replace(story.call, at=0.0) == before


@pytest.mark.parametrize("stage", LIVE)
def test_a_caller_who_leaves_ends_every_other_leg(stage: Stage) -> None:
    story = in_stage(stage)
    there = story.present()
    human = story.call.attempt is not None and not story.call.attempt.ended
    story.tell(ev.CallerLeft(why="completed"))
    assert story.call.stage is Stage.OVER
    assert any(isinstance(order, do.CloseModel) for order in story.last)
    if there and story.call.ai.k:
        assert any(isinstance(order, do.EndAI) for order in story.last)
    if human and stage is not Stage.HUMAN:
        assert any(isinstance(order, do.EndHuman | do.TellHuman) for order in story.last)


@pytest.mark.parametrize("kind", EVENTS)
def test_step_is_total(kind: type[ev.Event]) -> None:
    """Any fact in any stage gives a call and orders, and never raises."""
    for stage in Stage:
        story = in_stage(stage)
        story.tell(sample(kind))
        assert isinstance(story.call, Call), stage
        assert all(isinstance(order, do.Order) for order in story.last), stage


@pytest.mark.parametrize("stage", list(Stage))
def test_a_call_survives_being_stored(stage: Stage) -> None:
    call = in_stage(stage).call
    assert Call.from_dict(call.to_dict()) == call


@pytest.mark.parametrize("stage", list(Stage))
def test_orders_survive_being_stored(stage: Stage) -> None:
    for order in in_stage(stage).given:
        assert do.from_dict(order.to_dict()) == order


def test_rows_name_orders_without_filling_them() -> None:
    for rows in TABLE.values():
        for _, orders in rows.values():
            assert all(order == type(order)() for order in orders)


def test_the_model_hears_nobody_once_a_human_is_on_the_way_in() -> None:
    assert HEARS.isdisjoint({Stage.JOINING, Stage.HUMAN, Stage.REDIRECTED, Stage.OVER})
    assert {Stage.RINGING, Stage.BRIEFING, Stage.JOINING, Stage.CANCELLING} <= FILLS


@pytest.mark.parametrize("stage", [Stage.JOINING, Stage.HUMAN])
def test_lost_news_never_hangs_up_on_good_people(stage: Stage) -> None:
    story = in_stage(stage)
    for _ in range(4):
        story.wait()
        assert not any(isinstance(order, do.EndHuman | do.TellHuman | do.EndCaller) for order in story.last)
    assert any(isinstance(order, do.LookForLeg) for order in story.given)


def test_every_style_has_a_way_to_a_human() -> None:
    assert {Style.SCREEN, Style.ANNOUNCE, Style.REDIRECT} == set(Style)


@pytest.mark.parametrize("stage", LIVE)
def test_after_a_restart_every_stage_has_a_timer_and_looks_after_the_caller(stage: Stage) -> None:
    story = in_stage(stage).tell(ev.Restarted())
    assert story.call.alarm_at
    assert {"LookForCaller", "LookForRoom"} & set(story.names())


IN_ROOM = [stage for stage in LIVE if stage not in (Stage.REDIRECTED, Stage.MESSAGE, Stage.ARRIVING)]


@pytest.mark.parametrize("stage", IN_ROOM)
def test_a_room_that_ends_under_a_live_caller_is_replaced(stage: Stage) -> None:
    story = in_stage(stage).tell(ev.RoomLost(ROOM, "conference-ended-via-api"), ev.CallerCameBack())
    assert story.call.room == "wt-c1-2"
    story.tell(ev.CallerJoined("wt-c1-2", "CF2", "CAcaller"))
    assert [order.room_sid for order in story.last if isinstance(order, do.AddAI)] == ["CF2"]
