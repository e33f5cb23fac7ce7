"""What a telephone says that was picked up by no human: that it asks who calls, that nobody comes, a menu.

Telephones ask in the words of their makers (iOS 26: "record your name and reason for calling, I'll see if
this person is available"; Pixel: "using a screening service … say your name and why you're calling"). What
they say in German is UNVERIFIED. A mailbox asks for a name, too: so what speaks of a message or a tone is
one, whatever else it says, because only a telephone that screens is ever told what a call is about.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import assert_never

from warmtransfer.core.outcomes import Outcome

#: Letters of what was heard that are looked at, and kept.
HEARD_LIMIT = 300


class Said(StrEnum):
    """What was heard on a leg."""

    ASKS = "asks"  #: who calls, and why
    HOLD = "hold"  #: one is to wait
    GONE = "gone"  #: nobody comes, or a message is to be left
    MENU = "menu"  #: keys for this and that
    YES = "yes"  #: to what we have asked, in a word or two
    WORDS = "words"  #: anything else: somebody speaks
    NOTHING = "nothing"


class Screen(StrEnum):
    """How far it is with a leg of which detection says that a machine has picked up."""

    NONE = ""  #: nobody listens to it
    LISTENING = "listening"  #: to what it says
    TOLD = "told"  #: it asks who calls and why, and is told
    WAITING = "waiting"  #: it knows; the person may pick up
    THERE = "there"  #: a person speaks: the gate is open anew


#: Phases in which the telephone has it, and no person yet.
ASKED = frozenset({Screen.TOLD, Screen.WAITING})

_NUMBER = r"(?:\d|zero|one|two|three|four|five|six|seven|eight|nine|pound|star)\b"
_MEANS: tuple[tuple[Said, str], ...] = (
    (
        Said.GONE,
        r"\b(?:leave|left) (?:a|your|us|me)\b|after the (?:tone|beep|signal)|voice ?mail|mailbox|"
        r"you(?:'ve| have) reached|(?:not|isn't|un) ?available|"
        r"(?:can't|cannot|can not|unable to) (?:come|take|answer)|"
        r"nach dem (?:ton|signal|piep)|nachricht hinterlassen|nicht (?:erreichbar|verfügbar)",
    ),
    (
        Said.ASKS,
        r"(?:reason|why)\b.{0,20}\bcall|screening (?:service|this call|your call)|who(?:'s| is) calling|"
        r"(?:this|the|your) (?:person|party) is available|"
        r"grund (?:ihres|des|für den) anruf|wer (?:ruft|anruft)",
    ),
    (Said.MENU, rf"\b(?:press|dial|push)(?: or say)? {_NUMBER}|\bfor [\w ]{{2,40}},? (?:press|say|dial)\b|"
        r"\bdrücken sie (?:die|bitte)\b"),
    (Said.HOLD, r"stay on the line|hold (?:on|the line)|please (?:hold|wait)|one moment|"
        r"bleiben sie (?:dran|am apparat)"),
)  # fmt: skip
#: What a person says to a question, and no machine of itself: a word for it, and hardly any other beside it.
_YES = re.compile(
    r"(?:(?:hello|hi|hey|hallo|um|uh|oh|äh|allô|hola|pronto|olá|alô)\W+)*"
    r"(?:yes|yeah|yep|yup|sure|ok|okay|of course|ja|jawohl|klar|gerne|oui|d'accord|bien sûr|sí|si|claro|"
    r"certo|va bene|sim|tá|graag|natuurlijk)\b(?:\W+\w+){0,2}\W*"
)
_BUT = re.compile(r"\b(?:not?|don't|can't|later|nicht|nein|kein|später|non|pas|no|não|niet|nee)\b")


def meaning(text: str) -> Said:
    """What these words mean."""
    plain = re.sub(r"\s+", " ", text[:HEARD_LIMIT].casefold().replace("’", "'")).strip()
    if not plain:
        return Said.NOTHING
    yes = _YES.fullmatch(plain) and not _BUT.search(plain)
    found = (means for means, words in _MEANS if re.search(words, plain))
    return next(found, Said.YES if yes else Said.WORDS)


def hears(screen: Screen, said: Said) -> Screen | Outcome:
    """How far it is with a leg of which this is heard, or how that ends."""
    asked = screen is not Screen.LISTENING
    match said:
        case Said.ASKS:
            return Screen.TOLD
        case Said.HOLD | Said.NOTHING | Said.MENU if asked:
            return Screen.WAITING
        case Said.WORDS | Said.YES if asked:
            return Screen.THERE
        case Said.HOLD:
            return screen  # it goes on speaking, and is listened to
        case Said.MENU:
            return Outcome.PHONE_MENU
        case Said.GONE | Said.WORDS | Said.YES | Said.NOTHING:
            return Outcome.SCREENED if asked else Outcome.MACHINE
        case _:
            assert_never(said)


def ended_as(screen: Screen) -> Outcome | None:
    """What it comes to when a leg ends, or its time is over, that is so far; None where that says nothing."""
    if screen in ASKED:
        return Outcome.SCREENED
    return Outcome.MACHINE if screen is Screen.LISTENING else None
