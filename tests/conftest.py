"""How many tests run at once, and a word for those that could not."""

from __future__ import annotations

import os

import pytest

#: Keys for developing, in a `.env` beside wsgi.py, are no test's.
os.environ["FLASK_SKIP_DOTENV"] = "1"


@pytest.hookimpl(optionalhook=True)  # where tests run within a test, the plugin is away
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than processors: whole calls spend half of their time waiting for what is to come."""
    return (os.cpu_count() or 1) + 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says that a browser was missing, which a run of dots does not."""
    skipped = terminalreporter.stats.get("skipped", [])
    missing = [each for each in skipped if "no browser" in str(each.longrepr)]
    if missing:
        terminalreporter.write_line(
            f"{len(missing)} tests need a browser, and there is none: apt-get install chromium", yellow=True
        )
