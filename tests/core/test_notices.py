"""What others are told of a call: one row a kind, by what a decision changes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.core.stories import Story, in_stage
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Handoff, Stage
from warmtransfer.core.legs import Ended
from warmtransfer.core.notices import NOTICES, Kind, Notice, notices, spelled
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.place import Waits


def told(story: Story, *facts: ev.Event) -> list[Notice]:
    """What these facts lead to."""
    found = []
    for fact in facts:
        before = story.call
        story.tell(fact)
        found += notices(before, story.call)
    return found


def kinds(found: list[Notice]) -> list[str]:
    return [each.kind.value for each in found]


def data(story: Story, notice: Notice) -> dict[str, Any]:
    """As a receiver reads it."""
    found: dict[str, Any] = json.loads(json.dumps(spelled(notice, story.call)))
    return found


def over(n: int, how: Ended = Ended.COMPLETED) -> ev.Event:
    return ev.HumanEnded(n, how, call_sid=f"CAhuman{n}")


def test_every_kind_has_its_row() -> None:
    assert set(NOTICES) == set(Kind)


def test_a_whole_call_is_told_in_the_order_in_which_it_happens() -> None:
    story = Story()
    found = notices(None, story.arrived().call)
    found += told(
        story,
        ev.CallerJoined("wt-c1", "CF1", "CAcaller"),
        ev.AIAdded(1, "CAai1"),
        ev.AIAsked(1, "token1"),
    )
    found += told(story, ev.StreamUp(1), ev.AIUp(1), ev.HandoffAsked("tool", "sam", "an order", "Asks so."))
    found += told(story, ev.HumanDialled(1, "CAhuman1"), over(1, Ended.NO_ANSWER))
    found += told(story, ev.HumanDialled(2, "CAhuman2"), ev.HumanAnswered(2, "CAhuman2"))
    found += told(story, ev.HumanAccepted(2), ev.HumanJoined(2, "CF1", "CAhuman2"))
    found += told(story, ev.CallerLeft("CF1"), over(2))
    assert kinds(found) == [
        "call.started",
        "handoff.asked",
        "attempt.ended",
        "human.joined",
        "handoff.ended",
        "call.over",
        "attempt.ended",
    ]


def test_what_changes_nothing_for_others_tells_them_nothing() -> None:
    story = Story().talking()
    assert told(story, ev.CallerPresent("CF1"), ev.Disclosed("an AI speaks")) == []
    assert told(story, ev.HandoffAsked("tool")) != []
    assert told(story, ev.HandoffAsked("words", summary="better")) == []


def test_a_request_that_nobody_can_serve_has_ended_with_its_beginning() -> None:
    story = Story()
    story.talking()
    story.rules = type(story.rules)(humans=())
    found = told(story, ev.HandoffAsked("tool"))
    assert kinds(found) == ["handoff.asked", "handoff.ended"]
    assert data(story, found[1])["joined"] is False


def test_an_attempt_is_spelled_with_its_outcome_and_null_for_what_never_happened() -> None:
    story = Story().talking()
    told(story, ev.HandoffAsked("tool", "sam", "an order", "Asks so."), ev.HumanDialled(1, "CAhuman1"))
    [ended] = told(story, over(1, Ended.BUSY))
    assert ended.kind is Kind.ATTEMPT_ENDED
    spelt = data(story, ended)
    assert spelt["attempt"] == {
        "n": 1,
        "handoff": 1,
        "name": "sam",
        "number": "+15550100001",
        "style": "screen",
        "outcome": Outcome.BUSY.value,
        "answered_by": "",
        "status": "busy",
        "sip": "",
        "key": "",
        "left_first": "",
        "dialled_at": spelt["attempt"]["dialled_at"],
        "answered_at": None,
        "accepted_at": None,
        "joined_at": None,
        "parted_at": None,
        "ended_at": story.call.at,
    }
    assert spelt["call"]["id"] == "c1"
    assert spelt["call"]["caller"] == "+15550109999"
    assert spelt["call"]["ended_at"] is None


def test_no_secret_of_a_call_is_in_what_is_told() -> None:
    story = Story().talking()
    found = told(story, ev.HandoffAsked("tool", "sam"), ev.HumanDialled(1, "CAhuman1"), over(1, Ended.BUSY))
    found += told(story, ev.CallerLeft("CF1"))
    assert len(found) >= 3
    for each in found:
        text = json.dumps(spelled(each, story.call))
        assert "token" not in text
        assert "CA" not in text
        assert "CF1" not in text


def test_a_message_is_told_once_as_noted_and_once_as_recorded() -> None:
    before = Call(id="c1", message="Ring back.")
    more = Call(id="c1", message="Ring back.\nBefore noon.")
    [noted] = notices(before, more)
    assert noted.more == {"text": "Before noon.", "url": "", "seconds": 0}
    then = Call(id="c1", message=more.message, message_url="https://r", message_seconds=4)
    [recorded] = notices(more, then)
    assert recorded.more == {"text": "", "url": "https://r", "seconds": 4}


def test_the_end_of_a_call_tells_of_all_its_attempts() -> None:
    story = Story().talking()
    told(story, ev.HandoffAsked("tool", "sam"), ev.HumanDialled(1, "CAhuman1"), over(1, Ended.BUSY))
    last = told(story, ev.CallerLeft("CF1"))[-1]
    assert last.kind is Kind.CALL_OVER
    spelt = data(story, last)
    assert [each["outcome"] for each in spelt["attempts"]] == ["busy", "caller_left"]
    assert [each["outcome"] for each in spelt["handoffs"]] == ["caller_left"]
    assert spelt["call"]["outcome"] == "left_waiting"


def test_how_a_request_ended_is_told_with_its_end_and_null_while_nobody_knows() -> None:
    story = Story().talking()
    told(story, ev.HandoffAsked("tool", "sam"), ev.HumanDialled(1, "CAhuman1"), over(1, Ended.BUSY))
    last = told(story, ev.HumanDialled(2, "CAhuman2"), over(2, Ended.BUSY))[-1]
    assert last.kind is Kind.HANDOFF_ENDED
    spelt = data(story, last)
    assert (spelt["handoff"]["outcome"], spelt["handoff"]["ended_at"]) == ("not_reached", story.call.at)
    assert spelt["call"]["outcome"] is None
    talk = in_stage(Stage.JOINING)
    last = told(talk, ev.HumanJoined(1, "CF1", "CAhuman1"))[-1]
    assert data(talk, last)["handoff"]["outcome"] is None, "it may be dropped early yet"


def test_a_request_that_was_waited_for_has_ended_when_another_takes_its_place() -> None:
    story = in_stage(Stage.WAITING)
    found = told(story, ev.HandoffAsked("tool", "kim"))
    assert kinds(found) == ["handoff.asked", "handoff.ended"]
    ended = data(story, found[1])["handoff"]
    assert (ended["number"], ended["outcome"]) == (1, "all_busy")


def test_a_handoff_has_not_ended_while_the_caller_waits_in_the_line() -> None:
    waits = in_stage(Stage.WAITING).call
    assert kinds(notices(replace(waits, stage=Stage.AI, handoff=Handoff()), waits)) == ["handoff.asked"]
    assert kinds(notices(waits, replace(waits, stage=Stage.RETURNING))) == []
    left = replace(waits, stage=Stage.AI, waits=Waits())
    assert kinds(notices(waits, left)) == ["handoff.ended"]
