"""The words fit the ear, and say what happened."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.stories import RULES, Story
from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core.call import Attempt, Style
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import Outcome, words
from warmtransfer.core.policy import named, next_human


@given(st.text(st.characters(), max_size=2000))
def test_a_summary_is_one_line_without_markup_of_bounded_length(text: str) -> None:
    spoken = briefing.tidy(text)
    assert len(spoken) <= briefing.SUMMARY_LIMIT
    assert not set("<>{}[]\n\r\t\0\ufffe\uffff") & set(spoken)
    assert spoken.encode().decode() == spoken


def test_a_long_summary_ends_at_a_sentence() -> None:
    text = "The caller asks for order 427. " * 20
    assert briefing.tidy(text).endswith("order 427.")


def test_a_call_without_a_summary_is_still_told_what_it_is() -> None:
    story = Story().ringing()
    story.tell(ev.HandoffAsked("api"))
    assert briefing.summary(story.call) == "An order has not arrived."
    bare = Story().talking().tell(ev.HandoffAsked("words"))
    assert briefing.summary(bare.call) == "A caller asked to speak with a person."


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_words(outcome: Outcome) -> None:
    attempt = Attempt(1, 1, "sam", "+15550100001", Style.SCREEN, outcome=outcome)
    assert re.fullmatch(r"Sam [a-z ]{8,}", briefing.ended(attempt))


def test_an_attempt_that_did_not_end_well_is_never_said_to_have_been_on_the_call() -> None:
    left = [outcome for outcome in Outcome if "left" in words(outcome)]
    assert left == [Outcome.ACCEPTED]


def test_first_words_tell_a_mailbox_nothing() -> None:
    assert briefing.first_words("Sam", "Harbour Books") == "A call for Sam, from Harbour Books."


@pytest.mark.parametrize(
    ("target", "name"), [("SAM", "sam"), (" kim ", "kim"), ("support", "kim"), ("sales", "sam")]
)
def test_a_target_is_a_name_or_a_word_of_the_description(target: str, name: str) -> None:
    found = named(RULES, target)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("target", ["", "+15550100001", "nobody", "s"])
def test_a_number_or_a_stranger_is_no_target(target: str) -> None:
    assert named(RULES, target) is None


def test_each_human_is_rung_once_per_handoff_and_again_in_the_next() -> None:
    story = Story().ringing().tell(ev.HumanEnded(1, Ended.BUSY))
    story.tell(ev.HumanDialled(2, "CA2"), ev.HumanEnded(2, Ended.BUSY))
    assert next_human(story.call, RULES) is None
    story.tell(ev.HandoffAsked("tool"))
    assert [each.name for each in story.call.attempts] == ["sam", "kim", "sam"]
