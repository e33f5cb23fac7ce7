"""How many tests run at once, and what their processes need not do again."""

from __future__ import annotations

import os
import sys

import pytest

#: Keys for developing, in a `.env` beside wsgi.py, are no test's.
os.environ["FLASK_SKIP_DOTENV"] = "1"
# Hundreds of processes are begun: each would compile all our modules where no bytecode is to be kept.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.hookimpl(optionalhook=True)  # where tests run within a test, the plugin is away
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than processors: whole calls spend half of their time waiting for what is to come."""
    return (os.cpu_count() or 1) + 1
