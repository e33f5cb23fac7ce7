"""Opening a database: nothing is made by looking; what is older is brought up to date, or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from tests.ports.store.databases import create, creating, database, fault
from warmtransfer.errors import ConfigError, WarmTransferError
from warmtransfer.ports.store.records import Line
from warmtransfer.ports.store.store import Store, here


def tables(url: str) -> set[str]:
    """The tables of ours that the database has."""
    with database(url) as db:
        return {name for name in inspect(db).get_table_names() if name.startswith("warmtransfer_")}


def run(url: str, *statements: str) -> None:
    """Change the database past the store."""
    with database(url) as db:
        for statement in statements:
            db.execute(text(statement))


def test_nothing_is_made_before_it_is_needed(
    url: str, open_store: Callable[..., Store], tmp_path: Path
) -> None:
    store = open_store(url)
    assert list(tmp_path.iterdir()) == []
    assert tables(url) == set()
    assert store.calls() == []
    assert len(tables(url)) == 6


def test_a_column_that_means_nothing_yet_is_added(url: str, open_store: Callable[..., Store]) -> None:
    create(open_store(url), "c1")
    run(url, "ALTER TABLE warmtransfer_attempt DROP COLUMN outcome",
        "DROP INDEX ix_warmtransfer_call_live",
        "ALTER TABLE warmtransfer_call DROP COLUMN alarm_at")  # fmt: skip
    store = open_store(url)
    assert store.load("c1") is not None
    create(store, "c2")
    with database(url) as db:
        assert db.execute(text("SELECT alarm_at FROM warmtransfer_call")).scalars().all() == [0.0, 0.0]
        assert "outcome" in {each["name"] for each in inspect(db).get_columns("warmtransfer_attempt")}


def test_an_index_that_is_missing_from_an_older_table_is_made(
    url: str, open_store: Callable[..., Store]
) -> None:
    create(open_store(url), "c1")
    run(url, "DROP INDEX ix_warmtransfer_call_live", "ALTER TABLE warmtransfer_call DROP COLUMN alarm_at")
    create(open_store(url), "c2")
    with database(url) as db:
        made = {each["name"] for each in inspect(db).get_indexes("warmtransfer_call")}
    assert "ix_warmtransfer_call_live" in made


def test_a_table_that_is_missing_among_others_is_made(url: str, open_store: Callable[..., Store]) -> None:
    create(open_store(url), "c1")
    run(url, "DROP TABLE warmtransfer_transcript")
    store = open_store(url)
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


def test_a_reader_makes_no_database_and_no_table(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        Store(url, here, reading=True)
    assert "the app makes it" in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    assert tables(url) == set()


def test_a_reader_leaves_an_older_schema_to_the_app(url: str, open_store: Callable[..., Store]) -> None:
    create(open_store(url), "c1")
    run(url, "DROP INDEX ix_warmtransfer_call_live", "ALTER TABLE warmtransfer_call DROP COLUMN alarm_at")
    with pytest.raises(ConfigError, match=r"the column warmtransfer_call\.alarm_at is not there"):
        Store(url, here, reading=True)
