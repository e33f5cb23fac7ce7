"""Brings the tables up to date, by one process at a time, and never long in the way of those that serve.

SQLite: one transaction, all or nothing. PostgreSQL: statement by statement, each of which gives up soon where
it would have to wait for a lock, and is tried again: whoever comes behind one that waits waits as well. A run
that is broken off goes on where it was, with the next one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from warmtransfer.errors import ConfigError, StoreBusy
from warmtransfer.ports.store import migrating, schema
from warmtransfer.ports.store.migrating import Doing, Standing
from warmtransfer.ports.store.tables import LOCK_TABLES

log = logging.getLogger("warmtransfer")

#: What brings a database up to date.
COMMAND = "flask --app wsgi warmtransfer db upgrade"
#: Seconds for which another process may be at it, and between two looks. What waited in a statement would
#: hold a snapshot, for whose end the making of an index waits.
OTHERS = 600.0
LOOK = 0.2
#: How long a statement waits for a lock, with everybody behind it; how often it does, and the rest between.
LOCK = "300ms"
TRIES = 100
REST = 0.3
#: An index that is made beside others waits for their transactions, and keeps nobody.
LONG = "600s"
#: Seconds that SQLite's transaction waits for the one before.
FILE = 10.0


def look(engine: Engine) -> Standing:
    """Which version the database has, and what it lacks; raises ConfigError for tables that are of no use."""
    with engine.connect() as connection:
        there = inspect(connection)
        wrong = schema.strange(there)
        if wrong:
            raise ConfigError([f"DATABASE_URL: {each}" for each in wrong])
        found = migrating.standing(connection)
        if found.pending:
            return found
        lacks = tuple(schema.missing(there))
    if found.newer and lacks:
        without = f"it is of a newer release (version {found.version}), and {lacks[0]} is not there any more"
        raise ConfigError([f"DATABASE_URL: {without}; deploy that release"])
    return Standing(found.version, lacks)  # where there is any, somebody has been at the tables


def upgrade(engine: Engine) -> Standing:
    """Bring the tables up to date; gives back how they stood, with what has been done as what was pending.

    Raises StoreBusy when they cannot be had, or another process is at it, for so long that something is
    wrong; what was done by then stays done.
    """
    with _alone(engine) as (connection, doing):
        before = migrating.standing(connection)
        if before.pending:
            migrating.run(connection, doing)
        lacks = schema.missing(inspect(connection))
        if lacks:
            doing(lambda: schema.complete(connection))
    return Standing(before.version, (*before.pending, *lacks))


def plan(engine: Engine) -> str:
    """The statements that `upgrade` would send, as SQL; nothing is changed, and no lock is taken."""
    with engine.connect() as connection:
        if migrating.standing(connection).pending:
            return migrating.planned(connection)
        return "\n".join(f"-- {each} is made anew" for each in schema.missing(inspect(connection)))


@contextmanager
def _alone(engine: Engine) -> Iterator[tuple[Connection, Doing]]:
    """A connection while no other process is at it, and how a statement is done with it."""
    if engine.dialect.name != "postgresql":
        with (
            engine.connect().execution_options(writes=True, wait=FILE) as connection,
            connection.begin(),
        ):
            yield connection, migrating.at_once
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            _take_turn(connection)
            yield connection, partial(_patiently, connection)
        finally:
            connection.invalidate()  # its locks and settings end with it


def _take_turn(connection: Connection) -> None:
    """Wait until nobody else is at it. Told once a run: another process does what we would."""
    asked, end = text("SELECT pg_try_advisory_lock(:key)"), time.monotonic() + OTHERS
    told = False
    while not connection.execute(asked, {"key": LOCK_TABLES}).scalar():
        if time.monotonic() > end:
            raise StoreBusy("another process has been bringing the database up to date for too long")
        if not told:
            log.info("another process is bringing the database up to date: waiting for it")
        told = True
        time.sleep(LOOK)


def _patiently(connection: Connection, act: Callable[[], object], /, *, beside: bool = False) -> None:
    """Do it as soon as nobody is in the way, or beside everybody; StoreBusy when somebody stays there."""
    connection.execute(text(f"SET lock_timeout = '{LONG if beside else LOCK}'"))
    for _ in range(1 if beside else TRIES):
        try:
            act()
        except OperationalError as exc:
            if getattr(exc.orig, "sqlstate", "") != "55P03":
                raise
            time.sleep(REST)
        else:
            return
    raise StoreBusy("the tables are locked by somebody who does not end; what was done stays: run it again")
