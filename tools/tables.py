"""Writes the tables that the code has into the documents: `python -m tools.tables`.

Keys, stages, outcomes, laws of the simulator, the error codes of Twilio and of the model, and what
`make stories` has told last. Each has its place between two markers (`<!-- keys -->` … `<!-- /keys -->`),
on whatever page that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from tools import stories
from warmtransfer import person
from warmtransfer.config import KEYS
from warmtransfer.core.call import Outcome, Stage
from warmtransfer.core.callbacks.callback import Stage as BackStage
from warmtransfer.core.outcomes import CallEnd, HandoffEnd
from warmtransfer.ports.carrier.refusals import MEANS
from warmtransfer.ports.model.openai.refusals import ADVICE
from warmtransfer.simulator.network.laws import LAW_TEXT, LAWS

ROOT = Path(__file__).parent.parent
#: Every document of ours: what a reader comes to from the README.
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
#: Twilio's page of an error code.
ERROR_PAGE = "https://www.twilio.com/docs/api/errors"


def sentences(name: str, *files: str) -> dict[str, str]:
    """The `#:` sentence behind each member of an enum in the core."""
    text = "\n\n\n".join(
        (ROOT / "warmtransfer/core" / f"{each}.py").read_text() for each in files or ("call", "outcomes")
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


def refused(means: Mapping[int, str]) -> Iterator[str]:
    """Rows of Twilio's codes: those that mean the same in one, by their first."""
    told = sorted((text, code) for code, text in means.items())
    groups = [(text, [code for _, code in each]) for text, each in groupby(told, lambda row: row[0])]
    for text, codes in sorted(groups, key=lambda group: group[1]):
        yield f"| {', '.join(f'[{code}]({ERROR_PAGE}/{code})' for code in codes)} | {plain(text)} |"


def lost(advice: Mapping[str, str]) -> Iterator[str]:
    """Rows of the model's codes; a number is the status of a refused handshake."""
    for code, text in advice.items():
        yield f"| {f'status {code}' if code.isdigit() else f'`{code}`'} | {plain(text)} |"


def tables() -> dict[str, str]:
    """Every generated table by the name of its markers."""
    keys = [
        f"| `{key.name}` | {'**required**' if key.required else default(key.default)} "
        f"| {plain(key.sentence)} |"
        for key in KEYS
    ]
    stages, outcomes = sentences("Stage"), sentences("Outcome")
    back = sentences("Stage", "callbacks/callback")
    laws = [
        f"| `{name}` | {' '.join(f'`{each}`' for each in answers)} | {plain(LAW_TEXT[name])} |"
        for name, answers in LAWS.items()
    ]
    return {
        "keys": table("| key | default | what it is for, and what to put there |", keys),
        "stages": table("| stage | where the caller is |", [f"| `{s}` | {stages[s]} |" for s in Stage]),
        "callbacks": table(
            "| stage of a callback | what goes on |", [f"| `{s}` | {back[s]} |" for s in BackStage]
        ),
        "outcomes": table(
            "| outcome | how an attempt ended |", [f"| `{o}` | {outcomes[o]} |" for o in Outcome]
        ),
        "handoffs": table("| outcome | how a request for a human ended |", ends(HandoffEnd)),
        "calls": table("| outcome | how a call ended |", ends(CallEnd)),
        "laws": table("| law | answers | decides |", laws),
        "twilio": table("| code | what it means here, and what to do |", refused(MEANS)),
        "model": table("| code | what it means here, and what to do |", lost(ADVICE)),
        **of_humans(),
        **stories.tables(stories.kept()),
    }


def ends(kind: type[HandoffEnd] | type[CallEnd]) -> list[str]:
    """A row for each word of this kind."""
    told = sentences(kind.__name__)
    return [f"| `{each}` | {told[each]} |" for each in kind]


def of_humans() -> dict[str, str]:
    """The keys of each kind of table in a file of humans, by the name of its markers."""
    kinds = {"human": person.HUMAN, "department": person.DEPARTMENT, "file": person.FILE}
    return {
        name: table("| key | such as | what it is for |", [_key_of_human(key) for key in keys])
        for name, keys in kinds.items()
    }


def _key_of_human(key: person.Key) -> str:
    return f"| `{key.name}` | `{key.example}` | {plain(key.sentence)} |"


def filled(text: str, made: Mapping[str, str]) -> str:
    """A page with what was made between the markers of its name."""
    for name, what in made.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, _, rest = text.partition(begin)
        _, there, after = rest.partition(end)
        assert there, f"the page has no place for {name}"
        text = f"{before}{begin}{what}\n{end}{after}"
    return text


def places(pages: Iterable[Path], made: Mapping[str, str]) -> dict[Path, dict[str, str]]:
    """Which page has which of the tables; each must have one place."""
    found = {page: page.read_text() for page in pages}
    for name in made:
        count = sum(text.count(f"<!-- {name} -->\n") for text in found.values())
        assert count == 1, f"{name} has {count} places"
    return {
        page: {name: what for name, what in made.items() if f"<!-- {name} -->\n" in text}
        for page, text in found.items()
    }


if __name__ == "__main__":
    for page, made in places(PAGES, tables()).items():
        page.write_text(filled(page.read_text(), made))
