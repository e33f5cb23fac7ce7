"""What the pages are about: which telephones they show, and what answers them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warmtransfer.simulator.browser.understood import Understood


@dataclass(frozen=True)
class Shown:
    """A telephone on the page."""

    name: str
    number: str
    voice: str = ""  #: of words that are typed
    calls: bool = False  #: whether it is the one that calls, and not one that is called


#: Who is there when nobody says otherwise: the demo's people.
PEOPLE = (
    Shown("Caller", "+15550123456", "joanna", calls=True),
    Shown("Sam", "+15550100001", "matthew"),
    Shown("Kim", "+15550100002", "amy"),
)
VOICES = ("matthew", "amy", "brian", "emma")


def people(given: Sequence[str]) -> tuple[Shown, ...]:
    """The telephones named as `sam=+15550100001`, with a caller's; those of `PEOPLE` when none is.

    Raises ValueError for one that is not written so.
    """
    found = []
    for place, text in enumerate(given):
        name, equals, number = text.partition("=")
        if not equals or not name or not number.strip():
            raise ValueError(f"--handset {text!r}: write NAME=NUMBER, such as sam=+15550100001")
        shown = name.strip()
        shown = shown[0].upper() + shown[1:]
        found.append(Shown(shown, number.strip(), VOICES[place % len(VOICES)]))
    return (PEOPLE[0], *found) if found else PEOPLE


@dataclass(frozen=True)
class Scene:
    """Everything that a page shows beside the telephones' own state."""

    people: tuple[Shown, ...] = PEOPLE
    model: str = "other"  #: `local`, `real` (through a proxy), or `other`: the application's own affair
    understood: tuple[Understood, ...] = ()
    company: str = ""  #: whom the caller calls, in words; "" is the number
    console: str = ""  #: the application's own page beside the telephones
    how: str = ""  #: how a second device comes to a telephone, where none can yet
    console_password: str = ""  #: of whoever is logged in there by itself; "" for a link alone
    waits: bool = False  #: for the application, which is being started: nobody calls before it answers
