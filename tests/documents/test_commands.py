"""Every command that a document prints is one, with its options, by the command line that it is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents import commands
from tests.documents.markdown import DOCUMENTS, name

PRINTED = [words for page in DOCUMENTS for words in commands.lines(page.read_text())]


def wrong(words: list[str]) -> list[str]:
    """What can be said of one command without running anything."""
    found = [*commands.files(words), *commands.short(words)]
    if words[0] == "make":
        found += commands.make(words)
    if words[0] == "flask":
        found += commands.flask(words)
    return found


@pytest.mark.parametrize("page", DOCUMENTS, ids=name)
def test_every_command_of_a_document_is_one(page: Path) -> None:
    for words in commands.lines(page.read_text()):
        assert not wrong(words), " ".join(words)


def test_every_module_that_a_document_runs_takes_the_arguments_that_it_is_given() -> None:
    runs = {(module, tuple(given)) for words in PRINTED for module, given in commands.modules(words)}
    named = {module for module, _ in runs}
    assert {"warmtransfer.simulator", "tools.tables", "tests.explore.search"} <= named
    assert not commands.refused((module, list(given)) for module, given in sorted(runs))


@pytest.mark.parametrize("page", DOCUMENTS, ids=name)
def test_every_option_that_a_document_names_alone_is_one(page: Path) -> None:
    for words in commands.lines(page.read_text()):
        if words[0].startswith("--") and words[0] != "--":
            assert words[0].partition("=")[0] in commands.options(), words[0]


def test_the_documents_print_commands_of_every_kind() -> None:
    assert {"make", "flask", "python", "pip", "cp"} <= {words[0] for words in PRINTED}
    ours = [words[words.index("warmtransfer") + 1 :] for words in PRINTED if "warmtransfer" in words[1:-1]]
    named = {words[0] for words in ours}
    assert {"provision", "doctor", "calls", "show", "fallback", "db"} <= named


# What reads and judges them ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("make nothing", "no target nothing"),
        ("make demo COLOUR=red", "no COLOUR"),
        ("flask --app wsgi warmtransfer doctor --all", "No such option '--all'"),
        ("flask --app wsgi warmtransfer show", "Missing argument"),
        ("flask --app wsgi warmtransfer list", "no command list"),
        ("docker run x flask --app wsgi warmtransfer db downgrade", "no command downgrade"),
        ("doctor --mend", "doctor has no --mend"),
        ("python serve.py", "no serve.py"),
        ("pip install '.[everything]'", "no extra everything"),
        ("cp .env.sample .env", "no .env.sample"),
    ],
)
def test_a_command_that_is_none_is_found(line: str, fault: str) -> None:
    said = [each for words in commands.lines(f"`{line}`") for each in wrong(words)]
    assert any(fault in each for each in said), said


def test_arguments_that_a_module_does_not_take_are_found() -> None:
    runs = [
        ("warmtransfer.simulator", ["--port", "many"]),
        ("warmtransfer.simulator", ["--port", "9000"]),
        ("tests.explore.search", ["--trouble-making", "2"]),
        ("tools.tables", ["--all"]),
        ("tools.chairs", []),
    ]
    said = commands.refused(runs)
    assert len(said) == 4
    for part in ("is no port: 0 to 65535", "--trouble-making", "takes no --all", "no module tools.chairs"):
        assert any(part in each for each in said), said
