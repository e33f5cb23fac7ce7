"""Ring plans as they are written: one line of text, `[[plan]]` tables beside the humans', or Python."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from warmtransfer.core.plans import Plan, read
from warmtransfer.parsing import text

#: The tables of plans in the humans' file.
PLAN = "plan"
#: Keys of one `[[plan]]` table, and of one mapping given in Python.
FIELDS = ("department", "ring", "rest")


def plans(given: object) -> tuple[Plan, ...]:
    """The plans that `given` says: the default one as text, or tables of several."""
    match given:
        case Plan():
            return (given,)
        case str():
            return (read(given),)
        case Mapping():
            return (_plan(given),)
        case Iterable():
            return checked([each if isinstance(each, Plan) else _plan(each) for each in given])
    raise ValueError("give text such as `rounds of 2, longest idle first`, or a list of tables")


def together(humans: object, given: Iterable[Plan]) -> tuple[Plan, ...]:
    """The given plans and those in the humans' file; ValueError says what is wrong with them."""
    try:
        return checked((*given, *_beside(humans)))
    except ValueError as fault:
        raise ValueError(f"a [[plan]] table: {fault}") from None


def _beside(humans: object) -> tuple[Plan, ...]:
    """The plans in the tables that hold the humans, none for humans who are given otherwise."""
    if isinstance(humans, Mapping) and isinstance(humans.get(PLAN), list | tuple):
        return plans(humans[PLAN])
    path = humans if isinstance(humans, Path) else Path(str(humans).strip())
    if not isinstance(humans, str | Path) or path.suffix != ".toml":
        return ()
    tables: Any = ()
    with suppress(OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):  # told of the humans
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get(PLAN, ())
    if not isinstance(tables, list | tuple):
        raise ValueError("plan is no table; write [[plan]]")
    return plans(tables)


def checked(found: Iterable[Plan]) -> tuple[Plan, ...]:
    """The same; ValueError for two of one department."""
    all_found = tuple(found)
    names = [each.department.casefold() for each in all_found]
    twice = sorted({name or "no department" for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two plans for {', '.join(twice)}")
    return all_found


def _plan(entry: object) -> Plan:
    if not isinstance(entry, Mapping):
        raise ValueError("neither a Plan nor a table of " + ", ".join(FIELDS))
    unknown = sorted(set(map(str, entry)) - set(FIELDS))
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: not among the keys {', '.join(FIELDS)}")
    plan = read(text(entry.get("ring", "")), text(entry.get("department", "")))
    rest = entry.get("rest", plan.rest)
    if isinstance(rest, bool) or not isinstance(rest, int | float) or not 0 <= rest <= 9999:
        raise ValueError(f"rest is {rest!r}; give seconds from 0 to 9999")
    return replace(plan, rest=float(rest))
