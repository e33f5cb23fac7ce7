"""`flask warmtransfer callbacks`: whom somebody is to ring back, and what has come of it."""

from __future__ import annotations

import json

import click

from warmtransfer.commands.looking import database, kept
from warmtransfer.core.callbacks.callback import Callback, Stage
from warmtransfer.core.callbacks.saying import how
from warmtransfer.ports.store.callbacks import Callbacks
from warmtransfer.visible import visible
from warmtransfer.web.moments import written
from warmtransfer.web.promised import told

STAGES = click.Choice(["", *(each.value for each in Stage)])


@click.command("callbacks")
@database
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many, newest first."
)
@click.option("--live", is_flag=True, help="Only those of which something is still to come.")
@click.option("--stage", default="", type=STAGES, help="Only those in this stage.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(database: str, limit: int, live: bool, stage: str, as_json: bool) -> None:
    """List the callbacks that callers were promised, the newest first."""
    with kept(database) as records:
        found = Callbacks(records.records).listed(limit, live, stage)
    if as_json:
        click.echo(json.dumps([told(each) for each in found], indent=2))
        return
    for each in found:
        click.echo(visible(line(each)))
    if not found:
        click.echo("No callbacks.", err=True)


def line(callback: Callback) -> str:
    """One callback on a line."""
    who = " ".join(filter(None, (callback.name, callback.number)))
    when = f"at {written(callback.alarm_at)}" if callback.stage is Stage.WAITING else ""
    parts = (callback.id, written(callback.created_at), how(callback), when, who, callback.about)
    return "  ".join(filter(None, parts))
