"""Whether a caller has asked for a person: by the rules of `wishes/`, and by a deployment's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from warmtransfer.relay.wishes.reading import Caller, caller, languages, rules, tired
from warmtransfer.relay.wishes.text import WORD, clauses, fold


class Phrases:
    """What callers say. `own` phrases ask for a person too; `language` is two letters, or empty for any."""

    def __init__(self, own: Sequence[str] = (), language: str = "") -> None:
        self._own = [pattern for phrase in own if (pattern := as_pattern(phrase))]
        self.language = language

    def said(self, text: str) -> Caller:
        """What these words of a caller say about a handoff."""
        heard = caller(text, self.language)
        if heard is Caller.ASKS or not self._own:
            return heard
        folded = fold(text)
        reader = rules(languages(folded, self.language)[0])
        for clause in clauses(folded):
            for found in filter(None, (each.search(clause) for each in self._own)):
                heard = Caller.REFUSES if reader.denied(clause, found.start()) else Caller.ASKS
        return heard

    def tired(self, text: str) -> bool:
        """Whether these words of a caller who waits for a person say that they do not want to any longer."""
        return tired(text, self.language)

    def wanted(self, text: str) -> bool:
        """Whether these words of a caller ask for a person."""
        return self.said(text) is Caller.ASKS


def as_pattern(phrase: str) -> re.Pattern[str] | None:
    """A phrase as it is found in folded clauses: whole words, where a script has blanks between them."""
    words = " ".join(WORD.findall(fold(phrase)))
    if not words:
        return None
    edges = [r"\b" if each < "\u2e80" else "" for each in (words[0], words[-1])]
    return re.compile(edges[0] + re.escape(words) + edges[1])
