"""The only owner of Alembic: which steps a database lacks, what they would run, and running them.

It is used without its environment file and its process-wide proxies: several databases may be brought up to
date in one process at once, and a host app may have an Alembic of its own, with a table of its own. It is
loaded for a database that lacks something only: a process that starts on one that does not needs none of it.
"""

from __future__ import annotations

import io
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Column, Connection, Inspector, MetaData, inspect, text

from warmtransfer.ports.store import revisions

if TYPE_CHECKING:
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext, MigrationStep
    from alembic.script import Script, ScriptDirectory

#: Where the version stands; not Alembic's own name, which a host app's migrations have.
VERSION_TABLE = "warmtransfer_alembic_version"


class Doing(Protocol):
    """Does one statement, perhaps not at once; one that is done `beside` others keeps nobody waiting."""

    def __call__(self, statement: Callable[[], object], /, *, beside: bool = False) -> object: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """Which version a database has, "" for none, and the steps that it lacks."""

    version: str
    pending: tuple[str, ...]

    @property
    def newer(self) -> bool:
        """Whether another release, behind this one, has brought it further than this one knows."""
        return bool(self.version) and self.version not in _names()


class Change:
    """What a step does: it adds what was not there in the database that was `found`."""

    def __init__(self, operations: Operations, found: Inspector, doing: Doing) -> None:
        self._op = operations
        self._found = found
        self._doing = doing
        self._postgres = found.dialect.name == "postgresql"
        self._tables = set(found.get_table_names())

    def table(self, name: str, *columns: Column[Any], logged: bool = True) -> None:
        """Make this table; one that is not `logged` is in no write-ahead log, and empty after a crash."""
        if name not in self._tables:
            serial = columns[0].autoincrement is True
            how = [] if logged or not self._postgres else ["UNLOGGED"]
            self._doing(
                lambda: self._op.create_table(name, *columns, sqlite_autoincrement=serial, prefixes=how)
            )

    def column(self, table: str, column: Column[Any]) -> None:
        """Add this column, whose default is known without touching a row: nobody waits for long."""
        if column.name not in self._columns(table):
            self._doing(lambda: self._op.add_column(table, column))

    def index(self, table: str, *columns: str, name: str = "", where: str = "") -> None:
        """Make this index; in PostgreSQL, where rows are there, without keeping anybody from writing."""
        named = f"ix_{table}_{name or columns[0]}"
        there = {each["name"]: each for each in self._indexes(table)}
        beside = self._postgres and table in self._tables
        if named in there and not (beside and self._broken(named)):
            return
        options: dict[str, Any] = {"postgresql_concurrently": True} if beside else {}
        if where:
            options |= {"sqlite_where": text(where), "postgresql_where": text(where)}
        if named in there:  # one that was begun beside others and given up is there, and of no use
            self._doing(lambda: self._op.drop_index(named, table, postgresql_concurrently=True), beside=True)
        self._doing(lambda: self._op.create_index(named, table, list(columns), **options), beside=beside)

    def fill(self, statement: str) -> None:
        """Change rows by this statement, which may be repeated."""
        self._doing(lambda: self._op.execute(text(statement.replace(":", r"\:"))))

    def within(self, column: str, key: str) -> str:
        """The text under a key of a JSON column, in the database's words."""
        if self._postgres:
            return f"\"{column}\" ->> '{key}'"
        return f"json_extract(\"{column}\", '$.{key}')"

    def _columns(self, table: str) -> set[str]:
        return {each["name"] for each in self._found.get_columns(table)} if table in self._tables else set()

    def _indexes(self, table: str) -> Sequence[Any]:
        return self._found.get_indexes(table) if table in self._tables else ()

    def _broken(self, index: str) -> bool:
        question = text("SELECT NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:index)")
        with self._found.engine.connect() as connection:
            return bool(connection.execute(question, {"index": index}).scalar())


def standing(connection: Connection) -> Standing:
    """Which version this database has, and what it lacks."""
    version = ""
    if inspect(connection).has_table(VERSION_TABLE):
        version = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar() or ""
    if version and (version not in _names() or version == _names()[-1]):
        return Standing(version, ())
    return Standing(version, tuple(_said(each) for each in _lacking(version)))


def run(connection: Connection, doing: Doing) -> None:
    """Take every step that the database lacks; each is noted in it when it is done."""
    _migrate(connection, {"transactional_ddl": False}, doing, inspect(connection))


def planned(connection: Connection) -> str:
    """The statements that `run` would send to this database, which is only looked at."""
    lines = io.StringIO()
    version = standing(connection).version
    options = {"as_sql": True, "output_buffer": lines, "starting_rev": version or None}
    dialect = type(connection.dialect)()
    _migrate(None, options, at_once, inspect(connection), dialect=dialect)
    return lines.getvalue()


def at_once(statement: Callable[[], object], /, *, beside: bool = False) -> object:
    """Does it now, where nobody can be in the way."""
    return statement()


def difference(connection: Connection, metadata: MetaData, left: Iterable[str]) -> list[Any]:
    """What Alembic would change to make the tables those of `metadata`; `left` may be there besides."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    known = frozenset(left)

    def ours(_object: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
        others = kind == "table" and not str(name).startswith("warmtransfer_")
        return not (reflected and (others or name in known))

    options = {
        "version_table": VERSION_TABLE,
        "include_object": ours,
        "compare_type": True,
        "compare_server_default": True,
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _migrate(
    connection: Connection | None,
    options: dict[str, Any],
    doing: Doing,
    found: Inspector,
    dialect: Any = None,
) -> None:
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext, MigrationStep

    def steps(heads: tuple[str, ...], _context: MigrationContext) -> list[MigrationStep]:
        lacking = _lacking(heads[0] if heads else "")
        return [MigrationStep.upgrade_from_script(_scripts().revision_map, each) for each in lacking]

    given = {"version_table": VERSION_TABLE, "fn": steps, **options}
    context = MigrationContext.configure(connection, dialect=dialect, opts=given)
    context.run_migrations(change=Change(Operations(context), found, doing))


@cache
def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    folder = str(Path(revisions.__file__).parent)
    return ScriptDirectory(folder, version_locations=[folder])


@cache
def _names() -> tuple[str, ...]:
    """Every version, first to last: each step's file is named by the one that it leads to."""
    found = (each.name for each in pkgutil.iter_modules(revisions.__path__))
    return tuple(sorted(name[1:5] for name in found if name.startswith("r")))


def _lacking(version: str) -> list[Script]:
    """The steps behind this version, in their order."""
    return list(_scripts().iterate_revisions("heads", version or "base"))[::-1]


def _said(step: Script) -> str:
    return f"{step.revision} {step.doc}"
