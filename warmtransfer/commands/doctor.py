"""`flask warmtransfer doctor`: everything a deployment needs, looked at."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import asdict
from typing import Any

import click

from warmtransfer import config
from warmtransfer.commands.humans import directory
from warmtransfer.commands.looking import configuration, providers
from warmtransfer.commands.provision import provisioned, refusals
from warmtransfer.commands.trying import CALL, try_phone
from warmtransfer.config import Settings
from warmtransfer.core.callbacks.callback import Stage
from warmtransfer.errors import ConfigError, WarmTransferError
from warmtransfer.ports.store.callbacks import Callbacks
from warmtransfer.ports.store.forgetting import CallerFile
from warmtransfer.ports.store.mailbox import Undelivered
from warmtransfer.ports.store.opening import stands, unmade
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Store, here
from warmtransfer.setup import keys
from warmtransfer.setup.doctor.doctor import Doctor
from warmtransfer.setup.doctor.line import Area, Line, Verdict
from warmtransfer.visible import visible

MARKS = {
    Verdict.OK: ("ok", "green"),
    Verdict.WARNING: ("warning", "yellow"),
    Verdict.FAULT: ("FAULT", "red"),
    Verdict.UNKNOWN: ("cannot tell", "yellow"),
}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="For machines: one object.")
@click.option("--fix", is_flag=True, help="First do what `provision --yes` does.")
@click.option("--call", "phone", default="", metavar="E.164",
              help="Last, ring this phone once: it is told that it works, and asked for key 1.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Yes, --call may cost the price of a call.")
@click.pass_context
def command(context: click.Context, as_json: bool, fix: bool, phone: str, yes: bool) -> None:
    """Look at keys, database, account, number, address, model and machine; exit status 1 for any fault.

    Nothing is changed (but by --fix), and nothing is bought (but by --call --yes).
    """
    given = configuration()
    if phone and not yes:
        raise click.ClickException(
            f"--call rings {visible(phone)} from TWILIO_NUMBER for less than a minute, at your account's "
            "price of a call there (https://www.twilio.com/en-us/voice/pricing): say --yes, too."
        )
    found = []
    for line in _lines(given, fix, phone, as_json):
        found.append(line)
        if not as_json:
            _print(line)
    _end(found, as_json)
    context.exit(1 if any(line.verdict is Verdict.FAULT for line in found) else 0)


def _lines(given: Mapping[str, Any], fix: bool, phone: str, as_json: bool) -> Iterator[Line]:
    """What is mended first, everything that is looked at, and what is rung last."""
    if fix:
        try:
            with refusals():
                sid = provisioned(keys.read(given), say=lambda text: click.echo(text, err=as_json))
            given = {**given, "TWILIO_APP_SID": sid}
        except click.ClickException as refused:
            yield Area("--fix").fault("--fix", "could not set everything", refused.message)
    yield from Doctor(given, providers(), _lacks, directory, _undelivered).lines()
    yield from _given_up(given)
    if phone:
        try:
            with refusals():
                yield try_phone(keys.read(given), phone)
        except click.ClickException as refused:
            yield CALL.fault("--call", "could not be tried", refused.message)


def _given_up(given: Mapping[str, Any]) -> Iterator[Line]:
    """Callers who were promised a call and have had none; nothing where none can be read."""
    with suppress(ConfigError, WarmTransferError):
        records = Store(config.database(given), here, reading=True)
        try:
            lost = Callbacks(records).counted().get(Stage.GIVEN_UP.value, 0)
        finally:
            records.close()
        if lost:
            what = "1 was given up, and the caller waits" if lost == 1 else f"{lost} were given up"
            yield Area("callbacks").warning(
                "callbacks", what, "see `flask … warmtransfer callbacks --stage given_up`, and `callback ID`"
            )


def _lacks(url: str) -> str:
    return "there is no file yet" if unmade(url) else "; ".join(stands(url).pending)


def _undelivered(settings: Settings) -> Undelivered:
    owner = Owner(settings.account_sid, settings.number)
    if unmade(settings.database_url):
        return Undelivered(0, 0.0, "", 0)
    with closing(CallerFile(settings.database_url, here, owner=owner, reading=True)) as records:
        return records.mailbox.undelivered()


def _print(line: Line) -> None:
    word, colour = MARKS[line.verdict]
    mark = click.style(f"{word:<12}", fg=colour)
    head = f"{visible(line.what)}: {visible(line.found)}" if line.found else visible(line.what)
    width = max(50, min(shutil.get_terminal_size().columns, 120)) - 12
    first, *more = _wrapped(head, width)
    click.echo(mark + first)
    if line.do:
        more += _wrapped(f"-> {visible(line.do)}", width)
    for each in more:
        click.echo(" " * 12 + each)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _end(found: list[Line], as_json: bool) -> None:
    count = {verdict: sum(line.verdict is verdict for line in found) for verdict in Verdict}
    if as_json:
        rows = [asdict(line) for line in found]
        click.echo(json.dumps({"ok": not count[Verdict.FAULT], "lines": rows}, indent=2))
        return
    told = ", ".join(f"{number} {verdict.value}" for verdict, number in count.items() if number)
    click.echo(f"\n{told}.")
    if count[Verdict.FAULT]:
        return
    if count[Verdict.UNKNOWN]:
        click.echo("No fault was found, but not everything could be looked at: see what it cannot tell.")
    else:
        click.echo("Call the number and ask for a person.")

