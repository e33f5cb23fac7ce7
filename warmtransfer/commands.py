"""`flask warmtransfer …`: what has become of the calls."""

from __future__ import annotations

import json
import time

import click
from flask.cli import AppGroup

from warmtransfer.core.call import Call, Stage
from warmtransfer.errors import WarmTransferError
from warmtransfer.web import timeline
from warmtransfer.web.parts import parts

group = AppGroup("warmtransfer", help="Look at the calls of warmtransfer.", short_help="Look at calls.")


@group.command("calls")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many, newest first."
)
@click.option("--live", is_flag=True, help="Only calls that are not over.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def calls(limit: int, live: bool, as_json: bool) -> None:
    """List the newest calls."""
    found = [each for each in _calls(limit, live) if not live or each.stage is not Stage.OVER]
    if as_json:
        click.echo(json.dumps([timeline.summary(each) for each in found], indent=2))
        return
    for each in found:
        click.echo(_row(each))
    if not found:
        click.echo("No calls.", err=True)


@group.command("show")
@click.argument("call_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def show(call_id: str, as_json: bool) -> None:
    """Print one call's timeline: decisions, orders, attempts and words."""
    here = parts()
    try:
        call = here.desk.call(call_id)
        if call is None:
            raise click.ClickException(f"There is no call {call_id}; `flask warmtransfer calls` lists them.")
        journal, transcript = here.records.journal(call_id), here.records.transcript(call_id)
    except WarmTransferError as fault:
        raise click.ClickException(str(fault)) from fault
    if as_json:
        click.echo(json.dumps(timeline.story(call, journal, transcript), indent=2))
    else:
        click.echo(timeline.text(call, journal, transcript))


def _calls(limit: int, live: bool) -> list[Call]:
    try:
        return parts().desk.calls(limit=limit, live=live)
    except WarmTransferError as fault:
        raise click.ClickException(str(fault)) from fault


def _row(call: Call) -> str:
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(call.started_at))
    lasted = f"{call.ended_at - call.started_at:.0f} s" if call.ended_at else "running"
    tried = ", ".join(f"{each.name}: {each.outcome or 'open'}" for each in call.attempts)
    return f"{call.id}  {began}  {call.stage:<10}  {lasted:>8}  {call.caller:<14}  {tried}".rstrip()
