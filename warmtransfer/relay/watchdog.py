"""Sees to it that a handoff that was asked for, or announced, happens: nudges the model, then acts itself."""

from __future__ import annotations

import re
from enum import Enum

#: What an AI says when it is about to hand over.
ANNOUNCES = re.compile(
    r"\b(?:transfer|connect|hand|pass|put)(?:ring|ting|ing)?\s+(?:you|the call)\b"
    r"|\b(?:get|find|fetch|bring|reach|call)(?:ting|ing)?\s+(?:you\s+)?"
    r"(?:someone|somebody|a (?:person|human|colleague)|an agent)\b",
    re.IGNORECASE,
)
#: … and when it says that it will not.
DENIES = re.compile(r"\b(?:can't|cannot|can not|unable to|not able to|won't|would you like|shall i)\b", re.I)

#: Seconds: the model's own, better call wins when it comes within the first of these.
GRACE = 2.5
NUDGE = 6.0
OWN = 8.0


class Due(Enum):
    """What has to be done now."""

    WORDS = "words"  #: the caller asked for a person: ask for one
    NUDGE = "nudge"  #: remind the model to call its tool
    HANDOFF = "handoff"  #: the reminder did not help


class Watchdog:
    """One call's promises. Times are the relay's clock."""

    def __init__(self) -> None:
        self._asked_at: float | None = None
        self._promised_at: float | None = None
        self._nudged_at: float | None = None
        self._asks = 0

    def ai_said(self, text: str, now: float) -> None:
        """The AI said this; an announced handoff starts the clock."""
        plain = text.replace("’", "'")
        if ANNOUNCES.search(plain) and not DENIES.search(plain):
            self._promise(now)

    def caller_asked(self, now: float) -> None:
        """The caller asked for a person in words. The second time, the model's word no longer counts."""
        self._asks += 1
        if self._asked_at is None:
            self._asked_at = now
        if self._asks > 1:
            self._promise(now)

    def satisfied(self) -> None:
        """The tool was called, or a handoff runs: nothing is owed."""
        self._asked_at = self._promised_at = self._nudged_at = None
        self._asks = 0

    def due(self, now: float) -> Due | None:
        """What is due; each is told once."""
        if self._asked_at is not None and now - self._asked_at >= GRACE:
            self._asked_at = None
            return Due.WORDS
        if self._nudged_at is not None and now - self._nudged_at >= OWN:
            self.satisfied()
            return Due.HANDOFF
        if self._promised_at is not None and self._nudged_at is None and now - self._promised_at >= NUDGE:
            self._nudged_at = now
            return Due.NUDGE
        return None

    def _promise(self, now: float) -> None:
        if self._promised_at is None:
            self._promised_at = now
