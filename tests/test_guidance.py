"""What the model is told: it is an AI and says so first, it speaks for a company, and it knows the time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.test_config import GOOD, faults
from warmtransfer import guidance
from warmtransfer.config import load
from warmtransfer.core.words import LANGUAGES

COMPANY = {"WARMTRANSFER_COMPANY": "Harbour Books"}


def test_the_deployments_instructions_come_first_and_ours_after_them() -> None:
    told = guidance.instructions(load({**GOOD, **COMPANY, "WARMTRANSFER_INSTRUCTIONS": "Sell books."}))
    assert told.startswith("Sell books.\nYou speak for Harbour Books.\n")
    for promise in ("Never deny it", "Do not invent", "unclear", "digit by digit", "the language that"):
        assert promise in told


def test_without_a_company_the_model_speaks_for_none() -> None:
    assert "You speak for" not in guidance.instructions(load(GOOD))


@pytest.mark.parametrize(("language", "name"), [("de", "Speak German"), ("fi", "with the code fi")])
def test_the_model_speaks_the_deployments_language(language: str, name: str) -> None:
    assert name in guidance.instructions(load({**GOOD, "WARMTRANSFER_LANGUAGE": language}))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_first_line_says_that_it_is_an_ai_word_for_word(language: str) -> None:
    told = guidance.greeting(load({**GOOD, **COMPANY, "WARMTRANSFER_LANGUAGE": language}))
    ours = LANGUAGES[language]
    assert told.endswith(f'"{ours.ai_of.format(company="Harbour Books")} {ours.help}"')
    assert "exactly" in told


def test_a_greeting_of_the_deployments_own_comes_after_that_line() -> None:
    told = guidance.greeting(load({**GOOD, "WARMTRANSFER_GREETING": "Ask for the customer number."}))
    assert told == (
        'Greet the caller. Begin with exactly this sentence: "Hello, I am an AI assistant." '
        "After it: Ask for the customer number."
    )


def test_day_and_time_are_those_of_the_time_zone() -> None:
    assert guidance.now("UTC", 0.0) == "It is now Thursday, 1 January 1970, 00:00 (UTC)."
    assert guidance.now("Europe/Berlin", 0.0) == "It is now Thursday, 1 January 1970, 01:00 (Europe/Berlin)."


@pytest.mark.parametrize(
    ("key", "given", "fault"),
    [
        ("WARMTRANSFER_TIME_ZONE", "Berlin", "it is no time zone"),
        ("WARMTRANSFER_TIME_ZONE", "../etc/passwd", "it is no time zone"),
        ("WARMTRANSFER_SPEED", "3", "it is not a number from 0.25 to 1.5"),
        ("WARMTRANSFER_NOISE_REDUCTION", "some", "it is none of near_field, far_field"),
        ("WARMTRANSFER_TURN_DETECTION", "ears", "it is none of server_vad, semantic_vad"),
        ("WARMTRANSFER_VAD_THRESHOLD", "0", "it is not a number from 0.05 to 1"),
        ("WARMTRANSFER_VAD_SILENCE_MS", "50", "it is not a whole number from 100 to 5000"),
        ("WARMTRANSFER_VAD_EAGERNESS", "very", "it is none of low, medium, high, auto"),
    ],
)
def test_a_wrong_setting_of_the_models_is_a_fault(key: str, given: Any, fault: str) -> None:
    (told,) = faults(**{key: given})
    assert told.startswith(f"{key} is wrong: {fault}")
