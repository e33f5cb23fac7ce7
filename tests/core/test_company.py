"""Whatever a call is about: the caller is kept company, the AI is brought back, and nobody is left behind."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from tests.core.stories import KIM, SAM, Again, Story, in_stage
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import FREE, SEEKING, WANTED, AIState, Stage, Style
from warmtransfer.core.counts import ALONE, FILLS, HEARS, MINDS_AI, WAITS
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.rules import COMFORT_SECONDS, Rules
from warmtransfer.core.screening import Said

LOOKS = ["LookForCaller", "LookForAI", "LookForLeg"]
WAITERS = sorted(WANTED - {Stage.CONNECTING, Stage.RETURNING})  #: in which the AI has been up
COMFORTED = sorted(ALONE)


def without_ai(stage: Stage) -> Story:
    """A call in this stage whose AI is away, and whose caller hears no announcement."""
    story = in_stage(stage)
    story.call = replace(story.call, comforted_until=0.0, ai=replace(story.call.ai, state=AIState.ABSENT))
    return story


@pytest.mark.parametrize("stage", WAITERS)
def test_an_ai_that_leaves_is_brought_back_and_the_caller_looked_for_and_comforted(stage: Stage) -> None:
    story = in_stage(stage)
    story.tell(ev.AILeft(story.call.ai.k, story.call.room_sid))
    assert story.names() == ["LookForCaller", "ComfortCaller", "AddAI"]
    assert story.call.stage is (Stage.RETURNING if stage is Stage.AI else stage)
    assert (story.call.ai.k, story.call.ai.state) == (2, AIState.ADDING)


@pytest.mark.parametrize("stage", WAITERS)
def test_a_model_that_is_lost_is_opened_again_although_its_leg_stays(stage: Stage) -> None:
    story = in_stage(stage).tell(ev.ModelLost(1, "closed"))
    assert story.last == (do.PrepareModel(0.0),)
    assert story.tell(ev.ModelLost(1, "closed")).last == (do.PrepareModel(1.0),)


@pytest.mark.parametrize("stage", [Stage.CONNECTING, Stage.RETURNING])
def test_a_model_that_is_lost_before_it_was_ready_is_opened_again(stage: Stage) -> None:
    story = in_stage(stage)
    story.call = replace(story.call, ai=replace(story.call.ai, losses=(), state=AIState.STREAMING))
    story.tell(ev.ModelLost(story.call.ai.generation))
    assert (story.call.stage, story.names()) == (stage, ["PrepareModel"])
    story.tell(ev.StreamEnded(story.call.ai.generation))
    assert (story.call.stage, story.names()) == (stage, ["EndAI", "AddAI", "LookForLoneCaller"])


def test_a_caller_who_comes_back_before_the_room_was_seen_gets_another_and_a_model() -> None:
    story = in_stage(Stage.ARRIVING).tell(ev.CallerCameBack())
    assert (story.call.stage, story.names()) == (Stage.RETURNING, ["CloseModel", "PrepareModel"])
    assert story.call.room == "wt-c1-2"


#: What follows when nobody could be had, by the AI's state: its leg is up, away, or cannot be had.
NOBODY = [
    (AIState.UP, False, Stage.AI, ["LetAISpeak"]),
    (AIState.ADDING, False, Stage.RETURNING, []),
    (AIState.STREAMING, True, Stage.MESSAGE, ["RedirectCaller"]),
]


@pytest.mark.parametrize("stage", sorted(SEEKING))
@pytest.mark.parametrize(("state", "down", "after", "given"), NOBODY)
def test_when_nobody_could_be_had_the_caller_is_the_ais_again_or_leaves_a_message(
    stage: Stage, state: AIState, down: bool, after: Stage, given: list[str]
) -> None:
    story = in_stage(stage, Again())
    story.call = replace(story.call, ai=replace(story.call.ai, state=state, down=down))
    story.tell(ev.HumanEnded(2, Ended.COMPLETED, call_sid="CAhuman2"))
    assert (story.call.stage, story.names()) == (after, given)
    tried = "Sam is on another call; Kim"
    assert tried in (story.last[0].news if given == ["LetAISpeak"] else story.call.news)  # type: ignore[attr-defined]
    assert story.call.alarm_at > story.at or after is Stage.AI


@pytest.mark.parametrize("stage", sorted(SEEKING))
def test_when_one_could_not_be_had_the_next_is_rung_and_the_caller_told(stage: Stage) -> None:
    story = in_stage(stage).tell(ev.HumanEnded(1, Ended.COMPLETED, call_sid="CAhuman1"))
    assert (story.call.stage, story.names()) == (Stage.RINGING, ["LetAISpeak", "DialHuman"])
    assert story.call.alarm_at == story.at + story.rules.ring_margin + 20.0
    story = in_stage(stage)
    story.rules = Rules(humans=(SAM, replace(KIM, style=Style.REDIRECT)))
    story.tell(ev.HumanEnded(1, Ended.COMPLETED, call_sid="CAhuman1"))
    assert (story.call.stage, story.names()) == (Stage.REDIRECTED, ["RedirectCaller"])


@pytest.mark.parametrize("stage", sorted(FREE))
def test_the_leg_of_an_older_attempt_ends_before_another_human_is_rung(stage: Stage) -> None:
    story = in_stage(Stage.RINGING).tell(ev.CallerCameBack())
    story.call = replace(
        story.call, stage=stage, room_sid="CF1", ai=replace(story.call.ai, state=AIState.ABSENT)
    )
    story.tell(ev.HandoffAsked("api"))
    assert (story.call.stage, story.names()) == (Stage.CANCELLING, ["EndHuman", "ComfortCaller"])


@pytest.mark.parametrize("stage", [Stage.MESSAGE, Stage.OVER])
def test_a_caller_who_asks_for_more_late_finds_the_old_legs_ended(stage: Stage) -> None:
    story = Story().ringing().tell(ev.HandoffAsked("api"))
    story.call = replace(story.call, stage=stage)
    story.tell(ev.CallerCameBack())
    model = ["PrepareModel"] if stage is Stage.OVER else []
    assert story.names() == ["CloseModel", "EndAI", "EndHuman", *model]
    assert story.call.stage is (Stage.RETURNING if stage is Stage.OVER else stage)


FAILURES = {
    Stage.RINGING: ("BriefOnHold", Stage.RINGING, []),
    Stage.BRIEFING: ("BriefOnHold", Stage.CANCELLING, ["EndHuman"]),
    Stage.JOINING: ("LetHumanIn", Stage.JOINING, ["LookForLeg"]),
    Stage.CANCELLING: ("BriefOnHold", Stage.CANCELLING, []),
}


@pytest.mark.parametrize("stage", FAILURES)
def test_an_order_about_the_humans_leg_that_fails_is_looked_after(stage: Stage) -> None:
    order, after, given = FAILURES[stage]
    story = in_stage(stage).tell(ev.OrderFailed(order, "refused", "human-1"))
    assert (story.call.stage, story.names()) == (after, given)


@pytest.mark.parametrize("stage", [Stage.BRIEFING, Stage.REDIRECTED, Stage.RINGING])
def test_a_machine_has_its_leg_ended(stage: Stage) -> None:
    story = in_stage(stage).tell(ev.MachineHeard(1, Heard.MACHINE))
    if stage is not Stage.REDIRECTED:  # there it is listened to first
        story.tell(ev.LegSpoke(1, Said.GONE))
    after = Stage.REDIRECTED if stage is Stage.REDIRECTED else Stage.CANCELLING
    assert (story.call.stage, story.names()) == (after, ["EndHuman"])


def test_a_leg_that_is_being_ended_is_ended_again_when_it_turns_out_to_be_up() -> None:
    for news in (ev.LegPresent(1), ev.HumanDialled(1, "CAhuman1"), ev.HumanRang(1, "CAhuman1")):
        story = in_stage(Stage.CANCELLING).tell(news)
        assert (story.call.stage, story.names()) == (Stage.CANCELLING, ["EndHuman"])


def test_a_human_whose_leg_is_known_rings_anew_for_as_long_as_the_rules_say() -> None:
    story = Story().asked()
    first = story.call.alarm_at
    story.tell(ev.HumanRang(1, "CAhuman1"), after=3.0)
    assert story.call.alarm_at == first + 3.0


def test_a_redirected_caller_whom_nobody_took_is_the_ais_again() -> None:
    story = in_stage(Stage.REDIRECTED, Again()).tell(ev.CallerCameBack(2, Ended.BUSY))
    assert (story.call.stage, story.names()) == (Stage.RETURNING, ["CloseModel", "PrepareModel"])
    story = in_stage(Stage.REDIRECTED).tell(ev.StreamEnded(1), ev.OrderFailed("RedirectCaller", "unsure"))
    assert (story.call.stage, story.names()) == (
        *(Stage.RETURNING, ["LookForCaller", "ComfortCaller", "AddAI"]),
    )


def test_a_human_who_accepts_a_redirected_caller_needs_no_model() -> None:
    story = in_stage(Stage.REDIRECTED).tell(ev.HumanAnswered(1, "CAhuman1"), ev.HumanAccepted(1))
    assert (story.call.stage, story.names()) == (Stage.HUMAN, ["CloseModel"])


@pytest.mark.parametrize("stage", WAITERS)
def test_an_ai_that_has_come_and_whose_model_is_ready_greets_or_goes(stage: Stage) -> None:
    story = in_stage(Stage.CONNECTING).tell(ev.AIAsked(1, "t"), ev.StreamUp(1), ev.AIUp(1))
    assert (story.call.stage, story.names()) == (Stage.AI, ["LetAISpeak"])
    story = in_stage(Stage.HUMAN).tell(ev.AIUp(1))
    assert story.names() == ["CloseModel", "RemoveAI"]


@pytest.mark.parametrize("stage", [Stage.CANCELLING])
def test_a_leg_nobody_can_find_or_end_is_given_up_and_nobody_else_rung(stage: Stage) -> None:
    for state, down, after, given in NOBODY:
        story = in_stage(stage)
        story.call = replace(story.call, laps=5, ai=replace(story.call.ai, state=state, down=down))
        story.wait()
        assert (story.call.stage, story.names(), story.n) == (after, given, 1)
        assert story.call.attempts[0].ended


@pytest.mark.parametrize("stage", WAITERS)
def test_a_stream_that_ends_has_its_leg_replaced_and_the_caller_looked_for(stage: Stage) -> None:
    """The leg itself asks nobody: it says words that we need not be up for, until it is ended."""
    story = in_stage(stage).tell(ev.StreamEnded(1, "broken"))
    assert story.names() == ["EndAI", "AddAI", "LookForLoneCaller"]
    assert (story.call.ai.k, story.call.ai.state) == (2, AIState.ADDING)


@pytest.mark.parametrize("stage", WAITERS)
def test_a_stream_that_ends_with_its_leg_has_the_caller_looked_for_first(stage: Stage) -> None:
    """Mostly it is the caller who has gone; should they have not, the news of the leg's end brings the AI."""
    story = in_stage(stage).tell(ev.StreamEnded(1, ev.STOPPED))
    assert story.names() == ["LookForLoneCaller"]
    assert (story.call.ai.k, story.call.ai.state) == (1, AIState.ADDING)
    story.tell(ev.AILeft(1, "CF1", "completed"))
    assert (story.names()[-1], story.call.ai.k) == ("AddAI", 2)


