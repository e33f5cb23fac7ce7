"""`flask warmtransfer …`: what has become of the calls."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import click
from flask import Flask
from flask.cli import AppGroup, NoAppException, ScriptInfo

from warmtransfer import config
from warmtransfer.core.call import Call, Stage
from warmtransfer.errors import ConfigError, WarmTransferError
from warmtransfer.ports.store.store import Store, here
from warmtransfer.visible import visible
from warmtransfer.web import timeline
from warmtransfer.web.parts import NAME

#: Where an app that cannot run, and is there for its commands only, keeps the address of its database.
DATABASE = "warmtransfer-database"

group = AppGroup("warmtransfer", help="Look at the calls of warmtransfer.", short_help="Look at calls.")


database = click.option(
    "--database",
    default="",
    metavar="URL",
    help="Where calls are kept; default: as the app's configuration says.",
)


@group.command("calls", with_appcontext=False)
@database
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many, newest first."
)
@click.option("--live", is_flag=True, help="Only calls that are not over.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def calls(database: str, limit: int, live: bool, as_json: bool) -> None:
    """List the newest calls."""
    with _records(database) as records:
        found = [each for each in records.calls(limit, live) if not live or each.stage is not Stage.OVER]
    if as_json:
        click.echo(json.dumps([timeline.summary(each) for each in found], indent=2))
        return
    for each in found:
        click.echo(visible(_row(each)))
    if not found:
        click.echo("No calls.", err=True)


@group.command("show", with_appcontext=False)
@database
@click.argument("call_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def show(database: str, call_id: str, as_json: bool) -> None:
    """Print one call's timeline: decisions, orders, attempts and words."""
    with _records(database) as records:
        call = records.load(call_id)
        if call is None:
            asked = visible(call_id)
            raise click.ClickException(f"There is no call {asked}; `flask warmtransfer calls` lists them.")
        journal, transcript = records.journal(call_id), records.transcript(call_id)
    if as_json:
        click.echo(json.dumps(timeline.story(call, journal, transcript), indent=2))
    else:
        click.echo(timeline.text(call, journal, transcript))


@group.command("fallback", with_appcontext=False)
def fallback() -> None:
    """Print the document that the carrier has to host, for callers who come while the app is away."""
    try:
        app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    except ConfigError as fault:
        raise click.ClickException("\n".join(fault.faults)) from None
    if NAME not in app.extensions:
        _explain_missing()
    click.echo(app.extensions[NAME].documents.fallback())


def _explain_missing() -> NoReturn:
    """Say why there is no document: the app's own message, where its configuration lacks something."""
    try:
        config.load(config.from_environment())
    except ConfigError as fault:
        raise click.ClickException("\n".join(fault.faults)) from None
    raise click.ClickException("The app has no WarmTransfer: name the one that has (flask --app …).")


def wanted() -> bool:
    """Whether it is for these commands that the app is being loaded: `flask --app … warmtransfer …`."""
    return click.get_current_context(silent=True) is not None and group.name in sys.argv[1:]


def app_to_look_with(environ: Mapping[str, str]) -> Flask:
    """An app for these commands only, where the configuration lacks what a running one needs."""
    app = Flask("warmtransfer", static_folder=None)
    app.extensions[DATABASE] = config.database(environ)
    app.cli.add_command(group)
    return app


@contextmanager
def _records(given: str) -> Iterator[Store]:
    """The calls, to be read only: nothing is created or changed by looking."""
    try:
        records = Store(given or _database(), here, reading=True)
        try:
            yield records
        finally:
            records.close()
    except ConfigError as fault:
        raise click.ClickException("\n".join(fault.faults)) from None
    except WarmTransferError as fault:
        raise click.ClickException(str(fault)) from fault


def _database() -> str:
    """Where calls are kept: as the app says; as the environment says when the app cannot be loaded."""
    try:
        app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    except (NoAppException, ConfigError) as fault:
        if isinstance(fault, NoAppException) and not os.environ.get("DATABASE_URL"):
            raise
        click.echo("The app cannot be loaded; its calls are where the environment says.", err=True)
        return config.database(os.environ)
    if NAME in app.extensions:
        return str(app.extensions[NAME].settings.database_url)
    if DATABASE in app.extensions:
        return str(app.extensions[DATABASE])
    raise click.ClickException(
        f"The app {app.name!r} has no WarmTransfer: register it with WarmTransfer(app), name the app that "
        "has it (flask --app …), or say where the calls are (--database URL)."
    )


def _row(call: Call) -> str:
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(call.started_at))
    lasted = f"{call.ended_at - call.started_at:.0f} s" if call.ended_at else "running"
    tried = ", ".join(f"{each.name}: {each.outcome or 'open'}" for each in call.attempts)
    return f"{call.id}  {began}  {call.stage:<10}  {lasted:>8}  {call.caller:<14}  {tried}".rstrip()
