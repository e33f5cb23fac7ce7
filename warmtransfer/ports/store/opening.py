"""The database behind the tables: SQLite (one file) or PostgreSQL; looked at, made, or only read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, false, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from warmtransfer.errors import ConfigError
from warmtransfer.ports.store import schema
from warmtransfer.ports.store import statements as sql
from warmtransfer.ports.store.file import make_private, path_of
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.tables import LOCK_TABLES, outbox


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
    """Make sure that calls can be kept here, tables and columns made where that is safe; or only read.

    The owner's calls that an older release has kept are the owner's from now on. Raises ConfigError with
    what to do.
    """
    try:
        if reading:
            _see_calls(engine)
        else:
            _look(engine)
            prepare(engine)
            if owner:
                _claim(engine, owner)
    except (SQLAlchemyError, ConfigError) as exc:
        engine.dispose()
        raise _told(exc, engine.url) from None


def _see_calls(engine: Engine) -> None:
    with engine.connect() as connection:
        lacks = schema.missing(inspect(connection))
    if lacks:
        raise ConfigError([f"DATABASE_URL: {lacks[0]} is not there; the app makes it when it starts"])


def prepare(engine: Engine) -> None:
    """Make the tables and columns that are missing, one process at a time."""
    # Without a lock when nothing is missing: another process may be in the middle of a decision.
    with engine.connect() as connection:
        complete = not schema.missing(inspect(connection))
    if not complete:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            _make(connection)


def _claim(engine: Engine, owner: Owner) -> None:
    # Without a lock when there is nothing to claim, as above.
    with engine.connect() as connection:
        there = connection.execute(sql.UNCLAIMED).first()
    if there:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(sql.claim(owner))


def _look(engine: Engine) -> None:
    """Refuse what will not do, by trying and taking it back: tables that cannot be made, or written to."""
    with engine.connect() as connection:
        found = inspect(connection)
        wrong, missing = schema.strange(found), schema.missing(found)
    if wrong:
        raise ConfigError([f"DATABASE_URL: {each}" for each in wrong])
    if not missing:
        _try_to_write(engine)
        return
    with engine.connect().execution_options(writes=True) as connection, connection.begin() as transaction:
        _make(connection)
        transaction.rollback()


def _make(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_TABLES})
    schema.complete(connection)


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
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 3.0})

    @event.listens_for(engine, "do_connect")
    def private(*_: Any) -> None:
        if "mode" not in url.query:
            make_private(path_of(url.database or ""))

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver's guess
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if "wait" in options:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(options['wait'] * 1000)}")
        # A lock taken at the first write instead could no longer be waited for.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")

    return engine


def _reading(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 3.0})

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


def lacks(url: str) -> str:
    """What its tables lack, in words, "" for nothing; nothing is changed, nor made. Raises ConfigError."""
    engine = make_engine(url, reading=True)
    if engine.dialect.name == "sqlite" and not path_of(engine.url.database or "").exists():
        return "there is no file yet"
    try:
        with engine.connect() as connection:
            return "; ".join(schema.missing(inspect(connection)))
    except (SQLAlchemyError, ConfigError) as exc:
        raise _told(exc, engine.url) from None
    finally:
        engine.dispose()
