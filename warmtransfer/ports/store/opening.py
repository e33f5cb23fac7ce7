"""The database behind the tables: SQLite (one file) or PostgreSQL; looked at, made, or only read."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, false, inspect, make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from warmtransfer.errors import ConfigError
from warmtransfer.ports.store import schema, upgrading
from warmtransfer.ports.store import statements as sql
from warmtransfer.ports.store.file import make_private, path_of
from warmtransfer.ports.store.migrating import Standing
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.tables import outbox

log = logging.getLogger("warmtransfer")

#: Seconds for whoever is in the way in a file.
PATIENCE = 3.0


class Behind(ConfigError):
    """The tables are of an older release, and more than this process may be at work in them."""

    def __init__(self, lacks: str) -> None:
        way = f"run `{upgrading.COMMAND}`, as the Procfile's `release:` does before each deploy"
        super().__init__([f"DATABASE_URL: the database is not up to date ({lacks.rstrip('.')}); {way}"])


def make_engine(url: str, *, reading: bool = False) -> Engine:
    """An engine that has not touched its database; raises ConfigError for an address that cannot be one.

    With `reading` it changes nothing, and its file has to be there.
    """
    parsed = _checked(url)
    file = _file(parsed)
    if not reading:
        return _sqlite(parsed) if file else _postgres(parsed)
    if file and not file.exists():
        raise ConfigError(
            [f"DATABASE_URL: there is no database {file}; the app makes it with its first call"]
        )
    return _reading(parsed) if file else _postgres(parsed).execution_options(postgresql_readonly=True)


def check(engine: Engine, owner: Owner | None = None, *, reading: bool = False) -> None:
    """Make sure that calls can be kept here, or only read; a file is brought up to date, a server has to be.

    The owner's calls that an older release has kept are the owner's from now on. Raises ConfigError with
    what to do.
    """
    with _telling(engine):
        if reading:
            _see_calls(engine)
            return
        _see_tables(engine)
        _try_to_write(engine)
        if owner:
            _claim(engine, owner)


def upgraded(url: str) -> Standing:
    """Bring this database up to date, whatever it is; how it stood, with what has been done as pending.

    Raises ConfigError for one that will not do, StoreBusy when others are in the way for too long.
    """
    engine = make_engine(url)
    with _telling(engine), _closed(engine):
        upgrading.look(engine)
        return upgrading.upgrade(engine)


def unmade(url: str) -> bool:
    """Whether this is a file that the app will make: it is not there, and its folder is."""
    file = _file(_checked(url))
    return file is not None and not file.exists() and file.parent.is_dir()


def stands(url: str) -> Standing:
    """Which version this database has, and what it lacks; nothing is changed, nor made."""
    engine = make_engine(url, reading=True)
    with _telling(engine), _closed(engine):
        return upgrading.look(engine)


def planned(url: str) -> str:
    """What `upgraded` would send to this database, as SQL; nothing is changed, nor made."""
    engine = make_engine(url, reading=True)
    with _telling(engine), _closed(engine):
        upgrading.look(engine)
        return upgrading.plan(engine)


@contextmanager
def _closed(engine: Engine) -> Iterator[None]:
    """Its connections are closed behind it."""
    try:
        yield
    finally:
        engine.dispose()


def close(engine: Engine) -> None:
    """Close every connection; one in use then, or opened by somebody late, is closed with its use."""
    event.listen(engine, "checkin", _end)
    engine.dispose()


def _end(_connection: Any, record: Any) -> None:
    record.invalidate()


@contextmanager
def _telling(engine: Engine) -> Iterator[None]:
    """What is refused within it is a ConfigError with what to do."""
    try:
        yield
    except (SQLAlchemyError, ConfigError) as exc:
        engine.dispose()
        raise _told(exc, engine.url) from None


def _see_tables(engine: Engine) -> None:
    """That they are those of this release, or can be used like them; a file is brought up to date."""
    found = upgrading.look(engine)
    if found.newer:
        log.info("the database is of a newer release (version %s), which this one can serve", found.version)
    elif found.pending and engine.dialect.name == "postgresql":
        raise Behind(found.pending[0])
    elif found.pending:
        upgrading.upgrade(engine)


def _see_calls(engine: Engine) -> None:
    with engine.connect() as connection:
        lacks = schema.missing(inspect(connection))
    if lacks and engine.dialect.name == "postgresql":
        raise Behind(lacks[0])
    if lacks:
        raise ConfigError([f"DATABASE_URL: {lacks[0]} is not there; the app makes it when it starts"])


def _claim(engine: Engine, owner: Owner) -> None:
    # Without a lock when there is nothing to claim, as above.
    with engine.connect() as connection:
        there = connection.execute(sql.UNCLAIMED).first()
    if there:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(sql.claim(owner))


def _try_to_write(engine: Engine) -> None:
    """Change nothing, as a decision would: what may only be read would leave every call in the air."""
    try:
        with engine.connect().execution_options(writes=True, wait=0.05) as connection, connection.begin():
            connection.execute(delete(outbox).where(false()))
    except OperationalError as exc:
        if getattr(exc.orig, "sqlite_errorname", "") != "SQLITE_BUSY":
            raise


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigError(
            ["DATABASE_URL: not an address; use sqlite:///calls.db or postgresql://…"]
        ) from None
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername != "sqlite":
        raise ConfigError([f"DATABASE_URL: {parsed.drivername} is not supported; use sqlite or postgresql"])
    path = parsed.database or ""
    if path in ("", ":memory:"):
        raise ConfigError(
            ["DATABASE_URL: calls must survive a restart; name a file, as in sqlite:///calls.db"]
        )
    folder = Path(path).absolute().parent
    if not path.startswith("file:") and not folder.is_dir():
        raise ConfigError(
            [f"DATABASE_URL: the directory {folder} does not exist; create it, or name another"]
        )
    return parsed


def _file(url: URL) -> Path | None:
    """The file of an SQLite database; None for PostgreSQL."""
    if url.get_backend_name() != "sqlite":
        return None
    return path_of(url.database or "")


def _sqlite(url: URL) -> Engine:
    """Write-ahead log: readers never wait for a writer, and a commit is one append without a flush."""
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": PATIENCE})

    @event.listens_for(engine, "do_connect")
    def private(*_: Any) -> None:
        if "mode" not in url.query:
            make_private(path_of(url.database or ""))

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver's guess
        _log_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if "wait" in options:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(options['wait'] * 1000)}")
        # A lock taken at the first write instead could no longer be waited for.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")

    return engine


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Two who turn a new file to the log at once are refused without any wait (sqlite.org/wal.html)."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return


def _reading(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": PATIENCE})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA query_only = ON")

    return engine


def _postgres(url: URL) -> Engine:
    patience = {} if "connect_timeout" in url.query else {"connect_timeout": 5}
    return create_engine(
        url, connect_args=patience, pool_pre_ping=True, pool_size=10, max_overflow=20, pool_timeout=3.0
    )


def _told(exc: Exception, url: URL) -> ConfigError:
    """What was refused, in words for the one who deploys."""
    if isinstance(exc, ConfigError):
        return exc
    return ConfigError([f"DATABASE_URL: {_advice(url)} ({_reason(exc)})"])


def _advice(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return (
            f"{url.database} cannot be written; check that it is a database of this app, its owner and mode"
        )
    where = url.host or url.query.get("host", "the default host")
    return f"no database at {where}; check host, port, name, user and password, and that it may create tables"


def _reason(exc: Exception) -> str:
    """The driver's own words, one line; SQLAlchemy's hold the statement and its values."""
    return " ".join(str(getattr(exc, "orig", None) or type(exc).__name__).split())

