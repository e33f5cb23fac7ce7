"""Whose calls they are: several apps may keep theirs in one database."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owner:
    """An account at the carrier and the number of it that is called."""

    account: str
    number: str

    def __str__(self) -> str:
        return f"{self.account} {self.number}"
