"""The watchdog: what was asked for, or announced, happens."""

from __future__ import annotations

import pytest

from warmtransfer.relay.watchdog import Due, Watchdog

ANNOUNCED = [
    "One moment, I will connect you with a colleague.",
    "I'm transferring you now.",
    "Let me get someone for you.",
    "Okay, putting you through… I'll put you through to sales.",
    "I'll find somebody who can help.",
    "Let me get you a human.",
]
NOT_ANNOUNCED = [
    "How can I help you?",
    "I cannot transfer you right now.",
    "I'm unable to connect you with anyone.",
    "Would you like me to connect you with a person?",
    "Shall I get someone for you?",
    "Your order was handed to the courier.",
]


@pytest.mark.parametrize("text", ANNOUNCED)
def test_an_announced_handoff_is_nudged_after_six_seconds_and_done_after_eight_more(text: str) -> None:
    dog = Watchdog()
    dog.ai_said(text, 100.0)
    assert dog.due(105.9) is None
    assert dog.due(106.0) is Due.NUDGE
    assert dog.due(113.9) is None
    assert dog.due(114.0) is Due.HANDOFF
    assert dog.due(200.0) is None


@pytest.mark.parametrize("text", NOT_ANNOUNCED)
def test_other_words_announce_nothing(text: str) -> None:
    dog = Watchdog()
    dog.ai_said(text, 100.0)
    assert dog.due(1000.0) is None


def test_a_wish_in_words_is_due_after_a_grace() -> None:
    dog = Watchdog()
    dog.caller_asked(100.0)
    assert dog.due(102.0) is None
    assert dog.due(102.5) is Due.WORDS
    assert dog.due(103.0) is None


def test_asking_again_does_not_begin_the_grace_anew() -> None:
    dog = Watchdog()
    dog.caller_asked(100.0)
    dog.caller_asked(102.0)
    assert dog.due(102.5) is Due.WORDS


def test_a_tool_call_satisfies_everything() -> None:
    dog = Watchdog()
    dog.caller_asked(100.0)
    dog.ai_said("I will connect you.", 100.5)
    dog.satisfied()
    assert dog.due(1000.0) is None


def test_a_nudge_that_helps_ends_it() -> None:
    dog = Watchdog()
    dog.ai_said("I will connect you.", 100.0)
    assert dog.due(106.0) is Due.NUDGE
    dog.satisfied()
    assert dog.due(1000.0) is None
