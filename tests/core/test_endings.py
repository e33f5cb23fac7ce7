"""Every handoff and every call ends in one word, and never in another one afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.core.stories import ROOM, Story, in_stage
from warmtransfer.core import events as ev
from warmtransfer.core.call import AIState, Call, Outcome, Stage
from warmtransfer.core.endings import all_of, dropped_early, of_call, of_handoff
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import EARLY, CallEnd, HandoffEnd
from warmtransfer.core.plans import Known
from warmtransfer.core.rules import Rules

GONE = ev.CallerLeft(ROOM, "participant_hung_up")
ASK = ev.HandoffAsked("tool", "", "wants a person", "An order.")


def talked(seconds: float, end: ev.Event = GONE) -> Story:
    """Sam and the caller were together for so long."""
    return in_stage(Stage.HUMAN).tell(end, after=seconds)


def nobody_free() -> Story:
    """Everybody talks with other callers."""
    story = Story()
    engaged = {each.number: (900.0,) for each in story.rules.humans}
    story.rules = replace(story.rules, known=Known(engaged=engaged))
    return story.talking().tell(ASK)


def waited() -> Story:
    """The caller waited in the line for them, and had enough of it."""
    return nobody_free().tell(ev.LineLeft("star"))


def in_vain() -> Story:
    """Both humans are busy."""
    story = in_stage(Stage.RINGING).tell(ev.HumanEnded(1, Ended.BUSY, "486", "CAhuman1"))
    return story.tell(ev.HumanDialled(2, "CAkim"), ev.HumanEnded(2, Ended.BUSY, "486", "CAkim"))


def alone() -> Story:
    """There is nobody to be rung."""
    return Story(Rules()).talking().tell(ASK)


def recorded() -> Story:
    return in_stage(Stage.MESSAGE).tell(ev.MessageLeft("url", 5))


def room_lost() -> Story:
    return in_stage(Stage.RINGING).tell(ev.RoomLost(ROOM), ev.CallerCameBack())


PROMISED = ev.CallbackPromised("b1")

ENDS: dict[str, tuple[Callable[[], Story], HandoffEnd | None, CallEnd]] = {
    "never asked": (lambda: in_stage(Stage.AI), None, CallEnd.HANDLED_BY_AI),
    "gone at once": (lambda: in_stage(Stage.ARRIVING), None, CallEnd.ABANDONED),
    "gone before the AI": (lambda: in_stage(Stage.CONNECTING), None, CallEnd.ABANDONED),
    "talked": (lambda: talked(60.0), HandoffEnd.REACHED, CallEnd.REACHED_HUMAN),
    "the caller left at once": (lambda: talked(9.0), HandoffEnd.DROPPED_EARLY, CallEnd.DROPPED_EARLY),
    "the human left at once": (
        lambda: talked(9.0, ev.HumanLeft(1, ROOM)), HandoffEnd.DROPPED_EARLY, CallEnd.DROPPED_EARLY,
    ),
    **{
        f"left in {stage}": (
            lambda stage=stage: in_stage(stage), HandoffEnd.CALLER_LEFT, CallEnd.LEFT_WAITING,  # type: ignore[misc]
        )
        for stage in (Stage.RINGING, Stage.BRIEFING, Stage.JOINING, Stage.CANCELLING, Stage.REDIRECTED)
    },
    "all busy": (waited, HandoffEnd.ALL_BUSY, CallEnd.NOT_REACHED),
    "left the line with the call": (nobody_free, HandoffEnd.CALLER_LEFT, CallEnd.LEFT_WAITING),
    "in vain": (in_vain, HandoffEnd.NOT_REACHED, CallEnd.NOT_REACHED),
    "nobody there": (alone, HandoffEnd.NOBODY, CallEnd.NOT_REACHED),
    "a room lost": (room_lost, HandoffEnd.STOPPED, CallEnd.NOT_REACHED),
    "a message begun": (lambda: in_stage(Stage.MESSAGE), HandoffEnd.NOBODY, CallEnd.NOT_REACHED),
    "a message": (
        recorded, HandoffEnd.NOBODY, CallEnd.MESSAGE_LEFT,
    ),
    "a noted message": (
        lambda: in_vain().tell(ev.MessageTaken("Ring back.")), HandoffEnd.NOT_REACHED, CallEnd.MESSAGE_LEFT,
    ),
    "a message, noted in the line": (
        lambda: nobody_free().tell(ev.MessageTaken("Ring back.")),
        HandoffEnd.MESSAGE_LEFT, CallEnd.MESSAGE_LEFT,
    ),
    "a callback": (
        lambda: in_vain().tell(PROMISED), HandoffEnd.NOT_REACHED, CallEnd.CALLBACK_PROMISED,
    ),
    "a callback, promised in the line": (
        lambda: nobody_free().tell(PROMISED), HandoffEnd.CALLBACK_PROMISED, CallEnd.CALLBACK_PROMISED,
    ),
    "a callback, and what it is about recorded": (
        lambda: in_stage(Stage.MESSAGE).tell(PROMISED, ev.MessageLeft("url", 5)),
        HandoffEnd.NOBODY, CallEnd.CALLBACK_PROMISED,
    ),
    "a callback, and nobody was asked for": (
        lambda: in_stage(Stage.AI).tell(PROMISED), None, CallEnd.CALLBACK_PROMISED,
    ),
}  # fmt: skip

#: Those who leave the line with the call: it is not stored that they waited in it.
IN_LINE = frozenset({
    "left the line with the call", "a message, noted in the line", "a callback, promised in the line",
})  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
def test_every_end_has_its_word_for_the_handoff_and_the_call(name: str) -> None:
    story, handoff, end = ENDS[name]
    call = story().tell(ev.CallerLeft(why="completed")).call
    assert (of_handoff(call), of_call(call)) == (handoff, end)
    again = Call.from_dict(call.to_dict())
    assert again == call


@pytest.mark.parametrize("into", [nobody_free, lambda: in_stage(Stage.RINGING)])
def test_a_caller_whose_call_was_ended_for_them_has_not_left(into: Callable[[], Story]) -> None:
    call = into().tell(ev.HangUpAsked("console: Anna"), ev.CallerLeft(why="completed")).call
    assert (of_handoff(call), of_call(call)) == (HandoffEnd.STOPPED, CallEnd.NOT_REACHED)


def test_every_word_is_some_calls_end() -> None:
    """None is there for nothing."""
    assert {end for _, _, end in ENDS.values()} == set(CallEnd)
    assert {end for _, end, _ in ENDS.values()} - {None} == set(HandoffEnd)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_call_has_an_end_when_it_is_over_and_no_sooner(stage: Stage) -> None:
    call = in_stage(stage).call
    assert (of_call(call) is not None) is (stage is Stage.OVER)


@pytest.mark.parametrize("name", ENDS)
def test_a_release_that_notes_no_ends_leaves_them_to_be_read_off_the_attempts(name: str) -> None:
    story, handoff, end = ENDS[name]
    call = story().tell(ev.CallerLeft(why="completed")).call
    data = call.to_dict()
    for field in ("end", "ended_at", "asked_at"):
        del data["handoff"][field]
    read = Call.from_dict(data)
    cancelled = HandoffEnd.NOT_REACHED if handoff is HandoffEnd.STOPPED else handoff
    if name == "left in cancelling":  # our own timer's word stands with the attempt, and no more is known
        cancelled, end = HandoffEnd.NOT_REACHED, CallEnd.NOT_REACHED
    if name in IN_LINE:
        cancelled = HandoffEnd.ALL_BUSY
        end = CallEnd.NOT_REACHED if end is CallEnd.LEFT_WAITING else end
    assert (of_handoff(read), of_call(read)) == (cancelled, end)


def test_an_end_that_only_a_newer_release_knows_is_read_off_the_attempts() -> None:
    data = talked(60.0).call.to_dict()
    data["handoff"]["end"] = "served_with_tea"
    assert of_handoff(Call.from_dict(data)) is HandoffEnd.REACHED


def test_a_release_that_knows_no_promise_reads_the_call_all_the_same() -> None:
    call = in_vain().tell(PROMISED, ev.CallerLeft(why="completed")).call
    data = call.to_dict()
    assert data.pop("callback_id") == "b1"
    assert data.pop("promised_at") == call.promised_at
    assert of_call(Call.from_dict(data)) is CallEnd.NOT_REACHED


def test_a_caller_who_was_reached_after_all_has_reached_a_human_and_not_a_promise() -> None:
    story = in_vain().tell(PROMISED, ASK, ev.HumanDialled(3, "CAsam"), ev.HumanAnswered(3, "CAsam"))
    story.tell(ev.HumanAccepted(3), ev.HumanJoined(3, ROOM, "CAsam"))
    assert of_call(story.tell(GONE, after=60.0).call) is CallEnd.REACHED_HUMAN


def test_a_promise_is_noted_once_and_a_changed_wish_is_the_same() -> None:
    story = in_vain().tell(PROMISED)
    since = story.call.promised_at
    assert (story.tell(PROMISED).call.promised_at, story.last) == (since, ())


def test_a_talk_is_none_that_was_dropped_once_it_has_lasted() -> None:
    for seconds, early in ((EARLY, True), (EARLY + 0.1, False)):
        attempt = talked(seconds).call.attempts[0]
        assert dropped_early(attempt) is early
        assert attempt.parted_at == pytest.approx(attempt.joined_at + seconds)


def test_while_they_talk_it_is_reached_as_soon_as_it_cannot_be_dropped_any_more() -> None:
    story = in_stage(Stage.HUMAN)
    assert story.call.handoff.end is None
    story.tell(ev.LineHeard(1), after=EARLY)
    assert story.call.handoff.end is None
    story.tell(ev.CallerPresent(ROOM), after=0.5)
    assert (story.call.handoff.end, story.call.handoff.ended_at) == (HandoffEnd.REACHED, story.at)


def test_each_handoff_of_a_call_keeps_its_own_end() -> None:
    story = in_vain().tell(ASK, ev.HumanDialled(3, "CAsam"), ev.HumanAnswered(3, "CAsam"))
    story.tell(ev.HumanAccepted(3), ev.HumanJoined(3, ROOM, "CAsam"))
    call = story.tell(GONE, after=60.0).call
    ends = [(each.number, each.end) for each in all_of(call)]
    assert ends == [(1, HandoffEnd.NOT_REACHED), (2, HandoffEnd.REACHED)]
    assert all(each.asked_at < each.ended_at for each in all_of(call))
    assert of_call(call) is CallEnd.REACHED_HUMAN


def test_one_who_asks_again_while_waiting_in_line_has_ended_the_handoff_before() -> None:
    story = nobody_free().tell(ASK)
    assert [each.end for each in story.call.past] == [HandoffEnd.ALL_BUSY]
    assert story.call.past[0].ended_at == story.at


def test_a_human_who_came_by_the_carrier_itself_was_reached() -> None:
    story = in_stage(Stage.AI).tell(ev.Restarted(), ev.LastResortReached(1, "CAdesk", "+15550100099"))
    call = story.tell(ev.CallerLeft(why="completed"), after=60.0).call
    assert of_call(call) is CallEnd.REACHED_HUMAN
    assert [each.outcome for each in call.attempts] == [Outcome.LAST_RESORT]


def test_a_caller_who_comes_back_after_the_end_has_not_left_waiting() -> None:
    story = in_stage(Stage.RINGING).tell(GONE)
    assert of_call(story.call) is CallEnd.LEFT_WAITING
    story.tell(ev.CallerCameBack())
    assert (of_call(story.call), story.call.handoff.end) == (None, HandoffEnd.NOT_REACHED)
    assert story.call.ai.state is not AIState.UP
