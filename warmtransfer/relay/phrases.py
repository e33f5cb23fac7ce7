"""Whether a caller has asked for a person, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Who callers ask for.
PERSON = (
    r"(?:human(?: being)?|(?:real |live |actual )?person|someone(?: real)?|somebody|representative|rep|"
    r"operator|(?:live |human |real )?agent|colleague|manager|supervisor|advis[eo]r|receptionist)"
)
#: What callers say before it.
WANT = (
    r"(?:speak|talk|connect|transfer|put|get|give|pass|switch|hand|want|need|you have|let me|i'd like|"
    r"would like|can i|could i|may i|is there)"
)
#: Patterns, matched on lower-case words. A deployment may replace or extend them.
PHRASES: tuple[str, ...] = (
    rf"\b{WANT}\b(?:\s+[\w']+){{0,5}}?\s+(?<!\bmy\s){PERSON}\b",
    rf"^(?:(?:just|please|no|hello|hi|sorry|an?|the)\s+)*{PERSON}(?:\s+(?:please|now))*$",
    r"\bput me through\b",
    r"\b(?:speak|talk) (?:to|with) (?:sales|billing|support|accounts|the front desk|reception)\b",
)
#: A no within a few words before the person turns it round.
NOT = re.compile(
    r"\b(?:don't|dont|do not|doesn't|didn't|did not|not|no|never|without|rather than|instead of|"
    r"won't|wouldn't|would not|can't stand|hate)\b"
)
#: Words that end the reach of a no.
TURN = re.compile(
    r"\b(?:but|just|only|so|then|please|because|can you|could you|can i|could i|i want|i need|i'd like)\b"
)
#: "Don't you have a person", "why can't I speak to a human": a no that asks.
ASKING = re.compile(r"\b(?:don't you|can't i|couldn't i|can't you|why (?:can't|won't|don't))\b")


class Phrases:
    """The configured phrases."""

    def __init__(self, patterns: Sequence[str] = PHRASES) -> None:
        self._patterns = [re.compile(pattern) for pattern in patterns]

    def wanted(self, text: str) -> bool:
        """Whether these words of a caller ask for a person; a denied wish does not."""
        return any(self._asked(clause) for clause in clauses(text))

    def _asked(self, clause: str) -> bool:
        return any(not denied(clause, found) for each in self._patterns for found in each.finditer(clause))


def clauses(text: str) -> list[str]:
    """The text in lower-case clauses, without marks."""
    plain = text.lower().replace("’", "'").replace("`", "'")
    parts = re.split(r"[.!?;,:…]+|\s[-–—]\s", plain)
    return [" ".join(re.findall(r"[\w']+", part)) for part in parts if part.strip()]


def denied(clause: str, found: re.Match[str]) -> bool:
    """Whether a no before or within the match reaches its end."""
    before = clause[: found.end()]
    nos = [each for each in NOT.finditer(before) if not ASKING.search(before[max(0, each.start() - 4) :])]
    if not nos:
        return False
    between = before[nos[-1].end() :]
    return TURN.search(between) is None
