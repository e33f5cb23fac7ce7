"""Opening a database: nothing is made by looking; what is older is brought up to date, or refused."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Pool, event, inspect, text

from tests.ports.store.databases import create, creating, database, fault
from tests.postgres import schema
from warmtransfer.core.call import Call
from warmtransfer.errors import ConfigError, WarmTransferError
from warmtransfer.ports.store.migrating import VERSION_TABLE
from warmtransfer.ports.store.opening import upgraded
from warmtransfer.ports.store.records import Line
from warmtransfer.ports.store.store import Store, here
from warmtransfer.ports.store.tables import metadata


def tables(url: str) -> set[str]:
    """The tables of ours that the database has."""
    with database(url) as db:
        return {name for name in inspect(db).get_table_names() if name.startswith("warmtransfer_")}


def run(url: str, *statements: str) -> None:
    """Change the database past the store."""
    with database(url) as db:
        for statement in statements:
            db.execute(text(statement))


def test_nothing_is_made_before_it_is_needed(open_store: Callable[..., Store], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/calls.db"
    store = open_store(url)
    assert list(tmp_path.iterdir()) == []
    assert store.calls() == []
    assert tables(url) == {*metadata.tables, VERSION_TABLE}


def test_a_server_without_tables_is_refused_with_the_command_that_makes_them(
    postgres: str, open_store: Callable[..., Store]
) -> None:
    """One process would make them under the calls of others that serve beside it."""
    url = schema(postgres, f"opening_{os.getpid()}", empty=True)
    store = open_store(url)
    with pytest.raises(ConfigError, match="run `flask --app wsgi warmtransfer db upgrade`"):
        store.calls()
    assert store.trouble() == "the database is not up to date for this release"
    assert tables(url) == set()
    upgraded(url)
    assert store.calls() == []
    assert store.trouble() == ""


def test_a_column_that_means_nothing_yet_is_added(url: str, open_store: Callable[..., Store]) -> None:
    create(open_store(url), "c1")
    run(url, "ALTER TABLE warmtransfer_attempt DROP COLUMN outcome",
        "DROP INDEX ix_warmtransfer_call_live",
        "ALTER TABLE warmtransfer_call DROP COLUMN alarm_at")  # fmt: skip
    lacks = ("the column warmtransfer_attempt.outcome", "the column warmtransfer_call.alarm_at")
    assert upgraded(url).pending == lacks
    store = open_store(url)
    assert store.load("c1") is not None
    create(store, "c2")
    with database(url) as db:
        assert db.execute(text("SELECT alarm_at FROM warmtransfer_call")).scalars().all() == [0.0, 0.0]
        assert "outcome" in {each["name"] for each in inspect(db).get_columns("warmtransfer_attempt")}
        assert "ix_warmtransfer_call_live" in {
            each["name"] for each in inspect(db).get_indexes("warmtransfer_call")
        }


def test_a_file_is_brought_up_to_date_by_the_app_and_a_server_is_not(
    url: str, open_store: Callable[..., Store]
) -> None:
    create(open_store(url), "c1")
    run(url, "DROP TABLE warmtransfer_transcript")
    store = open_store(url)
    if url.startswith("postgres"):
        with pytest.raises(ConfigError, match="the table warmtransfer_transcript"):
            store.open()
        upgraded(url)
    store.add_lines([("c1", 1.0, "caller", "Hello.")])
    assert store.transcript("c1") == [Line(1.0, "caller", "Hello.")]


def test_a_column_that_cannot_be_made_up_is_refused_with_a_way_out(
    url: str, open_store: Callable[..., Store]
) -> None:
    """Started, it would look healthy and fail with the first human that is dialled."""
    create(open_store(url), "c1")
    run(url, "ALTER TABLE warmtransfer_attempt DROP COLUMN answered_by")
    said = fault(url, open_store)
    assert "the table warmtransfer_attempt has no column answered_by" in said
    assert "Name another database, or rename the tables" in said


def test_a_table_of_a_newer_release_that_wants_more_is_refused(
    url: str, open_store: Callable[..., Store]
) -> None:
    create(open_store(url), "c1")
    run(url, "DROP TABLE warmtransfer_transcript",
        "CREATE TABLE warmtransfer_transcript (id INTEGER PRIMARY KEY, call_id VARCHAR, at FLOAT,"
        " who VARCHAR, text VARCHAR, mood VARCHAR NOT NULL)")  # fmt: skip
    assert "the table warmtransfer_transcript wants mood, unknown to us" in fault(url, open_store)


def test_a_reader_sees_the_calls_and_can_change_nothing(url: str, open_store: Callable[..., Store]) -> None:
    create(open_store(url), "c1")
    reader = Store(url, here, reading=True)
    try:
        assert [call.id for call in reader.calls()] == ["c1"]
        with pytest.raises(WarmTransferError):
            reader.decide("c2", creating("c2"))
        assert reader.load("c2") is None
    finally:
        reader.close()


def test_whoever_uses_the_store_while_it_is_closed_or_after_leaves_no_connection(url: str) -> None:
    held, closed = threading.Event(), threading.Event()
    opened: list[str] = []

    def slowly(_call: Call | None) -> None:
        held.set()
        assert closed.wait(10)

    with listening(opened):
        store = Store(url, here)
        create(store, "c1")
        late = threading.Thread(target=store.decide, args=("c1", slowly))
        late.start()
        assert held.wait(10)
        store.close()
        closed.set()
        late.join()
        assert [call.id for call in store.calls()] == ["c1"]
    assert opened.count("connect") == opened.count("close") > 1


@contextmanager
def listening(heard: list[str]) -> Iterator[None]:
    """Notes every connection that begins or ends within it."""
    hooks = {name: lambda *_, name=name: heard.append(name) for name in ("connect", "close")}
    for name, hook in hooks.items():
        event.listen(Pool, name, hook)
    try:
        yield
    finally:
        for name, hook in hooks.items():
            event.remove(Pool, name, hook)


def test_a_reader_makes_no_database_and_no_table(empty: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        Store(empty, here, reading=True)
    way = "warmtransfer db upgrade" if empty.startswith("postgres") else "the app makes it"
    assert way in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    assert tables(empty) == set()


def test_a_reader_leaves_an_older_schema_to_the_app(url: str, open_store: Callable[..., Store]) -> None:
    create(open_store(url), "c1")
    run(url, "DROP INDEX ix_warmtransfer_call_live", "ALTER TABLE warmtransfer_call DROP COLUMN alarm_at")
    with pytest.raises(ConfigError, match=r"the column warmtransfer_call\.alarm_at"):
        Store(url, here, reading=True)
