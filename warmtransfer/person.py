"""One human, or department, as a deployment writes it: the keys, how each is read, and what it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from warmtransfer import parsing as as_
from warmtransfer import timetable
from warmtransfer.core.call import Style
from warmtransfer.core.hours import Holiday
from warmtransfer.core.languages import LANGUAGES
from warmtransfer.core.rules import RING, Address, AfterHuman, Card, Department, Human
from warmtransfer.dialling import Wrong as Wrong
from warmtransfer.dialling import dialable
from warmtransfer.numbers import EVERYWHERE, e164, tones
from warmtransfer.vocabulary import detection


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for whoever says nothing else."""

    style: Style = Style.SCREEN
    ring: float = RING
    countries: frozenset[str] = EVERYWHERE
    zone: str = "UTC"
    hours: Any = "always"  #: as it was written
    holidays: tuple[Holiday, ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table: how it is read, an example, and what it is for."""

    name: str
    parse: Callable[[Any], Any]
    example: str
    sentence: str


def _label(given: Any) -> str:
    name = _line(given)
    if not name or len(name) > 60:
        raise ValueError("a name of 1 to 60 letters is needed")
    return name


def _line(given: Any) -> str:
    """A line of text; a list there would be spoken with its brackets."""
    if not isinstance(given, str):
        raise ValueError("is no text")
    return as_.text(given)


def _addresses(given: Any) -> tuple[Address, ...]:
    """One number or several, as they were written."""
    several = given if isinstance(given, list | tuple) else [given]
    if not several:
        raise ValueError("is empty: give one number at least")
    if not all(isinstance(each, str) for each in several):
        raise ValueError("is no text" if isinstance(given, int) else "is no text, nor a list of texts")
    return tuple(Address(_line(each)) for each in several)


def _teams(given: Any) -> tuple[str, ...]:
    if not isinstance(given, str | list | tuple):
        raise ValueError("is no text, nor a list of texts")
    return tuple(dict.fromkeys(_label(each) for each in as_.words(given)))


def _style(given: Any) -> Style:
    try:
        return Style(str(given))
    except ValueError:
        raise ValueError(f"{given!r} is none of {', '.join(Style)}") from None


def _ring(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 5 <= given <= 120:
        raise ValueError(f"is {given!r}; give seconds from 5 to 120")
    return float(given)


def _at_once(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= 1000:
        raise ValueError(f"is {given!r}; give a whole number from 1 to 1000")
    return given


def _yes(given: Any) -> bool:
    if not isinstance(given, bool):
        raise ValueError(f"is {given!r}; give true or false")
    return given


def _card(given: Any) -> Card:
    try:
        return Card(str(given))
    except ValueError:
        raise ValueError(f"{given!r} is not among {', '.join(Card)}") from None


def _tones(given: Any) -> str:
    return tones(_line(given)) if given else ""


def _caller_id(given: Any) -> str:
    return e164(_line(given))


def _after(given: Any) -> AfterHuman:
    try:
        return AfterHuman(str(given))
    except ValueError:
        raise ValueError(f"{given!r} is none of {', '.join(AfterHuman)}") from None


def _weekly(given: Any) -> Any:
    """Hours as they are written; empty text, such as a database has, is none given."""
    return None if isinstance(given, str) and not given.strip() else given


_HOURS = (
    Key("hours", _weekly, '"mon-fri 9:00-17:00; sat 10-14"',
        "When they may be rung: `always`, `never`, days and times with semicolons, a list of such, or a "
        "table of days. Times beyond midnight belong to the day they begin on."),
    Key("time_zone", timetable.zone, '"Europe/Berlin"',
        "The zone of these hours; else the file's, else `WARMTRANSFER_TIME_ZONE`."),
    Key("holidays", timetable.holidays, '["DE-BE", "2026-12-24"]',
        "Days on which their hours do not begin, besides the file's: dates, `2026-12-24..2027-01-01 winter "
        "break`, or a country, or a part of it, whose public holidays they are."),
)  # fmt: skip

#: Keys of one `[[human]]` table of the TOML file, and of one mapping given in Python.
HUMAN: tuple[Key, ...] = (
    Key("name", _label, '"sam"', "**Required.** What callers and the AI call them; nobody else has it."),
    Key("number", _addresses, '"+15550100001"',
        "**Required.** Where they are rung: E.164, perhaps with an extension (`+15550100001x12`), "
        "`client:name`, or `sip:name@host`. A list of such (or `numbers`): one after the other."),
    Key("description", _line, '"invoices"', "One sentence for the AI: for what they are the right one."),
    Key("department", _teams, '"billing"', "The department they are in, or a list of several."),
    *_HOURS,
    Key("away", _yes, "true", "They are not rung for the time being."),
    Key("at_once", _at_once, "2", "Calls that they take at the same time; without it 1."),
    Key("ring", _ring, "20", "Seconds that their phone rings; else `WARMTRANSFER_RING_SECONDS`."),
    Key("digits", _tones, '"wwww12#"',
        "Tones sent after the answer: an extension, or the way through a menu; `w` waits half a second."),
    Key("briefing", _style, '"announce"',
        "How they are told what the call is about; else `WARMTRANSFER_BRIEFING`."),
    Key("detection", lambda given: detection(_line(given)), '"off"',
        "How a machine is told from a person at their telephone: `standard`, `off` (nobody is then taken "
        "for a machine), or tuned, as the carrier takes it: `timeout=20 speech_threshold=3000` (also "
        "`speech_end_threshold`, `silence_timeout`)."),
    Key("language", as_.language, '"de"',
        f"The language of what they hear of us, as two letters: {', '.join(sorted(LANGUAGES))}, or that of "
        "`WARMTRANSFER_WORDS`; in any other our own sentences are English."),
    Key("voice", _line, '"Polly.Vicki-Neural"', "The voice in which they hear it."),
    Key("caller_id", _caller_id, '"+15550100000"',
        "The number that their phone shows: one of the account's, or verified there; else what "
        "`WARMTRANSFER_SHOW` says."),
    Key("card", _card, '"sms"',
        "What they may read of a call while it rings: `link` (its card on their own page), `sms` (and a text "
        "message that links it); without it nothing."),
    Key("after_human", _after, '"end"',
        "When they hang up and the caller does not: `return` (the AI is back) or `end` (so does the call)."),
)  # fmt: skip

#: Keys of one `[[department]]` table.
DEPARTMENT: tuple[Key, ...] = (
    Key("name", _label, '"billing"', "**Required.** As it stands in `department` of its humans."),
    Key("description", _line, '"invoices and payments"', "One sentence for the AI."),
    *_HOURS,
)

#: Keys of the file itself.
FILE: tuple[Key, ...] = _HOURS

#: Other ways to write a key.
ALIASES = {"departments": "department", "numbers": "number"}


def read(
    entry: Mapping[Any, Any], keys: Iterable[Key], faults: list[Wrong], tables: Iterable[str] = ()
) -> dict[str, Any]:
    """The values of a table's keys; each one that is wrong, or not known, with a fault in its place.

    `tables` may stand there, too, and are read elsewhere.
    """
    known = {key.name: key for key in keys}
    values: dict[str, Any] = {}
    for written, given in entry.items():
        name = ALIASES.get(str(written), str(written))
        key = known.get(name)
        if key is None:
            aliases = (each for each, name in ALIASES.items() if name in known)
            names = ", ".join([*known, *aliases, *(f"[[{each}]]" for each in tables)])
            faults.append(Wrong(str(written), f"{written}: not among the keys {names}"))
            continue
        if name in values:
            faults.append(Wrong(str(written), f"{written}: {name} is given twice"))
            continue
        try:
            values[name] = key.parse(given)
        except ValueError as fault:
            faults.append(Wrong(str(written), _told(str(written), str(fault), key)))
    return values


def _told(name: str, why: str, key: Key) -> str:
    """A fault with its key in front, and how it is written."""
    head = why if why.startswith("a name") else f"{name} {why}" if why.startswith("is ") else f"{name}: {why}"
    return f"{head}; put it in quotes, as in {name} = {key.example}" if why == "is no text" else head


def human(entry: object, ours: Defaults) -> Human:
    """A human of a table, with a number to dial. Raises an ExceptionGroup of Wrong."""
    faults: list[Wrong] = []
    if isinstance(entry, Human):
        made: Human | None = _own_words(entry, faults)
    elif isinstance(entry, Mapping):
        made = _human(entry, ours, faults)
    else:
        made = None
        faults.append(Wrong("", "neither a Human nor a table of " + ", ".join(key.name for key in HUMAN)))
    if made is not None:
        try:
            made = dialable(made, ours.countries)
        except Wrong as fault:
            other = isinstance(entry, Mapping) and fault.key not in entry
            as_written = next((each for each, name in ALIASES.items() if name == fault.key), "")
            faults.append(Wrong(as_written, str(fault)) if other and as_written else fault)
    if faults or made is None:
        raise ExceptionGroup("human", faults)
    return made


def _own_words(one: Human, faults: list[Wrong]) -> Human | None:
    """A human given as one, whose `card` may be written as in a file."""
    try:
        return replace(one, card=_card(one.card))
    except ValueError as fault:
        faults.append(Wrong("card", f"card: {fault}"))
        return None


def _human(entry: Mapping[Any, Any], ours: Defaults, faults: list[Wrong]) -> Human | None:
    values = read(entry, HUMAN, faults)
    for key, why in (("name", "a name of 1 to 60 letters is needed"), ("number", "a number is needed")):
        if key not in values and not any(ALIASES.get(fault.key, fault.key) == key for fault in faults):
            faults.append(Wrong("", why))
    timed = {key.name: values.pop(key.name, None) for key in _HOURS}
    teams, style, ring = values.pop("department", ()), values.pop("briefing", ours.style), ours.ring
    try:
        if _own(timed):
            values["hours"] = _hours(timed, ours)
    except Wrong as fault:
        faults.append(fault)
    if faults:
        return None
    first, *also = values.pop("number")
    if also and values.get("digits"):
        told = "digits: of several numbers, write what is sent behind each, as +15550100001,,12#"
        faults.append(Wrong("digits", told))
        return None
    values |= {"number": first.number, "also": tuple(also)}
    return Human(**{"style": style, "ring": ring, "departments": teams, **values})


def department(entry: object, ours: Defaults) -> Department:
    """A department of a table. Raises an ExceptionGroup of Wrong."""
    faults: list[Wrong] = []
    values: dict[str, Any] = {}
    if isinstance(entry, Department):
        return entry
    if isinstance(entry, Mapping):
        values = read(entry, DEPARTMENT, faults)
    else:
        faults.append(Wrong("", "no table of " + ", ".join(key.name for key in DEPARTMENT)))
    if not faults and "name" not in values:
        faults.append(Wrong("", "a name of 1 to 60 letters is needed"))
    timed = {key.name: values.pop(key.name, None) for key in _HOURS}
    try:
        if _own(timed):
            values["hours"] = _hours(timed, ours)
    except Wrong as fault:
        faults.append(fault)
    if faults:
        raise ExceptionGroup("department", faults)
    return Department(**values)


def _own(timed: Mapping[str, Any]) -> bool:
    """Whether these say more than what holds for all; empty hours do, and are refused."""
    return timed["hours"] is not None or bool(timed["time_zone"] or timed["holidays"])


def usual(ours: Defaults) -> Any:
    """The hours of whoever has none of their own. Raises Wrong."""
    return _hours({}, ours)


def _hours(timed: Mapping[str, Any], ours: Defaults) -> Any:
    free = {day.date: day for day in (*ours.holidays, *(timed.get("holidays") or ()))}
    given = timed.get("hours")
    given = ours.hours if given is None else given
    try:
        found = timetable.hours(given, timed.get("time_zone") or ours.zone, tuple(free.values()))
    except ValueError as fault:
        raise Wrong("hours", f"hours: {fault}") from None
    if found is not None:
        return found
    # Who says `always` of their own means it: what holds for others does not.
    said = timed.get("hours") is not None
    days = tuple(timed.get("holidays") or ()) if said else tuple(free.values())
    if not (said or days):
        return None
    return timetable.hours("daily 0:00-24:00", timed.get("time_zone") or ours.zone, days)


def faults_of(group: ExceptionGroup[Exception]) -> Iterator[Wrong]:
    """Each fault of a table."""
    for fault in group.exceptions:
        if isinstance(fault, Wrong):
            yield fault
