"""The pytest plugin where it is installed: what it loads, what it says, and how a failure reads."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from warmtransfer.testing.call import PhoneCall
from warmtransfer.testing.network import PhoneNetwork
from warmtransfer.testing.people import ANSWERS

ROOT = Path(__file__).parent.parent.parent
POINTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["pytest11"]

#: What has no business in the tests of somebody who phones nobody.
HEAVY = ("flask", "gevent", "twilio", "sqlalchemy", "aiohttp", "numpy", "pydantic", "websockets")
UNUSED = f"""
import sys

def test_nothing_of_the_package_is_loaded_but_the_fixtures():
    ours = {{name for name in sys.modules if name.split(".")[0] == "warmtransfer"}}
    assert ours == {{"warmtransfer", "warmtransfer.testing", "warmtransfer.testing.plugin"}}
    assert not set({HEAVY!r}) & set(sys.modules)

def test_the_fixtures_are_there(request):
    assert request.session._fixturemanager.getfixturedefs("phone_network", request.node)
"""
#: Hides a package from those who look for it.
WITHOUT = """
import importlib.util, sys

found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "numpy" else found(name, *more)
"""
APP = """
import pytest

from warmtransfer.testing.call import PhoneCall
from warmtransfer.testing.network import PhoneNetwork
from warmtransfer.testing.people import ANSWERS
from flask import Flask
from warmtransfer import WarmTransfer

@pytest.fixture(scope="module")
def app(phone_network):
    app = Flask("host")
    app.config.update(phone_network.environ)
    WarmTransfer(app)
    return app
"""


def run(folder: Path, *arguments: str) -> str:
    """What pytest prints in a project that has the package installed; its exit status is the last word."""
    site = folder / "site"
    about = site / "warmtransfer-0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: warmtransfer\nVersion: 0\n")
    points = "\n".join(f"{name} = {value}" for name, value in POINTS.items())
    (about / "entry_points.txt").write_text(f"[pytest11]\n{points}\n")
    (about / "RECORD").write_text("warmtransfer/__init__.py,,\n")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    # pytest reads CI too: it then prints the summary's lines whole.
    kept = {name: it for name, it in os.environ.items() if not name.startswith("PYTEST") and name != "CI"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments],
        cwd=folder, env={**kept, "PYTHONPATH": f"{site}{os.pathsep}{ROOT}"}, capture_output=True, text=True,
        timeout=100,
    )  # fmt: skip
    return f"{done.stdout}{done.stderr}\n{done.returncode}"


def test_a_project_that_phones_nobody_loads_nothing_of_ours(tmp_path: Path) -> None:
    (tmp_path / "test_unused.py").write_text(UNUSED)
    printed = run(tmp_path)
    assert "2 passed" in printed
    assert printed.endswith("\n0")


def test_without_the_extra_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(WITHOUT)
    (tmp_path / "test_phones.py").write_text("def test_phones(phone_network):\n    pass\n")
    printed = run(tmp_path)
    (line,) = [line for line in printed.splitlines() if "warmtransfer[simulator]" in line]
    assert line.startswith("This part of warmtransfer needs numpy, which the extra named simulator brings")
    assert "Traceback" not in printed


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is printed of tests that fail, each in its own way."""
    folder = tmp_path_factory.mktemp("failing")
    (folder / "test_host.py").write_text(
        APP
        + """
def test_a_tool(call):
    call.says("Hello.")
    call.expect_tool("look_up_order", number=4711, within=5)

def test_a_name(call):
    call.humans(bob="busy")

def test_another_name(call):
    call.expect_human_hears("rob", "A call for Rob")

def test_an_outcome(call):
    call.expect_outcome("kim", "acepted")

def test_a_tool_that_is_none(call):
    call.teach("fly", tool="flight")

def test_what_no_phone_can_do(call):
    call.presses("x")

def test_after_the_failures_a_call_is_as_before(call):
    call.expect_caller_hears("I am an AI assistant")
    call.expect_promises()
"""
    )
    (folder / "test_other.py").write_text(
        """
import pytest

from warmtransfer.testing.call import PhoneCall
from warmtransfer.testing.network import PhoneNetwork
from warmtransfer.testing.people import ANSWERS
from flask import Flask
from warmtransfer import WarmTransfer

@pytest.fixture
def app(phone_network):
    app = Flask("elsewhere")
    app.config.update(phone_network.environ, WARMTRANSFER_PUBLIC_URL="https://live.example.com")
    WarmTransfer(app)
    yield app
    app.extensions["warmtransfer"].life.stop()

def test_elsewhere(call):
    pass
"""
    )
    (folder / "test_without.py").write_text("def test_no_app(call):\n    pass\n")
    return run(folder)


def test_a_failure_tells_what_happened_and_shows_the_tests_own_line_alone(failed: str) -> None:
    part = failed.partition("_ test_a_tool _")[2].partition("_ test_a_name _")[0]
    assert "waited 5 s in vain for the tool look_up_order(number=4711) to be called" in part
    assert "what happened, by the network's clock:" in part
    assert "caller         says: “hello”" in part.lower()
    assert "call.py" not in part


def test_a_human_whom_the_app_does_not_have_is_refused_by_a_list_of_those_it_has(failed: str) -> None:
    assert "the app has no human bob; it has sam, kim" in failed


def test_what_cannot_come_is_refused_at_once_in_words(failed: str) -> None:
    assert "the app has no human rob; it has sam, kim" in failed
    assert "there is no outcome acepted; there are accepted, declined" in failed
    assert "the app has no tool flight; it has " in failed
    assert "ValueError: step 1 presses keys that no phone has: 'x'" in failed
    assert "in vain for rob" not in failed


def test_an_app_that_would_phone_elsewhere_is_not_phoned(failed: str) -> None:
    assert "would phone elsewhere: WARMTRANSFER_PUBLIC_URL must be as in phone_network.environ." in failed


def test_a_call_without_an_app_says_which_fixture_to_write(failed: str) -> None:
    assert "phones the Flask app that your fixture `app` returns; there is none" in failed


def test_a_failed_test_leaves_the_network_as_it_was(failed: str) -> None:
    assert "6 failed, 1 passed, 2 errors" in failed


def test_the_readmes_example_is_the_beginning_of_the_shops_own_test() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (shown,) = [block for block in blocks if "phone_network" in block]
    _, _, test = shown.partition("def test_")
    assert len(test.splitlines()) <= 10
    assert shown in (ROOT / "examples" / "test_shop.py").read_text()


def test_every_word_of_a_call_stands_on_its_page() -> None:
    page = (ROOT / "docs" / "testing.md").read_text()
    words = [name for name in vars(PhoneCall) if not name.startswith("_")]
    for word in {*words, *ANSWERS} - {"digest", "fail", "rows", "end"}:
        assert re.search(rf"[`.\"]{word}\b", page), word
    for word in ("environ", "environment", "fault", "law"):
        assert hasattr(PhoneNetwork, word)
        assert word in page
