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
from warmtransfer.core.outcomes import Outcome, of_leg, words
from warmtransfer.core.policy import named
from warmtransfer.core.rounds import next_round


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
    assert left == [Outcome.ACCEPTED, Outcome.LAST_RESORT]


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
    assert next_round(story.call, RULES) == ()
    story.tell(ev.HandoffAsked("tool"))
    assert [each.name for each in story.call.attempts] == ["sam", "kim", "sam"]


@pytest.mark.parametrize("end", [". ", "! ", "? "])
def test_a_summary_is_cut_behind_its_last_whole_sentence_if_that_is_not_too_early(end: str) -> None:
    first = "a" * 60 + end + "b" * 60 + end
    assert briefing.tidy(first + "c" * 100) == first.strip()
    assert briefing.tidy("Hm" + end + "word " * 60) == ("Hm" + end + "word " * 38).strip() + " word…"


def test_a_summary_that_fits_is_told_whole_and_one_sentence_at_half_is_too_early() -> None:
    assert briefing.tidy("a" * 200) == "a" * 200
    half = "a" * 100 + ". " + "b " * 80
    assert briefing.tidy(half).endswith("b…")
    assert briefing.tidy("a" * 101 + ". " + "b " * 80) == "a" * 101 + "."


#: What is said, word for word: it is heard.
SAID = [
    (briefing.first_words("sam", ""), "A call for Sam."),
    (briefing.first_words("McCoy", "Harbour Books"), "A call for McCoy, from Harbour Books."),
    (briefing.introduction("sam"), "Here is Sam, who knows what this is about."),
    (
        briefing.human_gone("sam"),
        "Sam has just left the call and the caller is still on the line. You are back. Say so in one "
        "sentence and ask whether there is anything else. You did not hear what they talked about.",
    ),
    (
        briefing.interrupted(),
        "The line to you was interrupted for a moment. Apologise in one short sentence and take up the "
        "conversation where it stopped.",
    ),
    (
        briefing.interrupted(again=True),
        "The line to you was interrupted for a moment once more. Do not apologise again. Take up the "
        "conversation where it stopped, in a few words.",
    ),
    (
        briefing.exhausted(Story().talking().call),
        "Nobody is available to take this call. Tell the caller so in one sentence, and offer to help "
        "yourself or to take a message.",
    ),
    (
        briefing.exhausted(Story().ringing().tell(ev.HumanEnded(1, Ended.BUSY)).call),
        "The handoff did not succeed: Sam is on another call; Kim did not answer. Tell the caller so "
        "honestly in one or two sentences, and offer to go on yourself, to take a message, or to try again.",
    ),
    (
        briefing.progress(Story().ringing().tell(ev.HumanEnded(1, Ended.BUSY)).call),
        "Sam is on another call. Kim is being called for the caller now. Keep the caller company; "
        "promise nothing.",
    ),
    (
        briefing.progress(Story().talking().call),
        "A colleague is being called for the caller now. Keep the caller company; promise nothing.",
    ),
    (
        briefing.next_try(Story().ringing().tell(ev.HumanEnded(1, Ended.BUSY)).call),
        "Tell the caller that Sam is on another call. Tell the caller that Kim is being called now. Say no "
        "more than that; promise nothing.",
    ),
    (
        briefing.next_try(Story().talking().call),
        "Tell the caller that a colleague is being called now. Say no more than that; promise nothing.",
    ),
]


@pytest.mark.parametrize(("said", "sentence"), SAID)
def test_it_is_said_word_for_word(said: str, sentence: str) -> None:
    assert said == sentence


WORDS = {
    Outcome.ACCEPTED: "has left the call",
    Outcome.LAST_RESORT: "has left the call",
    Outcome.DECLINED: "could not take the call",
    Outcome.HUNG_UP: "could not take the call",
    Outcome.NO_INPUT: "picked up but did not respond",
    Outcome.MACHINE: "could only be reached at a mailbox",
    Outcome.SCREENED: "did not pick up after their phone had asked who is calling",
    Outcome.PHONE_MENU: "could only be reached at a phone menu",
    Outcome.BLOCKED: "could not be reached",
    Outcome.NO_ANSWER: "did not answer",
    Outcome.BUSY: "is on another call",
    Outcome.FAILED: "could not be reached",
    Outcome.UNREACHABLE: "could not be reached",
    Outcome.CANCELLED: "did not answer in time",
    Outcome.CALLER_LEFT: "was not needed any more",
    Outcome.TAKEN: "was not needed any more",
    Outcome.TIMED_OUT: "did not answer in time",
    Outcome.ERROR: "could not be reached",
}


@pytest.mark.parametrize("outcome", Outcome)
def test_an_outcome_is_said_in_these_words(outcome: Outcome) -> None:
    assert words(outcome) == WORDS[outcome]


#: How a leg ended, and what that means of an attempt of which nothing better is known. A leg is `completed`
#: only after somebody has picked it up, although the news of that may be lost.
MEANS = {
    Ended.COMPLETED: Outcome.HUNG_UP,
    Ended.BUSY: Outcome.BUSY,
    Ended.NO_ANSWER: Outcome.NO_ANSWER,
    Ended.CANCELLED: Outcome.CANCELLED,
    Ended.FAILED: Outcome.FAILED,
    Ended.UNREACHABLE: Outcome.UNREACHABLE,
    Ended.MISSING: Outcome.ERROR,
}


@pytest.mark.parametrize("how", Ended)
def test_every_end_of_a_leg_means_something(how: Ended) -> None:
    assert of_leg(how, "") is MEANS[how]
    for sip, outcome in (
        ("404", Outcome.UNREACHABLE),
        ("480", Outcome.UNREACHABLE),
        ("604", Outcome.UNREACHABLE),
    ):
        assert of_leg(how, sip) is (outcome if how is Ended.FAILED else MEANS[how])
