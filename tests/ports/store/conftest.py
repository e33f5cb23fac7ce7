"""Real SQLite files and a real PostgreSQL."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.postgres import own_server, schema
from warmtransfer.ports.store.opening import upgraded
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Store

T = TypeVar("T")
_serial = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of this session's own."""
    with own_server() as server:
        yield server.url


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/calls.db"
    server: str = request.getfixturevalue("postgres")
    return schema(server, f"test_{os.getpid()}_{next(_serial)}", empty=True)


@pytest.fixture
def url(empty: str) -> str:
    """The address of a database that a store may be opened on: a file needs nothing, a server its tables."""
    if empty.startswith("postgres"):
        upgraded(empty)
    return empty


@pytest.fixture
def postgres_url(postgres: str) -> str:
    """The address of a PostgreSQL database with its tables."""
    return schema(postgres, f"test_{os.getpid()}_{next(_serial)}")


@pytest.fixture
def open_store() -> Iterator[Callable[..., Store]]:
    """Opens stores as separate processes would, each with a worker thread of its own."""
    opened: list[tuple[Store, ThreadPoolExecutor]] = []

    def opening(url: str, workers: int = 1, owner: Owner | None = None, tells: bool = False) -> Store:
        pool = ThreadPoolExecutor(workers)

        def offload(fn: Callable[..., T], /, *args: Any) -> T:
            return pool.submit(fn, *args).result()

        store = Store(url, offload, now=lambda: 77.0, owner=owner, tells=tells)
        opened.append((store, pool))
        return store

    yield opening
    for store, pool in opened:
        store.close()
        pool.shutdown()


@pytest.fixture
def store(url: str, open_store: Callable[..., Store]) -> Store:
    made = open_store(url)
    made.open()
    return made
