"""What the local model understands, out of its rule book, in words for a person who is about to phone it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warmtransfer.simulator.sound.speech import lines

BOOK = Path(__file__).parent.parent / "model" / "rules.json"
EXAMPLES = 3
#: The tool that every application under test has, by the name that the rules give it.
TRANSFER = "$transfer"


@dataclass(frozen=True)
class Understood:
    """One thing it understands: how one may say it, and what it answers."""

    says: tuple[str, ...]
    answer: str
    transfers: bool = False


def understood(path: Path | str | None = None) -> list[Understood]:
    """What a caller may say, first how to get a person; the shipped book's without a path."""
    book = json.loads(Path(path or BOOK).read_text(encoding="utf-8"))
    tools = book.get("tools", {})
    rules = [rule for rule in book.get("rules", []) if _meant(rule, tools)]
    said = [*book.get("phrases", []), *(text for text in lines().values() if not text.startswith("test "))]
    found: list[Understood] = []
    for rule in rules:
        examples = [text for text in dict.fromkeys(said) if _first(rules, text) is rule][:EXAMPLES]
        answer = next((str(do["say"]) for do in rule["do"] if "say" in do), "")
        transfers = any(do.get("tool") in (TRANSFER, tools.get("transfer")) for do in rule["do"])
        if examples and (answer or transfers):
            found.append(Understood(tuple(examples), answer, transfers))
    return sorted(found, key=lambda each: not each.transfers)


def _meant(rule: Mapping[str, Any], tools: Mapping[str, str]) -> bool:
    """Whether a caller of any application that hands over may meet this rule."""
    transfer = {TRANSFER, tools.get("transfer", TRANSFER)}
    return (
        rule.get("on", "speech") == "speech"
        and bool(rule.get("hears"))
        and not str(rule.get("name", "")).startswith("test")
        and set(rule.get("declared", ())) <= transfer
        and not transfer & set(rule.get("undeclared", ()))
        and not rule.get("needs")
    )


def _first(rules: list[Mapping[str, Any]], text: str) -> Mapping[str, Any] | None:
    def fits(rule: Mapping[str, Any]) -> bool:
        words = text.casefold()
        return any(re.search(pattern, words) for pattern in rule["hears"]) and not any(
            re.search(pattern, words) for pattern in rule.get("unless", ())
        )

    return next((rule for rule in rules if fits(rule)), None)
