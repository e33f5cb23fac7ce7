"""Bringing tables up to date: by one process, while others serve, and never for long in their way."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from tests.calls.maker import ROOT
from tests.ports.store.databases import create, database, steps
from tests.ports.store.test_opening import run, tables
from tests.ports.store.test_store import bump, together
from warmtransfer.core import orders as do
from warmtransfer.errors import ConfigError, StoreBusy
from warmtransfer.ports.store import migrating, opening, upgrading
from warmtransfer.ports.store.migrating import VERSION_TABLE
from warmtransfer.ports.store.opening import planned, stands, upgraded
from warmtransfer.ports.store.revisions.r0003_processes import LANES
from warmtransfer.ports.store.store import Store
from warmtransfer.ports.store.tables import metadata

STEPS = steps()
LAST = STEPS[-1]
#: What 0.1.0 has and this release does without. It goes when no process of that one can be serving any more.
LEFT = ("lease_owner", "lease_until", "ix_warmtransfer_call_stage")
#: Columns and indexes of the later steps, each a database that somebody has brought half of the way.
HALVES = {
    "no version": ["DROP TABLE warmtransfer_alembic_version"],
    "no processes": ["DROP TABLE warmtransfer_process", "DELETE FROM warmtransfer_alembic_version"],
    "no index": [
        "DROP INDEX ix_warmtransfer_outbox_open",
        "UPDATE warmtransfer_alembic_version SET version_num = '0002'",
    ],
    "first": [
        "DROP TABLE warmtransfer_process",
        "DROP TABLE warmtransfer_alembic_version",
        *(f"DROP INDEX ix_warmtransfer_{name}" for name in ("outbox_open", "call_live", "call_caller")),
        *(f"ALTER TABLE warmtransfer_call DROP COLUMN {name}" for name in ("owner", "caller", "holder")),
        *(f"ALTER TABLE warmtransfer_outbox DROP COLUMN {name}" for name in ("lane", "process", "taken")),
        "ALTER TABLE warmtransfer_attempt DROP COLUMN digits",
    ],
}


def difference(url: str) -> list[Any]:
    """What Alembic itself would still change in the database."""
    with database(url) as db:
        return migrating.difference(db, metadata, LEFT)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that is sent within it."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


def changes(sent: list[str]) -> list[str]:
    """Those that change tables."""
    return [each for each in sent if each.lstrip().startswith(("CREATE", "ALTER", "DROP"))]


def test_the_steps_lead_to_the_tables_that_the_code_has(empty: str) -> None:
    done = upgraded(empty)
    assert [each.split()[0] for each in done.pending] == STEPS
    assert difference(empty) == []
    assert stands(empty) == migrating.Standing(LAST, ())


def test_a_difference_would_be_seen(url: str) -> None:
    upgraded(url)
    run(url, "DROP INDEX ix_warmtransfer_outbox_open", "ALTER TABLE warmtransfer_call DROP COLUMN holder")
    assert sorted(each[0] for each in difference(url)) == ["add_column", "add_index"]


def test_a_host_apps_own_migrations_are_not_disturbed(empty: str) -> None:
    run(empty, "CREATE TABLE alembic_version (version_num VARCHAR(32))",
        "INSERT INTO alembic_version VALUES ('theirs')")  # fmt: skip
    upgraded(empty)
    with database(empty) as db:
        assert db.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["theirs"]
        assert db.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars().all() == [LAST]


@pytest.mark.parametrize("half", HALVES)
def test_what_is_missing_is_found_by_looking_and_the_calls_stay(
    url: str, open_store: Callable[..., Store], half: str
) -> None:
    upgraded(url)
    create(open_store(url), "c1", started_at=5.0)
    run(url, *HALVES[half])
    assert upgraded(url).pending
    assert difference(url) == []
    call = open_store(url).load("c1")
    assert call is not None
    assert call.started_at == 5.0


def test_a_second_time_nothing_is_changed(url: str) -> None:
    upgraded(url)
    with statements() as sent:
        assert upgraded(url) == migrating.Standing(LAST, ())
    assert changes(sent) == []


def test_a_process_that_starts_on_tables_of_its_own_release_needs_nothing_of_alembic(url: str) -> None:
    upgraded(url)
    script = "from warmtransfer.ports.store.opening import stands; import sys; print(stands(sys.argv[1]))"
    run = subprocess.run(
        [sys.executable, "-c", f"{script}; print('alembic' in sys.modules)", url],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.splitlines() == [str(migrating.Standing(LAST, ())), "False"]


def test_what_would_be_done_is_told_and_not_done(empty: str) -> None:
    if empty.startswith("sqlite"):
        run(empty, "CREATE TABLE something (id INTEGER)")  # nobody makes a file by looking
    sql = planned(empty)
    assert tables(empty) == set()
    for statement in filter(None, sql.split(";\n")):
        run(empty, statement.replace(" RETURNING version_num", ""))
    assert difference(empty) == []
    assert stands(empty).pending == ()
    assert planned(empty) == ""


def test_processes_that_begin_at_once_do_it_once(empty: str) -> None:
    with statements() as sent:
        done = together([lambda: upgraded(empty)] * 4)
    assert sorted(len(each.pending) for each in done) == [0, 0, 0, len(STEPS)]
    assert len([each for each in sent if "CREATE TABLE warmtransfer_call (" in each]) == 1
    assert difference(empty) == []


def test_a_database_of_a_newer_release_is_served_and_said(
    url: str, open_store: Callable[..., Store], caplog: pytest.LogCaptureFixture
) -> None:
    create(open_store(url), "c1")
    run(url, "UPDATE warmtransfer_alembic_version SET version_num = '9999'",
        "ALTER TABLE warmtransfer_call ADD COLUMN mood VARCHAR DEFAULT 'fine' NOT NULL")  # fmt: skip
    caplog.set_level("INFO", "warmtransfer")
    store = open_store(url)
    assert store.decide("c1", bump) is not None
    assert "of a newer release (version 9999), which this one can serve" in caplog.text
    assert stands(url).newer
    assert upgraded(url) == migrating.Standing("9999", ())


def test_a_database_of_a_newer_release_that_has_dropped_what_we_need_is_refused(
    url: str, open_store: Callable[..., Store]
) -> None:
    create(open_store(url), "c1")
    run(url, "UPDATE warmtransfer_alembic_version SET version_num = '9999'",
        "ALTER TABLE warmtransfer_attempt DROP COLUMN digits")  # fmt: skip
    with pytest.raises(ConfigError, match=r"newer release \(version 9999\), and the column .*digits"):
        open_store(url).open()
    with pytest.raises(ConfigError, match="newer release"):
        upgraded(url)


# PostgreSQL -----------------------------------------------------------------------------------------


@pytest.fixture
def first(postgres_url: str, open_store: Callable[..., Store]) -> str:
    """A PostgreSQL database with a call, as the first step has left it."""
    create(open_store(postgres_url), "c1")
    run(postgres_url, *HALVES["first"])
    return postgres_url


def test_a_decision_that_takes_long_is_waited_for_and_others_do_not_wait_behind_it(
    first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever came behind a statement that waits for its lock would wait as long: ten calls, in a line."""
    monkeypatch.setattr(upgrading, "LOCK", "50ms")
    monkeypatch.setattr(upgrading, "REST", 0.2)
    waits = []
    with database(first) as db:
        db.execute(text("UPDATE warmtransfer_call SET stage = 'ai'"))
        upgrading_thread = threading.Thread(target=upgraded, args=(first,))
        upgrading_thread.start()
        for _ in range(8):
            began = time.monotonic()
            with database(first) as other:
                other.execute(text("SELECT count(*) FROM warmtransfer_call"))
            waits.append(time.monotonic() - began)
            threading.Event().wait(0.05)
        assert upgrading_thread.is_alive()
    upgrading_thread.join(30)
    assert max(waits) < 1.0
    assert difference(first) == []


