"""`flask warmtransfer export NUMBER`: what is kept of one caller."""

from __future__ import annotations

import json
import time
from typing import Any

import click

from warmtransfer.commands.looking import Kept, database, kept, number
from warmtransfer.core.call import Call
from warmtransfer.ports.store.callbacks import Callbacks
from warmtransfer.ports.store.recordings import Recordings
from warmtransfer.web import timeline
from warmtransfer.web.moments import written
from warmtransfer.web.promised import recording
from warmtransfer.web.promised import told as told_of


@click.command("export")
@database
@click.argument("caller", metavar="NUMBER")
def command(database: str, caller: str) -> None:
    """Print all that is kept of one caller as JSON: calls, words, journal, recordings, callbacks."""
    who = number(caller)
    with kept(database) as calls:
        of = calls.records.of(who)
        found = [_story(each, calls) for each in of]
        promised = Callbacks(calls.records).to(who, [each.id for each in of])
    told = {"number": who, "exported": written(time.time()), "calls": found}
    click.echo(json.dumps({**told, "callbacks": [told_of(each) for each in promised]}, indent=2))


def _story(call: Call, calls: Kept) -> dict[str, Any]:
    journal, words = calls.records.journal(call.id), calls.records.transcript(call.id)
    story = timeline.story(call, journal, words, time.time())
    owner = calls.whose(call, calls.records.owner(call.id))
    recordings = [recording(each) for each in Recordings(calls.records).of_call(call.id)]
    story |= {"recordings": recordings} if recordings else {}
    return {**story, "owner": owner} if owner else story
