"""Our sentences: every language has them all, filled in by the same names."""

from __future__ import annotations

import dataclasses
from string import Formatter

import pytest

from warmtransfer.core import briefing
from warmtransfer.core.words import ENGLISH, LANGUAGES, NAMES, checked, in_digits, known, words


def blanks(sentence: str) -> set[str]:
    """The names in braces."""
    return {blank for _, blank, *_ in Formatter().parse(sentence) if blank}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_has_every_sentence_with_the_same_blanks(language: str) -> None:
    for name, sentence in dataclasses.asdict(LANGUAGES[language]).items():
        assert sentence.strip() == sentence != "", name
        assert name == "locale" or blanks(sentence) == blanks(getattr(ENGLISH, name)), name


def test_no_language_speaks_english_but_english() -> None:
    """Names of speakers may be the same word in two languages; sentences are not."""
    for name in NAMES - {"caller", "assistant", "locale", "clock"}:
        said = [getattr(LANGUAGES[language], name) for language in LANGUAGES]
        assert len(set(said)) == len(said), name


def test_without_a_language_the_accounts_own_voice_speaks_english() -> None:
    assert words("") == ENGLISH
    assert ENGLISH.locale == ""


def test_a_language_that_is_not_written_is_english_in_an_english_voice() -> None:
    assert not known("ja")
    assert words("ja") == LANGUAGES["en"]


def test_any_sentence_may_be_said_in_other_words() -> None:
    ours = words("de", {"moment": "Sekunde!", "first_from": "{company} für {name}"})
    assert ours.moment == "Sekunde!"
    assert briefing.first_words("sam", "Tee", ours) == "Tee für Sam"
    assert ours.thanks == LANGUAGES["de"].thanks


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"hello": "Hi"}, "'hello' is none of ai, "),
        ({"first": "For {who}"}, "first cannot hold {who}"),
        ({"first": "For {name"}, "first cannot be read"),
        ({"moment": "{name}"}, "moment cannot hold {name}"),
    ],
)
def test_other_words_that_could_not_be_said_are_refused(changed: dict[str, str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault.replace("{", r"\{")):
        checked(changed)


def test_a_number_is_read_digit_by_digit_and_what_is_none_is_not() -> None:
    assert in_digits("+15550") == "1 5 5 5 0"
    assert in_digits("anonymous") == ""
    assert in_digits("") == ""


def test_the_first_words_in_every_language_name_whom_it_is_for_and_from() -> None:
    for ours in LANGUAGES.values():
        said = briefing.first_words("sam", "Harbour Books", ours)
        assert "Sam" in said
        assert "Harbour Books" in said
        assert "Sam" in briefing.introduction("sam", ours)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_has_a_week_of_seven_words_and_a_clock(language: str) -> None:
    assert len(LANGUAGES[language].days.split()) == 7
    assert LANGUAGES[language].clock in ("12", "24")
