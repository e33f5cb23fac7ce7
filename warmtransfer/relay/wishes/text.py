"""Sentences in the one form that rules are written for."""

from __future__ import annotations

import re
import unicodedata

#: A turn may be long; what counts is said in the first or last of it.
LIMIT = 1600
APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʹ`´ʻ′＇‛"), "'")
ACCENTS = dict.fromkeys(range(0x300, 0x370))
SENTENCE = re.compile(r"[^.!?…。！？]+[.!?…。！？]*")
CLAUSE = re.compile(r"[;,:、，；：«»\"“”„()¿¡]+|\s[-–—]+\s")
WORD = re.compile(r"[\w']{1,60}")


def fold(text: str) -> str:
    """Lower-case, without accents, with one kind of apostrophe; "ß" is "ss"."""
    if len(text) > LIMIT:
        text = f"{text[: LIMIT // 2]}. {text[-LIMIT // 2 :]}"
    plain = unicodedata.normalize("NFKC", text.translate(APOSTROPHES)).casefold()
    if plain.isascii():
        return plain
    bare = unicodedata.normalize("NFD", plain).translate(ACCENTS)
    return unicodedata.normalize("NFC", bare).translate(APOSTROPHES)


def sentences(folded: str) -> list[tuple[str, bool]]:
    """The sentences of a folded text, and whether each ends with a question mark."""
    found = [each.strip() for each in SENTENCE.findall(folded)]
    return [(each, each[-1] in "?？") for each in found if WORD.search(each)]


def clauses(sentence: str) -> list[str]:
    """The parts of a folded sentence between commas, as words with one blank between them."""
    parts = (" ".join(WORD.findall(part)) for part in CLAUSE.split(sentence))
    return [part for part in parts if part]
