"""The tables, and the engine that holds them: SQLite (one file) or PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    URL,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Double,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    event,
    false,
    inspect,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from warmtransfer.errors import ConfigError

metadata = MetaData()

_Number = BigInteger().with_variant(Integer, "sqlite")


def _serial() -> Column[int]:
    return Column("id", _Number, primary_key=True, autoincrement=True)


def _word(name: str, **options: Any) -> Column[str]:
    return Column(name, String, nullable=False, **options)


def _time(name: str) -> Column[float]:
    return Column(name, Double, nullable=False, server_default=text("0"))


#: One row a call; `state` is all of `core.call.Call`, the rest is for finding it.
call = Table(
    "warmtransfer_call",
    metadata,
    _word("id", primary_key=True),
    _word("stage", index=True),
    _word("caller_sid", index=True),
    Column("state", JSON, nullable=False),
    _time("alarm_at"),
    _time("started_at"),
    _time("updated_at"),
    Index("ix_warmtransfer_call_newest", "started_at", "id"),
)

#: Written from `call.state` at every save, for questions that span calls.
attempt = Table(
    "warmtransfer_attempt",
    metadata,
    _word("call_id", primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("handoff", Integer, nullable=False),
    _word("name"),
    _word("number", index=True),
    _word("style"),
    _word("call_sid"),
    Column("outcome", String),
    _word("answered_by"),
    _word("sip"),
    Column("ended", Boolean, nullable=False),
    _time("dialled_at"),
    _time("answered_at"),
    _time("accepted_at"),
    _time("joined_at"),
    _time("ended_at"),
)

#: One row a decision, in the order in which they were made.
journal = Table(
    "warmtransfer_journal",
    metadata,
    _serial(),
    _word("call_id", index=True),
    _time("at"),
    _word("event"),
    Column("data", JSON, nullable=False),
    _word("before"),
    _word("after"),
    sqlite_autoincrement=True,
)

#: One row an order; `done_at` is 0 until it was carried out.
outbox = Table(
    "warmtransfer_outbox",
    metadata,
    _serial(),
    _word("call_id", index=True),
    Column("journal_id", _Number),
    Column("order", JSON, nullable=False),
    _time("at"),
    _time("done_at"),
    _word("result", server_default=text("''")),
    sqlite_autoincrement=True,
)

#: What caller and AI said.
transcript = Table(
    "warmtransfer_transcript",
    metadata,
    _serial(),
    _word("call_id", index=True),
    _time("at"),
    _word("who"),
    _word("text"),
    sqlite_autoincrement=True,
)

#: Serialises the creation of tables, and of one call, between processes (`pg_advisory_xact_lock`).
LOCK_TABLES = 7_747_001
LOCK_CALL = 7_747_002


def make_engine(url: str) -> Engine:
    """An engine that has not touched its database; raises ConfigError for an address that cannot be one."""
    parsed = _checked(url)
    return _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgres(parsed)


def prepare(engine: Engine) -> None:
    """Make sure of the tables; ConfigError says what to do when they cannot be had."""
    try:
        # Without a lock when nothing is missing: another process may be in the middle of a decision.
        with engine.connect() as connection:
            present = set(inspect(connection).get_table_names())
        if present.issuperset(metadata.tables):
            _try_to_write(engine)
        else:
            _create(engine)
    except SQLAlchemyError as exc:
        engine.dispose()
        raise ConfigError([f"DATABASE_URL: {_advice(engine.url)} ({_reason(exc)})"]) from None


def _try_to_write(engine: Engine) -> None:
    """Change nothing, as a decision would: what may only be read would leave every call in the air."""
    try:
        with engine.connect().execution_options(writes=True, wait=0.05) as connection, connection.begin():
            connection.execute(delete(outbox).where(false()))
    except OperationalError as exc:
        if getattr(exc.orig, "sqlite_errorname", "") != "SQLITE_BUSY":
            raise


def _create(engine: Engine) -> None:
    """Make the tables, one process at a time."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_TABLES})
        metadata.create_all(connection)


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


def _sqlite(url: URL) -> Engine:
    """Write-ahead log: readers never wait for a writer, and a commit is one append without a flush."""
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 3.0})

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


def _postgres(url: URL) -> Engine:
    patience = {} if "connect_timeout" in url.query else {"connect_timeout": 5}
    return create_engine(
        url, connect_args=patience, pool_pre_ping=True, pool_size=10, max_overflow=20, pool_timeout=3.0
    )


def _advice(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return (
            f"{url.database} cannot be written; check that it is a database of this app, its owner and mode"
        )
    where = url.host or url.query.get("host", "the default host")
    return f"no database at {where}; check host, port, name, user and password, and that it may create tables"


def _reason(exc: SQLAlchemyError) -> str:
    """The driver's own words, one line; SQLAlchemy's hold the statement and its values."""
    return " ".join(str(getattr(exc, "orig", None) or type(exc).__name__).split())
