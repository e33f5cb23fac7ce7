"""`flask warmtransfer show ID`: what happened in one call."""

from __future__ import annotations

import json
import time

import click

from warmtransfer.commands.looking import database, kept
from warmtransfer.commands.terminal import columns
from warmtransfer.visible import visible
from warmtransfer.web import timeline
from warmtransfer.web.printed import Page


@click.command("show")
@database
@click.argument("call_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(database: str, call_id: str, as_json: bool) -> None:
    """Print one call: legs, attempts, what the humans were told, and its timeline."""
    with kept(database) as calls:
        call = calls.records.load(call_id)
        if call is None:
            asked = visible(call_id)
            raise click.ClickException(f"There is no call {asked}; `flask warmtransfer calls` lists them.")
        journal, transcript = calls.records.journal(call_id), calls.records.transcript(call_id)
        owner = calls.whose(call, calls.records.owner(call_id))
    if as_json:
        story = timeline.story(call, journal, transcript, time.time())
        click.echo(json.dumps({**story, "owner": owner} if owner else story, indent=2))
        return
    if owner:
        click.echo(visible(f"a call of {owner}"))
    click.echo(Page(call, journal, transcript, time.time(), columns()).text())
