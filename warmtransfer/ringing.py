"""Ring plans as they are written: one line of text, `[[plan]]` tables beside the humans', or Python."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from warmtransfer.core.plans import OF_A_LINE, Plan, read
from warmtransfer.located import line_of
from warmtransfer.parsing import text

#: The lists of tables in the humans' file.
HUMAN, DEPARTMENT, PLAN = "human", "department", "plan"


class Wrong(ValueError):
    """What is wrong with a plan, under which key; "" for the whole table."""

    def __init__(self, key: str, why: str) -> None:
        self.key = key
        super().__init__(why)


def _whole(most: int, least: int = 0) -> Callable[[Any], int]:
    """A reader of whole numbers."""

    def read_number(given: Any) -> int:
        if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
            raise ValueError(f"give a whole number from {least} to {most}")
        return given

    return read_number


def _seconds(least: int) -> Callable[[Any], float]:
    """A reader of seconds."""

    def read_seconds(given: Any) -> float:
        if isinstance(given, bool) or not isinstance(given, int | float) or not least <= given <= 9999:
            raise ValueError(f"give seconds from {least} to 9999")
        return float(given)

    return read_seconds


def _yes(given: Any) -> bool:
    if not isinstance(given, bool):
        raise ValueError("give true or false")
    return given


#: What a table says of a plan besides its department and its words, and how each is read.
MORE: Mapping[str, Callable[[Any], Any]] = {
    "rest": _seconds(0),
    "line": _yes,
    "longest_wait": _seconds(1),
    "line_length": _whole(999, 1),
    "priority": _whole(999),
}
#: Keys of one `[[plan]]` table, and of one mapping given in Python.
FIELDS = ("department", "ring", *MORE)


def plans(given: object) -> tuple[Plan, ...]:
    """The plans that `given` says: the default one as text, or tables of several."""
    match given:
        case Plan():
            return (_agreed(given, {}),)
        case str():
            return (read(given),)
        case Mapping():
            return (_plan(given),)
        case Iterable():
            return _each(given)
    raise ValueError("give text such as `rounds of 2, longest idle first`, or a list of tables")


def together(humans: object, given: Iterable[Plan]) -> tuple[Plan, ...]:
    """The given plans and those that stand beside the humans; ValueError says what is wrong with them, and
    where."""
    return checked((*given, *_each(*_beside(humans))))


def of_tables(given: Mapping[Any, Any]) -> bool:
    """Whether it has the shape of the humans' file; else it is names with numbers."""
    return bool(set(given) & {HUMAN, DEPARTMENT}) and not all(isinstance(v, str) for v in given.values())


def _beside(humans: object) -> tuple[Iterable[object], str, str]:
    """The tables of plans beside those of the humans, none for humans who are given otherwise; where it is a
    file, its text and name."""
    if isinstance(humans, Mapping):
        return _tables(humans, "", "") if of_tables(humans) else ((), "", "")
    path = humans if isinstance(humans, Path) else Path(str(humans).strip())
    if not isinstance(humans, str | Path) or path.suffix != ".toml":
        return (), "", ""
    try:
        written = path.read_text(encoding="utf-8")
        return _tables(tomllib.loads(written), written, str(path))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):  # told of the humans
        return (), "", ""


def _tables(data: Mapping[str, Any], written: str, name: str) -> tuple[Iterable[object], str, str]:
    tables = data.get(PLAN, ())
    if not isinstance(tables, list | tuple):
        where = f"{name} line {line_of(written, (PLAN,))}: " if written else ""
        raise ValueError(f"{where}plan is no list of tables: write each as [[plan]]")
    return tables, written, name


def _each(tables: Iterable[object], written: str = "", name: str = "") -> tuple[Plan, ...]:
    """The plans of these tables; ValueError says of every wrong one which it is, and where it stands."""
    found, faults = [], []
    for number, entry in enumerate(tables):
        try:
            found.append(_agreed(entry, {}) if isinstance(entry, Plan) else _plan(entry))
        except Wrong as fault:
            path = (PLAN, number, fault.key) if fault.key else (PLAN, number)
            line = (line_of(written, path) or line_of(written, path[:2])) if written else 0
            where = f"{name} line {line}, " if line else ""
            faults.append(f"{where}[[plan]] {number + 1}: {fault}")
    if faults:
        raise ValueError("\n".join(faults))
    try:
        return checked(found)
    except ValueError as fault:
        again = next(n for n, each in enumerate(found) if each.department.casefold() in _names(found[:n]))
        where = f"{name} line {line_of(written, (PLAN, again))}, " if written else ""
        raise ValueError(f"{where}[[plan]] {again + 1}: {fault}") from None


def checked(found: Iterable[Plan]) -> tuple[Plan, ...]:
    """The same; ValueError for two of one department."""
    all_found = tuple(found)
    names = _names(all_found)
    twice = sorted({name or "no department" for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two plans for {', '.join(twice)}")
    return all_found


def _names(plans: Iterable[Plan]) -> list[str]:
    return [each.department.casefold() for each in plans]


def _plan(entry: object) -> Plan:
    """The plan that one table says; Wrong for none."""
    if not isinstance(entry, Mapping):
        raise Wrong("", "neither a Plan nor a table of " + ", ".join(FIELDS))
    unknown = sorted(set(map(str, entry)) - set(FIELDS))
    if unknown:
        raise Wrong(unknown[0], f"{', '.join(unknown)}: not among the keys {', '.join(FIELDS)}")
    team, how = (_told(key, text, entry.get(key, "")) for key in ("department", "ring"))
    plan: Plan = _told("ring", lambda given: read(given, team), how)
    given = {key: _told(key, MORE[key], entry[key]) for key in MORE if key in entry}
    return _agreed(plan, given)


def _agreed(plan: Plan, given: Mapping[str, Any]) -> Plan:
    """The plan with what its table says besides its words; Wrong where one thing makes nothing of another."""
    usual = Plan()
    for key, value in given.items():
        if getattr(plan, key) not in (getattr(usual, key), value):
            raise Wrong(key, f"{key} is {value!r}, and ring says {str(plan)!r}: say it once")
    whole = replace(plan, **given)
    unused = [key for key in OF_A_LINE if key in given or getattr(whole, key) != getattr(usual, key)]
    if not whole.line and unused:
        key = next((each for each in (*unused, "line") if each in given), "ring")
        raise Wrong(key, f"{unused[0]} is of a line, and there is none: leave it out, or let callers wait")
    return whole


def _told(key: str, reader: Callable[[Any], Any], given: Any) -> Any:
    """What the reader makes of it; Wrong says under which key it stands."""
    try:
        return reader(given)
    except ValueError as fault:
        raise Wrong(key, f"{key} is {given!r}: {fault}") from None
