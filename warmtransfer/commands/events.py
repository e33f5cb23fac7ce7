"""`flask warmtransfer events`: what the host's systems were told, what they were not, and telling it anew."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

import click

from warmtransfer.commands.calls import since
from warmtransfer.commands.looking import configuration, database, kept
from warmtransfer.ports.store.mailbox import DELIVERED, GIVEN_UP, OPEN, Kept, Which
from warmtransfer.visible import visible
from warmtransfer.web.moments import FORMS, written

STATES = click.Choice(["", OPEN, DELIVERED, GIVEN_UP])


@click.command("events")
@database
@click.argument("call_id", metavar="[CALL]", default="")
@click.option("--since", default="", metavar="TIME", callback=since, help=f"Happened then or later: {FORMS}.")
@click.option("--state", default="", metavar="STATE", type=STATES,
              help="Only these: open (to be sent), delivered, given_up.")  # fmt: skip
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10000), help="The newest.")
@click.option("--replay", is_flag=True, help="Have them sent again, in order, with the ids they had.")
@click.option("--json", "as_json", is_flag=True, help="For machines, with what is sent.")
def command(
    database: str, call_id: str, since: float, state: str, limit: int, replay: bool, as_json: bool
) -> None:
    """List the events for WARMTRANSFER_EVENTS_URL, and how they stand; of one CALL, or all.

    With --replay those that are meant are sent again: say CALL, --since or --state.
    """
    which = Which(call_id, since, state)
    if replay:
        _replay(database, which)
        return
    with kept(database) as records:
        found = records.records.mailbox.kept(which, limit)
    if as_json:
        click.echo(json.dumps([{**asdict(each), "body": json.loads(each.body)} for each in found], indent=2))
        return
    for each in found:
        click.echo(visible(_line(each, time.time())))
    if not found:
        sends = configuration().get("WARMTRANSFER_EVENTS_URL")
        click.echo("No such events." if sends else "No events: WARMTRANSFER_EVENTS_URL is not set.", err=True)


def _replay(database: str, which: Which) -> None:
    if which == Which():
        raise click.ClickException("Say which: the id of a CALL, --since TIME, or --state given_up.")
    with kept(database, reading=False) as records:
        many = records.records.mailbox.replay(which)
    click.echo(f"{many} event{'' if many == 1 else 's'} to be sent again.")
    if not configuration().get("WARMTRANSFER_EVENTS_URL"):
        click.echo("WARMTRANSFER_EVENTS_URL is not set: they wait until a process has it.", err=True)


def _line(event: Kept, now: float) -> str:
    told = f"{written(event.at)}  {event.type:<14} {event.state:<9} {event.id}"
    if event.tries:
        told += f"  {'try' if event.tries == 1 else 'tries'} {event.tries}: {event.result}"
    if event.state == OPEN and event.tries:
        told += f"; again in {max(0.0, event.due_at - now):.0f} s"
    return told
