"""docs/house.md is true: its pictures are the imports, and every path, name and test it mentions exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.house import ENTRANCE, PAGE, SHELF, House, picture, written
from tools.tables import ROOT, filled

PROSE = re.sub(r"<!-- (\w+) -->.*?<!-- /\1 -->", "", PAGE.read_text(), flags=re.DOTALL)
#: What is written as code and looks like a file, or a folder, of ours.
PATHS = sorted(set(re.findall(r"`([\w./-]+(?:\.(?:py|md|toml|json|wav)|/))`", PROSE)))
TESTS = sorted(set(re.findall(r"`(test_\w+)`", PROSE)))


def test_pictures_and_table_are_as_the_imports_have_them() -> None:
    assert written(PAGE.read_text(), House(ROOT / "warmtransfer")) == PAGE.read_text(), (
        "run python -m tools.house"
    )


def test_the_page_names_paths_and_tests() -> None:
    assert len(PATHS) > 40
    assert len(TESTS) > 10


@pytest.mark.parametrize("path", PATHS)
def test_every_path_on_the_page_exists(path: str) -> None:
    """Named from the repository's root, or from the package's."""
    assert (ROOT / path).exists() or (ROOT / "warmtransfer" / path).exists()


@pytest.mark.parametrize("name", TESTS)
def test_every_test_that_the_page_promises_exists(name: str) -> None:
    known = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert f"def {name}(" in known


def test_the_readme_leads_to_the_page() -> None:
    assert "(docs/house.md)" in (ROOT / "README.md").read_text()


# The generator --------------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of four rooms, an entrance and a shelf."""
    texts = {
        "__init__": '"""All of it."""',
        "ports/__init__": '"""The world."""',
        "ports/store/__init__": '"""Where things lie.\n\nAnd more."""',
        "ports/store/disk": "from house.errors import Fault",
        "ports/wire": "import os, house.clock",
        "core/__init__": '"""Decides."""',
        "core/deep/table": "from house.core import step",
        "core/step": "def step() -> None:\n    from house.core.deep.table import rows",
        "desk/__init__": '"""Does."""',
        "desk/desk": "from house.ports.store import disk\nfrom house.core.step import step",
        "errors": "from house.words import said",
        "words": "",
        "clock": "",
        "app": "import house.desk.desk\nfrom house import desk, clock",
    }
    for name, text in texts.items():
        path = tmp_path / "house" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "house"


def test_arrows_are_the_imports_between_folders(package: Path) -> None:
    assert House(package).arrows() == {
        "core": set(),
        "desk": {"core", "ports/store"},
        "ports": {SHELF},
        "ports/store": {SHELF},
        ENTRANCE: {"desk", SHELF},
        SHELF: set(),
    }


def test_what_rooms_use_lies_on_the_shelf_and_what_uses_them_is_the_entrance(package: Path) -> None:
    rooms = House(package).rooms()
    assert rooms[SHELF] == ["house.clock", "house.errors", "house.words"]
    assert rooms[ENTRANCE] == ["house", "house.app"]


def test_a_room_says_the_first_line_of_its_own_words(package: Path) -> None:
    house = House(package)
    assert house.sentence("ports/store") == "Where things lie."
    (package / "ports/wire.py").unlink()
    assert "ports" not in House(package).rooms()


def test_the_picture_has_every_arrow_but_those_to_the_shelf(package: Path) -> None:
    drawn = picture(House(package).arrows())
    assert [line.strip() for line in drawn.splitlines() if "-->" in line] == [
        "desk --> core",
        "desk --> ports_store",
        "the_entrance --> desk",
    ]
    assert '["ports/store"]' in drawn
    assert SHELF not in drawn


def test_a_page_without_its_place_is_refused() -> None:
    assert filled("a <!-- x -->\nold\n<!-- /x --> b", {"x": "new"}) == "a <!-- x -->\nnew\n<!-- /x --> b"
    with pytest.raises(AssertionError, match="no place for x"):
        filled("nothing", {"x": "new"})
