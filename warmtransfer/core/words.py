"""Our own sentences, in the language of the deployment: what callers and humans hear that no model says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from enum import StrEnum
from string import Formatter

from warmtransfer.core.languages import LANGUAGES as LANGUAGES
from warmtransfer.core.sentences import ENGLISH as ENGLISH
from warmtransfer.core.sentences import Words as Words


class Show(StrEnum):
    """What a human is given of the caller's number."""

    OWN = "own"  #: our own number is shown
    SAID = "said"  #: our own number is shown, and the caller's is read out
    CALLER = "caller"  #: the caller's number is shown, where the carrier allows it
    BOTH = "both"  #: shown where that is allowed, and read out

    @property
    def shown(self) -> bool:
        """Whether the human's phone shows the caller's number."""
        return self in (Show.CALLER, Show.BOTH)

    @property
    def said(self) -> bool:
        """Whether the caller's number is read out."""
        return self in (Show.SAID, Show.BOTH)


NAMES = frozenset(each.name for each in fields(Words))


def known(language: str) -> bool:
    """Whether our sentences are written in this language; none in particular is English."""
    return not language or language in LANGUAGES


def words(language: str, changed: Mapping[str, str] | None = None) -> Words:
    """The sentences of this language, English where it is not known, some of them in other words."""
    ours = LANGUAGES.get(language, LANGUAGES["en"]) if language else ENGLISH
    return replace(ours, **(changed or {}))


def checked(changed: dict[str, str]) -> dict[str, str]:
    """These sentences, by name; ValueError for a name or a blank that there is none of."""
    for name, sentence in changed.items():
        if name not in NAMES:
            raise ValueError(f"{name!r} is none of {', '.join(sorted(NAMES))}")
        try:
            blanks = {blank for _, blank, *_ in Formatter().parse(sentence) if blank is not None}
            there = {blank for _, blank, *_ in Formatter().parse(getattr(ENGLISH, name)) if blank is not None}
        except ValueError as fault:
            raise ValueError(f"{name} cannot be read: {fault}") from None
        if blanks - there:
            raise ValueError(f"{name} cannot hold {{{sorted(blanks - there)[0]}}}")
    return changed


def in_digits(number: str) -> str:
    """A number as it is read out: digit by digit, "" for one that is none."""
    return " ".join(number.removeprefix("+")) if number.removeprefix("+").isdigit() else ""
