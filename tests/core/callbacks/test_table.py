"""The callback's table: total, never silent, never two legs to a caller, and every end is reached."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.callbacks.stories import CALLER, NOW, ROOM, Back
from tests.core.stories import KIM, RULES, SAM
from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks import orders as do
from warmtransfer.core.callbacks.callback import OVER, TRYING, Callback, Side, Stage, Then
from warmtransfer.core.callbacks.limits import Limits
from warmtransfer.core.callbacks.reading import READERS
from warmtransfer.core.callbacks.saying import how
from warmtransfer.core.callbacks.table import TABLE, WAITS
from warmtransfer.core.event import Event
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.outcomes import EARLY, Outcome
from warmtransfer.core.plans import First, Known, Plan
from warmtransfer.core.rules import Rules
from warmtransfer.core.screening import Said

WAYS = [stage for stage in Stage if stage is not Stage.WAITING]


def legs(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[Event]:
    """Any news of a leg."""
    sids = numbers.map(lambda n: f"CA{n}")
    return st.one_of(
        st.builds(ev.LegMade, numbers, sids),
        st.builds(ev.LegAnswered, numbers, sids),
        st.builds(ev.Accepted, numbers),
        st.builds(ev.Declined, numbers, st.sampled_from([Outcome.DECLINED, Outcome.NO_INPUT])),
        st.builds(ev.MachineHeard, numbers, st.sampled_from(Heard)),
        st.builds(ev.LegSpoke, numbers, st.sampled_from(Said)),
        st.builds(ev.LegJoined, numbers, st.just(ROOM), sids),
        st.builds(ev.LegLeft, numbers, st.just(ROOM)),
        st.builds(ev.LegEnded, numbers, st.sampled_from(Ended), st.just(""), sids),
        st.builds(ev.OrderFailed, st.just("Dial"), st.sampled_from(["refused", "unsure", "ours"]), numbers),
        st.builds(ev.OrderFailed, st.just("ListenToLeg"), st.just("refused"), numbers),
    )


FACTS = st.one_of(
    legs(st.integers(0, 8)),
    st.builds(ev.StillOnLine),
    st.builds(ev.Asked, st.just("cli")),
    st.builds(ev.Cancelled, st.just("cli")),
    st.just(None),  # the timer goes off
)


def kept(back: Back) -> None:
    """What holds of a callback, whatever has happened."""
    now = back.callback
    assert bool(now.alarm_at) is (now.stage not in OVER), f"{now.stage} waits for nothing"
    assert len([leg for leg in now.open if leg.side is Side.CALLER]) <= 1
    assert len([leg for leg in now.open if leg.side is Side.HUMAN]) <= 1
    assert not (now.open and now.stage in (*OVER, Stage.WAITING)), f"{now.stage} with a leg that may be up"
    dialled = [order.n for order in back.given if isinstance(order, do.Dial)]
    assert len(dialled) == len(set(dialled)), "a leg was ordered twice"
    if now.stage is Stage.TALKING:
        assert all(leg is not None and leg.joined_at for leg in (now.human, now.caller))


@settings(max_examples=400, deadline=None)
@given(st.lists(FACTS, max_size=40))
def test_whatever_happens_nobody_is_dialled_twice_and_no_stage_waits_for_ever(
    facts: list[Event | None],
) -> None:
    back = Back()
    kept(back)
    for fact in facts:
        if fact is not None:
            back.tell(fact)
        elif back.callback.alarm_at:
            back.wait()
        kept(back)


@settings(max_examples=200, deadline=None)
@given(st.lists(FACTS, max_size=25))
def test_with_timers_alone_every_callback_comes_to_its_end(facts: list[Event | None]) -> None:
    back = Back(limits=Limits(tries=2))
    for fact in facts:
        back.tell(fact) if fact is not None else back.callback.alarm_at and back.wait()
    for _ in range(300):
        if back.callback.stage in OVER:
            break
        if back.callback.stage is Stage.TALKING:  # for as long as they like
            back.over(back.callback.human.n if back.callback.human else 0)
        else:
            back.wait()
    assert back.callback.stage in OVER


def test_every_stage_has_rows_a_wait_and_a_way_into_it() -> None:
    assert set(TABLE) == set(Stage)
    assert set(WAITS) == set(Stage) - OVER - {Stage.WAITING}
    for stage in WAYS:
        back: Back = getattr(Back(), stage.value)()
        assert back.callback.stage is stage
        assert all(stage_ in Stage for stage_, _ in TABLE[stage].values())


def test_every_order_is_given_somewhere() -> None:
    ordered = {type(order) for rows in TABLE.values() for _, orders in rows.values() for order in orders}
    assert ordered == set(do.KINDS.values())


def test_every_fact_of_a_leg_is_read() -> None:
    facts = {each for each in vars(ev).values() if isinstance(each, type) and issubclass(each, Event)}
    assert set(READERS) == facts - {Event}


@pytest.mark.parametrize("stage", WAYS)
def test_a_callback_is_read_back_as_it_was_stored(stage: Stage) -> None:
    callback = getattr(Back(about="her order", words="tomorrow morning"), stage.value)().callback
    assert Callback.from_dict(callback.to_dict()) == callback
    assert Callback.from_dict({**callback.to_dict(), "of_the_next_release": 1}) == callback


@pytest.mark.parametrize("order", [order for stage in WAYS for order in getattr(Back(), stage.value)().given])
def test_an_order_is_read_back_as_it_was_stored(order: do.Order) -> None:
    assert do.from_dict(order.to_dict()) == order


def test_the_human_is_rung_first_and_the_caller_only_on_their_key() -> None:
    back = Back().ringing()
    assert [order.number for order in back.given if isinstance(order, do.Dial)] == [SAM.number]
    back.tell(ev.LegAnswered(1, "CA1"))
    assert back.last == ()
    back.tell(ev.Accepted(1))
    (dial,) = back.last
    assert isinstance(dial, do.Dial)
    assert (dial.side, dial.number, dial.n) == (Side.CALLER, CALLER, 2)
    back.tell(ev.Accepted(1))
    assert back.last == (), "the key pressed again rings nobody"


def test_a_humans_own_detection_is_theirs_for_a_callback_too_and_not_the_callers() -> None:
    human = replace(SAM, detection="off")
    back = Back(Rules(humans=(human,))).wait()
    assert [each.detection for each in back.last if isinstance(each, do.Dial)] == ["off"]
    back.tell(ev.LegMade(1, "CA1"), ev.LegAnswered(1, "CA1"), ev.Accepted(1))
    assert [each.detection for each in back.last if isinstance(each, do.Dial)] == [""]


def test_they_talk_when_both_are_in_the_room_and_it_is_done_when_both_have_gone() -> None:
    back = Back().joining()
    assert back.callback.stage is Stage.JOINING
    back.tell(ev.LegJoined(2, ROOM))
    assert back.callback.stage is Stage.TALKING
    back.tell(ev.LegLeft(1, ROOM), after=EARLY + 1.0).over(1)
    assert back.callback.stage is Stage.ENDING
    back.over(2)
    assert (back.callback.stage, back.callback.tries) == (Stage.DONE, 0)
    assert [leg.outcome for leg in back.callback.legs] == [Outcome.ACCEPTED, Outcome.ACCEPTED]


def test_who_comes_when_the_others_room_has_ended_is_alone_in_another_and_they_have_not_talked() -> None:
    back = Back().briefing().tell(ev.Accepted(1), ev.LegMade(2, "CA2"), ev.LegAnswered(2, "CA2"))
    back.tell(ev.LegJoined(2, "CF1"), ev.LegJoined(1, "CF2"))
    assert back.callback.stage is Stage.JOINING
    back.tell(ev.LegLeft(2, "CF1")).over(2)
    assert (back.callback.stage, back.callback.then) == (Stage.ENDING, Then.RETRY)


def test_a_human_who_is_not_reached_is_followed_by_the_next_and_that_is_one_try() -> None:
    back = Back().ringing().over(how=Ended.BUSY)
    assert back.callback.stage is Stage.RINGING
    assert [leg.name for leg in back.callback.legs] == ["sam", "kim"]
    back.tell(ev.LegMade(2, "CA2")).over(2, Ended.NO_ANSWER)
    assert (back.callback.stage, back.callback.tries) == (Stage.WAITING, 1)
    assert back.callback.why == "human_no_answer"
    assert back.callback.alarm_at == back.at + back.limits.between
    back.wait()
    assert back.callback.legs[-1].name == "sam", "the next try begins with the first again"


@pytest.mark.parametrize(
    ("how", "why"),
    [
        (Ended.NO_ANSWER, "caller_no_answer"),
        (Ended.BUSY, "caller_busy"),
        (Ended.COMPLETED, "caller_hung_up"),
    ],
)
def test_a_caller_who_is_not_reached_is_told_to_the_human_and_tried_again(how: Ended, why: str) -> None:
    back = Back().calling().over(2, how)
    assert back.callback.stage is Stage.ENDING
    assert "TellHuman" in back.names()
    back.over(1)
    assert (back.callback.stage, back.callback.tries, back.callback.why) == (Stage.WAITING, 1, why)


@pytest.mark.parametrize("side", ["human", "caller"])
def test_who_leaves_as_soon_as_they_are_together_has_not_talked_and_it_is_tried_again(side: str) -> None:
    back = Back().talking()
    first, other = (1, 2) if side == "human" else (2, 1)
    back.tell(ev.LegLeft(first, ROOM), after=EARLY).over(first).over(other)
    assert (back.callback.stage, back.callback.tries) == (Stage.WAITING, 1)
    assert back.callback.why == f"{side}_dropped_early"
    assert how(back.callback) == f"waiting, 1 tried: {side}_dropped_early"
    back.limits = Limits(tries=2)
    back.wait().tell(ev.LegMade(3, "CA3"), ev.LegAnswered(3, "CA3"), ev.Accepted(3), ev.LegMade(4, "CA4"))
    back.tell(ev.LegAnswered(4, "CA4"), ev.LegJoined(3, "CF9"), ev.LegJoined(4, "CF9"))
    back.tell(ev.LegEnded(3, Ended.COMPLETED)).over(4)
    assert back.callback.stage is Stage.GIVEN_UP


@pytest.mark.parametrize("told", ["while they talk", "with the end"])
def test_a_talk_with_the_callers_mailbox_is_none_however_late_that_is_known(told: str) -> None:
    back = Back().talking()
    if told == "while they talk":
        back.tell(ev.MachineHeard(2, Heard.MACHINE))
        assert back.callback.stage is Stage.TALKING, "a detection may be wrong: nobody is cut off by it"
    back.tell(ev.LegLeft(1, ROOM), after=30.0).over(1)
    back.tell(ev.LegEnded(2, Ended.COMPLETED, answered_by=Heard.MACHINE))
    assert (back.callback.stage, back.callback.why) == (Stage.WAITING, "caller_machine")
    assert back.callback.legs[1].outcome is Outcome.MACHINE


def test_a_long_talk_is_one_whatever_the_detection_says() -> None:
    back = Back().talking().tell(ev.MachineHeard(2, Heard.MACHINE)).tell(ev.LegLeft(2, ROOM), after=90.0)
    assert back.over(2).over(1).callback.stage is Stage.DONE


def test_a_callers_mailbox_hears_a_word_and_the_human_is_told() -> None:
    back = Back().joining().tell(ev.MachineHeard(2, Heard.MACHINE))
    assert {"TellCaller", "TellHuman"} <= set(back.names())
    back.over(2).over(1)
    assert (back.callback.stage, back.callback.why) == (Stage.WAITING, "caller_machine")


def test_a_human_who_hangs_up_while_the_caller_rings_ends_that_ring() -> None:
    back = Back().calling().over(1)
    assert back.names() == ["EndCaller"]
    back.over(2, Ended.CANCELLED)
    assert (back.callback.stage, back.callback.why) == (Stage.WAITING, "human_left")


def test_after_its_tries_it_is_given_up_and_can_be_asked_for_once_more() -> None:
    back = Back().given_up()
    assert (back.callback.stage, back.callback.alarm_at) == (Stage.GIVEN_UP, 0.0)
    back.tell(ev.Asked("cli"))
    assert (back.callback.stage, back.callback.alarm_at) == (Stage.WAITING, back.at)
    back.wait()
    assert back.callback.stage is Stage.RINGING


def test_a_leg_of_which_nobody_knows_whether_it_was_made_is_looked_for_and_never_made_again() -> None:
    back = Back().wait().tell(ev.OrderFailed("Dial", "unsure", 1))
    assert back.names() == ["LookForDial"]
    back.tell(ev.LegEnded(1, Ended.MISSING))
    assert back.callback.legs[0].outcome is Outcome.ERROR
    assert back.callback.legs[-1].name == "kim"
    back.tell(ev.LegMade(1, "CA1"))
    assert back.names() == ["EndStray"], "one that turns up after all is ended"


def test_who_is_busy_is_not_rung_and_that_is_no_try() -> None:
    busy = Known(engaged={SAM.number: (NOW,), KIM.number: (NOW,)})
    back = Back(rules=replace(RULES, known=busy)).wait()
    assert (back.callback.stage, back.callback.tries, back.callback.legs) == (Stage.WAITING, 0, ())
    assert back.callback.alarm_at == back.at + back.limits.again
    back.rules = RULES
    assert back.wait().callback.stage is Stage.RINGING


@pytest.mark.parametrize(
    ("first", "known"),
    [
        (First.IDLE, Known(idle={SAM.number: NOW - 5.0, KIM.number: NOW - 500.0})),
        (First.SPOKE, Known(spoke={KIM.number: NOW - 500.0})),
    ],
)
def test_the_plan_says_who_is_rung_first(first: First, known: Known) -> None:
    rules = replace(RULES, plans=(Plan(first=(first,)),), known=known)
    assert Back(rules).wait().callback.legs[0].name == "kim"


def test_nobody_who_can_ever_be_rung_ends_in_giving_up() -> None:
    back = Back(rules=Rules())
    for _ in range(200):
        if back.callback.stage in OVER:
            break
        back.wait()
    assert (back.callback.stage, back.callback.why) == (Stage.GIVEN_UP, "nobody_there")


def test_those_who_talk_are_not_parted_by_a_cancellation() -> None:
    back = Back().talking().tell(ev.Cancelled("cli"))
    assert back.callback.stage is Stage.TALKING
    for stage in TRYING:
        back = getattr(Back(), stage.value)().tell(ev.Cancelled("cli"))
        assert back.callback.stage is Stage.ENDING
        for leg in back.callback.open:
            back.over(leg.n)
        assert back.callback.stage is Stage.CANCELLED
