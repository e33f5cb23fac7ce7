"""What of a live call needs a person, in which words, and in which order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.stories import Story
from warmtransfer.console import wording
from warmtransfer.console.glance import CALM, LOST, SLOW, WAITING, Glance, Past, glance
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import Outcome
from warmtransfer.ports.store.ledger import Fact


class Seen(Story):
    """A story whose journal is kept, too."""

    past = Past()

    def tell(self, *facts: ev.Event, after: float = 1.0) -> Seen:
        for fact in facts:
            before = self.call.stage
            super().tell(fact, after=after)
            row = Fact(
                self.past.fact + 1, "c1", self.at, type(fact).__name__, before.value, self.call.stage.value
            )
            self.past = self.past.told([row])
        return self

    def seen(self, later: float = 0.0, said_at: float = 0.0, line: str = "Hello?") -> Glance:
        """The call at a glance, so much later."""
        return glance(self.call, self.past, line, "caller", said_at or self.at, self.at + later)


def talking() -> Seen:
    story = Seen()
    story.talking()
    return story


def ringing() -> Seen:
    story = talking()
    story.tell(ev.HandoffAsked("tool", summary="An invoice is wrong."), ev.HumanDialled(1, "CAhuman1"))
    return story


def test_a_call_that_is_well_needs_nobody_and_shows_what_was_said_last() -> None:
    seen = talking().seen()
    assert (seen.level, seen.why, seen.where, seen.line) == (CALM, (), "with the AI", "Hello?")


def test_who_waits_for_a_person_stands_with_what_was_tried_and_since_when() -> None:
    story = ringing()
    asked = story.past.asked_at
    story.tell(ev.HumanEnded(1, Ended.NO_ANSWER, "", "CAhuman1"), after=20.0)
    story.tell(ev.HumanDialled(2, "CAhuman2"))
    seen = story.seen()
    assert seen.level == WAITING
    assert seen.why == ("asked for a person", "Sam did not answer", "Kim’s phone is ringing")
    assert seen.waiting_since == asked < story.at - 20


def test_who_waits_in_the_line_stands_with_their_place_and_since_when() -> None:
    story = Seen()
    story.waiting()
    story.call = replace(story.call, waits=replace(story.call.waits, number=2, line="billing"))
    seen = story.seen()
    assert seen.level == WAITING
    assert seen.why == ("asked for a person", "number 2 in the line for billing")
    assert seen.where == "number 2 in the line for billing, with the AI"
    assert seen.waiting_since == story.call.waits.since
    assert wording.sentence(story.call, 0.0) == "The caller is number 2 in the line for billing, with the AI"


def test_a_second_ask_does_not_make_the_wait_begin_anew() -> None:
    story = ringing()
    asked = story.past.asked_at
    story.tell(ev.HandoffAsked("words", summary="More."))
    assert story.past.asked_at == asked


def test_asking_twice_is_said() -> None:
    story = ringing()
    for n in (1, 2):
        story.tell(ev.HumanDialled(n, f"CAhuman{n}"), ev.HumanEnded(n, Ended.BUSY, "", f"CAhuman{n}"))
    assert story.call.stage is Stage.AI
    story.tell(ev.HandoffAsked("words"))
    assert story.seen().why[0] == "asked twice"


def test_a_caller_whom_nobody_took_is_the_first_that_needs_a_person() -> None:
    lost = ringing()
    for n in (1, 2):
        lost.tell(ev.HumanDialled(n, f"CAhuman{n}"), ev.HumanEnded(n, Ended.BUSY, "", f"CAhuman{n}"))
    seen = lost.seen()
    assert seen.level == LOST
    assert seen.why[-1] == "nobody is left to ring"
    waits = ringing()
    waits.at += 600
    assert seen.order < waits.seen().order < talking().seen().order


def test_of_those_who_wait_the_longest_stands_first() -> None:
    early, late = ringing(), Seen()
    late.at = 1500.0
    late.talking()
    late.tell(ev.HandoffAsked("tool"))
    assert early.seen().order < late.seen().order


def test_a_caller_with_a_human_needs_nobody_and_nothing_of_theirs_is_shown() -> None:
    story = ringing()
    story.tell(ev.HumanAnswered(1, "CAhuman1"), ev.HumanAccepted(1), ev.HumanJoined(1, "CF1"))
    seen = story.seen()
    assert (seen.level, seen.where, seen.line) == (CALM, "with Sam", "")


@pytest.mark.parametrize(("later", "level"), [(10.0, CALM), (60.0, SLOW)])
def test_silence_is_worth_a_look_after_a_while(later: float, level: int) -> None:
    assert talking().seen(later).level == level


def test_words_end_the_silence() -> None:
    story = talking()
    assert story.seen(60.0, said_at=story.at + 50).level == CALM


def test_a_model_that_reconnects_is_worth_a_look_and_how_often() -> None:
    story = talking()
    story.tell(ev.ModelLost(story.call.ai.generation, "closed"))
    assert story.seen(1.0).level == CALM
    assert story.seen(6.0).why == ("the AI is reconnecting",)
    story.tell(ev.AIUp(story.call.ai.generation))
    story.tell(ev.ModelLost(story.call.ai.generation, "closed"))
    assert story.seen(6.0).why == ("the AI is reconnecting, for the second time",)


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_words_and_none_is_its_name(stage: Stage) -> None:
    call = Call("c1", stage=stage)
    told = wording.where(call, 0.0)
    assert told
    assert told != stage.value
    assert wording.sentence(call, 0.0)[0].isupper()
    assert wording.SHORT[stage]


@pytest.mark.parametrize("outcome", [*Outcome, None])
def test_every_outcome_has_words(outcome: Outcome | None) -> None:
    story = ringing()
    attempt = story.call.attempts[0]
    assert wording.became(replace(attempt, outcome=outcome))


def test_several_who_are_rung_at_once_are_all_named_and_who_took_it_has_the_caller() -> None:
    call = ringing().call
    sam = call.attempts[0]
    kim = replace(sam, n=2, name="kim", call_sid="CAhuman2")
    both = replace(call, attempts=(sam, kim))
    assert wording.where(both, 0.0) == "Sam’s and Kim’s phones are ringing"
    taken = replace(sam, outcome=Outcome.ACCEPTED, answered_at=1.0)
    assert wording.where(replace(both, stage=Stage.HUMAN, attempts=(taken, kim)), 0.0) == "with Sam"
    heard = replace(sam, answered_at=1.0)
    told = wording.where(replace(both, stage=Stage.BRIEFING, attempts=(heard, kim)), 0.0)
    assert told.startswith("Sam has picked up")
