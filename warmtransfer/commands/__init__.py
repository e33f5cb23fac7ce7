"""`flask warmtransfer …`: what has become of calls, who can be rung, the database, account and fallback."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import click
from flask import Flask
from flask.cli import AppGroup

from warmtransfer import address, config
from warmtransfer.commands import (
    callback,
    callbacks,
    calls,
    db,
    doctor,
    events,
    export,
    fallback,
    forget,
    humans,
    provision,
    show,
)
from warmtransfer.commands.looking import DATABASE

group = AppGroup("warmtransfer", help="Look at the calls of warmtransfer.", short_help="Look at calls.")
_all = (calls, show, callbacks, callback, humans, events, export, forget, fallback, provision, doctor, db)
for _each in _all:
    group.add_command(_each.command)


def wanted() -> bool:
    """Whether it is for these commands that the app is being loaded: `flask --app … warmtransfer …`."""
    return click.get_current_context(silent=True) is not None and group.name in sys.argv[1:]


def app_to_look_with(environ: Mapping[str, str]) -> Flask:
    """An app for these commands only, where the configuration lacks what a running one needs."""
    app = Flask("warmtransfer", static_folder=None)
    app.config.update(config.from_environment(environ))
    address.settle(app.config)  # what is said of a tunnel that is not there is said of the key
    app.extensions[DATABASE] = True
    app.cli.add_command(group)
    return app
