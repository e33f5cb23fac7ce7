"""The people who may be dialled: read from one line of text, a TOML file, or Python."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

from warmtransfer.core.call import Style
from warmtransfer.core.rules import Human
from warmtransfer.numbers import dialable, split, tones
from warmtransfer.parsing import text as line

#: Keys of one `[[human]]` table of the TOML file, and of one mapping given in Python.
FIELDS = ("name", "number", "description", "department", "ring", "briefing")

#: What text under a key looks like.
EXAMPLES = {"name": "sam", "number": "+15550100001", "department": "sales", "description": "invoices"}


def parse(given: object, *, style: Style, ring: float, countries: frozenset[str]) -> tuple[Human, ...]:
    """The humans that `given` names, in order; raises ValueError with every fault, one a line."""
    faults: list[str] = []
    humans: list[Human] = []
    for number, entry in enumerate(_entries(given), 1):
        try:
            humans.append(_dialable(_human(entry, style, ring), countries))
        except ValueError as fault:
            faults.append(f"human {number} ({_name(entry)}): {fault}")
    names = [normalize("NFKC", human.name).casefold() for human in humans]
    faults += [
        f"the name {name!r} is given twice" for name in sorted({n for n in names if names.count(n) > 1})
    ]
    if faults:
        raise ValueError("\n".join(faults))
    if not humans:
        raise ValueError("it names nobody, and somebody must be there to be dialled; give sam=+15550100001")
    return tuple(humans)


def _dialable(human: Human, countries: frozenset[str]) -> Human:
    """The human with a number to dial and, apart from it, the tones to send after the answer."""
    number, digits = split(human.number)
    digits = tones(human.digits) if human.digits else digits
    if digits and human.style is Style.ANNOUNCE:
        # POST Participants has no SendDigits.
        raise ValueError(
            f"an extension cannot be reached in the style announce, in which no tones can be sent; "
            f'set briefing = "screen" for {human.name}, or give a number without an extension'
        )
    return replace(human, number=dialable(number, countries), digits=digits)


def _entries(given: object) -> Iterable[object]:
    match given:
        case str():
            text = given.strip()
            return _file(Path(text)) if text.endswith(".toml") else _line(text)
        case Path():
            return _file(given)
        case Mapping():
            return [{"name": name, "number": number} for name, number in given.items()]
        case Iterable():
            return list(given)
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


def _file(path: Path) -> list[object]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise ValueError(f"the file {path} cannot be read: {fault.strerror}") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ValueError(f"the file {path} is not TOML: {fault}") from fault
    except RecursionError:  # tomllib descends once a bracket
        raise ValueError(f"the file {path} is nested too deeply") from None
    tables = data.get("human")
    if not isinstance(tables, list) or not tables:
        raise ValueError(f"the file {path} has no [[human]] table")
    return tables


def _human(entry: object, style: Style, ring: float) -> Human:
    if isinstance(entry, Human):
        return entry
    if not isinstance(entry, Mapping):
        raise ValueError("neither a Human nor a table of " + ", ".join(FIELDS))
    unknown = sorted(set(map(str, entry)) - set(FIELDS))
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: not among the keys {', '.join(FIELDS)}")
    name = _words(entry, "name")
    if not name or len(name) > 60:
        raise ValueError("a name of 1 to 60 letters is needed")
    about = ", ".join(filter(None, (_words(entry, key) for key in ("department", "description"))))
    return Human(
        name=name,
        number=_words(entry, "number"),
        description=about,
        style=_style(entry.get("briefing", style)),
        ring=_ring(entry.get("ring", ring)),
    )


def _words(entry: Mapping[Any, Any], key: str) -> str:
    """The entry's line of text under this key; a list there would be spoken with its brackets."""
    given = entry.get(key, "")
    if not isinstance(given, str):
        raise ValueError(f'{key} is no text; put it in quotes, as in {key} = "{EXAMPLES[key]}"')
    return line(given)


def _name(entry: object) -> str:
    name: Any = entry.get("name", "") if isinstance(entry, Mapping) else getattr(entry, "name", "")
    return name.strip() if isinstance(name, str) else "no name"


def _style(given: object) -> Style:
    try:
        return Style(str(given))
    except ValueError:
        raise ValueError(f"briefing {given!r} is none of {', '.join(Style)}") from None


def _ring(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 5 <= given <= 120:
        raise ValueError(f"ring is {given!r}; give seconds from 5 to 120")
    return float(given)