@pytest.mark.parametrize("stage", WAITERS)
def test_a_stream_that_could_not_be_opened_is_a_loss_and_its_leg_replaced(stage: Stage) -> None:
    story = in_stage(stage).tell(ev.StreamEnded(1, "broken"), ev.AIAsked(2, "token"))
    story.tell(ev.StreamFailed(1))
    assert (story.names(), story.call.ai.k) == ([], 2)
    story.tell(ev.StreamFailed(2))
    assert (story.names()[0], story.call.ai.k, len(story.call.ai.losses)) == ("EndAI", 3, 2)
    assert story.tell(ev.StreamFailed(3)).names() == [], "no stream was offered to this leg"


@pytest.mark.parametrize("stage", [Stage.RINGING, Stage.BRIEFING, Stage.AI])
def test_an_idle_leg_of_the_ai_is_replaced_unless_it_has_asked_for_a_stream_since(stage: Stage) -> None:
    story = in_stage(stage).tell(ev.Restarted(), ev.AIIdle(1))
    assert (story.names()[0], story.names()[-1], story.call.ai.losses) == ("EndAI", "AddAI", ())
    story = in_stage(stage).tell(ev.Restarted(), ev.AIAsked(1, "token"), ev.AIIdle(1))
    assert (story.names(), story.call.ai.k) == ([], 1)
    story.tell(ev.StreamUp(2), ev.AIIdle(1))
    assert story.names() == []


