"""docs/trouble.md has every code that the app tells of, and quotes no line that nothing writes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.documents.markdown import spans
from tools.tables import ROOT
from warmtransfer.errors import CarrierRefused
from warmtransfer.ports.carrier import refusals
from warmtransfer.ports.model.openai import dialect
from warmtransfer.ports.model.openai import refusals as model
from warmtransfer.simulator.witness.promises import PROMISES

PAGE = (ROOT / "docs/trouble.md").read_text()
#: Stands for what a line says of the moment.
GAP = "\0"
#: Said in pieces: by `desk/perform.py`, whose answer of the carrier's is the error's own text.
IN_PIECES = "call …: … of … is refused: HTTP … code …"


def chapter(title: str) -> str:
    """The text below a heading, up to the next of its kind."""
    found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


@pytest.mark.parametrize("code", sorted({*refusals.MEANS, *refusals._GONE, *refusals._NOT_SHOWN}))
def test_every_code_of_twilios_that_the_app_knows_stands_on_the_page(code: int) -> None:
    assert re.search(rf"\b{code}\b", chapter("Twilio's codes in our log"))


def test_codes_that_are_handled_alone_stand_on_the_page() -> None:
    told = chapter("Twilio's codes in our log")
    assert f"| {refusals._LABEL_IN_USE} |" in told
    assert "| 20429, or status 429 |" in told


@pytest.mark.parametrize("code", sorted({*model.ADVICE, *dialect.FATAL, *dialect.PASSING, *dialect.HARMLESS}))
def test_every_code_of_the_models_that_the_app_knows_stands_on_the_page(code: str) -> None:
    told = chapter("The model's codes")
    assert f"status {code}" in told if code.isdigit() else f"`{code}`" in told


def test_every_status_and_close_that_ends_the_model_stands_on_the_page() -> None:
    told = chapter("The model's codes")
    assert all(f"status {status}" in told for status in model.FATAL_STATUS)
    assert all(re.search(rf"closed {code}.*`{same}`", told) for code, same in model.CLOSES.items())


# Lines of the log -----------------------------------------------------------------------------------


@cache
def texts() -> list[str]:
    """Every text in the app's code, with a gap for whatever it is filled with."""
    return list(_written())


def _written() -> Iterator[str]:
    paths = [ROOT / "wsgi.py", *(ROOT / "warmtransfer").rglob("*.py")]
    for path in paths:
        if not {"simulator", "demo", "testing"} & set(path.parts):
            for node in ast.walk(ast.parse(path.read_text())):
                if text := _text(node):
                    yield re.sub(r"%(?:\.\d+)?[sdf]", GAP, text)


def _text(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or GAP for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return (_text(left) or GAP) + (_text(right) or GAP)
        case _:
            return ""


def says(text: str, line: str) -> bool:
    """Whether a text of the code is what this line of the page quotes."""
    parts = [part.strip(" :,") for part in line.split("…")]
    return bool(re.search(".*".join(re.escape(part) for part in parts if part), text, re.DOTALL))


QUOTED = [
    span
    for title in ("The app does not start", "Lines of the log")
    for row in chapter(title).splitlines()
    if row.startswith("| `")
    for span in spans(row.split("|")[1].strip())
    if span != IN_PIECES
]


@pytest.mark.parametrize("line", QUOTED)
def test_every_line_that_the_page_quotes_is_one_of_the_log(line: str) -> None:
    assert any(says(text, line) for text in texts()), line


def test_a_refusal_is_told_in_the_pieces_that_the_page_quotes() -> None:
    refused = CarrierRefused("POST Calls", status=400, code=21219, advice=refusals.advice(21219))
    assert "call %s: %s%s is %s: %s".replace("%s", GAP) in texts()
    line = f"call 3f: DialHuman of sam is {refused.kind}: {refused.answer}"
    assert says(line, IN_PIECES)
    assert line in " ".join((ROOT / "docs/operating.md").read_text().split()).replace("call 3f…", "call 3f")


def test_a_line_that_nobody_writes_is_found() -> None:
    assert len(QUOTED) > 30
    assert not any(says(text, "the moon is … tonight") for text in texts())


def test_the_readme_names_every_promise_and_its_page_says_what_each_is() -> None:
    readme, page = ((ROOT / each).read_text() for each in ("README.md", "docs/promises.md"))
    for promise in PROMISES:
        assert f"`{promise}`" in readme
        assert f"\n| `{promise}` | " in page
