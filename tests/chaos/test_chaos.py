"""A sample of chaos: `make chaos` has all of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.stories import STORIES
from tests.chaos.telling import Telling
from tests.chaos.worlds import ChaosWorld

#: Where a kill has hurt before, or could most: in each case a leg may exist that nobody knows of.
SAMPLE = [
    ("the second human takes it", "after REST dial #1"),
    ("the second human takes it", "before commit of HumanAccepted #1"),
    ("the AI comes back", "after commit of a decision #12"),
    ("announced, and let in", "before REST release #1"),
    ("redirected, and back", "after REST move_call #1"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChaosWorld]:
    found = ChaosWorld(tmp_path_factory.mktemp("chaos"), speed=8.0)
    try:
        found.start()
        yield found
    finally:
        found.stop()


@pytest.mark.parametrize(("story", "boundary"), SAMPLE)
def test_an_app_that_is_killed_at_a_boundary_breaks_no_promise(
    world: ChaosWorld, story: str, boundary: str
) -> None:
    result = Telling(world, STORIES[story], boundary).tell()
    assert result.struck, "nobody came to this boundary: its name has changed"
    assert result.verdicts.broken == []