def test_an_ai_whose_stream_breaks_beside_a_human_is_removed() -> None:
    story = in_stage(Stage.HUMAN).tell(ev.StreamEnded(1, "broken"))
    assert (story.call.stage, story.names()) == (Stage.HUMAN, ["CloseModel", "RemoveAI"])


@pytest.mark.parametrize("stage", sorted(SEEKING))
def test_an_ai_that_comes_back_meanwhile_is_told_where_the_handoff_stands(stage: Stage) -> None:
    story = in_stage(stage).tell(ev.StreamEnded(1, "broken"))
    story.tell(ev.AIAsked(2, "token"), ev.StreamUp(2), ev.AIUp(2))
    (told,) = story.last
    assert isinstance(told, do.TellAI)
    who = "A colleague" if stage is Stage.CANCELLING else "Sam"
    assert f"{who} is being called" in told.news
    assert story.call.stage is stage


@pytest.mark.parametrize("stage", sorted(SEEKING))
def test_with_no_ai_to_be_had_the_relay_and_the_room_keep_the_caller_company(stage: Stage) -> None:
    story = in_stage(stage).tell(ev.ModelLost(1, "insufficient_quota", fatal=True))
    assert (story.call.stage, story.call.ai.down) == (stage, True)
    assert story.names() == ["PlayComfort"]  # the stream is up: the relay plays, the room need not
    story = without_ai(stage)
    story.call = replace(story.call, ai=replace(story.call.ai, state=AIState.ADDING, losses=(1e9, 1e9)))
    story.tell(ev.AILeft(1, story.call.room_sid))
    assert story.names() == ["PlayComfort", "ComfortCaller"]


