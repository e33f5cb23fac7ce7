"""`flask warmtransfer forget NUMBER`: nothing of one caller is kept any more."""

from __future__ import annotations

from pathlib import Path

import click

from warmtransfer.commands.looking import database, kept, number
from warmtransfer.core.call import Call, Stage
from warmtransfer.ports.store.callbacks import Callbacks
from warmtransfer.ports.store.forgetting import CallerFile, StillLive
from warmtransfer.ports.store.recordings import Recordings
from warmtransfer.visible import visible
from warmtransfer.web.moments import written


@click.command("forget")
@database
@click.argument("caller", metavar="NUMBER")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(database: str, caller: str, yes: bool) -> None:
    """Delete all that is kept of one caller: calls, words, journal, orders, callbacks, recordings.

    What the carrier keeps, such as a recorded message, is deleted there. A call that is not over is refused.
    """
    who = number(caller)
    with kept(database, reading=False) as calls:
        found = calls.records.of(who)
        if not found and not Callbacks(calls.records).to(who):
            click.echo(f"Nothing is kept of {visible(who)}.")
            return
        for each in found:
            if each.stage is not Stage.OVER:
                raise _refused(f"{who} is on the line (call {each.id}, {each.stage.value})")
        span = f", {written(found[-1].started_at)} to {written(found[0].started_at)}" if found else ""
        whose = "" if not calls.anybodys else ", of every app in this database"
        if not yes:
            asked = f"Delete {_calls(len(found))} of {visible(who)}{whose}{span}? This cannot be undone."
            click.confirm(asked, abort=True)
        files = _files(calls.records, found)
        try:
            deleted = calls.records.forget(who)
        except StillLive as fault:
            raise _refused(str(fault)) from None
    for file in files:
        file.unlink(missing_ok=True)
    click.echo(f"{_calls(deleted)} of {visible(who)} deleted.")


def _files(records: CallerFile, calls: list[Call]) -> list[Path]:
    """The recordings of these calls that the app has put into files."""
    recordings = Recordings(records)
    return [Path(each.kept) for call in calls for each in recordings.of_call(call.id) if each.kept]


def _refused(why: str) -> click.ClickException:
    told = f"{visible(why)}: forget the number when the call is over. Nothing was deleted."
    return click.ClickException(told)


def _calls(count: int) -> str:
    return "1 call" if count == 1 else f"{count} calls"
