"""`flask warmtransfer callback ID`: ring somebody back now, or not at all."""

from __future__ import annotations

import time
from dataclasses import replace

import click

from warmtransfer.commands.callbacks import line
from warmtransfer.commands.looking import configuration, database, kept, parts
from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks.callback import Callback
from warmtransfer.core.callbacks.limits import Limits
from warmtransfer.core.callbacks.step import step
from warmtransfer.core.rules import Rules
from warmtransfer.ports.store.callbacks import Callbacks, Changed, Know, Made
from warmtransfer.visible import visible


def _tell(changed: Changed) -> None:
    """Whoever listens in the app hears of it here: the process that serves is another one."""
    if app := parts():
        app.callbacks.tell(changed.before, changed.after)


@click.command("callback")
@database
@click.argument("callback_id", metavar="ID")
@click.option("--cancel", is_flag=True, help="It is not needed any more.")
def command(database: str, callback_id: str, cancel: bool) -> None:
    """Have a callback tried now, whenever it was to be; one that was given up begins anew.

    The app does it, within seconds, if somebody can be rung: the human first, and on key 1 the caller.
    """
    at = time.time()
    event = ev.Cancelled("cli") if cancel else ev.Asked("cli")

    def decide(found: Callback | None, know: Know) -> Made | None:
        if found is None:
            return None
        after, orders = step(found, event, at, Rules(), Limits())
        return None if after == replace(found, at=at) and not orders else (after, orders, ())

    # An event is its owner's to send, and which that is only the app says.
    tells = not database and bool(configuration().get("WARMTRANSFER_EVENTS_URL"))
    with kept(database, reading=False, tells=tells) as records:
        callbacks = Callbacks(records.records)
        known = callbacks.load(callback_id)
        if known is None:
            raise click.ClickException(f"There is no callback {visible(callback_id)}.")
        changed = callbacks.decide(callback_id, decide)
    if changed is None:
        raise click.ClickException(f"The callback is {known.stage.value}: that cannot be done now.")
    click.echo(visible(line(changed.after)))
    if not database:
        _tell(changed)
    if not cancel:
        click.echo("The app tries it within seconds, if somebody can be rung.", err=True)
