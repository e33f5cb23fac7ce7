"""A deployment's own words for a person, beside the ones that are known."""

from __future__ import annotations

import pytest

from warmtransfer.relay.phrases import Phrases
from warmtransfer.relay.wishes.reading import Caller

OWN = Phrases(["zentrale", "put me through to dispatch", "l’équipe", "オペ室", "dr. no"])


@pytest.mark.parametrize(
    "text",
    [
        "die Zentrale bitte",
        "ZENTRALE!",
        "put me through to dispatch",
        "Je cherche l'equipe, merci",
        "L`Équipe s'il vous plaît",
        "すみません、オペ室へ",
        "Dr No, please",
        "a human please",
    ],
)
def test_a_deployment_adds_its_own_words(text: str) -> None:
    assert OWN.said(text) is Caller.ASKS
    assert OWN.wanted(text)


@pytest.mark.parametrize("text", ["not the zentrale", "Nicht die Zentrale", "Pas l'équipe"])
def test_an_own_word_that_is_denied_is_a_no(text: str) -> None:
    assert OWN.said(text) is Caller.REFUSES
    assert not OWN.wanted(text)


@pytest.mark.parametrize("text", ["der Zentralelektriker", "the dispatcher", "Was kostet das?"])
def test_own_words_are_whole_words(text: str) -> None:
    assert OWN.said(text) is Caller.OTHER


def test_own_words_do_not_shadow_what_else_is_said() -> None:
    assert OWN.said("No thanks.") is Caller.NO
    assert OWN.said("Yes please.") is Caller.YES


def test_a_phrase_without_a_word_asks_for_nobody() -> None:
    assert Phrases(["!?"]).said("hello!?") is Caller.OTHER
