"""Stories: who calls, what they say and do, who is phoned and how they react, and what that has to show."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
#: Stands for the date of the day on which a story is told.
TODAY = "{today}"

Row = dict[str, Any]


class NoSuchStory(ValueError):
    """A story that does not exist, with those that do."""


@dataclass(frozen=True)
class Story:
    """One scenario, as its JSON file says; `names` tells whose a number is."""

    about: str
    limit: float  #: simulated seconds after which the call counts as stuck
    environment: dict[str, str]
    names: dict[str, str]
    phones: list[Row]
    call: Row
    together: int = 1  #: how many humans the plan rings at once
    absent: tuple[str, ...] = ()  #: promises that it does not put to the test
    shows: tuple[Row, ...] = ()  #: rows that the trace must have, `what` says why
    before: tuple[Row, ...] = ()  #: calls of others that come first, each `until` the trace has such a row
    rules: tuple[Row, ...] = ()  #: what the local model does besides what it does by itself
    over: Row = field(
        default_factory=dict
    )  #: the row behind the call's end that ends the story
    patience: float = 10.0  #: seconds within which somebody is dialled for the caller who has asked

    @classmethod
    def load(cls, name: str) -> Story:
        """Read a shipped story; NoSuchStory for another name."""
        if name not in stories():
            raise NoSuchStory(f"There is no story {name!r}. There are:\n{listed()}")
        text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
        return cls(**json.loads(text.replace(TODAY, datetime.now(UTC).date().isoformat())))

    def shown(self, rows: Iterable[Row]) -> dict[str, bool]:
        """What the story is told for, each with whether a trace has it."""
        rows = list(rows)
        return {each["what"]: any(fits(row, each) for row in rows) for each in self.shows}


def fits(row: Row, wanted: Row) -> bool:
    """Whether a row has all these fields; a text need only contain what is wanted."""
    return all(
        str(value).casefold() in str(row.get(name, "")).casefold()
        for name, value in wanted.items()
        if name != "what"
    )


def stories() -> list[str]:
    """The names of those that are shipped; the first is told when none is asked for."""
    names = sorted(path.stem for path in FOLDER.glob("*.json"))
    return sorted(names, key=lambda name: name != "happy")


def listed() -> str:
    """A line for each."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    wide = max(map(len, stories()))
    for name in stories():
        about = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["about"]
        yield f"  {name:<{wide}}  {about}"
