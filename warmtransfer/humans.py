"""The people who may be dialled: read from one line of text, a TOML file, or Python."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

from warmtransfer import person
from warmtransfer.core.names import fold
from warmtransfer.core.rules import Department, Human
from warmtransfer.located import line_of
from warmtransfer.person import Defaults, Wrong, faults_of
from warmtransfer.ringing import DEPARTMENT, HUMAN, PLAN, of_tables

#: What a host app's function gives, or a configuration: anything `parse` reads.
Given = Any
Ask = Callable[[], Given]


@dataclass(frozen=True, slots=True)
class Team:
    """The humans in their order, and the departments that have a table of their own."""

    humans: tuple[Human, ...] = ()
    departments: tuple[Department, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What was given: tables, and, where it is a file, its text and name."""

    humans: tuple[object, ...] = ()
    departments: tuple[object, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    name: str = ""

    def place(self, kind: str, number: int, entry: object, key: str = "") -> str:
        """Where a fault is: file and line, then whose it is."""
        path = (kind, number - 1, key) if key else (kind, number - 1)
        line = (line_of(self.text, path) or line_of(self.text, path[:2])) if self.text else 0
        where = f"{self.name} line {line}, " if line else ""
        return f"{where}{kind} {number} ({_name(entry)})"


def parse(given: Given, ours: Defaults) -> Team:
    """The team that `given` names, in order; raises ValueError with every fault, one a line.

    A function is not asked; see `asked`.
    """
    faults: list[str] = []
    source = _source(given)
    ours = _usual(source, ours, faults)
    departments = _each(source, DEPARTMENT, lambda each: person.department(each, ours), faults)
    humans = _each(source, HUMAN, lambda each: person.human(each, ours), faults)
    faults += _twice(HUMAN, [human.name for human in humans])
    faults += _twice(DEPARTMENT, [each.name for each in departments])
    team = _timed(Team(tuple(humans), tuple(departments)), ours, faults)
    faults += _mixed_up(team)
    if faults:
        raise ValueError("\n".join(faults))
    return team


def nobody(team: Team) -> str:
    """What is wrong with a list without anybody, "" for one with somebody."""
    if team.humans:
        return ""
    return "it names nobody, and somebody must be there to be dialled; give sam=+15550100001"


def is_function(given: object) -> bool:
    """Whether it is to be asked anew for every handoff."""
    return callable(given) and not isinstance(given, Mapping | Iterable)


def _each(source: Source, kind: str, read: Callable[[object], Any], faults: list[str]) -> list[Any]:
    made = []
    entries = source.humans if kind == HUMAN else source.departments
    for number, entry in enumerate(entries, 1):
        try:
            made.append(read(entry))
        except ExceptionGroup as group:
            faults += [f"{source.place(kind, number, entry, each.key)}: {each}" for each in faults_of(group)]
    return made


def _usual(source: Source, ours: Defaults, faults: list[str]) -> Defaults:
    """The defaults, with what the file says for all."""
    wrong: list[Wrong] = []
    values = person.read(source.more, person.FILE, wrong)
    more = tuple(values.get("holidays", ()))
    ours = replace(
        ours,
        zone=values.get("time_zone", ours.zone),
        hours=ours.hours if values.get("hours") is None else values["hours"],
        holidays=(*ours.holidays, *more),
    )
    try:
        person.usual(ours)
    except Wrong as fault:
        wrong.append(fault)
        ours = replace(ours, hours="always")
    for each in wrong:
        line = line_of(source.text, (each.key,)) if source.text else 0
        faults.append(f"{source.name} line {line}: {each}" if line else str(each))
    return ours


def _timed(team: Team, ours: Defaults, faults: list[str]) -> Team:
    """The team with hours for whoever has none of their own: their department's, or everybody's."""
    usual = person.usual(ours)
    by_name = {each.name: each for each in team.departments}
    humans = []
    for human in team.humans:
        theirs = {by_name[name].hours for name in human.departments if name in by_name}
        theirs.discard(None)
        if human.hours is None and len(theirs) > 1:
            faults.append(
                f"{human.name} is in {' and '.join(human.departments)}, whose hours differ: "
                f"give hours for {human.name}, too"
            )
        elif human.hours is None:
            human = replace(human, hours=next(iter(theirs), usual))
        humans.append(human)
    return replace(team, humans=tuple(humans))


def _mixed_up(team: Team) -> list[str]:
    """Departments that nobody can tell from a human, or from each other."""
    humans = {fold(human.name): human for human in team.humans}
    named: dict[tuple[str, ...], str] = {}
    faults = []
    for name in dict.fromkeys((
        *(each.name for each in team.departments), *(t for h in team.humans for t in h.departments),
    )):  # fmt: skip
        words = fold(name)
        others = [human for human in team.humans if name in human.departments]
        if words in humans and others != [humans[words]]:
            faults.append(f"{name!r} is the name of a human and of a department with others in it")
        if words in named:
            faults.append(f"the departments {named[words]!r} and {name!r} are one name to callers: write one")
        named[words] = name
    return faults


def _twice(kind: str, given: Iterable[str]) -> list[str]:
    names = [normalize("NFKC", name).casefold() for name in given]
    what = "the name" if kind == HUMAN else "the department"
    return [f"{what} {name!r} is given twice" for name in sorted({n for n in names if names.count(n) > 1})]


def _source(given: Given) -> Source:
    match given:
        case Team():
            return Source(given.humans, given.departments)
        case str():
            text = given.strip()
            return _file(Path(text)) if text.endswith(".toml") else Source(tuple(_line(text)))
        case Path():
            return _file(given)
        case Mapping() if of_tables(given):
            return _tables(given)
        case Mapping():
            return Source(tuple({"name": name, "number": number} for name, number in given.items()))
        case Iterable():
            return Source(tuple(given))
    raise ValueError(
        "give `name=+15550100001,other=+15550100002`, the path of a .toml file, or a list of humans"
    )


def _line(text: str) -> list[object]:
    entries: list[object] = []
    for part in re.split(r",(?=[^,=]+=)", text):
        if not part.strip(" ,"):
            continue
        name, equals, number = part.partition("=")
        _, _, keys = number.strip(" ,").partition(",")
        # A comma before keys is a pause; what is no key, or a whole number, is a human without a name.
        if not equals or (keys and not re.fullmatch(r",[\d*#,w ]+|[\d*#w ]{1,6}", keys)):
            raise ValueError("give each human as `name=+15550100001`, with commas between them")
        entries.append({"name": name.strip(), "number": number.strip(" ,")})
    return entries


def _file(path: Path) -> Source:
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as fault:
        raise ValueError(f"the file {path} cannot be read: {fault.strerror}") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ValueError(f"the file {path} is not TOML: {fault}") from fault
    except RecursionError:  # tomllib descends once a bracket
        raise ValueError(f"the file {path} is nested too deeply") from None
    if not data.get(HUMAN) or not isinstance(data[HUMAN], list):
        raise ValueError(f"the file {path} has no [[human]] table")
    return _tables(data, text, str(path))


def _tables(data: Mapping[str, Any], text: str = "", name: str = "") -> Source:
    lists = {}
    for kind in (HUMAN, DEPARTMENT):
        lists[kind] = data.get(kind, [])
        if not isinstance(lists[kind], list | tuple):
            line = line_of(text, (kind,)) if text else 0
            where = f"{name} line {line}: " if line else ""
            raise ValueError(f"{where}{kind} is no list of tables: write each as [[{kind}]]")
    more = {key: value for key, value in data.items() if key not in (*lists, PLAN)}
    return Source(tuple(lists[HUMAN]), tuple(lists[DEPARTMENT]), more, text, name)


def _name(entry: object) -> str:
    name: Any = entry.get("name", "") if isinstance(entry, Mapping) else getattr(entry, "name", "")
    return name.strip() if isinstance(name, str) else "no name"
