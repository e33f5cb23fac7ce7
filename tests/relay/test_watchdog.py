"""The watchdog: what was asked for, or announced, happens; nothing happens against a no."""

from __future__ import annotations

import pytest

from warmtransfer.relay.watchdog import PROMISED, WISHED, Due, Watchdog

ASK = "Can I speak to a person, please?"
OFFER = "Would you like me to connect you with someone?"
ANNOUNCED = "One moment, I will connect you with a colleague."


def test_an_announced_handoff_is_nudged_after_six_seconds_and_done_after_eight_more() -> None:
    dog = Watchdog()
    dog.ai_said(ANNOUNCED, 100.0)
    assert dog.due(105.9) is None
    assert dog.due(106.0) is Due.NUDGE
    assert dog.note == PROMISED
    assert dog.due(113.9) is None
    assert dog.due(114.0) is Due.HANDOFF
    assert dog.source == "watchdog"
    dog.satisfied()
    assert dog.due(200.0) is None


def test_a_wish_in_words_is_nudged_after_a_grace_and_done_after_eight_seconds_more() -> None:
    dog = Watchdog()
    dog.caller_said(ASK, 100.0)
    assert dog.due(102.4) is None
    assert dog.due(102.5) is Due.NUDGE
    assert dog.note == WISHED
    assert dog.due(110.4) is None
    assert dog.due(110.5) is Due.HANDOFF
    assert dog.source == "words"


def test_asking_again_is_confirmation_enough() -> None:
    dog = Watchdog()
    dog.caller_said(ASK, 100.0)
    dog.caller_said("Hello? I want a human!", 101.0)
    assert dog.due(102.5) is Due.NUDGE
    assert dog.due(103.4) is None
    assert dog.due(103.5) is Due.HANDOFF


def test_a_wish_is_done_at_once_when_there_is_no_model_to_ask() -> None:
    dog = Watchdog()
    dog.caller_said(ASK, 100.0)
    assert dog.due(102.5, alone=True) is Due.HANDOFF


def test_the_nudge_waits_for_an_answer_that_may_still_call_the_tool() -> None:
    dog = Watchdog()
    dog.caller_said(ASK, 100.0)
    assert dog.due(106.4, busy=True) is None
    assert dog.due(106.5, busy=True) is Due.NUDGE


def test_the_own_handoff_waits_for_words_that_may_be_a_no() -> None:
    dog = Watchdog()
    dog.caller_said(ASK, 100.0)
    assert dog.due(102.5) is Due.NUDGE
    assert dog.due(112.0, unsure=True) is None
    dog.caller_said("No, forget it, I don't want a person any more.", 112.2)
    assert dog.due(1000.0) is None


@pytest.mark.parametrize("no", ["No thanks, just tell me when you open.", "No.", "Not now.", "Rather not."])
def test_a_declined_offer_starts_nothing(no: str) -> None:
    dog = Watchdog()
    dog.ai_said(OFFER, 100.0)
    dog.caller_said(no, 102.0)
    dog.ai_said("We open at nine.", 104.0)
    dog.caller_said("Yes, good.", 105.0)
    assert dog.due(1000.0) is None


def test_an_offer_without_an_answer_starts_nothing() -> None:
    dog = Watchdog()
    dog.ai_said(OFFER, 100.0)
    assert dog.due(1000.0) is None


def test_an_accepted_offer_is_a_wish() -> None:
    dog = Watchdog()
    dog.ai_said(OFFER, 100.0)
    dog.caller_said("Yes please.", 102.0)
    assert dog.due(104.5) is Due.NUDGE
    assert dog.due(112.5) is Due.HANDOFF
    assert dog.source == "words"


def test_a_yes_to_another_question_is_no_wish() -> None:
    dog = Watchdog()
    dog.ai_said(OFFER, 100.0)
    dog.caller_said("What would that cost?", 102.0)
    dog.ai_said("Nothing at all. Do you have your order number?", 104.0)
    dog.caller_said("Yes.", 106.0)
    assert dog.due(1000.0) is None