@pytest.mark.parametrize("stage", sorted(FREE - {Stage.CONNECTING, Stage.WAITING}))
def test_with_no_ai_to_be_had_a_human_is_rung(stage: Stage) -> None:
    story = in_stage(stage)
    story.call = replace(story.call, ai=replace(story.call.ai, state=AIState.UP))
    story.tell(ev.ModelLost(story.call.ai.generation, "insufficient_quota", fatal=True))
    assert (story.call.stage, story.names()) == (Stage.RINGING, ["PlayComfort", "DialHuman"])
    assert story.call.handoff.source == "model_down"


@pytest.mark.parametrize("stage", COMFORTED)
def test_a_caller_who_is_alone_is_comforted_again_when_the_announcement_has_ended(stage: Stage) -> None:
    story = without_ai(stage)
    story.tell(ev.AnnouncementEnded(story.call.room_sid), after=COMFORT_SECONDS)
    assert story.last == (do.ComfortCaller("wt-c1", "CF1", "CAcaller"),)
    assert story.call.comforted_until == story.at + COMFORT_SECONDS


@pytest.mark.parametrize("stage", COMFORTED)
def test_a_caller_who_is_found_alone_is_comforted(stage: Stage) -> None:
    story = without_ai(stage).tell(ev.CallerPresent("CF1"))
    assert story.names() == ["ComfortCaller"]
    assert story.tell(ev.CallerPresent("CF1")).names() == []  # still hears the one before


@pytest.mark.parametrize("company", [AIState.UP, AIState.STREAMING])
@pytest.mark.parametrize("stage", COMFORTED)
def test_nobody_is_announced_to_a_caller_who_has_company(stage: Stage, company: AIState) -> None:
    story = in_stage(stage)
    story.call = replace(story.call, comforted_until=0.0, ai=replace(story.call.ai, state=company))
    assert "ComfortCaller" not in story.tell(ev.CallerPresent("CF1")).names()
    assert "ComfortCaller" not in story.tell(ev.AnnouncementEnded("CF1"), after=9.0).names()


@pytest.mark.parametrize("stage", COMFORTED)
def test_the_ai_is_added_as_soon_as_the_caller_is_in_the_room_and_never_before(stage: Stage) -> None:
    story = without_ai(stage)
    story.call = replace(story.call, room_sid="")
    k = story.call.ai.k
    assert "AddAI" not in story.tell(ev.HandoffAsked("api", summary="Now.")).names()
    assert "AddAI" not in (story.wait().names() if stage in (Stage.CONNECTING, Stage.RETURNING) else [])
    story = without_ai(stage)
    story.call = replace(story.call, room_sid="")
    story.tell(ev.CallerJoined("wt-c1", "CF1", "CAcaller"))
    assert story.last == (do.AddAI(k + 1, "CF1", "wt-c1", 0.0),)
    assert (story.call.stage, story.call.ai.k, story.call.ai.state) == (stage, k + 1, AIState.ADDING)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.ARRIVING])
