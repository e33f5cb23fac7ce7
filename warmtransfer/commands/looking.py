"""Where the commands find the calls: as the app says, or the environment, or whoever types."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click
from flask.cli import NoAppException, ScriptInfo

from warmtransfer import config
from warmtransfer.core.call import Call
from warmtransfer.errors import ConfigError, WarmTransferError
from warmtransfer.numbers import e164
from warmtransfer.ports.model.choose import PROVIDERS
from warmtransfer.ports.model.protocol import Factory
from warmtransfer.ports.store.forgetting import CallerFile
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import here
from warmtransfer.web.parts import NAME, Parts

#: What an app has that cannot run, and is there for its commands only: its database may be wrong, too.
DATABASE = "warmtransfer-database"

database = click.option(
    "--database",
    default="",
    metavar="URL",
    help="Where calls are kept, whosever they are; default: the app's own, as its configuration says.",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """The calls that are kept; `anybodys` when more than one app's may be among them."""

    records: CallerFile
    anybodys: bool

    def whose(self, call: Call, owner: str) -> str:
        """Whose call it is, where that may be in doubt: the account and the number that it came to."""
        known = owner or f"an unknown account, {call.called or 'unknown number'}"
        return known if self.anybodys else ""


@contextmanager
def kept(given: str, *, reading: bool = True, tells: bool = False) -> Iterator[Kept]:
    """The calls of the database `given`, or of the app; with `reading` nothing is created or changed.

    `tells`: of what is changed the host's systems hear.
    """
    try:
        url, owner = (given, None) if given else _of_app()
        if not reading:  # nothing is made where nothing is to be deleted
            CallerFile(url, here, owner=owner, reading=True).close()
        records = CallerFile(url, here, owner=owner, reading=reading, tells=tells)
        try:
            yield Kept(records, owner is None)
        finally:
            records.close()
    except ConfigError as fault:
        raise click.ClickException("\n".join(fault.faults)) from None
    except WarmTransferError as fault:
        raise click.ClickException(str(fault)) from fault


def configuration() -> Mapping[str, Any]:
    """Our keys: the app's, or the environment's where no app can be loaded."""
    try:
        app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    except (NoAppException, ConfigError):
        return config.from_environment(os.environ)
    if NAME in app.extensions or DATABASE in app.extensions:
        return {key.name: app.config[key.name] for key in config.KEYS if key.name in app.config}
    raise _stranger(app.name)


def providers() -> Mapping[str, Factory]:
    """Who may speak: the providers of models that there are, with a host app's own."""
    mine = parts()
    return mine.providers if mine else PROVIDERS


def parts() -> Parts | None:
    """What the app works with; None where none can be loaded, or it is for commands alone."""
    try:
        app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    except (NoAppException, ConfigError):
        return None
    mine = app.extensions.get(NAME)
    return mine if isinstance(mine, Parts) else None


def address(given: str) -> str:
    """The address of the database `given`, or of the app's."""
    return given or _of_app()[0]


def number(text: str) -> str:
    """A caller's number as it is kept; one that is none, as withheld ones are, stays as it is."""
    try:
        return e164(text)
    except ValueError:
        return text.strip()


def _of_app() -> tuple[str, Owner | None]:
    """Where calls are kept and whose are meant: as the app says; all there are when it cannot be loaded."""
    try:
        app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    except (NoAppException, ConfigError) as fault:
        if isinstance(fault, NoAppException) and not os.environ.get("DATABASE_URL"):
            raise
        click.echo("The app cannot be loaded; its calls are where the environment says.", err=True)
        return config.database(os.environ), None
    if NAME in app.extensions:
        settings = app.extensions[NAME].settings
        return str(settings.database_url), Owner(settings.account_sid, settings.number)
    if DATABASE in app.extensions:
        return config.database(app.config), None
    raise _stranger(app.name)


def _stranger(name: str) -> click.ClickException:
    return click.ClickException(
        f"The app {name!r} has no WarmTransfer: register it with WarmTransfer(app), name the app that "
        "has it (flask --app …), or say where the calls are (--database URL)."
    )
