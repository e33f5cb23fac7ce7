"""`flask warmtransfer …`: what has become of the calls."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click
from flask import Flask
from flask.cli import AppGroup, NoAppException, ScriptInfo

from warmtransfer import config
from warmtransfer.core.call import Call, Stage
from warmtransfer.errors import ConfigError, WarmTransferError
from warmtransfer.ports.store.owner import Owner
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
    help="Where calls are kept, whosever they are; default: the app's own, as its configuration says.",
)


@group.command("calls", with_appcontext=False)
@database
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many, newest first."
)
@click.option("--live", is_flag=True, help="Only calls that are not over.")
@click.option("--messages", is_flag=True, help="Of these, only calls with a message.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def calls(database: str, limit: int, live: bool, messages: bool, as_json: bool) -> None:
    """List the newest calls."""
    with _records(database) as (records, whose):
        rows = [
            (each, of) for each, of in records.owned(limit, live) if not live or each.stage is not Stage.OVER
        ]
    if messages:
        rows = [(each, of) for each, of in rows if timeline.message(each)]
    found = [(each, _whose(each, of) if whose else "") for each, of in rows]
    if as_json:
        told = [{**timeline.summary(each), **({"owner": of} if whose else {})} for each, of in found]
        click.echo(json.dumps(told, indent=2))
        return
    for each, of in found:
        click.echo(visible(_row(each, of)))
    if not found:
        click.echo("No calls.", err=True)


@group.command("show", with_appcontext=False)
@database
@click.argument("call_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def show(database: str, call_id: str, as_json: bool) -> None:
    """Print one call's timeline: decisions, orders, attempts and words."""
    with _records(database) as (records, whose):
        call = records.load(call_id)
        if call is None:
            asked = visible(call_id)
            raise click.ClickException(f"There is no call {asked}; `flask warmtransfer calls` lists them.")
        journal, transcript = records.journal(call_id), records.transcript(call_id)
        of = _whose(call, records.owner(call_id)) if whose else ""
    if as_json:
        story = timeline.story(call, journal, transcript)
        click.echo(json.dumps({**story, "owner": of} if whose else story, indent=2))
        return
    if whose:
        click.echo(visible(f"a call of {of}"))
    click.echo(timeline.text(call, journal, transcript))


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
def _records(given: str) -> Iterator[tuple[Store, bool]]:
    """The calls, and whether they may be anybody's; nothing is created or changed by looking."""
    try:
        url, owner = (given, None) if given else _kept()
        records = Store(url, here, owner=owner, reading=True)
        try:
            yield records, owner is None
        finally:
            records.close()
    except ConfigError as fault:
        raise click.ClickException("\n".join(fault.faults)) from None
    except WarmTransferError as fault:
        raise click.ClickException(str(fault)) from fault


def _kept() -> tuple[str, Owner | None]:
    """Where calls are kept and whose are meant: as the app says; all there are when it cannot be loaded."""
    try:
        app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    except (NoAppException, ConfigError) as fault:
        if isinstance(fault, NoAppException) and not os.environ.get("DATABASE_URL"):
            raise
        click.echo("The app cannot be loaded; its calls are where the environment says.", err=True)
        return config.database(os.environ), None
    if NAME in app.extensions:
        settings = app.extensions[NAME].settings
        return str(settings.database_url), Owner(settings.account_sid, settings.number)
    if DATABASE in app.extensions:
        return str(app.extensions[DATABASE]), None
    raise click.ClickException(
        f"The app {app.name!r} has no WarmTransfer: register it with WarmTransfer(app), name the app that "
        "has it (flask --app …), or say where the calls are (--database URL)."
    )


def _whose(call: Call, owner: str) -> str:
    """The account and the number that the call came to, as far as known."""
    return owner or f"an unknown account, {call.called or 'unknown number'}"


def _row(call: Call, owner: str) -> str:
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(call.started_at))
    lasted = f"{call.ended_at - call.started_at:.0f} s" if call.ended_at else "running"
    tried = ", ".join(f"{each.name}: {each.outcome or 'open'}" for each in call.attempts)
    left = "  message" if timeline.message(call) else ""
    of = f"  of {owner}" if owner else ""
    row = f"{call.id}  {began}  {call.stage:<10}  {lasted:>8}  {call.caller:<14}  {tried}{left}"
    return row.rstrip() + of
