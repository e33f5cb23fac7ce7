"""How the phones of humans react, by the word that a test says for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from warmtransfer.core.rules import Address, Human, Rules
from warmtransfer.core.words import Words, words

Row = dict[str, Any]

#: What a human's phone, or the human, does.
ANSWERS = ("accepts", "declines", "answers", "busy", "no-answer", "failed", "voicemail")


def entry(human: Human, answer: str | Mapping[str, Any], words: Words) -> Row:
    """A phone's entry, as the simulator takes it; ValueError for a word that nobody knows."""
    if isinstance(answer, Mapping):
        return {**answer, "number": human.number}
    if answer not in ANSWERS:
        raise ValueError(f"a human's phone cannot be {answer!r}; it can be one of {', '.join(ANSWERS)}")
    if answer in ("busy", "no-answer", "failed", "voicemail"):
        return {"number": human.number, "answer": answer}
    return {"number": human.number, "answer": {"after": 1.0}, "steps": steps(human, answer, words)}


def steps(human: Human, answer: str, words: Words) -> list[Row]:
    """What a human does who has picked up, before what the test has them do."""
    menu: list[Row] = []
    if human.digits:
        menu = [{"until": f"heard-end:{words.there}", "timeout": 60}, {"press": "1"}]
    if answer == "declines":
        return [*menu, {"until": f"heard-end:{words.decline}", "timeout": 60}, {"press": "2"}]
    if answer == "accepts":  # once they have heard what it is about, and are asked for the key again
        taken: list[Row] = [{"until": f"heard-end:{words.keys}", "timeout": 60}, {"press": "1"}]
        return [*menu, *taken, {"until": "quiet:0.4", "timeout": 15}, {"say": "sam-help"}]
    return []


def entries(rules: Rules, answers: Mapping[str, Any]) -> list[Row]:
    """The entries of everybody's phones; who is not among the `answers` accepts. ValueError as `entry`."""
    found = []
    for human in rules.humans:
        theirs = words(human.language) if human.language else rules.words
        reactions = _each(human, answers.get(human.name, "accepts"))
        found += [entry(human.at(where), each, theirs) for where, each in reactions]
    return found


def _each(human: Human, given: Any) -> Iterator[tuple[Address, Any]]:
    """Each of their numbers with its reaction."""
    several = given if isinstance(given, list | tuple) else [given] * len(human.addresses)
    if len(several) != len(human.addresses):
        count = len(human.addresses)
        raise ValueError(f"{human.name} has {count} numbers, and {len(several)} reactions were given")
    return zip(human.addresses, several, strict=True)
