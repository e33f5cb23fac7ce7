"""That an AI speaks: whether the caller has heard the line that says so, word for word."""

from __future__ import annotations

import unicodedata

#: What the model is told when the line was lost, because the caller spoke.
AGAIN = 'The caller has not heard that you are an AI. Begin your next answer with exactly this sentence: "{}"'


class Disclosure:
    """One call's line. Without one there is nothing to wait for."""

    __slots__ = ("_letters", "_lost", "line")

    def __init__(self, line: str) -> None:
        self.line = line
        self._letters = _letters(line)
        self._lost = False

    def heard(self, text: str) -> bool:
        """Whether the line has been heard now that the caller has heard this; true once."""
        if not self._letters or self._letters not in _letters(text):
            return False
        self._letters, self._lost = "", False
        return True

    def missed(self) -> None:
        """The caller spoke over it, or heard something else in its place."""
        self._lost = bool(self._letters)

    def reminder(self) -> str:
        """What to tell the model about a line that was missed; told once a loss, else empty."""
        lost, self._lost = self._lost, False
        return AGAIN.format(self.line) if lost else ""


def _letters(text: str) -> str:
    """What is heard of a text: its letters and digits, however they are spelled."""
    return "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if each.isalnum())
