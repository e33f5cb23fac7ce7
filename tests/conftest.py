"""How many tests run at once, what their processes need not do again, and a word for those left out."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator
from pathlib import PurePosixPath

import pytest

#: Keys for developing, in a `.env` beside wsgi.py, are no test's.
os.environ["FLASK_SKIP_DOTENV"] = "1"
# Hundreds of processes are begun: each would compile all our modules where no bytecode is to be kept.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


#: What takes longest comes first: whoever begins a minute's test last keeps everybody else waiting.
LONGEST = (
    "tests/calls/test_rolling.py",
    "tests/console/test_browser.py",
    "tests/simulator/browser",
    "tests/bench",
    "tests/calls/test_hosts.py",
    "tests/calls/test_workers.py",
    "tests/calls/test_deploy.py",
    "tests/test_workers.py",
    "tests/test_leaving.py",
    "tests/calls",
    "examples",
    "tests/testing",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those first, and all else as it was found."""
    ranks = {name: rank for rank, name in enumerate(LONGEST)}

    def rank(item: pytest.Item) -> int:
        name = item.nodeid.partition("::")[0]
        folders = (name, *(str(each) for each in PurePosixPath(name).parents))
        return min((ranks[each] for each in folders if each in ranks), default=len(ranks))

    items.sort(key=rank)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is loaded and listed stays: a collector of garbage that walks it all is a third of the work."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 10, 10)
        gc.enable()


@pytest.hookimpl(optionalhook=True)  # where tests run within a test, the plugin is away
def pytest_xdist_auto_num_workers() -> int:
    """Two workers more than processors: whole calls wait for what is to come for most of their time."""
    return (os.cpu_count() or 1) + 2


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says that a browser was missing, which a run of dots does not."""
    skipped = terminalreporter.stats.get("skipped", [])
    missing = [each for each in skipped if "no browser" in str(each.longrepr)]
    if missing:
        terminalreporter.write_line(
            f"{len(missing)} tests need a browser, and there is none: apt-get install chromium", yellow=True
        )
