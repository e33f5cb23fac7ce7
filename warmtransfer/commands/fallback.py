"""`flask warmtransfer fallback`: the document that the carrier itself hosts."""

from __future__ import annotations

from typing import NoReturn

import click
from flask.cli import ScriptInfo

from warmtransfer import config
from warmtransfer.errors import ConfigError
from warmtransfer.web.parts import NAME


@click.command("fallback")
@click.option("--human", is_flag=True, help="The one for humans who are being briefed, instead.")
def command(human: bool) -> None:
    """Print the document that the carrier has to host, for callers who come while the app is away."""
    try:
        app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    except ConfigError as fault:
        raise click.ClickException("\n".join(fault.faults)) from None
    if NAME not in app.extensions:
        _explain_missing()
    away = app.extensions[NAME].documents.away
    click.echo(away.fallback_human() if human else away.fallback())


def _explain_missing() -> NoReturn:
    """Say why there is no document: the app's own message, where its configuration lacks something."""
    try:
        config.load(config.from_environment())
    except ConfigError as fault:
        raise click.ClickException("\n".join(fault.faults)) from None
    raise click.ClickException("The app has no WarmTransfer: name the one that has (flask --app …).")
