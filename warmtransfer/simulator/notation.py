"""How a fault is written, wherever it strikes: `WHERE=WHAT[:ARGUMENT][;KEY=VALUE]…`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Order:
    """One fault as it was written: where it strikes, what it does, with which argument and options."""

    where: str
    what: str
    argument: str = ""
    options: dict[str, str] = field(default_factory=dict)

    @property
    def times(self) -> int:
        """How often it strikes: once unless told otherwise, 0 is every time; ValueError for no number."""
        text = self.options.get("times", "1")
        if not text.isdigit():
            raise ValueError(f"fault {self.where}={self.what}: times={text!r} is no number; 0 is every time")
        return int(text)


def read(text: str, keys: Iterable[str]) -> Order:
    """Reads a fault; ValueError for one that is written otherwise, or has a key that is none of these."""
    head, *rest = text.split(";")
    where, equals, what = head.partition("=")
    action, _, argument = what.partition(":")
    if not equals or not where.strip() or not action.strip():
        raise ValueError(f"no fault: {text!r}; write WHERE=WHAT[:ARGUMENT][;KEY=VALUE]…")
    known = list(keys)
    options: dict[str, str] = {}
    for piece in rest:
        key, _, value = piece.partition("=")
        if key.strip() not in known:
            raise ValueError(f"fault {head}: unknown key {key.strip()!r}; there are {', '.join(known)}")
        options[key.strip()] = value.strip()
    return Order(where.strip(), action.strip(), argument, options)
