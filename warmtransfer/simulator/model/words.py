"""Words as a recogniser gives them, and numbers as people say them."""

from __future__ import annotations

import re

DIGITS = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "to": "2", "too": "2", "three": "3", "four": "4",
    "for": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip


def plain(text: str) -> str:
    """Lower-case words without punctuation: what a recogniser gives and a grammar takes."""
    return " ".join(re.findall(r"[a-z0-9']+", text.lower().replace("’", "'")))


def digits_in(text: str) -> str:
    """ "four two seven" as "427"; a text with any other word as it is."""
    words = text.split()
    if words and all(word in DIGITS or word.isdigit() for word in words):
        return "".join(DIGITS.get(word, word) for word in words)
    return text.strip()


def spelled(text: str) -> str:
    """A number of three digits and more with spaces between, so that it is read digit by digit."""
    return " ".join(text) if text.isdigit() and len(text) > 2 else text
