"""What a call learns from each fact, field by field, and nothing besides."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from tests.core.stories import Again, Story, fact, in_stage, styled
from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import AIState, Call, Handoff, Stage, Style
from warmtransfer.core.legs import Ended, Heard
from warmtransfer.core.outcomes import HandoffEnd, Outcome
from warmtransfer.core.rules import COMFORT_SECONDS, Rules
from warmtransfer.core.screening import Screen


def told(value: Any, name: str = "") -> dict[str, Any]:
    """Every field of a call by its dotted name; of the attempts only the newest."""
    if isinstance(value, Call):
        rest = {each.name: getattr(value, each.name) for each in fields(value)}
        for name in ("at", "alarm", "alarm_at", "due_at", "attempts"):
            rest.pop(name)
        flat = {}
        for name, each in {**rest, "attempt": value.attempt}.items():
            flat.update(told(each, name))
        return flat
    if is_dataclass(value):
        return {f"{name}.{each.name}": getattr(value, each.name) for each in fields(value)}
    return {name: value}


def learned(story: Story, event: ev.Event) -> dict[str, Any]:
    """What the call knows after `event` that it did not know before."""
    before = told(story.call)
    after = told(story.tell(event).call)
    return {name: value for name, value in after.items() if before.get(name) != value}


NOW = object()  #: the second in which the fact happened
NEWS = (
    "The handoff did not succeed: Sam is on another call; Kim did not answer in time. Tell the caller so "
    "honestly in one or two sentences, and offer to go on yourself, to take a message, or to try again."
)

#: stage, fact (a kind: as it fits the call), and what is learned. Attempt 2, AI leg 2 and room 2 are current.
LEARNED: list[tuple[Stage, ev.Event | type[ev.Event], dict[str, Any]]] = [
    (Stage.AI, ev.AIAdded(2, "CAnew"), {"ai.call_sid": "CAnew"}),
    (Stage.AI, ev.AIJoined(2, "CF2", "CAnew"), {"ai.call_sid": "CAnew"}),
    (Stage.HUMAN, ev.AIJoined(2, "CF2", "CAnew"), {"ai.call_sid": "CAnew"}),
    (Stage.AI, ev.AIJoined(2, "CF1", "CAnew"), {"stray": "CAnew"}),
    (Stage.AI, ev.AIAdded(1, "CAnew"), {"stray": "CAnew"}),
    (Stage.OVER, ev.AIAdded(2, "CAnew"), {"stray": "CAnew"}),
    (Stage.REDIRECTED, ev.StreamEnded(2, "stopped"), {"ai.state": AIState.ABSENT}),
    (Stage.HUMAN, ev.StreamEnded(2, "stopped"), {"ai.state": AIState.ABSENT}),
    (Stage.HUMAN, ev.AILeft, {"ai.state": AIState.ABSENT, "ai.call_sid": ""}),
    (Stage.OVER, ev.AILeft, {"ai.call_sid": ""}),
    (Stage.RINGING, ev.HandoffAsked("api", summary="Better."), {"handoff.summary": "Better."}),
    (Stage.RINGING, ev.HandoffAsked("api"), {}),
    (Stage.HUMAN, ev.HandoffAsked("api", "kim", "why", "Better."), {"handoff.summary": "Better."}),
    (Stage.REDIRECTED, ev.HandoffAsked("api", summary="Better."), {"handoff.summary": "Better."}),
    *((stage, ev.Disclosed("I am an AI."), {"disclosed_at": NOW}) for stage in Stage),
    (Stage.RINGING, ev.HumanDialled(2, "CAfound"), {"attempt.call_sid": "CAfound"}),
    (Stage.RINGING, ev.HumanRang(2, "CAfound"), {"attempt.call_sid": "CAfound"}),
    (Stage.RINGING, ev.HumanRang(1, "CAold"), {"stray": "CAold"}),
    (Stage.OVER, ev.HumanRang(1, "CAold"), {"stray": "CAold"}),
    (Stage.RINGING, ev.HumanAnswered, {"stage": Stage.BRIEFING, "attempt.answered_at": NOW}),
    (Stage.BRIEFING, ev.HumanAnswered, {}),
    (Stage.BRIEFING, ev.HumanAccepted, {
        "stage": Stage.JOINING, "attempt.outcome": Outcome.ACCEPTED, "attempt.accepted_at": NOW,
        "attempt.key": "1"}),
    (Stage.REDIRECTED, ev.HumanAccepted, {
        "stage": Stage.HUMAN, "attempt.outcome": Outcome.ACCEPTED, "attempt.accepted_at": NOW,
        "attempt.joined_at": NOW, "attempt.key": "1", "room_sid": ""}),
    (Stage.BRIEFING, ev.HumanDeclined(2, Outcome.NO_INPUT), {
        "stage": Stage.CANCELLING, "attempt.outcome": Outcome.NO_INPUT}),
    (Stage.REDIRECTED, ev.HumanDeclined(2, Outcome.DECLINED), {"attempt.outcome": Outcome.DECLINED}),
    (Stage.JOINING, ev.HumanDeclined(2, Outcome.DECLINED), {}),
    (Stage.BRIEFING, ev.MachineHeard(2, Heard.HUMAN), {"attempt.answered_by": "human"}),
    (Stage.BRIEFING, ev.MachineHeard(2, Heard.UNKNOWN), {"attempt.answered_by": "unknown"}),
    (Stage.RINGING, ev.MachineHeard(2, Heard.HUMAN), {
        "attempt.answered_by": "human", "attempt.answered_at": NOW}),
    *((stage, ev.MachineHeard(2, Heard.MACHINE), {
        "attempt.answered_by": "machine", "attempt.screen": Screen.LISTENING, "attempt.screened_at": NOW})
      for stage in (Stage.BRIEFING,)),
    (Stage.REDIRECTED, ev.MachineHeard(2, Heard.MACHINE), {
        "attempt.answered_by": "machine", "attempt.outcome": Outcome.MACHINE, "attempt.answered_at": NOW}),
    (Stage.CANCELLING, ev.MachineHeard(2, Heard.MACHINE), {}),
    (Stage.BRIEFING, ev.BriefingHeard(2), {"attempt.briefed": True}),
    (Stage.JOINING, ev.HumanJoined(2, "CF2", "CAelse"), {"stage": Stage.HUMAN, "attempt.joined_at": NOW}),
    (Stage.BRIEFING, ev.HumanLeft(2, "CF2"), {}),
    (Stage.REDIRECTED, ev.HumanEnded(2, Ended.BUSY, "486"), {
        "attempt.ended": True, "attempt.ended_at": NOW, "attempt.sip": "486",
        "attempt.status": "busy"}),
    (Stage.AI, ev.CallerLeft("CF2"), {
        "stage": Stage.OVER, "ended_at": NOW, "left": True, "ai.state": AIState.ABSENT}),
    (Stage.RINGING, ev.CallerLeft("CF2"), {
        "stage": Stage.OVER, "ended_at": NOW, "left": True, "ai.state": AIState.ABSENT,
        "attempt.outcome": Outcome.CALLER_LEFT, "handoff.end": HandoffEnd.CALLER_LEFT,
        "handoff.ended_at": NOW}),
    (Stage.HUMAN, ev.CallerLeft("CF2"), {
        "stage": Stage.OVER, "ended_at": NOW, "left": True, "ai.state": AIState.ABSENT,
        "attempt.parted_at": NOW, "attempt.left_first": "caller",
        "handoff.end": HandoffEnd.DROPPED_EARLY, "handoff.ended_at": NOW}),
    (Stage.AI, ev.RoomLost("CF2"), {"stage": Stage.RETURNING, "room_sid": "", "ai.state": AIState.ABSENT}),
    (Stage.AI, ev.CallerCameBack(), {
        "stage": Stage.RETURNING, "room_sid": "", "rooms": 3, "ai.state": AIState.ABSENT}),
    (Stage.RINGING, ev.CallerCameBack(), {
        "stage": Stage.RETURNING, "room_sid": "", "rooms": 3, "ai.state": AIState.ABSENT,
        "attempt.outcome": Outcome.CANCELLED, "news": NEWS,
        "handoff.end": HandoffEnd.STOPPED, "handoff.ended_at": NOW}),
    (Stage.HUMAN, ev.CallerCameBack(), {
        "stage": Stage.RETURNING, "room_sid": "", "rooms": 3, "ai.state": AIState.ABSENT,
        "attempt.parted_at": NOW, "attempt.left_first": "room",
        "handoff.end": HandoffEnd.DROPPED_EARLY, "handoff.ended_at": NOW,
        "news": briefing.human_gone("kim")}),
    (Stage.MESSAGE, ev.CallerCameBack(), {"ai.state": AIState.ABSENT}),
    (Stage.OVER, ev.CallerCameBack(), {
        "stage": Stage.RETURNING, "room_sid": "", "rooms": 3, "ended_at": 0.0, "left": False}),
    (Stage.MESSAGE, ev.MessageLeft("url", 5), {
        "stage": Stage.OVER, "ai.state": AIState.ABSENT, "ended_at": NOW, "message_url": "url",
        "message_seconds": 5}),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "event", "more"), LEARNED)
def test_a_fact_adds_what_it_says(
    stage: Stage, event: ev.Event | type[ev.Event], more: dict[str, Any]
) -> None:
    story = in_stage(stage, Again())
    given = event if isinstance(event, ev.Event) else fact(event, story)
    news = learned(story, given)
    assert news == {name: story.at if value is NOW else value for name, value in more.items()}


def test_an_arrival_tells_who_calls_and_when_and_a_repeated_one_changes_nothing() -> None:
    story = Story()
    arrival = ev.CallArrived("CAcaller", "+15550109999", "+15550100000")
    assert learned(story, arrival) == {
        "caller_sid": "CAcaller", "caller": "+15550109999", "called": "+15550100000", "started_at": story.at,
    }  # fmt: skip
    assert learned(story, arrival) == {}


def test_that_an_ai_speaks_is_told_once_and_the_first_time_stays() -> None:
    story = Story().talking()
    line = ev.Disclosed("I am an AI.")
    assert learned(story, line) == {"disclosed_at": story.at}
    assert learned(story, line) == {}


def test_a_join_tells_the_room_and_the_leg() -> None:
    story = Story().arrived()
    assert learned(story, ev.CallerJoined("wt-c1", "CF1", "CAother")) == {
        "stage": Stage.CONNECTING, "room_sid": "CF1", "caller_sid": "CAother", "ai.k": 1,
        "ai.state": AIState.ADDING, "ai.since": story.at,
    }  # fmt: skip


def test_a_stream_is_offered_used_and_up() -> None:
    story = Story().connecting()
    assert learned(story, ev.AIAsked(1, "t1")) == {"ai.token": "t1", "ai.generation": 1}
    assert learned(story, ev.StreamUp(1)) == {"ai.state": AIState.STREAMING, "ai.token": ""}
    story.call = replace(story.call, ai=replace(story.call.ai, down=True))
    assert learned(story, ev.AIUp(1)) == {
        "ai.state": AIState.UP, "ai.down": False, "ai.met": True, "stage": Stage.AI}  # fmt: skip


@pytest.mark.parametrize("lost", [ev.StreamUp(1), ev.AIUp(1)])
def test_a_stream_whose_leg_is_gone_is_not_up(lost: ev.Event) -> None:
    story = Story().connecting().tell(ev.AIAsked(1, "t1"), ev.RoomLost("CF1"))
    assert learned(story, lost) == {}


@pytest.mark.parametrize("used", [True, False])
def test_a_leg_that_asks_again_has_lost_the_stream_it_was_offered(used: bool) -> None:
    """The stream could not be opened, or the process that held it has died, and nobody told us."""
    story = Story().connecting().tell(ev.AIAsked(1, "t1"))
    if used:
        story.tell(ev.StreamUp(1), ev.AIUp(1))
    learned(story, ev.AIAsked(1, "t2"))
    ai = story.call.ai
    assert (ai.token, ai.generation, ai.state, ai.losses) == ("t2", 2, AIState.ADDING, (story.at,))
    assert story.names() == ["LookForLoneCaller"]
    assert story.call.news == (briefing.interrupted() if used else "")


@pytest.mark.parametrize("loss", [ev.StreamEnded, ev.ModelLost, ev.AIAsked, ev.Restarted])
def test_a_caller_is_told_of_an_interruption_once_in_a_call(loss: type[ev.Event]) -> None:
    story = Story().connecting().tell(ev.AIAsked(1, "t1"), ev.StreamUp(1), ev.AIUp(1))
    told = []
    for generation in (1, 2, 3):
        story.tell(ev.StreamEnded(generation, "broken") if generation > 1 else _lost(loss, generation))
        if story.call.ai.generation == generation:
            story.tell(ev.AIAsked(story.call.ai.k, f"t{generation + 1}"))
        story.tell(ev.StreamUp(generation + 1), ev.AIUp(generation + 1), after=61.0)
        told += [order.news for order in story.last if isinstance(order, do.LetAISpeak)]
    assert told == [briefing.interrupted(), *[briefing.interrupted(again=True)] * 2]


def _lost(loss: type[ev.Event], generation: int) -> ev.Event:
    return {
        ev.StreamEnded: ev.StreamEnded(generation, "broken"),
        ev.ModelLost: ev.ModelLost(generation, "lost"),
        ev.AIAsked: ev.AIAsked(1, f"t{generation + 1}"),
        ev.Restarted: ev.Restarted(),
    }[loss]


def test_news_that_is_told_in_an_apologys_place_leaves_the_apology_to_the_next_loss() -> None:
    story = in_stage(Stage.AI)
    story.call = replace(story.call, news="Something else.")
    story.tell(ev.StreamEnded(story.call.ai.generation, "broken"))
    assert (story.call.news, story.call.ai.excused) == ("Something else.", False)


@pytest.mark.parametrize("news", [ev.StreamEnded(2), ev.ModelLost(2)])
@pytest.mark.parametrize("state", AIState)
def test_only_media_that_flows_can_be_lost(news: ev.Event, state: AIState) -> None:
    story = in_stage(Stage.AI, Again())
    story.call = replace(story.call, ai=replace(story.call.ai, state=state))
    story.tell(news)
    flows = state in (AIState.STREAMING, AIState.UP)
    assert story.call.ai.losses == ((story.at,) if flows else ())
    if flows:
        after = AIState.ADDING if isinstance(news, ev.StreamEnded) else AIState.STREAMING
        assert (story.call.ai.state, story.call.stage) == (after, Stage.RETURNING)


def test_losses_are_forgotten_after_a_minute_and_news_that_waits_is_kept() -> None:
    story = in_stage(Stage.RINGING)
    story.call = replace(story.call, news="Something else.")
    story.tell(ev.AILeft(1, "CF1"))
    first = story.at
    assert (story.call.ai.losses, story.call.news) == ((first,), "Something else.")
    story.ai_up(2).tell(ev.AILeft(2, "CF1"), after=first + 60.0 - story.at - 4.0)
    assert len(story.call.ai.losses) == 2
    story.call = replace(story.call, ai=replace(story.call.ai, losses=(story.at - 60.0, story.at - 59.0)))
    story.tell(ev.AIAdded(3, "CAai3")).ai_up(3)
    story.at = 2000.0
    story.call = replace(story.call, ai=replace(story.call.ai, losses=(1940.0, 1940.5)))
    story.tell(ev.AILeft(3, "CF1"), after=0.0)
    assert story.call.ai.losses == (1940.5, 2000.0)
    assert not story.call.ai.down


def test_a_loss_of_the_ai_that_counts_for_a_human_says_why() -> None:
    story = in_stage(Stage.AI, Again())
    story.tell(ev.ModelLost(2, "quota", fatal=True))
    handoff = story.call.handoff
    assert (handoff.source, handoff.target, handoff.number) == ("model_down", "", 1)
    assert handoff.reason == "The assistant failed in the middle of the call."
    assert story.call.ai.down


def test_a_human_who_leaves_gives_the_ai_a_new_beginning() -> None:
    story = in_stage(Stage.HUMAN)
    story.call = replace(story.call, ai=replace(story.call.ai, down=True, losses=(1.0, 2.0)))
    story.tell(ev.HumanEnded(1, Ended.COMPLETED))
    assert (story.call.ai.down, story.call.ai.losses) == (False, ())
    assert story.call.attempts[0].ended
    assert story.call.attempts[0].ended_at == story.at


@pytest.mark.parametrize("known", [True, False])
def test_the_leg_that_joins_is_the_one_that_was_dialled_unless_nobody_knew_it(known: bool) -> None:
    story = in_stage(Stage.JOINING)
    if not known:
        story.call = story.call.with_attempt(replace(story.call.attempts[0], call_sid=""))
    story.tell(ev.HumanJoined(1, "CF1", "CAjoined"))
    assert story.call.attempts[0].call_sid == ("CAhuman1" if known else "CAjoined")


def test_a_handoff_is_kept_as_it_was_asked_for() -> None:
    story = in_stage(Stage.AI).tell(ev.HandoffAsked("tool", "kim", "a reason", "A summary."))
    assert story.call.handoff == Handoff(1, "tool", "kim", "a reason", "A summary.", asked_at=story.at)
    attempt = story.call.attempts[0]
    assert (attempt.n, attempt.handoff, attempt.name, attempt.number) == (1, 1, "kim", "+15550100002")
    assert (attempt.style, attempt.dialled_at) == (Style.SCREEN, story.at)


@pytest.mark.parametrize("stage", [Stage.AI, Stage.CONNECTING, Stage.RETURNING])
def test_whoever_has_the_caller_a_human_is_rung_when_asked_for(stage: Stage) -> None:
    story = in_stage(stage).tell(ev.HandoffAsked("api"))
    assert (story.call.stage, story.names()) == (Stage.RINGING, ["DialHuman"])
    story = in_stage(stage)
    story.rules = styled(Style.REDIRECT)
    assert story.tell(ev.HandoffAsked("api")).names() == ["RedirectCaller"]
    assert story.call.stage is Stage.REDIRECTED
    story = in_stage(stage)
    story.rules = Rules()
    story.tell(ev.HandoffAsked("api"))
    assert (story.call.stage, story.names()) == (stage, ["LetAISpeak"] if stage is Stage.AI else [])
    assert story.call.handoff.number == 1
    story = in_stage(stage)
    story.rules = Rules()
    story.call = replace(story.call, ai=replace(story.call.ai, down=True))
    story.tell(ev.HandoffAsked("api"))
    assert (story.call.stage, story.names()) == (Stage.MESSAGE, ["RedirectCaller"])


def test_an_announcement_ends_once_and_not_before_it_can_have_played() -> None:
    story = in_stage(Stage.RINGING).tell(ev.AILeft(1, "CF1"))
    begun = story.at
    assert story.call.comforted_until == begun + COMFORT_SECONDS
    assert learned(story, ev.AnnouncementEnded("CF1")) == {}
    story.at = begun
    assert learned(story.tell(after=0.0), ev.AnnouncementEnded("CF9")) == {}
    story.tell(ev.AnnouncementEnded("CF1"), after=begun + 2.0 - story.at)
    assert story.call.comforted_until == story.at + COMFORT_SECONDS


def test_a_caller_the_carrier_does_not_know_has_left_when_they_came_long_ago() -> None:
    for seconds, stage in ((59.0, Stage.AI), (60.0, Stage.OVER)):
        story = in_stage(Stage.AI)
        story.tell(ev.CallerLeft(why=ev.UNKNOWN), after=story.call.started_at + seconds - story.at)
        assert story.call.stage is stage


def test_a_human_who_leaves_the_room_has_left_the_caller_although_their_leg_may_be_up() -> None:
    story = in_stage(Stage.HUMAN, Again()).tell(ev.LineHeard(2))
    assert learned(story, ev.HumanLeft(2, "CF2")) == {
        "stage": Stage.RETURNING,
        "attempt.ended_at": story.at,
        "attempt.parted_at": story.at,
        "attempt.left_first": "human",
        "handoff.end": HandoffEnd.DROPPED_EARLY,
        "handoff.ended_at": story.at,
        "news": briefing.human_gone("kim"),
        "ai.k": 3,
        "ai.since": story.at,
        "ai.state": AIState.ADDING,
        "ai.call_sid": "",
        "comforted_until": story.at + COMFORT_SECONDS,
    }


def test_an_event_can_be_written_down_whole() -> None:
    assert ev.HumanEnded(2, Ended.BUSY, "486", "CA2", Heard.MACHINE).to_dict() == {
        "n": 2,
        "status": "busy",
        "sip": "486",
        "call_sid": "CA2",
        "answered_by": "machine",
    }


@pytest.mark.parametrize(
    ("sid", "ended", "gone"),
    [("CA1", True, True), ("", False, True), ("", True, True), ("CA1", False, False)],
)
def test_a_call_is_over_when_every_leg_that_was_up_has_ended(sid: str, ended: bool, gone: bool) -> None:
    story = in_stage(Stage.RINGING).tell(ev.CallerLeft("CF1"), ev.AILeft(1, "CF1"))
    story.call = story.call.with_attempt(replace(story.call.attempts[0], call_sid=sid, ended=ended))
    assert bool(story.wait().names()) is not gone


def test_a_redirect_that_failed_is_told_and_its_attempt_closed() -> None:
    story = in_stage(Stage.REDIRECTED).tell(ev.OrderFailed("RedirectCaller", "unsure", "human-1"))
    assert story.call.attempts[0].outcome is Outcome.FAILED
    assert story.names() == ["LetAISpeak"]
    story = in_stage(Stage.REDIRECTED).tell(ev.StreamEnded(1))
    story.tell(ev.OrderFailed("RedirectCaller", "unsure", "human-1"))
    assert "Sam could not be reached" in story.call.news
