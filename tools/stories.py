"""The tables of what `make stories` has told last, from the file in which that is kept: docs/stories.json."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from warmtransfer.simulator.network.laws import LAWS

KEPT = Path(__file__).parent.parent / "docs" / "stories.json"
Row = dict[str, Any]
#: Timings of the witness with their heads, and those whose most is told instead of two of a hundred.
COLUMNS = {
    "answer_to_first_word": "first word",
    "ask_to_dial": "asked to rung",
    "answer_to_accept": "briefing",
    "accept_to_joined": "key 1 to together",
}
SILENCE, HEARD = "longest_silence", "caller_never_in_silence"


def short(rows: Iterable[Row], left: int, date: str) -> Row:
    """What is kept of a run: a call's story, laws, promises and timings; and how many are to be told yet."""
    names = ("story", "laws", "tested", "broken", "limits", "timings", "decided")
    cells = [{name: row[name] for name in names} for row in rows]
    return {"date": date, "left": left, "cells": cells}


def written(kept: Row) -> str:
    """The file's text: a line a call, so that two runs can be compared."""
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in kept["cells"])
    head = f'"date": {json.dumps(kept["date"])}, "left": {kept["left"]}'
    return f'{{{head}, "cells": [\n{lines}\n]}}\n'


def kept() -> Row:
    """The last run, as it is kept."""
    found: Row = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def tables(told: Row) -> dict[str, str]:
    """The tables by the names of their markers."""
    cells: list[Row] = told["cells"]
    return {
        "stories": "\n".join([headline(told), "", *by_story(cells)]),
        "stories-promises": "\n".join(by_promise(cells)),
        "stories-laws": "\n".join([*by_law(cells), "", untouched(told)]),
    }


def headline(told: Row) -> str:
    """How much was told, and when."""
    cells = told["cells"]
    stories = {each["story"] for each in cells}
    answers = {law for each in cells for law in each["laws"].split(",") if law}
    tests, broken = sum(len(each["tested"]) for each in cells), sum(len(each["broken"]) for each in cells)
    left = f" At least {told['left']} calls are yet to be told." if told["left"] else ""
    return (
        f"{told['date']}: {len(cells)} calls, {len(stories)} stories as usual and under {len(answers)} other "
        f"answers of laws; promises put to the test {tests} times, {broken} broken.{left}"
    )


def by_story(cells: Sequence[Row]) -> Iterable[str]:
    """A row a story."""
    heads = ["story", "calls", "tests of promises", "broken", *COLUMNS.values(), "longest silence"]
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for story in dict.fromkeys(each["story"] for each in cells):
        mine = [each for each in cells if each["story"] == story]
        tests, broken = sum(len(each["tested"]) for each in mine), sum(len(each["broken"]) for each in mine)
        times = [two([each["timings"].get(name) for each in mine]) for name in COLUMNS]
        judged = [each for each in mine if HEARD in each["tested"]]
        silent = [each["timings"].get(SILENCE) for each in judged]
        shown = [story, len(mine), tests, broken, *times, most(silent)]
        yield "| " + " | ".join(map(str, shown)) + " |"


def two(values: Iterable[int | None]) -> str:
    """Median and 95th of a hundred, in seconds."""
    known = sorted(each for each in values if each is not None)
    return f"{at(known, 0.5)} / {at(known, 0.95)} s" if known else ""


def at(values: Sequence[int], share: float) -> str:
    """The value that this share of the sorted ones do not exceed, in seconds."""
    return f"{values[max(0, math.ceil(share * len(values)) - 1)] / 1000:.1f}"


def most(values: Iterable[int | None]) -> str:
    """The greatest, in seconds."""
    known = [each for each in values if each is not None]
    return f"{max(known) / 1000:.1f} s" if known else ""


def by_promise(cells: Iterable[Row]) -> Iterable[str]:
    """A row a promise."""
    cells = list(cells)
    tested = Counter(name for each in cells for name in each["tested"])
    broken = Counter(name for each in cells for name, _ in each["broken"])
    yield "| promise | tested in calls | broken |"
    yield "|---|---|---|"
    for name in sorted(tested):
        yield f"| `{name}` | {tested[name]} | {broken[name]} |"


def by_law(cells: Iterable[Row]) -> Iterable[str]:
    """A row an answer of a law, with how many stories it touches."""
    by: dict[str, list[Row]] = {}
    for each in cells:
        for law in each["laws"].split(",") if each["laws"] else ():
            by.setdefault(law, []).append(each)
    yield "| law | calls under it | stories | broken |"
    yield "|---|---|---|---|"
    for law in sorted(by, key=_place):
        stories, broken = {each["story"] for each in by[law]}, sum(len(each["broken"]) for each in by[law])
        yield f"| `{law}` | {len(by[law])} | {len(stories)} | {broken} |"


def _place(law: str) -> tuple[int, str]:
    return list(LAWS).index(law.partition("=")[0]), law


def untouched(told: Mapping[str, Any]) -> str:
    """The laws that no story comes to, in a sentence."""
    met = {law for each in told["cells"] for law in each["decided"]}
    names = ", ".join(f"`{law}`" for law in LAWS if law not in met)
    if not names or told["left"]:
        return f"Of the calls told so far none came to what these decide: {names}." if names else ""
    return f"No story comes to what these decide; the simulator's own tests do: {names}."