def test_who_never_ends_is_told_of_and_the_next_run_goes_on(
    first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrading, "LOCK", "20ms")
    monkeypatch.setattr(upgrading, "REST", 0.01)
    monkeypatch.setattr(upgrading, "TRIES", 3)
    with database(first) as db:
        db.execute(text("SELECT * FROM warmtransfer_call FOR UPDATE"))
        with pytest.raises(StoreBusy, match="locked by somebody"):
            upgraded(first)
    assert upgraded(first).pending
    assert difference(first) == []


def test_an_index_is_made_beside_those_who_write(first: str) -> None:
    with statements() as sent:
        upgraded(first)
    made = [each for each in changes(sent) if "INDEX" in each]
    assert len(made) == 3
    assert all("CONCURRENTLY" in each for each in made)


def test_an_index_that_was_given_up_half_way_is_made_again(first: str) -> None:
    """PostgreSQL leaves it there, named and of no use."""
    run(first, "ALTER TABLE warmtransfer_call ADD COLUMN caller VARCHAR DEFAULT '' NOT NULL",
        "CREATE INDEX ix_warmtransfer_call_caller ON warmtransfer_call (caller, started_at, id)",
        "UPDATE pg_index SET indisvalid = false"
        " WHERE indexrelid = 'ix_warmtransfer_call_caller'::regclass")  # fmt: skip
    upgraded(first)
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_warmtransfer_call_caller'::regclass"
    with database(first) as db:
        assert db.execute(text(valid)).scalar() is True


def test_an_upgrade_that_is_broken_off_goes_on_where_it_was(
    first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = migrating.Change.column

    def broken(self: migrating.Change, table: str, column: Any) -> None:
        if column.name == "process":
            raise ConfigError(["the machine is gone"])
        original(self, table, column)

    monkeypatch.setattr(migrating.Change, "column", broken)
    with pytest.raises(ConfigError, match="gone"):
        upgraded(first)
    assert stands(first).version == "0002"
    monkeypatch.undo()
    assert [each.split()[0] for each in upgraded(first).pending] == STEPS[2:]
    assert difference(first) == []


def test_open_orders_get_their_lanes_and_done_ones_are_left_alone(first: str) -> None:
    values = ", ".join(
        f"('c1', '{{\"order\": \"{name}\"}}', {done})"
        for name, done in [("DialHuman", 0), ("EndAI", 0), ("TellAI", 0), ("Unheard", 0), ("AddAI", 5)]
    )
    inserted = f'INSERT INTO warmtransfer_outbox (call_id, "order", done_at) VALUES {values}'
    run(first, inserted.replace(":", r"\:"))
    upgraded(first)
    with database(first) as db:
        lanes = db.execute(text("SELECT lane FROM warmtransfer_outbox ORDER BY id")).scalars().all()
    assert lanes == ["human", "end", "relay", "", ""]


def test_the_lanes_that_are_given_are_those_that_the_orders_have() -> None:
    given = {name: lane for lane, names in LANES.items() for name in names}
    assert given == {name: order.lane for name, order in do.BY_NAME.items() if name in given}


def test_no_connection_is_left_with_the_upgrades_locks_and_patience(first: str) -> None:
    engine = opening.make_engine(first)
    upgrading.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "0"
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        assert connection.execute(text(held)).scalar() == 0
    engine.dispose()
