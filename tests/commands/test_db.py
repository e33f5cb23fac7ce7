"""`flask warmtransfer db …`: says how the tables stand, and brings them up to date."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from tests.ports.store.databases import database, steps
from tests.ports.store.test_released import FOLDER
from warmtransfer.commands import group
from warmtransfer.ports.store.store import Store, here


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database as 0.1.0 left it."""
    path = tmp_path / "calls.db"
    path.write_bytes(gzip.decompress((FOLDER / "0.1.0.sqlite.gz").read_bytes()))
    return f"sqlite:///{path}"


def flask(*words: str) -> Result:
    """What one of the commands printed."""
    return CliRunner().invoke(group, ["db", *words])


def test_how_the_tables_stand_is_said_without_changing_them(url: str) -> None:
    told = flask("current", "--database", url)
    assert told.output.splitlines()[0] == "version none, to be done:"
    assert [line.split()[0] for line in told.output.splitlines()[1:]] == steps()
    assert flask("current", "--database", url).output == told.output


def test_the_sql_of_an_upgrade_is_printed_and_not_run(url: str) -> None:
    sql = flask("upgrade", "--dry-run", "--database", url).output
    assert "ALTER TABLE warmtransfer_call ADD COLUMN owner" in sql
    assert "CREATE TABLE warmtransfer_call (" not in sql
    assert "to be done" in flask("current", "--database", url).output


def test_an_upgrade_says_what_it_did_and_another_that_there_is_nothing_to_do(url: str) -> None:
    first = flask("upgrade", "--database", url)
    assert first.exit_code == 0
    done = [f"done: {step}" for step in steps()]
    assert [line[:10] for line in first.output.splitlines()] == [*done, "version 00"]
    assert flask("upgrade", "--database", url).output == f"version {steps()[-1]}: up to date\n"
    assert flask("upgrade", "--dry-run", "--database", url).output == "-- Nothing is to be done.\n"
    store = Store(url, here, reading=True)
    assert len(store.calls(live=True)) == 7
    store.close()


def test_tables_of_a_newer_release_are_named_as_such(url: str) -> None:
    flask("upgrade", "--database", url)
    with database(url) as db:
        db.execute(text("UPDATE warmtransfer_alembic_version SET version_num = '9999'"))
    assert flask("current", "--database", url).output == "version 9999, of a newer release\n"


def test_a_database_that_will_not_do_is_refused_in_a_sentence(tmp_path: Path) -> None:
    told = flask("upgrade", "--database", f"sqlite:///{tmp_path}/nowhere/calls.db")
    assert told.exit_code == 1
    assert told.output.startswith("Error: DATABASE_URL: the directory")
    assert json.dumps(told.output).count("\\n") == 1


def test_the_procfile_runs_it_before_each_deploy() -> None:
    lines = (Path(__file__).parents[2] / "Procfile").read_text().splitlines()
    assert "release: flask --app wsgi warmtransfer db upgrade" in lines
