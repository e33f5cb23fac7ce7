"""The code that the documents show can be used as it stands."""

from __future__ import annotations

import json
import shlex
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.documents.commands import SHELLS
from tests.documents.markdown import DOCUMENTS, blocks, name
from tests.test_config import GOOD
from tools.tables import ROOT
from warmtransfer import WarmTransfer, config
from warmtransfer.ports.model.openai.provider import openai
from warmtransfer.simulator.phones import scripts


def shown(page: Path, language: str) -> list[str]:
    """A page's blocks of one language."""
    return [block.text for block in blocks(page.read_text()) if block.language == language]


def of(language: str) -> list[Any]:
    """Every such block of every page, for a test each."""
    found = [(page, n, text) for page in DOCUMENTS for n, text in enumerate(shown(page, language), 1)]
    return [pytest.param(text, id=f"{name(page)} {n}") for page, n, text in found]


@pytest.mark.parametrize("text", of("python"))
def test_every_python_block_is_python(text: str) -> None:
    compile(textwrap.dedent(text), "<shown>", "exec")


@pytest.mark.parametrize("text", of("json"))
def test_every_json_block_is_json(text: str) -> None:
    json.loads(text)


@pytest.mark.parametrize("text", of("toml"))
def test_every_toml_block_is_taken_by_the_key_that_it_is_for(text: str, tmp_path: Path) -> None:
    path = tmp_path / "shown.toml"
    path.write_text(text)
    key = "WARMTRANSFER_HUMANS" if "human" in tomllib.loads(text) else "WARMTRANSFER_WORDS"
    config.load({**GOOD, key: str(path)}, {"openai": openai})


def test_there_are_blocks_of_each_language() -> None:
    assert all(of(language) for language in ("python", "json", "toml"))


def test_the_readmes_app_is_an_app_with_its_tool(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for key, value in GOOD.items():
        monkeypatch.setenv(key, str(value))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/calls.db")
    block = next(each for each in shown(ROOT / "README.md", "python") if "init_app" in each)
    made: dict[str, Any] = {"__name__": "shop"}
    exec(compile(block, "<README>", "exec"), made)
    app, extension = made["app"], made["warmtransfer"]
    assert isinstance(app, Flask)
    assert isinstance(extension, WarmTransfer)
    assert "/warmtransfer/voice" in {rule.rule for rule in app.url_map.iter_rules()}
    assert made["look_up_order"](4711) == "Order 4711 left the warehouse this morning."
    extension.stop(app)


def test_the_client_that_is_shown_asks_elsewhere() -> None:
    block = next(each for each in shown(ROOT / "docs/any-app.md", "python") if "TwilioHttpClient" in each)
    made: dict[str, Any] = {"account_sid": "AC" + "0" * 32, "auth_token": "t"}
    exec(compile(block, "<any-app>", "exec"), made)
    assert made["client"].http_client.base.netloc == "127.0.0.1:9000"


def controls(page: Path) -> Iterator[tuple[str, Any]]:
    """What a page has curl send to the simulator: the end of the URL, and the JSON."""
    for block in blocks(page.read_text()):
        if block.language in SHELLS and "/simulator/" in block.text:
            words = shlex.split(block.text, comments=True)
            for n, word in enumerate(words):
                if "/simulator/" in word and words[n + 1] == "-d":
                    yield word.rpartition("/")[2], json.loads(words[n + 2])


def test_every_script_that_is_shown_is_one_for_a_phone() -> None:
    shown_anywhere = [each for page in DOCUMENTS for each in controls(page)]
    assert {what for what, _ in shown_anywhere} == {"phones", "calls"}
    for what, body in shown_anywhere:
        if what == "calls":
            scripts.check_steps(body["steps"])
        for entry in body if what == "phones" else ():
            assert scripts.reaction(entry)
