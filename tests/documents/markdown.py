"""Takes a document apart: its code, its links, and the anchors that others may point to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.tables import PAGES, ROOT

#: All that is held to be true; the change log tells also of what is no more, so only its links are.
DOCUMENTS = (*PAGES, ROOT / "bench/README.md")
LINKED = (*DOCUMENTS, ROOT / "CHANGES.md")

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
#: Four spaces behind an empty line, or the beginning: code.
_INDENTED = re.compile(r"(?:\A|(?<=\n\n))((?: {4}.*\n?|\n(?= {4}))+)")


@dataclass(frozen=True)
class Block:
    """A block of code and its language, "" for none."""

    language: str
    text: str


def name(page: Path) -> str:
    """How a document is called in a test's name."""
    return page.relative_to(ROOT).as_posix()


def blocks(text: str) -> list[Block]:
    """The blocks of code, fenced ones first."""
    fenced = [Block(found[2], found[3]) for found in _FENCE.finditer(text)]
    rest = _FENCE.sub("", text)
    return fenced + [Block("", re.sub(r"^ {4}", "", each, flags=re.M)) for each in _INDENTED.findall(rest)]


def prose(text: str) -> str:
    """The text without its blocks."""
    return _INDENTED.sub("\n", _FENCE.sub("", text))


def spans(text: str) -> list[str]:
    """What is written as code within the text; it may go over the end of a line."""
    return [found[2] for part in re.split(r"\n\n", prose(text)) for found in _SPAN.finditer(_joined(part))]


def _joined(paragraph: str) -> str:
    return re.sub(r"\n *", " ", paragraph) if not paragraph.startswith("|") else paragraph


def links(text: str) -> list[str]:
    """Where the text's links and pictures lead to."""
    return _LINK.findall(_SPAN.sub("", prose(text)))


def anchors(text: str) -> set[str]:
    """The names by which the headings can be pointed to, as the hosts of repositories make them."""
    found: set[str] = set()
    for heading in _HEADING.findall(_FENCE.sub("", text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found.add(next(each for each in _numbered(slug) if each not in found))
    return found


def _numbered(slug: str) -> Iterator[str]:
    yield slug
    n = 0
    while True:
        n += 1
        yield f"{slug}-{n}"
