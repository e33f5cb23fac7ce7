"""One world per test process; laws and faults are set for each story."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.calls.story import Story
from tests.calls.world import World
from tests.postgres import Postgres, own_server


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of the module's own, which its stories may stop."""
    with own_server() as found:
        yield found


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("world"))
    try:
        yield world.start()
    finally:
        world.stop()


@pytest.fixture
def settings() -> dict[str, str]:
    """What the app is configured with in this module, beside the usual."""
    return {}


@pytest.fixture
def world(running: World, settings: dict[str, str], request: pytest.FixtureRequest) -> Iterator[World]:
    """The world under the laws that the test's parameter names, such as `callbacks=late,amd=late`."""
    running.configure(settings)
    laws = [law.split("=", 1) for law in str(getattr(request, "param", "")).split(",") if law]
    before = running.control("PUT", "/laws", {})
    running.control("PUT", "/laws", dict(laws))
    running.control("PUT", "/faults", [])
    yield running
    running.control("PUT", "/faults", [])
    running.control("PUT", "/laws", before)


@pytest.fixture
def story(world: World) -> Iterator[Story]:
    """A story that hangs up at its end, however it ends."""
    told = Story(world)
    yield told
    if told.caller_sid:
        told.hang_up()
        world.until(told._quiet, 30, "the story's legs to end")
