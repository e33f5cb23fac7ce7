"""Names as people say and type them: accents, Unicode forms and apostrophes make no difference."""

from __future__ import annotations

import unicodedata

#: Quotes, primes and accents by themselves, all typed for an apostrophe. O'Brien is one word.
_APOSTROPHES = "'’‘‛ʼʻʽʹ`´′＇"
#: Letters that are typed without their stroke, dot or ligature, and that Unicode does not take apart.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
#: Combining classes of marks that are part of a letter: nukta, kana's voicing, virama. Without them a name is
#: another one.
_OWN = frozenset({0, 7, 8, 9})


def fold(text: str) -> tuple[str, ...]:
    """The words of a text, in lower case, without accents, apostrophes and what cannot be seen."""
    bare = text.translate(dict.fromkeys(map(ord, _APOSTROPHES)))
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", bare).casefold()).translate(_PLAIN)
    return tuple("".join(_letter(char) for char in folded).split())


def called(name: str) -> str:
    """A configured name as it is written in a sentence."""
    return name.capitalize() if name.islower() else name


def _letter(char: str) -> str:
    """The character if a word is made of it, nothing for an accent, else what parts words."""
    kind = unicodedata.category(char)
    if kind == "Cf" or unicodedata.combining(char) not in _OWN:
        return ""
    return char if kind[0] in "LMN" else " "
