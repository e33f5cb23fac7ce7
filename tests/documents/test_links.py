"""Every link within the repository leads somewhere, and from the README every page can be reached."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.documents.markdown import LINKED, anchors, blocks, links, name, spans
from tools.tables import PAGES, ROOT

README = ROOT / "README.md"
#: Lines that a reader of the README has to pass; what is more goes to a page.
SCREENS = 300


def target(page: Path, link: str) -> tuple[Path, str]:
    """The file and the anchor that a relative link leads to."""
    path, _, anchor = link.partition("#")
    return ((page.parent / path).resolve() if path else page), anchor


@pytest.mark.parametrize("page", LINKED, ids=name)
def test_every_link_of_a_document_leads_to_what_is_there(page: Path) -> None:
    for link in links(page.read_text()):
        if re.match(r"[a-z]+:", link):
            continue
        path, anchor = target(page, link)
        assert path.exists(), link
        if anchor:
            assert anchor in anchors(path.read_text()), link


def test_the_readme_leads_to_every_page() -> None:
    reached, ahead = {README}, [README]
    while ahead:
        page = ahead.pop()
        for link in links(page.read_text()):
            path = target(page, link)[0]
            if path in PAGES and path not in reached:
                reached.add(path)
                ahead.append(path)
    assert not {name(page) for page in PAGES} - {name(page) for page in reached}, "link them from README.md"


def test_the_readme_is_read_in_minutes() -> None:
    assert len(README.read_text().splitlines()) <= SCREENS


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_page_begins_with_its_name(page: Path) -> None:
    first, *rest = page.read_text().splitlines()
    assert re.fullmatch(r"# \S.*", first)
    fenced = "\n".join(block.text for block in blocks(page.read_text())).splitlines()
    assert not [line for line in rest if line.startswith("# ") and line not in fenced], "two of them"


# The reading of documents ---------------------------------------------------------------------------


def test_links_are_read_outside_code_and_anchors_as_hosts_make_them() -> None:
    text = "# The *first*, `one`!\n\n[a](b.md#c) `[not](x)` [`y`](d/)\n\n    [nor](this)\n\n## A b\n## A b\n"
    assert links(text) == ["b.md#c", "d/"]
    assert anchors(text) == {"the-first-one", "a-b", "a-b-1"}


def test_code_is_read_from_fences_indents_and_spans() -> None:
    text = "Say `make\nx`.\n\n    make y   # why\n\n```toml\nb = 1\n```\n"
    assert [(block.language, block.text.strip()) for block in blocks(text)] == [
        ("toml", "b = 1"),
        ("", "make y   # why"),
    ]
    assert spans(text) == ["make x"]
