"""Ring plans as they are written: one line of text, `[[plan]]` tables beside the humans', or Python."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from warmtransfer.core.plans import OF_A_LINE, Plan, Said, contradiction, made, read, said, without_line
from warmtransfer.located import line_of
from warmtransfer.parsing import text

#: The lists of tables in the humans' file.
TABLES = HUMAN, DEPARTMENT, PLAN = "human", "department", "plan"


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
            return (_consistent(given),)
        case str():
            return (read(given),)
        case Mapping():
            return (_plan(given),)
        case Iterable():
            return _each(given)
    raise ValueError("give text such as `rounds of 2, longest idle first`, or a list of tables")


def together(humans: object, given: Iterable[Plan]) -> tuple[Plan, ...]:
    """The plans given in the configuration, and those that stand beside the humans.

    ValueError says what is wrong with these, and where.
    """
    given = tuple(given)
    return (*given, *_each(*_beside(humans), given))


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


def _each(
    tables: Iterable[object], written: str = "", name: str = "", given: Iterable[Plan] = ()
) -> tuple[Plan, ...]:
    """The plans of these tables, besides those `given` in the configuration.

    ValueError says of every wrong one, and of another for one department, which it is, and where it stands.
    """
    found, faults = [], []
    teams = (each.department.casefold() for each in given)
    there = dict.fromkeys(teams, ": the other is WARMTRANSFER_PLAN's")
    for number, entry in enumerate(tables):
        try:
            plan = _consistent(entry) if isinstance(entry, Plan) else _plan(entry)
            team = plan.department.casefold()
            if team in there:
                raise Wrong("department", f"two plans for {team or 'no department'}{there[team]}")
            there[team] = ""
            found.append(plan)
        except Wrong as fault:
            path = (PLAN, number, fault.key) if fault.key else (PLAN, number)
            line = (line_of(written, path) or line_of(written, path[:2])) if written else 0
            where = f"{name} line {line}, " if line else ""
            faults.append(f"{where}[[plan]] {number + 1}: {fault}")
    if faults:
        raise ValueError("\n".join(faults))
    return tuple(found)


def _plan(entry: object) -> Plan:
    """The plan that one table says; Wrong for none."""
    if not isinstance(entry, Mapping):
        raise Wrong("", "neither a Plan nor a table of " + ", ".join(FIELDS))
    unknown = sorted(set(map(str, entry)) - set(FIELDS))
    if unknown:
        raise Wrong(unknown[0], f"{', '.join(unknown)}: not among the keys {', '.join(FIELDS)}")
    team, how = (_told(key, text, entry.get(key, "")) for key in ("department", "ring"))
    words: Said = _told("ring", said, how)
    for key in (key for key in MORE if key in entry):
        value, told = _told(key, MORE[key], entry[key]), f"{key} = {entry[key]}".lower()
        before, ring = words.get(key, (value, ""))
        if before != value:
            raise Wrong(key, contradiction(f"ring = {ring}", told))
        words[key] = value, told
    clash = without_line(words)
    if clash:
        raise Wrong(clash if clash in entry else "line", contradiction(words["line"][1], words[clash][1]))
    return made(words, team)


def _consistent(plan: Plan) -> Plan:
    """This plan; Wrong where it says of a line that it has not how that is."""
    usual = Plan()
    more = {key: getattr(plan, key) for key in OF_A_LINE if getattr(plan, key) != getattr(usual, key)}
    for key, value in more.items() if not plan.line else ():
        raise Wrong(key, contradiction("line = False", f"{key} = {value}"))
    return plan


def _told(key: str, reader: Callable[[Any], Any], given: Any) -> Any:
    """What the reader makes of it; Wrong says under which key it stands."""
    try:
        return reader(given)
    except ValueError as fault:
        raise Wrong(key, f"{key} is {given!r}: {fault}") from None
