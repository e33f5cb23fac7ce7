"""The app under test, one for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A running app, ended with the test."""
    site = Site(tmp_path)
    yield site
    site.close()
