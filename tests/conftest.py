"""How many tests run at once."""

from __future__ import annotations

import os

import pytest

#: Keys for developing, in a `.env` beside wsgi.py, are no test's.
os.environ["FLASK_SKIP_DOTENV"] = "1"


@pytest.hookimpl(optionalhook=True)  # where tests run within a test, the plugin is away
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than processors: whole calls spend half of their time waiting for what is to come."""
    return (os.cpu_count() or 1) + 1
