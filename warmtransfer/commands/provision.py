"""`flask warmtransfer provision`: the number and the TwiML App are set as this app needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import click

from warmtransfer.commands.looking import configuration
from warmtransfer.errors import CarrierError, ConfigError, WarmTransferError
from warmtransfer.ports.carrier.console import Console
from warmtransfer.ports.store.findings import Findings
from warmtransfer.ports.store.owner import Owner
from warmtransfer.setup import keys
from warmtransfer.setup.plan import Part, Plan
from warmtransfer.setup.provisioning import TRIAL, Provisioning
from warmtransfer.visible import visible

#: How the keys are written that are to be set, by where they go.
FORMS: dict[str, Callable[[str, str], str]] = {
    "env": "{}={}".format,
    "config": "config:set {}={}".format,
    "export": "export {}={}".format,
}


@click.command("provision")
@click.option("--number", default="", metavar="E.164", help="Instead of TWILIO_NUMBER.")
@click.option("--dry-run", is_flag=True, help="Print the plan, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask, for scripts.")
@click.option("--undo", is_flag=True, help="Put back what the first run has found.")
@click.option(
    "--format", "form", type=click.Choice(list(FORMS)), default="env",
    help="How keys are printed: a line of .env, a host's config:set, a shell's export.",
)  # fmt: skip
def command(number: str, dry_run: bool, yes: bool, undo: bool, form: str) -> None:
    """Set the number and its TwiML App at Twilio, all from the configuration; make the App if there is none.

    What was set before is kept in the database, for --undo.
    """
    with refusals():
        setup = keys.read(configuration(), number)
        with _work(setup) as work:
            if undo:
                _undo(work, dry_run, yes)
            else:
                _provision(work, setup, dry_run, yes, form)


@contextmanager
def _work(setup: keys.Setup) -> Iterator[Provisioning]:
    console = Console(setup.account, setup.api_base_url, setup.timeout)
    memory = Findings(setup.database_url, Owner(setup.account.sid, setup.number))
    try:
        yield Provisioning(setup, console, memory)
    finally:
        memory.close()
        console.close()


def provisioned(setup: keys.Setup, say: Callable[[str], object]) -> str:
    """Do what is to be done without asking; the TwiML App's SID. Raises as the rest."""
    with _work(setup) as work:
        plan = work.plan(work.look())
        if plan.settled:
            return plan.app.sid
        sid = _carried_out(work, plan)
    say("Set at Twilio; `provision --undo` puts back what was there.")
    if setup.app_sid != sid:
        say(f"Set this where the app runs: TWILIO_APP_SID={sid}")
    return sid


def _provision(work: Provisioning, setup: keys.Setup, dry_run: bool, yes: bool, form: str) -> None:
    found = work.look()
    plan = work.plan(found)
    _print(plan.parts)
    if found.owner.trial:
        click.echo(f"\n{TRIAL}")
    sid = plan.app.sid
    if plan.settled:
        click.echo("\nEverything is set as it has to be.")
    elif dry_run:
        click.echo("\nNothing was changed.")
        return
    else:
        if not yes:
            _ask(plan)
        sid = _carried_out(work, plan)
        click.echo("\nDone. `provision --undo` puts back what was there.")
    _print_keys(setup, sid, form)


def _carried_out(work: Provisioning, plan: Plan) -> str:
    try:
        return work.carry_out(plan)
    except CarrierError:
        ways = "Run again, it goes on from there; --undo takes it back."
        click.echo(f"\nThis has stopped before its end. {ways}", err=True)
        raise


def _ask(plan: Plan) -> None:
    """Ask about everything that answers elsewhere today; what is new, or ours, needs no question."""
    for part in plan.parts:
        if part.elsewhere and part.changes:
            today = f"The {part.what} is answered by {visible(part.elsewhere)} today"
            click.confirm(f"\n{today}, which will get no calls any more. Change it?", abort=True)


def _print_keys(setup: keys.Setup, sid: str, form: str) -> None:
    wanted = {"TWILIO_APP_SID": sid} if setup.app_sid != sid else {}
    if setup.number != str(configuration().get("TWILIO_NUMBER") or "").strip():
        wanted["TWILIO_NUMBER"] = setup.number
    if wanted:
        click.echo("\nSet this where the app runs:\n")
    for name, value in wanted.items():
        click.echo(f"  {FORMS[form](name, value)}")


def _undo(work: Provisioning, dry_run: bool, yes: bool) -> None:
    parts, made = work.way_back()
    _print(parts)
    if made:
        click.echo(f"TwiML App {made}\n  is deleted: it was made by `provision`")
    if dry_run:
        click.echo("\nNothing was changed.")
        return
    if not yes:
        click.confirm("\nPut this back?", abort=True)
    work.undo(parts, made)
    click.echo("\nDone: everything is as it was found.")


def _print(parts: Iterable[Part]) -> None:
    for part in parts:
        click.echo(f"{part.what} ({part.sid})" if part.sid else f"{part.what}, which is made")
        for line in part.lines():
            now, then = (visible(each) or "nothing" for each in (line.now, line.then))
            shown = f"{then}" if line.now == line.then else f"{now}\n{'':30}-> {then}"
            click.echo(f"  {line.label + ':':<28}{shown}")


@contextmanager
def refusals() -> Iterator[None]:
    """What cannot be done, in a sentence of its own each."""
    try:
        yield
    except ConfigError as fault:
        raise click.ClickException("\n".join(fault.faults)) from None
    except CarrierError as fault:
        heard = f"Twilio refused to {fault.detail}: {fault.answer}."
        unheard = f"Twilio was asked in vain to {fault.detail}."
        raise click.ClickException(heard if fault.status else unheard) from None
    except click.Abort:
        why = "Nothing was changed: it was not answered with y. In a script, --yes does it without asking."
        raise click.ClickException(why) from None
    except WarmTransferError as fault:
        raise click.ClickException(str(fault)) from None
