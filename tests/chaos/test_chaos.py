"""A sample of chaos: `make chaos` has all of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.accounts import account
from tests.chaos.databases import Databases
from tests.chaos.kills import Kill, Worlds
from tests.chaos.storm import Seeds, replay
from tests.chaos.weather import weather

#: How many processes, and where one is killed: where a leg, or a decision, may be that nobody knows of.
SAMPLE = [
    (1, "the second human takes it", "after REST dial #1"),
    (2, "the second human takes it", "before commit of HumanAccepted #1"),
    (1, "the AI comes back", "after commit of a decision #12"),
    (1, "announced, and let in", "before REST release #1"),
    (1, "redirected, and back", "after REST move_call #1"),
]


@pytest.fixture(scope="module")
def worlds() -> Iterator[Worlds]:
    databases = Databases()
    found = Worlds(databases)
    yield found
    found.close()
    databases.close()


@pytest.mark.timeout(300)  # on a machine that others use it is told up to three times
@pytest.mark.parametrize(("apps", "story", "boundary"), SAMPLE)
def test_an_app_that_is_killed_at_a_boundary_breaks_no_promise(
    worlds: Worlds, apps: int, story: str, boundary: str
) -> None:
    result = worlds.tell(Kill(apps, story, boundary))
    assert result.struck, "nobody came to this boundary: its name has changed"
    assert result.verdicts.broken == [], "\n".join(account(result.case))


#: One process, killed once, with callbacks that go missing and an API that fails and is slow.
SEED = 39


@pytest.mark.timeout(300)
def test_a_random_world_breaks_no_promise() -> None:
    databases = Databases()
    worlds = Seeds(databases)
    try:
        told = worlds.tell(SEED)
        if told["broken"] and not told["fair"]:
            told = worlds.tell(SEED, slower=True)
    finally:
        worlds.close()
        databases.close()
    assert told["calls"] == len(weather(SEED).callers)
    assert told["kills"] + told["faults"] > 3
    assert all(told["tested"].get(promise) for promise in ("caller", "one", "ai", "up", "outcome", "orders"))
    assert not told["broken"], "\n\n".join([replay(SEED), *told["accounts"]])
