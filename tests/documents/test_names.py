"""Keys, files and tests that the documents name exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.documents.markdown import DOCUMENTS, blocks, name, spans
from tools.tables import ROOT
from warmtransfer.config import KEYS
from warmtransfer.simulator.given import keys_inside
from warmtransfer.simulator.network.account import Account

#: Names of ours that no other may be taken for.
OURS = re.compile(r"\b(?:TWILIO|WARMTRANSFER|OPENAI|DATABASE|WEB|REALTIME)_[A-Z_]+\b")
#: Any name of the environment that is written as code.
NAME = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
#: What the simulator prints, or gives an application that runs inside, besides keys.
PRINTED = {"REALTIME_URL", *keys_inside(Account())}
#: Other programs' variables.
FOREIGN = {"NODE_EXTRA_CA_CERTS"}
#: A file, or a folder, of ours; a host's own and what is made by running have no path here.
PATH = re.compile(r"(?<![\w/<])(?:[\w.-]+/)*[\w.-]+\.(?:py|md|toml|json|yaml|txt|wav|png)\b|^(?:[\w.-]+/)+$")
MADE = {"demo-output/", "play-output/", "chaos-output/", "stories-output/", "report.json", "trace.jsonl"}
TESTS = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))


def code(page: Path) -> list[str]:
    """All that a page writes as code."""
    text = page.read_text()
    return spans(text) + [block.text for block in blocks(text)]


@pytest.mark.parametrize("page", DOCUMENTS, ids=name)
def test_every_key_that_a_document_names_is_one(page: Path) -> None:
    known = {key.name for key in KEYS} | PRINTED
    assert not set(OURS.findall(page.read_text())) - known


def elsewhere() -> str:
    """What stands in files that run: code, and the hosts' files."""
    names = ["Makefile", "Dockerfile", "compose.yaml", "app.json", "wsgi.py", *_python()]
    return "\n".join((ROOT / each).read_text() for each in names)


def _python() -> list[str]:
    folders = ("warmtransfer", "bench", "tools", "examples", "tests")
    return [
        path.relative_to(ROOT).as_posix() for folder in folders for path in (ROOT / folder).rglob("*.py")
    ]


def test_every_other_name_in_capitals_stands_in_something_that_runs() -> None:
    named = {found for page in DOCUMENTS for part in code(page) for found in NAME.findall(part)}
    runs = elsewhere()
    missing = [each for each in sorted(named - FOREIGN) if not re.search(rf"\b{each}\b", runs)]
    assert not missing


@pytest.mark.parametrize("page", DOCUMENTS, ids=name)
def test_every_file_and_folder_that_a_document_names_exists(page: Path) -> None:
    """Named from the repository's root, from the package's, or from the document's own folder."""
    # What is generated names files within rooms, and a link is held to where it leads.
    apart = re.compile(r"<!-- (\w+) -->.*?<!-- /\1 -->|\[`[^`]+`\]\([^)]+\)", re.DOTALL)
    for span in spans(apart.sub("", page.read_text())):
        if re.search(r"[\s<>{}…*$:]", span) or span in MADE:
            continue
        for path in PATH.findall(span):
            places = (ROOT, ROOT / "warmtransfer", page.parent)
            assert any((place / path).exists() for place in places), path


@pytest.mark.parametrize("page", DOCUMENTS, ids=name)
def test_every_test_that_a_document_names_exists(page: Path) -> None:
    for test in re.findall(r"`(test_\w+)`", page.read_text()):
        assert f"def {test}(" in TESTS, test


def test_the_documents_name_files_of_every_room() -> None:
    named = {path for page in DOCUMENTS for span in spans(page.read_text()) for path in PATH.findall(span)}
    assert len(named) > 100
    assert {"core/table.py", "wsgi.py", "docs/hosts.md", "tests/calls/"} <= named
