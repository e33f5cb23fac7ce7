"""What a sentence of a caller, or of an AI, says about a handoff."""

from __future__ import annotations

import re
from enum import Enum
from functools import cache

from warmtransfer.relay.wishes.grammar import Grammar
from warmtransfer.relay.wishes.languages import (
    chinese,
    dutch,
    english,
    french,
    german,
    italian,
    japanese,
    portuguese,
    spanish,
)
from warmtransfer.relay.wishes.text import clauses, fold, sentences

GRAMMARS = {
    each.code: each
    for each in (
        english.GRAMMAR,
        german.GRAMMAR,
        french.GRAMMAR,
        spanish.GRAMMAR,
        italian.GRAMMAR,
        portuguese.GRAMMAR,
        dutch.GRAMMAR,
        japanese.GRAMMAR,
        chinese.GRAMMAR,
    )
}
KANA = re.compile(r"[\u3040-\u30ff]")
HAN = re.compile(r"[\u4e00-\u9fff]")
TOKEN = re.compile(r"[\w']+")
FILLERS = re.compile(
    r"^(?:(?:uh|um|er|erm|ah|oh|eh|h+m+|m+h?m+|well|so|also|na|tja|euh|ben|bueno|pues|ay|allora|beh|bom|bem|nou|hallo|hello|hi|"
    r"ahm|ach|えっと|あの|ああ|あ|那个|呃|嗯)(?: |$))+"
)
#: A sentence is of another language than the configured one only if it has so many more of its words.
TRUST = 1


class Caller(Enum):
    """What a caller's turn says."""

    ASKS = "asks"  #: wants a person
    REFUSES = "refuses"  #: wants none, in so many words
    NO = "no"  #: a no to whatever was asked
    YES = "yes"  #: a yes to whatever was asked
    OTHER = "other"


class Assistant(Enum):
    """What an AI's turn says."""

    ANNOUNCES = "announces"  #: a handoff begins
    OFFERS = "offers"  #: it could begin: the caller is asked
    WITHDRAWS = "withdraws"  #: there will be none
    OTHER = "other"


def languages(folded: str, expected: str = "") -> tuple[str, ...]:
    """The languages a folded text may be in, by its words; `expected` wins unless the words say otherwise."""
    if KANA.search(folded):
        return ("ja",)
    if HAN.search(folded):
        return ("ja",) if expected == "ja" else ("zh",)
    tokens = TOKEN.findall(folded)
    scores = {
        code: sum(token in grammar.words for token in tokens)
        for code, grammar in GRAMMARS.items()
        if grammar.spaced
    }
    if expected in scores:
        scores[expected] += TRUST
    best = max(scores.values())
    if expected in scores and scores[expected] == best:
        return (expected,)
    return tuple(code for code, score in scores.items() if score == best)


