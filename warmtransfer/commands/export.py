"""`flask warmtransfer export NUMBER`: what is kept of one caller."""

from __future__ import annotations

import json
import time
from typing import Any

import click

from warmtransfer.commands.looking import Kept, database, kept, number
from warmtransfer.core.call import Call
from warmtransfer.web import timeline
from warmtransfer.web.moments import written


@click.command("export")
@database
@click.argument("caller", metavar="NUMBER")
def command(database: str, caller: str) -> None:
    """Print all that is kept of one caller as JSON: calls, words, journal."""
    with kept(database) as calls:
        found = [_story(each, calls) for each in calls.records.of(number(caller))]
    told = {"number": number(caller), "exported": written(time.time()), "calls": found}
    click.echo(json.dumps(told, indent=2))


def _story(call: Call, calls: Kept) -> dict[str, Any]:
    journal, words = calls.records.journal(call.id), calls.records.transcript(call.id)
    story = timeline.story(call, journal, words, time.time())
    owner = calls.whose(call, calls.records.owner(call.id))
    return {**story, "owner": owner} if owner else story
