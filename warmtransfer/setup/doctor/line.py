"""One line of the doctor's list."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What is known of a thing. A warning works today, and its owner will want to know of it."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True, slots=True)
class Line:
    """`what` was looked at, what was `found`, and what to `do` about it; "" for nothing."""

    area: str
    verdict: Verdict
    what: str
    found: str = ""
    do: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """Makes the lines of one area."""

    name: str

    def ok(self, what: str, found: str = "") -> Line:
        """It is as it has to be."""
        return Line(self.name, Verdict.OK, what, found)

    def warning(self, what: str, found: str, do: str) -> Line:
        """It works, but."""
        return Line(self.name, Verdict.WARNING, what, found, do)

    def fault(self, what: str, found: str, do: str) -> Line:
        """Calls will fail by it."""
        return Line(self.name, Verdict.FAULT, what, found, do)

    def unknown(self, what: str, why: str, do: str = "") -> Line:
        """It could not be looked at."""
        return Line(self.name, Verdict.UNKNOWN, what, why, do)