class Rules:
    """One language's patterns, compiled."""

    def __init__(self, grammar: Grammar) -> None:
        one, filled = grammar.one, grammar.filled
        self.asks, self.alone, self.trailing = filled(grammar.asks), grammar.alone, grammar.trailing
        self.nots, self.turns, self.asking = one(grammar.nots), one(grammar.turns), one(grammar.asking)
        self.mentions = one(grammar.mentions)
        self.refuses = filled(grammar.refuses)
        self.no, self.noes, self.yes = one(grammar.no, "^"), one(grammar.noes), one(grammar.yes, "^")
        self.nay = re.compile(f"^(?:{grammar.no}| )+$")
        if not grammar.spaced:
            self.yes = re.compile(f"^(?:{grammar.yes})")
        self.handoffs, self.talks = filled(grammar.handoffs, True), filled(grammar.talks, True)
        self.perhaps, self.ifs = one(grammar.perhaps), one(grammar.ifs, "^")
        self.questions, self.agreed = one(grammar.questions, "^"), one(grammar.agreed, "^")
        self.stays, self.later, self.idle = filled(grammar.stays), one(grammar.later), one(grammar.idle)
        self.leaves = filled(grammar.leaves)
        self.glue = re.compile(rf",\s+(?=(?:{grammar.glue})\b)")

    # Callers ----------------------------------------------------------------------------------------

    def caller(self, folded: str) -> Caller:
        """What the caller says; the last wish or refusal counts, and only without one a yes or a no."""
        heard, parts = Caller.OTHER, []
        for sentence, _ in sentences(folded):
            said = clauses(self.glue.sub(" ", sentence))
            whole = " ".join(each for each in said if self.nay.search(each) is None)
            named = self.alone.search(whole) is not None
            for part in [whole] if named else said:
                found = self.wish(part, named)
                heard = heard if found is Caller.OTHER else found
            parts += said
        if heard is not Caller.OTHER or not parts:
            return heard
        first = FILLERS.sub("", parts[0]) or parts[min(1, len(parts) - 1)]
        if any(self.noes.search(part) for part in parts) or self.no.search(first):
            return Caller.NO
        return Caller.YES if self.yes.search(first) else Caller.OTHER

    def tired(self, folded: str) -> bool:
        """Whether the caller says that they do not want to wait any longer."""
        parts = (part for sentence, asked in sentences(folded) if not asked for part in clauses(sentence))
        return any(self.leaves.search(part) and not self.asking.search(part) for part in parts)

    def wish(self, clause: str, named: bool) -> Caller:
        """Whether a clause asks for a person, or refuses one; `named` when it says nothing but whom."""
        if self.mentions.search(clause):
            return Caller.OTHER
        whole = self.alone.search(clause) if named else None
        found = [whole] if whole else list(self.asks.finditer(clause))
        if any(not self.denied(clause, each.end()) for each in found):
            return Caller.ASKS
        if found or (self.refuses.search(clause) and not self.asking.search(clause)):
            return Caller.REFUSES
        return Caller.OTHER

    def denied(self, clause: str, end: int) -> bool:
        """Whether a no before this place (in some languages: anywhere) turns round what ends there."""
        before = clause if self.trailing else clause[:end]
        if self.asking.search(clause):
            return False
        nos = list(self.nots.finditer(before))
        if not nos:
            return False
        return self.turns.search(before, nos[-1].end()) is None

    # AIs --------------------------------------------------------------------------------------------

    def assistant(self, folded: str) -> Assistant:
        """What the AI says; its last word on it counts."""
        said = Assistant.OTHER
        for sentence, question in sentences(folded):
            parts = [self.idle.sub(" ", part).strip() for part in clauses(self.glue.sub(" ", sentence))]
            asked = question or any(self.questions.search(part) for part in parts)
            open_ = asked or any(self.ifs.search(part) for part in parts)
            found = [each for part in parts if (each := self.promise(part, open_)) is not Assistant.OTHER]
            if found:
                said = found[-1]
            elif said is Assistant.ANNOUNCES and question and any(self.agreed.search(part) for part in parts):
                said = Assistant.OFFERS
        return said

    def promise(self, clause: str, open_: bool) -> Assistant:
        """What a clause says of a handoff; `open_` when its sentence asks or sets a condition."""
        if self.stays.search(clause) and not open_:
            return Assistant.WITHDRAWS
        if self.handoffs.search(clause):
            if self.later.search(clause):
                return Assistant.OTHER
            if open_:
                return Assistant.OFFERS
            if self.nots.search(clause):
                return Assistant.WITHDRAWS
            return Assistant.OFFERS if self.perhaps.search(clause) else Assistant.ANNOUNCES
        if self.talks.search(clause) and (open_ or self.perhaps.search(clause)):
            return Assistant.OFFERS
        return Assistant.OTHER


@cache
def rules(code: str) -> Rules:
    """The rules of a language, compiled once."""
    return Rules(GRAMMARS[code])


def prepare(*codes: str) -> None:
    """Compile these languages' rules now, or those of all (half a second), and not in the first call."""
    for code in codes or GRAMMARS:
        rules(code)


#: What decides when a sentence may be of several languages.
CALLER_ORDER = (Caller.REFUSES, Caller.ASKS, Caller.NO, Caller.YES)
AI_ORDER = (Assistant.WITHDRAWS, Assistant.OFFERS, Assistant.ANNOUNCES)


def caller(text: str, expected: str = "") -> Caller:
    """What a caller's turn says; `expected` is the language callers speak, as two letters."""
    folded = fold(text)
    found = {rules(code).caller(folded) for code in languages(folded, expected)}
    return next((each for each in CALLER_ORDER if each in found), Caller.OTHER)


def tired(text: str, expected: str = "") -> bool:
    """Whether a caller who waits in a line says that they do not want to any longer, or want no person."""
    folded = fold(text)
    return caller(text, expected) is Caller.REFUSES or any(
        rules(code).tired(folded) for code in languages(folded, expected)
    )


def assistant(text: str, expected: str = "") -> Assistant:
    """What an AI's turn says."""
    folded = fold(text)
    found = {rules(code).assistant(folded) for code in languages(folded, expected)}
    return next((each for each in AI_ORDER if each in found), Assistant.OTHER)
