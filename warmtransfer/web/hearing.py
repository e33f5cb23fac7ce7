"""What a human is told on the telephone, kept beside what caller and AI say."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

_TOLD = re.compile(r"to human-([0-9]+)")


def to_human(n: int) -> str:
    """Under whose name the words told to attempt `n` are kept."""
    return f"to human-{n}"


def told_to(who: str) -> int:
    """The attempt to which words kept under this name were told; 0 for what caller or AI said."""
    found = _TOLD.fullmatch(who)
    return int(found[1]) if found else 0


def said_in(document: str) -> str:
    """The words that a leg hears from this document, unless it does something before they end.

    What stands behind a question or a room is reached only when that is over, and a question is asked again
    in the same words: neither is told here.
    """
    return " ".join(dict.fromkeys(_words(ET.fromstring(document))))


def _words(verbs: ET.Element) -> Iterator[str]:
    for verb in verbs:
        if verb.tag == "Say":
            yield " ".join("".join(verb.itertext()).split())
        elif verb.tag == "Gather":
            yield from _words(verb)
        if verb.tag in ("Gather", "Dial"):
            return
