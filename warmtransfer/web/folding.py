"""Rows that come again and again, told once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")

#: Rows of the longest round that is noticed: a timer, the look it orders, what was found.
ROUND = 3


@dataclass(frozen=True, slots=True)
class Fold(Generic[Row]):
    """Rows that came `times` in the same order; `last` is the very last of them."""

    rows: tuple[Row, ...]
    times: int
    last: Row


def folded(rows: Sequence[Row], same: Callable[[Row], Hashable]) -> list[Fold[Row]]:
    """All rows in order, rounds of them folded; rows are alike when `same` gives the same for them."""
    keys = [same(row) for row in rows]
    found: list[Fold[Row]] = []
    start = 0
    while start < len(rows):
        best, times = 1, 1
        for size in range(1, ROUND + 1):
            count = _rounds(keys, start, size)
            if count > 1 and count * size > best * times:
                best, times = size, count
        end = start + best * times
        found.append(Fold(tuple(rows[start : start + best]), times, rows[end - 1]))
        start = end
    return found


def _rounds(keys: Sequence[Hashable], start: int, size: int) -> int:
    """How often the `size` rows from `start` on come in a row."""
    first = keys[start : start + size]
    count = 1
    while len(first) == size and keys[start + count * size : start + (count + 1) * size] == first:
        count += 1
    return count