def test_a_leg_that_should_not_be_up_is_ended_wherever_the_call_is(stage: Stage) -> None:
    for stray in (ev.AIAdded(9, "CAstray"), ev.AIJoined(9, "CF1", "CAstray"), ev.HumanRang(9, "CAstray")):
        story = in_stage(stage)
        where = story.call.stage
        assert story.tell(stray).last == (do.EndStray("CAstray"),)
        assert story.call.stage is where


RESTARTED = {
    Stage.ARRIVING: (Stage.ARRIVING, ["LookForRoom"]),
    Stage.AI: (Stage.RETURNING, ["PrepareModel", "LookForCaller", "LookForAI"]),
    Stage.RINGING: (Stage.RINGING, LOOKS),
    Stage.BRIEFING: (Stage.BRIEFING, LOOKS),
    Stage.CANCELLING: (Stage.CANCELLING, LOOKS),
    Stage.JOINING: (Stage.JOINING, LOOKS),
    Stage.HUMAN: (Stage.HUMAN, ["CloseModel", "RemoveAI", "LookForCaller", "LookForLeg"]),
    Stage.REDIRECTED: (Stage.REDIRECTED, ["LookForCaller"]),
    Stage.MESSAGE: (Stage.MESSAGE, ["LookForCaller"]),
}


@pytest.mark.parametrize("stage", RESTARTED)
def test_after_a_restart_whoever_may_be_up_is_looked_for(stage: Stage) -> None:
    story = in_stage(stage)
    armed = story.call.alarm
    story.tell(ev.Restarted(), after=30.0)
    assert (story.call.stage, story.names()) == RESTARTED[stage]
    assert (story.call.alarm, story.call.laps) == (armed + 1, 0)
    assert story.call.alarm_at > story.at


def test_a_restart_while_the_ai_is_on_its_way_looks_for_it() -> None:
    for stage in (Stage.CONNECTING, Stage.RETURNING):
        story = in_stage(stage)
        story.tell(ev.AIAdded(story.call.ai.k, "CAai"), ev.Restarted())
        assert (story.call.stage, story.names()) == (stage, ["LookForCaller", "LookForAI"])


#: Who is told what when the caller leaves; the AI's leg is ended everywhere.
LEFT = {
    Stage.RINGING: "EndHuman",
    Stage.CANCELLING: "EndHuman",
    Stage.BRIEFING: "TellHuman",
    Stage.JOINING: "TellHuman",
    Stage.REDIRECTED: "TellHuman",
}


@pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.OVER, Stage.ARRIVING, Stage.MESSAGE}))
def test_when_the_caller_leaves_the_human_is_told_first_and_the_ai_ended(stage: Stage) -> None:
    story = in_stage(stage, Again() if stage not in (Stage.CONNECTING,) else None)
    story.tell(ev.CallerLeft(why="completed"))
    human = [LEFT[stage]] if stage in LEFT else []
    assert story.names() == [*human, "CloseModel", "EndAI"]
    assert (story.call.ended_at, story.call.stage) == (story.at, Stage.OVER)


@pytest.mark.parametrize("stage", [*sorted(FREE | SEEKING), Stage.HUMAN])
def test_when_the_room_ends_every_leg_but_the_callers_is_ended(stage: Stage) -> None:
    for news in (ev.RoomLost("CF1"), ev.CallerCameBack()):
        story = in_stage(stage)
        story.tell(ev.AIAdded(story.call.ai.k, "CAai"), news)
        human = ["EndHuman"] if stage in SEEKING | {Stage.HUMAN} else []
        model = ["PrepareModel"] if isinstance(news, ev.CallerCameBack) else []
        assert story.names() == ["CloseModel", "EndAI", *human, *model]
        assert (story.call.stage, story.call.room_sid) == (Stage.RETURNING, "")


def test_the_model_hears_the_caller_while_the_ai_may_speak_with_them() -> None:
    assert FREE | SEEKING - {Stage.JOINING} == HEARS
    assert FILLS == SEEKING


#: Every time limit another: what a stage waits for can be read off.
LIMITS = {
    field.name: 100.0 + place
    for place, field in enumerate(fields(Rules))
    if field.name not in ("humans", "patience", "losses", "loss_window", "proofs", "mending")
}
#: The limits of stages that are not named after their own.
LIMIT = {
    Stage.AI: "connecting",  # begun anew: the AI is brought back
    Stage.WAITING: "watching",
    Stage.RINGING: "ring_margin",
    Stage.RETURNING: "connecting",
    Stage.HUMAN: "checking",
}


