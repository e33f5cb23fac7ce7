"""Databases on one PostgreSQL server of the tests' own."""

from __future__ import annotations

import shutil
import tempfile
import threading
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

from tests.postgres import Postgres
from warmtransfer.ports.store.opening import upgraded


class Databases:
    """One PostgreSQL server, started when first asked for, with a database for each who asks."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="chaos-"))
        self._server: Postgres | None = None
        self._lock = threading.Lock()
        self._count = 0

    def new(self) -> str:
        """The address of another database, with our tables and nothing in them."""
        with self._lock:
            self._server = self._server or Postgres(self._folder)
            self._count += 1
            url = self._server.url
            engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
                db.execute(text(f"CREATE DATABASE chaos_{self._count}"))
            found = engine.url.set(drivername="postgresql", database=f"chaos_{self._count}")
            address = found.render_as_string(hide_password=False)
            upgraded(address)
            return address

    def close(self) -> None:
        """Stop the server."""
        if self._server:
            self._server.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
