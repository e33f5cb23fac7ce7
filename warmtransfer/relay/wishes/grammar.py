"""The form in which a language's rules are written down, and how they are compiled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Grammar:
    """One language. Patterns are for folded text: lower-case, no accents or hyphens, one blank between words.

    In patterns that are lists, `{who}` stands for a person or an office one can be connected with.
    """

    code: str
    marks: str  #: words, with blanks between them, by which the language is known
    who: str  #: people and offices with their articles; never one's own ("my manager")
    mine: str  #: how an AI calls its colleagues: before `who`, in what an AI says
    asks: tuple[str, ...]  #: a caller's wish for a person
    bare: str  #: words that may stand around a person when nothing else is said
    mentions: str  #: how a caller speaks of people without asking for one: "do I have to talk to"
    nots: str  #: words that turn a wish into its opposite
    turns: str  #: words that end the reach of a not: "not a robot but a person"
    asking: str  #: a not that asks: "why can't I"
    refuses: tuple[str, ...]  #: a caller's no to being connected, where a denied wish does not show it
    no: str  #: how a no begins
    noes: str  #: a no anywhere in the sentence
    yes: str  #: how a yes begins
    handoffs: tuple[str, ...]  #: an AI speaks of connecting the caller
    talks: tuple[str, ...]  #: an AI speaks of the caller talking to a person: an offer when it is asked
    perhaps: str  #: what makes of an announcement an offer: "I can", "shall I"
    ifs: str  #: how a part of a sentence begins that makes the whole one an offer: "if you like"
    questions: str  #: how a question begins, for sentences without a mark
    agreed: str  #: "is that all right?" after an announcement
    stays: tuple[str, ...]  #: an AI says that nobody comes, or that it helps on by itself
    later: str  #: it comes, but not in this call: "calls you back"
    leaves: tuple[str, ...] = (r"(?!)",)  #: a caller in a line does not want to wait any longer
    idle: str = r"(?!)"  #: phrases with a not that mean nothing: "don't hang up"
    glue: str = r"(?!)"  #: what follows a comma and belongs to the words before it
    trailing: bool = False  #: whether a not comes after what it denies
    spaced: bool = True  #: whether blanks part the words

    @cached_property
    def words(self) -> frozenset[str]:
        """The marks, and the people's names, as a set."""
        return frozenset([*self.marks.split(), *re.findall(r"(?<![\w\[])[a-z]{4,}(?![\w\[(])", self.who)])

    def filled(self, patterns: tuple[str, ...], mine: bool = False) -> re.Pattern[str]:
        """One pattern for all of them, with the people filled in; with `mine`, an AI's colleagues too."""
        gap = " " if self.spaced else ""
        who = f"(?:(?:{self.mine}){gap})?(?:{self.who})" if mine else self.who
        edge = r"\b" if self.spaced else ""
        whole = "|".join(each.replace("{who}", f"(?:{who})") for each in patterns)
        return re.compile(f"{edge}(?:{whole})" + (r"(?!\w)" if self.spaced else ""))

    def one(self, pattern: str, before: str = "") -> re.Pattern[str]:
        """One pattern of words, after `before`."""
        edge = r"\b" if self.spaced else ""
        return re.compile(f"{before}{edge}(?:{pattern}){edge}")

    @cached_property
    def alone(self) -> re.Pattern[str]:
        """A clause that holds nothing but a person."""
        if not self.spaced:
            return re.compile(f"^(?:{self.bare})*(?:{self.who})(?:{self.bare})*$")
        around = f"(?:{self.bare})"
        return re.compile(rf"^(?:{around} )*(?:{self.who})(?: (?:{around}|(?:{self.who})))*$")