def test_a_model_that_asks_back_is_not_nudged_and_the_caller_has_time_to_answer() -> None:
    dog = Watchdog()
    dog.caller_said(ASK, 100.0)
    dog.ai_said("Shall I connect you with our team?", 102.0)
    assert dog.due(109.9) is None
    assert dog.due(110.0) is Due.HANDOFF


def test_a_no_to_the_question_of_the_model_ends_the_wish() -> None:
    dog = Watchdog()
    dog.caller_said(ASK, 100.0)
    dog.ai_said("Shall I connect you with our team?", 102.0)
    dog.caller_said("No, leave it.", 104.0)
    assert dog.due(1000.0) is None


def test_a_no_to_something_else_does_not_end_a_wish() -> None:
    dog = Watchdog()
    dog.caller_said(ASK, 100.0)
    dog.ai_said("Do you have an order number?", 101.0)
    dog.caller_said("No.", 102.0)
    assert dog.due(102.5) is Due.NUDGE


@pytest.mark.parametrize("no", ["No, don't!", "Nein, bitte nicht verbinden.", "Non, ne me transférez pas."])
def test_a_no_to_an_announcement_ends_it(no: str) -> None:
    dog = Watchdog()
    dog.ai_said(ANNOUNCED, 100.0)
    dog.caller_said(no, 103.0)
    assert dog.due(1000.0) is None


def test_an_announcement_that_the_model_takes_back_is_none() -> None:
    dog = Watchdog()
    dog.ai_said(ANNOUNCED, 100.0)
    assert dog.due(106.0) is Due.NUDGE
    dog.ai_said("I am happy to go on helping you myself.", 108.0)
    assert dog.due(1000.0) is None


def test_a_model_cannot_take_back_what_the_caller_wants() -> None:
    dog = Watchdog()
    dog.caller_said(ASK, 100.0)
    assert dog.due(102.5) is Due.NUDGE
    dog.ai_said("I am happy to go on helping you myself.", 104.0)
    assert dog.due(110.5) is Due.HANDOFF


def test_everyday_words_start_nothing() -> None:
    dog = Watchdog()
    dog.caller_said("I need a room for one person, for Saturday night.", 100.0)
    dog.ai_said("Good, I will put you down for Saturday at nine. Is there anything else?", 103.0)
    dog.caller_said("I want someone to fix my boiler.", 106.0)
    assert dog.due(1000.0) is None


def test_a_tool_call_satisfies_everything() -> None:
    dog = Watchdog()
    dog.caller_said(ASK, 100.0)
    dog.ai_said("I will connect you.", 100.5)
    dog.satisfied()
    assert dog.due(1000.0) is None


def test_a_nudge_that_helps_ends_it() -> None:
    dog = Watchdog()
    dog.ai_said("I will connect you.", 100.0)
    assert dog.due(106.0) is Due.NUDGE
    dog.satisfied()
    assert dog.due(1000.0) is None


def test_a_tool_call_that_nobody_can_read_is_no_handoff_yet() -> None:
    """The model was told so; a second one, or none, and the human is asked for without it."""
    dog = Watchdog()
    dog.tried(100.0)
    assert dog.due(107.9) is None
    assert dog.due(108.0) is Due.HANDOFF
    dog.satisfied()
    dog.tried(200.0)
    dog.tried(201.0)
    assert dog.due(201.0, unsure=True) is None
    assert dog.due(201.2) is Due.HANDOFF
    dog.satisfied()
    assert dog.due(1000.0) is None


def test_a_no_ends_what_an_unreadable_call_began() -> None:
    dog = Watchdog()
    dog.tried(100.0)
    dog.caller_said("No, I don't want to be transferred.", 103.0)
    assert dog.due(1000.0) is None
