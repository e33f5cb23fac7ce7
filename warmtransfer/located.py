"""On which line of a TOML file something stands, which its reader does not tell."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

#: A key, the place in a list, a key in that: `("human", 1, "ring")`.
Path = Sequence[str | int]


def line_of(text: str, path: Path) -> int:
    """The line, from 1, on which the statement that gives `path` begins; 0 when there is none.

    Found with the reader itself, so that it is right for every way of writing: the first lines of a file are
    a file, too, unless they end within a value, which then is read to its end. Whether the path is in them
    changes once.
    """
    lines = text.splitlines(keepends=True)
    if not _has(_read(lines, len(lines)), path):
        return 0
    low, high = 1, len(lines)
    while low < high:
        middle = (low + high) // 2
        if _has(_read(lines, middle), path):
            high = middle
        else:
            low = middle + 1
    return low


def _read(lines: Sequence[str], count: int) -> Mapping[str, Any]:
    """What the first `count` lines say, and as many more as the last value needs."""
    for end in range(count, len(lines) + 1):
        try:
            return tomllib.loads("".join(lines[:end]))
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
    return {}


def _has(data: Any, path: Path) -> bool:
    for step in path:
        try:
            data = data[step]
        except (LookupError, TypeError):
            return False
    return True
