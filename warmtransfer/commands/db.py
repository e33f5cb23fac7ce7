"""`flask warmtransfer db …`: the tables that calls are kept in, and bringing them up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from warmtransfer.commands.looking import address, database
from warmtransfer.errors import ConfigError, WarmTransferError
from warmtransfer.ports.store import opening
from warmtransfer.ports.store.migrating import Standing


@click.group("db")
def command() -> None:
    """Look at the tables that calls are kept in, and bring them up to date."""


@command.command("upgrade")
@database
@click.option("--dry-run", is_flag=True, help="Print the SQL that would be sent, and change nothing.")
def upgrade(database: str, dry_run: bool) -> None:
    """Bring the tables up to date, also while calls are up; harmless when they are.

    One process does it, and others that are told to wait for it. It is for before a new release's processes
    start.
    """
    with _told():
        url = address(database)
        if dry_run:
            click.echo(opening.planned(url).strip() or "-- Nothing is to be done.")
            return
        stood = opening.upgraded(url)
        for each in stood.pending:
            click.echo(f"done: {each}")
        click.echo(_said(opening.stands(url)))


@command.command("current")
@database
def current(database: str) -> None:
    """Say which version the tables have, and what they lack."""
    with _told():
        click.echo(_said(opening.stands(address(database))))


def _said(stands: Standing) -> str:
    version = stands.version or "none"
    if stands.newer:
        return f"version {version}, of a newer release"
    if not stands.pending:
        return f"version {version}: up to date"
    return "\n".join((f"version {version}, to be done:", *(f"  {each}" for each in stands.pending)))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except ConfigError as fault:
        raise click.ClickException("\n".join(fault.faults)) from None
    except WarmTransferError as fault:
        raise click.ClickException(str(fault)) from fault
