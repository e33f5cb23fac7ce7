"""Compares the tables of a database with ours, and adds what is missing where that loses nothing."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Connection, Inspector, Table, inspect, text
from sqlalchemy.schema import CreateColumn

from warmtransfer.ports.store.tables import metadata

#: Columns by name, and whether a row may be written without them.
Columns = dict[str, bool]

_COLUMNS = {
    "postgresql": text(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relname LIKE 'warmtransfer_%' AND pg_table_is_visible(c.oid) AND NOT a.attisdropped"
    ),
    "sqlite": text(
        "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p "
        "WHERE m.name LIKE 'warmtransfer_%'"
    ),
}

WAY_OUT = (
    "it is of another release. Name another database, or rename the tables warmtransfer_*: "
    "they are then made anew"
)


def missing(found: Inspector) -> list[str]:
    """The tables and columns of ours that the database has not, in words."""
    lacks = []
    for table, there in _tables(found):
        if there is None:
            lacks.append(f"the table {table.name}")
        else:
            lacks += [f"the column {table.name}.{column.name}" for column in _absent(table, there)]
    return lacks


def lacking(connection: Connection) -> str:
    """The first table or column of ours that the database has not, "" for none: one question, asked often."""
    there = {(row[0], row[1]) for row in connection.execute(_COLUMNS[connection.dialect.name])}
    for table in metadata.sorted_tables:
        for column in table.columns:
            if (table.name, column.name) not in there:
                return f"the column {table.name}.{column.name} is not there"
    return ""


def strange(found: Inspector) -> list[str]:
    """Why the tables cannot be used, in sentences: columns that we cannot add, or cannot fill."""
    faults = []
    for table, there in _tables(found):
        if there is None:
            continue
        lost = [column.name for column in _absent(table, there) if not _may_be_added(column)]
        if lost:
            faults.append(f"the table {table.name} has no column {', '.join(lost)}; {WAY_OUT}")
        needs = [name for name, idle in there.items() if name not in table.columns and not idle]
        if needs:
            faults.append(f"the table {table.name} wants {', '.join(needs)}, unknown to us; {WAY_OUT}")
    return faults


def complete(connection: Connection) -> None:
    """Add the tables, columns and indexes that are missing, in the caller's transaction."""
    for table, there in _tables(inspect(connection)):
        if there is None:
            table.create(connection)
            continue
        for column in _absent(table, there):
            name = connection.dialect.identifier_preparer.format_table(table)
            ddl = CreateColumn(column).compile(dialect=connection.dialect)
            connection.execute(text(f"ALTER TABLE {name} ADD COLUMN {ddl}"))
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def _tables(found: Inspector) -> Iterator[tuple[Table, Columns | None]]:
    """Each of our tables with the columns that the database has of it; None where it has no such table."""
    names = set(found.get_table_names())
    for table in metadata.sorted_tables:
        there = None
        if table.name in names:
            columns = found.get_columns(table.name)
            there = {each["name"]: each["nullable"] or each["default"] is not None for each in columns}
        yield table, there


def _absent(table: Table, there: Columns) -> list[Column[object]]:
    return [column for column in table.columns if column.name not in there]


def _may_be_added(column: Column[object]) -> bool:
    """Whether rows that are there already get a value that means nothing is known."""
    return not column.primary_key and (bool(column.nullable) or column.server_default is not None)
