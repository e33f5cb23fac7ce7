"""A sample of chaos: `make chaos` has all of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.accounts import account
from tests.chaos.databases import Databases
from tests.chaos.kills import Kill, Worlds

#: Where a kill has hurt before, or could most: in each case a leg may exist that nobody knows of.
SAMPLE = [
    ("the second human takes it", "after REST dial #1"),
    ("the second human takes it", "before commit of HumanAccepted #1"),
    ("the AI comes back", "after commit of a decision #12"),
    ("announced, and let in", "before REST release #1"),
    ("redirected, and back", "after REST move_call #1"),
]


@pytest.fixture(scope="module")
def worlds() -> Iterator[Worlds]:
    databases = Databases()
    found = Worlds(databases)
    yield found
    found.close()
    databases.close()


@pytest.mark.parametrize(("story", "boundary"), SAMPLE)
def test_an_app_that_is_killed_at_a_boundary_breaks_no_promise(
    worlds: Worlds, story: str, boundary: str
) -> None:
    result = worlds.tell(Kill(1, story, boundary))
    assert result.struck, "nobody came to this boundary: its name has changed"
    assert result.verdicts.broken == [], "\n".join(account(result.case))
