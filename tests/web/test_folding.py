"""Rows that repeat."""

from __future__ import annotations

import pytest

from warmtransfer.web.folding import folded


def told(rows: str) -> list[tuple[str, int]]:
    """The rounds and how often each came."""
    return [("".join(fold.rows), fold.times) for fold in folded(rows, str)]


@pytest.mark.parametrize(
    ("rows", "rounds"),
    [
        ("", []),
        ("abc", [("a", 1), ("b", 1), ("c", 1)]),
        ("aaab", [("a", 3), ("b", 1)]),
        ("xababaz", [("x", 1), ("ab", 2), ("a", 1), ("z", 1)]),
        ("abcabc", [("abc", 2)]),
        ("abcdabcd", [(each, 1) for each in "abcdabcd"]),
    ],
)
def test_a_round_of_up_to_three_rows_is_told_once(rows: str, rounds: list[tuple[str, int]]) -> None:
    assert told(rows) == rounds


@pytest.mark.parametrize("rows", ["aabbaabb", "abababc", "aaaaaaa", "abcabcabca"])
def test_no_row_is_lost(rows: str) -> None:
    assert "".join("".join(fold.rows) * fold.times for fold in folded(rows, str)) == rows


def test_the_last_of_the_rows_is_known() -> None:
    [fold] = folded([("a", 1), ("a", 2), ("a", 3)], lambda row: row[0])
    assert fold.last == ("a", 3)
