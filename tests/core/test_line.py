"""A caller who may wait for whoever is busy: in the line, called in, told their place, and out again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.core.stories import KIM, RULES, SAM, Story
from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Call, Handoff, Stage
from warmtransfer.core.hours import Hours, Span
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import HandoffEnd
from warmtransfer.core.place import Waiting, Waits
from warmtransfer.core.plans import Known, Plan
from warmtransfer.core.rounds import forlorn, next_round, skipped, turns
from warmtransfer.core.rules import Department, Human, Rules

BUSY = {SAM.number: (880.0,), KIM.number: (880.0,)}
BOTH = (SAM.number, KIM.number)
PLAN = Plan(longest_wait=300.0, line_length=2)


def rules(*line: Waiting, plan: Plan = PLAN, **known: Any) -> Rules:
    """The two humans, what is known of them, and who waits besides."""
    return replace(RULES, plans=(plan,), known=Known(line=line, **known))


def other(call_id: str = "c0", since: float = 900.0, phones: tuple[str, ...] = BOTH, **more: Any) -> Waiting:
    """Another caller who waits."""
    return Waiting(call_id, Waits(since=since, phones=phones, **more))


def asks(now: Rules, target: str = "") -> Story:
    """A caller asks for a human."""
    return Story(now).talking().tell(ev.HandoffAsked("tool", target, "", "An order."))


def waits(*line: Waiting, plan: Plan = PLAN) -> Story:
    """A caller in the line."""
    story = asks(rules(*line, plan=plan, engaged=BUSY))
    assert story.call.stage is Stage.WAITING
    return story


def told(story: Story) -> str:
    """What the AI is to tell the caller now."""
    return " ".join(order.news for order in story.last if isinstance(order, do.LetAISpeak))


def called_in(story: Story, **known: Any) -> Story:
    """Their turn has come, with this known."""
    story.rules = rules(**known)
    return story.tell(ev.TurnCame())


def test_when_all_are_busy_the_caller_waits_and_is_told_their_place_and_that_they_may_leave() -> None:
    story = waits(other(), plan=PLAN)
    place = story.call.waits
    assert (place.since, place.until, place.phones, place.number) == (story.at, story.at + 300.0, BOTH, 2)
    assert "busy with other callers" in told(story)
    assert "They are number 2 in it. Nobody can say how long it takes." in told(story)
    assert "leave the line at any time" in told(story)


def test_the_caller_is_told_how_long_it_may_take_where_that_is_known() -> None:
    talks = {SAM.number: (600.0, 600.0), KIM.number: (600.0, 600.0)}
    story = asks(rules(engaged=BUSY, talks=talks))
    assert story.call.waits.seconds == 600.0 - (story.at - 880.0)
    assert "about 8 minutes" in told(story)


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (rules(plan=Plan(line=False), engaged=BUSY), "no line"),
        (rules(other("c0"), other("c9"), engaged=BUSY), "a full one"),
    ],
)
def test_without_a_line_or_with_a_full_one_the_caller_is_with_the_ai(now: Rules, why: str) -> None:
    story = asks(now)
    assert (story.call.stage, story.call.waits) == (Stage.AI, Waits()), why
    assert story.call.handoff.all_busy
    assert "busy with other callers" in told(story)


def test_the_line_of_one_department_is_not_full_because_anothers_is() -> None:
    full = [other(f"c{n}", line="billing") for n in range(3)]
    assert waits(*full).call.waits.number == 4


def test_callers_of_another_deployment_do_not_make_ours_full() -> None:
    theirs = [replace(other(f"c{n}"), ours=False) for n in range(3)]
    assert waits(*theirs).call.waits.number == 4


def test_who_is_closed_or_away_is_not_waited_for() -> None:
    story = asks(rules(away={"sam": 1.0, "kim": 1.0}))
    assert story.call.stage is Stage.AI
    assert "Nobody is available" in told(story)


def test_whose_turn_has_come_is_told_so_and_the_human_is_rung() -> None:
    story = called_in(waits(), engaged={KIM.number: (880.0,)})
    assert (story.call.stage, story.names()) == (Stage.RINGING, ["LetAISpeak", "DialHuman"])
    assert "It is the caller's turn now. Tell the caller that Sam is being called now." in told(story)


def test_a_turn_for_which_others_were_quicker_changes_nothing() -> None:
    story = waits()
    since = story.call.waits.since
    called_in(story, engaged=BUSY)
    assert (story.call.stage, story.last, story.call.news) == (Stage.WAITING, (), "")
    assert story.call.waits.since == since


def test_who_is_rung_in_vain_waits_for_the_others_with_the_place_they_had() -> None:
    story = waits()
    since = story.call.waits.since
    called_in(story, engaged={KIM.number: (880.0,)}).tell(ev.HumanDialled(1, "CAhuman1"))
    story.rules = rules(engaged={KIM.number: (880.0,)})
    story.tell(ev.HumanEnded(1, Ended.NO_ANSWER, "", "CAhuman1"))
    assert story.call.stage is Stage.WAITING
    assert (story.call.waits.since, story.call.waits.phones) == (since, (KIM.number,))
    assert "Sam did not answer" in told(story)


def test_with_nobody_left_to_wait_for_the_caller_is_with_the_ai_and_in_no_line() -> None:
    story = called_in(waits(), away={"sam": 1.0, "kim": 1.0})
    assert (story.call.stage, story.call.waits) == (Stage.AI, Waits())


@pytest.mark.parametrize("last", [RULES, Rules()])
def test_who_waits_when_the_last_one_goes_is_told_so_and_offered_a_message(last: Rules) -> None:
    story = waits()
    story.rules = replace(last, known=Known(away={"sam": 1.0, "kim": 1.0}))
    story.tell(ev.TurnCame())
    assert (story.call.stage, story.call.waits) == (Stage.AI, Waits())
    assert story.call.handoff.end is HandoffEnd.NOBODY
    assert "has gone meanwhile: they are in the line no longer" in told(story)
    assert "take a message" in told(story)


def test_who_waits_for_a_department_hears_when_it_opens_again_once_it_has_closed() -> None:
    """Whoever is in it has longer hours, and is busy; nobody else is rung for its callers."""
    team = tuple(replace(each, departments=("billing",)) for each in RULES.humans)
    hours = Hours(ZoneInfo("UTC"), (Span(3, 0, 18), Span(4, 540, 1080)))
    open_till_18 = replace(RULES, humans=team, departments=(Department("billing", hours=hours),))
    story = Story(replace(open_till_18, known=Known(engaged=BUSY))).talking()
    story.tell(ev.HandoffAsked("tool", "billing"))
    place = story.call.waits
    assert (story.call.stage, place.team) == (Stage.WAITING, "billing")
    assert not forlorn(place, story.rules, story.at)
    story.at = 18 * 60.0
    assert forlorn(place, story.rules, story.at)
    assert story.tell(ev.TurnCame()).call.stage is Stage.AI
    assert "Nobody is available to take this call. Billing opens tomorrow at 9:00 UTC." in told(story)


def test_who_waits_for_somebody_in_particular_waits_for_nobody_else_unasked() -> None:
    story = asks(rules(engaged=BUSY), "sam")
    assert story.call.waits.own == (SAM.number,)
    story.rules = rules(engaged={KIM.number: (880.0,)}, away={"sam": 1.0})
    assert forlorn(story.call.waits, story.rules, story.at)
    assert story.tell(ev.TurnCame()).call.stage is Stage.AI
    assert "Sam is away." in told(story)


def test_once_somebody_else_is_waited_for_too_the_one_in_particular_may_go() -> None:
    """With no AI left to ask the caller, whoever is free first is taken."""
    story = asks(rules(engaged=BUSY), "sam").tell(ev.ModelLost(1, "insufficient_quota", fatal=True))
    story.rules = rules(engaged={KIM.number: (880.0,)}, away={"sam": 1.0})
    story.tell(ev.TurnCame())
    assert (story.call.stage, story.call.waits.own) == (Stage.WAITING, ())
    assert not forlorn(story.call.waits, story.rules, story.at)


def test_a_new_caller_does_not_overtake_those_who_wait_for_the_same_human() -> None:
    """One human is free and two are before: both would take him."""
    now = rules(other("c0"), other("c9"), engaged={KIM.number: (880.0,)}, plan=Plan())
    assert next_round(Call("c1", at=1000.0), now) == ()
    assert [each.why for each in skipped(Call("c1", at=1000.0), now)] == ["awaited", "busy"]
    story = asks(now)
    assert (story.call.stage, story.call.waits.number) == (Stage.WAITING, 3)
    assert "Sam takes a caller next who has waited longer." not in told(story), "since when nobody knows"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ((other(phones=(KIM.number,)),), ["sam"]),
        ((other(),), ["kim"]),
        ((other(since=2000.0),), ["sam"]),
        ((other(since=2000.0, priority=1),), ["kim"]),
        ((other(phones=("+15550100009",)),), ["sam"]),
    ],
)
def test_who_is_rung_is_whoever_those_before_leave(line: tuple[Waiting, ...], names: list[str]) -> None:
    assert [each.name for each in next_round(Call("c1", at=1000.0), rules(*line))] == names


def test_whose_department_has_a_higher_priority_is_called_first() -> None:
    urgent = Human("lee", "+15550100003", departments=("urgent",))
    plans = (Plan(), Plan("urgent", priority=1))
    both = replace(RULES, humans=(*RULES.humans, urgent), plans=plans)
    waiting = other(phones=(SAM.number, KIM.number, urgent.number))
    now = replace(both, known=Known(engaged=BUSY, line=(waiting,)))
    asked = Call("c1", handoff=Handoff(1, "tool", "urgent"), at=1e3)
    assert [each.name for each in next_round(asked, now)] == ["lee"]
    assert not next_round(replace(asked, handoff=Handoff(1, "tool")), now)


@pytest.mark.parametrize(
    ("known", "found"),
    [
        ({"engaged": BUSY}, {}),
        ({}, {"a": SAM.number, "b": KIM.number}),
        ({"engaged": {SAM.number: (1.0,)}}, {"a": KIM.number}),
        ({"away": {"kim": 1.0}}, {"a": SAM.number}),
        ({"vain": {SAM.number: 990.0}}, {"a": KIM.number}),
        ({"vain": {SAM.number: 960.0}}, {"a": SAM.number, "b": KIM.number}),
    ],
)
def test_as_many_turns_come_as_humans_are_free_for_whoever_has_waited_longest(
    known: dict[str, Any], found: dict[str, str]
) -> None:
    line = [other("a", rest=30.0), other("b", rest=30.0), other("c", rest=30.0)]
    assert turns(line, rules(**known), 1000.0) == found


def test_the_place_is_told_in_a_pause_and_only_by_an_ai_that_is_there() -> None:
    story = waits(other()).tell(ev.PlaceSeen(1, 130.0))
    assert (story.names(), story.call.waits.number) == (["TellInPause"], 1)
    assert "They are next. Going by the last calls it takes about 3 minutes" in told(story)
    story.tell(ev.ModelLost(1, "closed"), ev.PlaceSeen(1, 10.0))
    assert (story.last, story.call.waits.seconds) == ((), 10.0)


@pytest.mark.parametrize("how", ["tool", "words", "star"])
def test_who_leaves_the_line_goes_on_with_the_ai_and_is_not_called_in(how: str) -> None:
    story = waits().tell(ev.LineLeft(how))
    assert (story.call.stage, story.call.waits, told(story)) == (Stage.AI, Waits(), briefing.LEFT_LINE)
    assert story.tell(ev.TurnCame()).last == ()


def test_nobody_waits_longer_than_the_plan_says_and_is_told_so() -> None:
    story = waits()
    until = story.call.waits.until
    while story.call.stage is Stage.WAITING:
        story.wait()
    assert (story.at, story.call.stage) == (until, Stage.AI)
    assert "has waited for 5 minutes" in told(story)


def test_who_asks_for_another_human_while_waiting_keeps_the_time_of_first_asking() -> None:
    story = waits()
    since = story.call.waits.since
    story.rules = rules(engaged={SAM.number: (880.0,)})
    story.tell(ev.HandoffAsked("tool", "kim"))
    assert [each.name for each in story.call.trying] == ["kim"]
    assert story.call.waits.since == since
    assert [(each.end, each.ended_at) for each in story.call.past] == [(HandoffEnd.ALL_BUSY, story.at)]


def test_a_caller_whose_ai_is_lost_keeps_the_place_and_hears_it_from_the_one_that_comes() -> None:
    story = waits(other())
    story.tell(ev.AILeft(1, "CF1"))
    assert story.call.stage is Stage.WAITING
    assert {"ComfortCaller", "AddAI"} <= set(story.names())
    story.ai_up(2)
    assert "interrupted" in told(story)
    assert "They are number 2 in it." in told(story)


def test_with_no_ai_to_be_had_the_caller_is_comforted_and_gets_the_next_human_all_the_same() -> None:
    story = waits().tell(ev.ModelLost(1, "insufficient_quota", fatal=True))
    assert (story.call.stage, story.call.ai.down, story.names()) == (Stage.WAITING, True, ["PlayComfort"])
    called_in(story, engaged=BUSY)
    assert story.call.stage is Stage.WAITING
    assert "DialHuman" in called_in(story, engaged={KIM.number: (1.0,)}).names()
    story.tell(ev.HumanDialled(1, "CAhuman1"), ev.HumanEnded(1, Ended.BUSY, "486", "CAhuman1"))
    assert story.call.stage is Stage.WAITING, "Kim may still come"


@pytest.mark.parametrize("fact", [ev.LineLeft("star"), None])
def test_who_leaves_without_an_ai_may_leave_a_message(fact: ev.Event | None) -> None:
    story = waits().tell(ev.ModelLost(1, "insufficient_quota", fatal=True))
    if fact:
        story.tell(fact)
    while story.call.stage is Stage.WAITING:
        story.wait()
    assert (story.call.stage, story.names()) == (Stage.MESSAGE, ["RedirectCaller"])


def test_no_caller_begins_to_wait_whom_no_ai_can_keep_company() -> None:
    story = Story(rules(engaged=BUSY)).talking().tell(ev.ModelLost(1, "insufficient_quota", fatal=True))
    assert story.call.stage is Stage.MESSAGE


def test_a_caller_whose_room_ends_is_in_the_line_again_once_the_ai_is_back() -> None:
    story = waits(other())
    since = story.call.waits.since
    story.tell(ev.RoomLost("CF1"), ev.CallerCameBack(), ev.CallerJoined("wt-c1-2", "CF2", "CAcaller"))
    assert story.call.stage is Stage.RETURNING
    story.ai_up(2)
    assert (story.call.stage, story.call.waits.since) == (Stage.WAITING, since)
    assert "They are number 2 in it." in told(story)


def test_an_ai_that_never_comes_to_a_caller_who_waits_is_looked_after() -> None:
    story = waits().tell(ev.AILeft(1, "CF1"))
    assert story.call.alarm_at == story.at + story.rules.connecting
    assert {"EndAI", "AddAI"} <= set(story.wait().names())


def test_who_has_a_human_or_has_left_has_no_place_any_more() -> None:
    story = called_in(waits()).tell(ev.HumanDialled(1, "CAhuman1"), ev.HumanAnswered(1, "CAhuman1"))
    story.tell(ev.HumanAccepted(1))
    assert story.call.waits.since, "who took the call may never come"
    assert story.tell(ev.HumanJoined(1, "CF1", "CAhuman1")).call.waits == Waits()
    assert waits().tell(ev.CallerLeft("CF1")).call.waits == Waits()


def test_for_the_release_before_a_caller_who_waits_is_with_the_ai() -> None:
    """It knows no line, and has to go on with the call all the same."""
    call = waits(other()).call
    stored = call.to_dict()
    assert stored["stage"] == "ai"
    assert Call.from_dict(stored) == call
    assert Call.from_dict({**stored, "stage": "ringing"}).stage is Stage.RINGING
    del stored["in_line"]
    assert Call.from_dict(stored).stage is Stage.AI
