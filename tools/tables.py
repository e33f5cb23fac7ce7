"""Writes the README's tables of keys, stages and outcomes from the code: `python -m tools.tables`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from warmtransfer.config import KEYS
from warmtransfer.core.call import Outcome, Stage

ROOT = Path(__file__).parent.parent


def sentences(name: str) -> dict[str, str]:
    """The `#:` sentence behind each member of an enum in the core."""
    text = "\n\n\n".join(
        (ROOT / "warmtransfer/core" / f"{each}.py").read_text() for each in ("call", "outcomes")
    )
    body = text.partition(f"class {name}(StrEnum):")[2].partition("\n\n\n")[0]
    return dict(re.findall(r'= "(\w+)"  #: (.+)', body))


def table(head: str, rows: Iterable[str]) -> str:
    """A Markdown table."""
    bar = "|" + "---|" * head.count("|", 1)
    return "\n".join([head, bar, *rows])


def default(value: object) -> str:
    """A default as it would be written in the environment."""
    if value in ("", (), frozenset(), {}) or value is None:
        return ""
    if isinstance(value, tuple):
        return "see `config.py`"
    if isinstance(value, str) and len(value) > 48:
        return "see `config.py`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return text.replace("|", "/").replace("<", "&lt;").replace(">", "&gt;")


def tables() -> dict[str, str]:
    """Every generated table by the name of its markers."""
    keys = [
        f"| `{key.name}` | {'**required**' if key.required else default(key.default)} "
        f"| {plain(key.sentence)} |"
        for key in KEYS
    ]
    stages, outcomes = sentences("Stage"), sentences("Outcome")
    return {
        "keys": table("| key | default | what it is for, and what to put there |", keys),
        "stages": table("| stage | where the caller is |", [f"| `{s}` | {stages[s]} |" for s in Stage]),
        "outcomes": table(
            "| outcome | how an attempt ended |", [f"| `{o}` | {outcomes[o]} |" for o in Outcome]
        ),
    }


def filled(text: str, made: Mapping[str, str]) -> str:
    """A page with what was made between the markers of its name."""
    for name, what in made.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, _, rest = text.partition(begin)
        _, there, after = rest.partition(end)
        assert there, f"the page has no place for {name}"
        text = f"{before}{begin}{what}\n{end}{after}"
    return text


def written(text: str) -> str:
    """The README with its tables as they should be."""
    return filled(text, tables())


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(written(readme.read_text()))
