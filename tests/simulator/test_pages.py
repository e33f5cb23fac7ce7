"""What the pages print works as printed."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.calls.story import Story
from tests.calls.world import World
from warmtransfer.simulator.model import brain
from warmtransfer.simulator.model import faults as model_faults
from warmtransfer.simulator.network import laws
from warmtransfer.simulator.network.account import Account
from warmtransfer.simulator.network.holdings import Holdings
from warmtransfer.simulator.options import parser
from warmtransfer.simulator.phones import scripts, steps
from warmtransfer.simulator.sound import speech

ROOT = Path(__file__).parent.parent.parent
PRINTED = "localhost:9000"


def commands(page: str, containing: str) -> list[tuple[str, str, Any]]:
    """The curl commands of the page's block that contains a text: method, path, and the JSON that is sent."""
    block = next(b for b in re.findall(r"```\w*\n(.*?)```", page, re.DOTALL) if containing in b)
    found = []
    for command in re.split(r"^curl ", block, flags=re.MULTILINE)[1:]:
        words = shlex.split(command)
        method = words[words.index("-X") + 1]
        url = next(word for word in words if word.startswith(PRINTED))
        found.append((method, url.removeprefix(PRINTED), json.loads(words[words.index("-d") + 1])))
    return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world whose model listens with the recogniser, as the pages' does."""
    world = World(tmp_path_factory.mktemp("pages"), speed=6.0, model=("--ears", "sphinx"))
    try:
        yield world.start()
    finally:
        world.stop()


@pytest.mark.parametrize("page", ["docs/any-app.md", "docs/simulator.md"])
def test_the_printed_call_is_understood_and_meets_the_second_human(page: str, world: World) -> None:
    phones, call = commands((ROOT / page).read_text(), "simulator/phones -d")
    story = Story(world)
    for method, path, body in (phones, call):
        answer = world.web.request(method, f"{world.base}{path}", json=body, timeout=30)
        assert answer.ok, answer.text
    caller = answer.json()["call_sid"]
    ended = story.wait(
        "the caller's end", lambda r: r.get("event") == "ended" and r["call_sid"] == caller, 120
    )
    assert ended["status"] == "completed"
    rows = story.read()
    asked = next(step["say"] for step in call[2]["steps"] if "say" in step)
    assert next(r["text"] for r in rows if r.get("event") == "recognised") == asked
    assert not [r["text"] for r in rows if r.get("event") == "script"], "a step has waited in vain"
    assert any(r.get("label") == "human-2" and r.get("event") == "joined" for r in rows)


def test_the_page_has_every_word_of_the_formats() -> None:
    """Steps, answers, recorded lines, faults, and the rule book's keys and actions are all explained."""
    page = (ROOT / "docs" / "simulator.md").read_text()
    faults = [*model_faults.FAULTS, *(what for every in laws.FAULT_ACTIONS.values() for what in every)]
    words = [*steps._STEPS, *steps._EVENTS, *scripts._REFUSALS, *scripts._ENTRY]
    words += [*brain.KEYS, *brain.ACTIONS, *Holdings(Account())._changes()]
    for word in [*words, *faults, *speech.lines()]:
        assert re.search(rf"[`\"]{re.escape(word)}\b", page), word
    for text in speech.lines().values():
        assert text in page


def test_the_pages_have_every_law_and_every_option_of_the_account() -> None:
    any_app, page = ((ROOT / name).read_text() for name in ("docs/any-app.md", "docs/simulator.md"))
    for name, answers in laws.LAWS.items():
        laws_of = (line for line in any_app.splitlines() if line.startswith("| `"))
        row = next(line for line in laws_of if f"`{name}`" in line.split("|")[1])
        assert all(f"`{answer}" in row for answer in answers), name
    for action in parser()._actions:
        for option in action.option_strings:
            if action.dest in ("numbers", "trial", "verified", "countries", "key_rights", "balance", "env"):
                assert f"`{option}" in page, option


def test_the_printed_rule_book_can_be_used() -> None:
    """It loads, and its tool has the name that the page gives it."""
    page = (ROOT / "docs" / "simulator.md").read_text()
    printed = re.search(r"```json\n(.*?)```", page, re.DOTALL)
    assert printed
    book = brain.RuleBook(json.loads(printed.group(1)))
    assert [action["tool"] for action in book.rules[0]["do"] if "tool" in action] == ["escalate_to_staff"]
    assert brain.fits(book.rules[0], "can i speak to someone") is not None
