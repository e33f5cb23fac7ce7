"""Links that open by themselves: made by us alone, and each for one thing."""

from __future__ import annotations

import re

import pytest

from warmtransfer.web.seals import Seals

SEALS = Seals("a secret")
TURNS = {"sam": 1, "kim": 2}


def test_a_card_is_read_back_by_whoever_has_the_secret() -> None:
    told = SEALS.card("0123abcd", 3)
    assert SEALS.read_card(told) == Seals("a secret").read_card(told) == ("0123abcd", 3)
    assert Seals("another").read_card(told) is None
    assert Seals().read_card(told) is None


@pytest.mark.parametrize("at", range(len(SEALS.card("0123abcd", 3))))
def test_a_card_of_which_one_letter_differs_is_none(at: int) -> None:
    told = SEALS.card("0123abcd", 3)
    other = "4" if told[at] != "4" else "5"
    assert SEALS.read_card(told[:at] + other + told[at + 1 :]) is None


NO_CARDS = ["", "-", "--", "a-1", "a-1-", "a-1-b", "a-²-b", "a--1-b", "é-1-é", "a-" + "9" * 99]


@pytest.mark.parametrize("told", NO_CARDS)
def test_what_is_no_card_is_none(told: str) -> None:
    assert SEALS.read_card(told) is None


def test_a_page_is_a_humans_own_until_they_have_another() -> None:
    told = SEALS.page("sam", 1)
    assert SEALS.read_page(told, TURNS, TURNS) == "sam"
    assert SEALS.read_page(told, {"sam": 2, "kim": 2}, TURNS) == ""
    assert SEALS.read_page(told, {"kim": 2}, TURNS) == ""
    assert SEALS.read_page(told, TURNS, ["kim"]) == ""
    assert SEALS.read_page("é" + told, TURNS, TURNS) == ""


def test_no_seal_is_good_for_another_thing() -> None:
    card = SEALS.card("sam", 1).split("-")[2]
    assert len({card, SEALS.page("sam", 1), SEALS.page("sam1", 1), SEALS.form("sam")}) == 4


def test_a_link_is_of_letters_that_every_telephone_leaves_in_one_piece() -> None:
    assert re.fullmatch("[a-z0-9]+-[0-9]+-[a-z2-7]{26}", SEALS.card("0123abcd", 3))
    assert re.fullmatch("[a-z2-7]{26}", SEALS.page("Zoë Ångström", 1))


def test_the_secret_does_not_show() -> None:
    assert "a secret" not in repr(SEALS)
