"""The people who may be dialled: read from one line of text, a TOML file, or Python."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar
from unicodedata import normalize

from warmtransfer import person
from warmtransfer.core.names import fold
from warmtransfer.core.rules import Department, Human
from warmtransfer.located import line_of
from warmtransfer.person import Defaults, Wrong, faults_of
from warmtransfer.ringing import DEPARTMENT, HUMAN, TABLES, of_tables

#: What a host app's function gives, or a configuration: anything `parse` reads.
Given = Any
Ask = Callable[[], Given]

Made = TypeVar("Made", Human, Department)


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
        written = (key, *(each for each, name in person.ALIASES.items() if name == key)) if key else ()
        paths = (*((kind, number - 1, each) for each in written), (kind, number - 1))
        line = next(filter(None, (line_of(self.text, path) for path in paths)), 0) if self.text else 0
        where = f"{self.name} line {line}, " if line else ""
        return f"{where}{kind} {number} ({_name(entry)})"


@dataclass(frozen=True, slots=True)
class Read(Generic[Made]):
    """A human, or a department, and where each of its keys stands."""

    made: Made
    place: Callable[[str], str]


def parse(given: Given, ours: Defaults) -> Team:
    """The team that `given` names, in order; raises ValueError with every fault, one a line.

    A function is not asked; see `asked`.
    """
    faults: list[str] = []
    source = _source(given)
    ours = _usual(source, ours, faults)
    departments = _each(source, DEPARTMENT, lambda each: person.department(each, ours), faults)
    humans = _each(source, HUMAN, lambda each: person.human(each, ours), faults)
    faults += _twice("the name", humans)
    faults += _twice("the department", departments)
    team = _timed(humans, departments, ours, faults)
    faults += _mixed_up(humans, departments)
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


def _each(
    source: Source, kind: str, read: Callable[[object], Made], faults: list[str]
) -> list[Read[Made]]:
    found: list[Read[Made]] = []
    entries = source.humans if kind == HUMAN else source.departments
    for number, entry in enumerate(entries, 1):
        place = partial(source.place, kind, number, entry)
        try:
            found.append(Read(read(entry), place))
        except ExceptionGroup as group:
            faults += [f"{place(each.key)}: {each}" for each in faults_of(group)]
    return found


def _usual(source: Source, ours: Defaults, faults: list[str]) -> Defaults:
    """The defaults, with what the file says for all."""
    wrong: list[Wrong] = []
    values = person.read(source.more, person.FILE, wrong, TABLES)
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


def _timed(
    humans: Iterable[Read[Human]], departments: Iterable[Read[Department]], ours: Defaults, faults: list[str]
) -> Team:
    """The team with hours for whoever has none of their own: their department's, or everybody's."""
    usual = person.usual(ours)
    teams = tuple(each.made for each in departments)
    by_name = {each.name: each for each in teams}
    found = []
    for each in humans:
        human = each.made
        theirs = {by_name[name].hours for name in human.departments if name in by_name}
        theirs.discard(None)
        if human.hours is None and len(theirs) > 1:
            faults.append(
                f"{each.place('department')}: {human.name} is in {' and '.join(human.departments)}, whose "
                f"hours differ: give hours for {human.name}, too"
            )
        elif human.hours is None:
            human = replace(human, hours=next(iter(theirs), usual))
        found.append(human)
    return Team(tuple(found), teams)


def _mixed_up(humans: list[Read[Human]], departments: list[Read[Department]]) -> list[str]:
    """Departments that nobody can tell from a human, or from each other."""
    called = {fold(each.made.name): each for each in humans}
    named: dict[tuple[str, ...], str] = {}
    faults = []
    for name, each, key in _departments(humans, departments):
        words = fold(name)
        bearer = called.get(words)
        others = [one.made for one in humans if name in one.made.departments]
        if bearer is not None and others != [bearer.made]:
            where = bearer.place("name")
            faults.append(f"{where}: {name!r} is the name of a human and of a department with others in it")
        if words in named:
            one = f"the departments {named[words]!r} and {name!r} are one name to callers"
            faults.append(f"{each.place(key)}: {one}: write one")
        named[words] = name
    return faults


def _departments(
    humans: list[Read[Human]], departments: list[Read[Department]]
) -> Iterator[tuple[str, Read[Any], str]]:
    """Every department's name, and in which table, and key of it, it is written first."""
    seen: set[str] = set()
    for each in departments:
        name = each.made.name
        if _plain(name) not in map(_plain, seen):  # what is given twice is told as such
            yield name, each, "name"
        seen.add(name)
    for one in humans:
        for team in one.made.departments:
            if team not in seen:
                seen.add(team)
                yield team, one, "department"


def _twice(what: str, given: Iterable[Read[Any]]) -> list[str]:
    names: set[str] = set()
    faults = []
    for each in given:
        name = _plain(each.made.name)
        if name in names:
            faults.append(f"{each.place('name')}: {what} {name!r} is given twice")
        names.add(name)
    return faults


def _plain(name: str) -> str:
    return normalize("NFKC", name).casefold()


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
    if data.get(HUMAN):
        return _tables(data, text, str(path))
    raise ValueError(f"the file {path} has no [[human]] table{_instead(data, text)}")


def _instead(data: Mapping[str, Any], text: str) -> str:
    """What stands in a file where its humans are missed: nobody's keys, such as a table that is misspelt."""
    known = {*TABLES, *(key.name for key in person.FILE)}
    shown = {
        f"[[{key}]]" if isinstance(value, list) else f"[{key}]" if isinstance(value, dict) else key: key
        for key, value in data.items()
        if key not in known
    }
    found = ", ".join(f"{what} on line {line_of(text, (key,))}" for what, key in shown.items())
    return f", but {found}" if found else ""


def _tables(data: Mapping[str, Any], text: str = "", name: str = "") -> Source:
    lists = {}
    for kind in (HUMAN, DEPARTMENT):
        lists[kind] = data.get(kind, [])
        if not isinstance(lists[kind], list | tuple):
            line = line_of(text, (kind,)) if text else 0
            where = f"{name} line {line}: " if line else ""
            raise ValueError(f"{where}{kind} is no list of tables: write each as [[{kind}]]")
    more = {key: value for key, value in data.items() if key not in TABLES}
    return Source(tuple(lists[HUMAN]), tuple(lists[DEPARTMENT]), more, text, name)


def _name(entry: object) -> str:
    name: Any = entry.get("name", "") if isinstance(entry, Mapping) else getattr(entry, "name", "")
    return " ".join(name.split()) if isinstance(name, str) else "no name"