@pytest.mark.parametrize("stage", sorted(set(WAITS) - {Stage.OVER}))
def test_a_stage_waits_for_as_long_as_the_rules_say(stage: Stage) -> None:
    story = in_stage(stage)
    story.rules = Rules(humans=story.rules.humans, **LIMITS)
    story.tell(ev.Restarted())
    ring = 20.0 if stage is Stage.RINGING else 0.0
    due = story.at + LIMITS[LIMIT.get(stage, stage.value)] + ring
    # Until the AI has come, it is looked after sooner than the human.
    soon = story.at + story.rules.connecting if stage in MINDS_AI else due
    if stage is Stage.HUMAN:
        soon = story.call.attempts[-1].joined_at + story.rules.proofs[0]
    assert (story.call.due_at, story.call.alarm_at) == (due, min(due, soon))


def test_the_first_wait_with_a_human_is_the_introductions() -> None:
    story = in_stage(Stage.HUMAN)
    assert story.call.alarm_at == story.at + story.rules.introduction
    assert story.wait().names() == ["CloseModel", "RemoveAI"]
    assert story.call.due_at == story.at + story.rules.checking
    assert story.wait().names() == ["LookForCaller", "LookForLeg", "LookAtBridge"]
    assert story.call.alarm_at == story.at + story.rules.checking
    assert story.wait().names() == ["LookForCaller", "LookForLeg", "EndAI"]
    story.tell(ev.AILeft(1, "CF1"))
    assert story.wait().names() == ["LookForCaller", "LookForLeg"]


#: What a timer does that goes off in each stage.
GOES_OFF = {
    Stage.ARRIVING: (Stage.ARRIVING, ["LookForRoom"]),
    Stage.AI: (Stage.AI, ["LookForAI", "LookForCaller"]),
    Stage.WAITING: (Stage.WAITING, ["LookForAI", "LookForCaller"]),
    Stage.CONNECTING: (Stage.CONNECTING, ["EndAI", "LookForCaller", "ComfortCaller", "AddAI"]),
    Stage.RETURNING: (Stage.RETURNING, ["EndAI", "LookForCaller", "ComfortCaller", "AddAI"]),
    Stage.RINGING: (Stage.CANCELLING, ["EndHuman"]),
    Stage.BRIEFING: (Stage.CANCELLING, ["EndHuman"]),
    Stage.JOINING: (Stage.JOINING, ["LookForLeg"]),
    Stage.CANCELLING: (Stage.CANCELLING, ["LookForLeg"]),
    Stage.HUMAN: (Stage.HUMAN, ["CloseModel", "RemoveAI"]),
    Stage.REDIRECTED: (Stage.REDIRECTED, ["LookForCaller"]),
    Stage.MESSAGE: (Stage.OVER, ["EndCaller", "CloseModel", "EndAI"]),
    Stage.OVER: (Stage.OVER, ["CloseModel", "EndAI"]),
}


@pytest.mark.parametrize("stage", sorted(WAITS))
def test_a_timer_that_goes_off_asks_or_ends_and_is_armed_again(stage: Stage) -> None:
    story = in_stage(stage, Again() if stage is Stage.MESSAGE else None)
    story.wait()
    assert (story.call.stage, story.names()) == GOES_OFF[stage]
    assert story.call.alarm_at > story.at


@pytest.mark.parametrize(
    ("stage", "found"),
    [(Stage.CONNECTING, ["LookForCaller"]), (Stage.RETURNING, ["LookForRoom", "LookForCaller"])],
)
def test_a_caller_who_is_not_in_the_room_yet_is_looked_for_and_that_is_no_loss(
    stage: Stage, found: list[str]
) -> None:
    story = in_stage(stage)
    losses = story.call.ai.losses
    story.call = replace(story.call, room_sid="")
    story.wait()
    assert (story.call.stage, story.names(), story.call.ai.losses) == (stage, found, losses)
    assert story.call.alarm_at == story.at + story.rules.connecting


