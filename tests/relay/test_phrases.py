"""Which words ask for a person, and which only mention one."""

from __future__ import annotations

import pytest

from warmtransfer.relay.phrases import PHRASES, Phrases

ASKS = [
    "I would like to speak to a person please",
    "i want to speak to a person",
    "Can I speak to a human?",
    "Let me speak to a representative!",
    "I need to talk to a human being.",
    "Can I talk to someone please",
    "can i talk to someone about my invoice",
    "could you put me through to sales",
    "Put me through, please.",
    "get me a real person",
    "Could you transfer me to an agent?",
    "human",
    "Human, please.",
    "operator",
    "A representative please",
    "No. I want a human.",
    "No, just give me a person",
    "I don't want to talk to a machine, I want to talk to a person",
    "I don't want a robot but a real person. Let me talk to a human.",
    "This isn't working. Connect me with your manager.",
    "Don't you have a person I can speak to?",
    "Why can't I speak to a human?",
    "I'd like to speak with a supervisor",
    "Is there a human there?",
    "Can you have someone call me? I need a person.",
    "I’d like to talk to somebody",
    "may i speak with billing",
    "do you have a real person there",
]
NOT = [
    "",
    "hello",
    "I don't want an agent",
    "no human needed",
    "I do not need a person",
    "I don't want to speak to a human",
    "please don't transfer me to an agent",
    "You don't need to connect me with anyone, no person needed",
    "I would rather not talk to a representative",
    "I never want to talk to an agent again",
    "without talking to a person",
    "are you a human?",
    "Am I talking to a real person?",
    "you sound like a human",
    "I have a manager who decides that",
    "I need my manager to sign it",
    "my personal details have changed",
    "I am calling about my order",
    "where is my parcel",
    "the delivery person left it at the door",
    "the agent told me yesterday that it was sent",
    "I spoke with someone yesterday",
    "my manager ordered it",
    "I need to speak up, sorry",
    "there is someone at the door",
    "what are your opening hours",
]


@pytest.mark.parametrize("text", ASKS)
def test_a_wish_for_a_person_is_heard(text: str) -> None:
    assert Phrases().wanted(text)


@pytest.mark.parametrize("text", NOT)
def test_anything_else_is_not_a_wish(text: str) -> None:
    assert not Phrases().wanted(text)


def test_a_deployment_adds_its_own_words() -> None:
    own = Phrases([*PHRASES, r"\bput me through to dispatch\b", r"\bzentrale\b"])
    assert own.wanted("die Zentrale bitte")
    assert own.wanted("a human please")
    assert not own.wanted("not the zentrale")


def test_without_phrases_nothing_is_a_wish() -> None:
    assert not Phrases(()).wanted("human")
