"""Frozen data as JSON-ready data."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, TypeVar

W = TypeVar("W", bound=StrEnum)


class Unreadable(ValueError):
    """Stored data that this release cannot read, such as a stage that only another one knows."""


def word(kind: type[W], value: Any, otherwise: W | None = None) -> W:
    """The stored word; `otherwise`, or ValueError without one, for a word that only another release knows."""
    try:
        return kind(value)
    except ValueError:
        if otherwise is None:
            raise
        return otherwise


#: Names of each dataclass's fields, once asked for; None of anything else.
_NAMES: dict[type, tuple[str, ...] | None] = {}


def plain(value: Any) -> Any:
    """The dataclass as a dict, to any depth; tuples as lists.

    `dataclasses.asdict` copies every word and number besides: it was a fifth of what a decision costs.
    """
    kind = type(value)
    if kind not in _NAMES:
        _NAMES[kind] = tuple(each.name for each in fields(value)) if is_dataclass(value) else None
    names = _NAMES[kind]
    if names is not None:
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value