def test_a_call_that_is_over_is_looked_after_until_every_leg_is_known_to_be_gone() -> None:
    story = in_stage(Stage.OVER)
    for _ in range(story.rules.patience):
        assert story.wait().names() == ["CloseModel", "EndAI"]
        assert story.call.alarm_at == story.at + story.rules.over
    assert (story.wait().names(), story.call.alarm_at) == ([], 0.0)
    story = in_stage(Stage.OVER).tell(ev.AILeft(1, "CF1"))
    assert (story.wait().names(), story.call.alarm_at) == ([], 0.0)


def test_a_timer_while_a_redirected_caller_asks_for_a_message_ends_every_leg() -> None:
    story = in_stage(Stage.MESSAGE, Again())
    story.call = replace(story.call, attempts=in_stage(Stage.RINGING).call.attempts)
    assert story.wait().names() == ["EndCaller", "CloseModel", "EndAI", "EndHuman"]


def test_a_handoff_whose_ai_goes_down_while_free_looks_for_a_human_or_ends_the_leg_before() -> None:
    """Also when the leg of an older attempt may still be up: nobody is rung beside it."""
    story = in_stage(Stage.RINGING).tell(ev.CallerCameBack())
    story.tell(ev.CallerJoined("wt-c1-2", "CF2", "CAcaller")).ai_up(2)
    story.tell(ev.ModelLost(2, "quota", fatal=True))
    assert (story.call.stage, story.names()) == (Stage.CANCELLING, ["EndHuman"])
    assert story.n == 1


def test_a_dial_nobody_has_heard_of_is_looked_for_until_it_is_given_up() -> None:
    story = Story().asked().wait()
    assert (story.call.stage, story.names()) == (Stage.CANCELLING, ["EndHuman", "LookForDial"])
    assert story.wait().names() == ["LookForDial"]


def test_a_caller_who_comes_back_twice_has_the_humans_leg_ended_twice() -> None:
    """The first order may have failed, and its leg may still be up."""
    story = in_stage(Stage.RINGING).tell(ev.CallerCameBack(), ev.CallerCameBack())
    assert (story.call.stage, story.call.rooms) == (Stage.RETURNING, 3)
    assert story.names() == ["CloseModel", "EndAI", "EndHuman", "PrepareModel"]


def test_a_model_that_can_never_be_had_has_a_human_rung_before_the_ai_ever_spoke() -> None:
    story = in_stage(Stage.CONNECTING).tell(ev.AIAsked(1, "t"), ev.StreamUp(1))
    story.tell(ev.ModelLost(1, "quota", fatal=True))
    assert (story.call.stage, story.names()) == (Stage.RINGING, ["PlayComfort", "DialHuman"])


def test_each_loss_of_the_ai_has_its_own_time_to_be_made_good() -> None:
    story = in_stage(Stage.RETURNING)
    story.call = replace(story.call, ai=replace(story.call.ai, losses=()))
    story.tell(ev.AILeft(2, "CF1"), after=5.0)
    assert (story.call.stage, story.call.alarm_at) == (Stage.RETURNING, story.at + story.rules.connecting)


def test_each_redirected_dial_has_its_own_time() -> None:
    story = in_stage(Stage.REDIRECTED).tell(ev.CallerCameBack(1, Ended.BUSY), after=30.0)
    assert (story.call.stage, story.call.alarm_at) == (Stage.REDIRECTED, story.at + story.rules.redirected)


def test_a_redirect_that_cannot_be_ordered_for_a_caller_without_ai_ends_in_a_message() -> None:
    story = in_stage(Stage.REDIRECTED)
    story.call = replace(story.call, ai=replace(story.call.ai, state=AIState.STREAMING, down=True))
    story.tell(ev.OrderFailed("RedirectCaller", "unsure"))
    assert (story.call.stage, story.names()) == (Stage.MESSAGE, ["RedirectCaller"])


def test_a_message_that_was_left_ends_every_leg_but_the_callers() -> None:
    assert in_stage(Stage.MESSAGE).tell(ev.MessageLeft("url", 5)).names() == ["CloseModel", "EndAI"]


@pytest.mark.parametrize("state", AIState)
def test_a_caller_who_has_another_stream_by_now_is_not_looked_for(state: AIState) -> None:
    story = in_stage(Stage.AI)
    story.tell(ev.StreamEnded(story.call.ai.generation, ev.STOPPED))
    (look,) = story.last
    assert isinstance(look, do.LookForLoneCaller)
    assert look.delay > 0
    alone = state in (AIState.ABSENT, AIState.ADDING)
    assert look.wanted(replace(story.call, ai=replace(story.call.ai, state=state))) is alone
