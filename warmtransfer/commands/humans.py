"""`flask warmtransfer humans`: who could be rung now, and why the others could not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask.cli import NoAppException, ScriptInfo

from warmtransfer import config
from warmtransfer.clock import Clock
from warmtransfer.commands.looking import configuration, kept, providers
from warmtransfer.config import Settings
from warmtransfer.core.available import why, why_team
from warmtransfer.core.policy import departments, members, named
from warmtransfer.core.reach import Reason
from warmtransfer.core.rules import Department, Human, Rules
from warmtransfer.core.saying import moment as said
from warmtransfer.core.saying import reason
from warmtransfer.directory import Directory, See, nobody
from warmtransfer.errors import ConfigError
from warmtransfer.visible import visible
from warmtransfer.web.links import sealed
from warmtransfer.web.moments import moment, written
from warmtransfer.web.parts import NAME

#: How a time is given.
WHEN = "a date as 2026-12-24, or a time as 2026-12-24T14:00, in WARMTRANSFER_TIME_ZONE unless it says its own"


@click.command("humans")
@click.option("--at", "when", default="", metavar="TIME", help=f"Not now, but then: {WHEN}.")
@click.option("--json", "as_json", is_flag=True, help="For machines: one object.")
@click.option("--away", multiple=True, metavar="NAME", help="First have them rung no more; repeatable.")
@click.option("--back", multiple=True, metavar="NAME", help="First have them rung again; repeatable.")
@click.option("--link", metavar="NAME", help="Only print the link to this human's own page.")
@click.option("--new-link", metavar="NAME", help="The same, another one: those before are void.")
@click.pass_context
def command(
    context: click.Context,
    when: str,
    as_json: bool,
    away: tuple[str, ...],
    back: tuple[str, ...],
    link: str | None,
    new_link: str | None,
) -> None:
    """Print who could be rung now, and why the others could not.

    A function given as humans= is asked; what is wrong with its answer is told, with exit status 1.
    """
    try:
        settings = config.load(configuration(), providers())
    except ConfigError as fault:
        raise click.ClickException("\n".join(fault.faults)) from None
    if link or new_link:
        click.echo(_own_page(settings, link or new_link or "", anew=bool(new_link)))
        return
    if away or back:
        _switch(directory(settings).rules(), away, back)
    with _looking(now=not when) as known:
        people = directory(settings, known)
        people.look()
    zone = ZoneInfo(settings.time_zone)
    try:
        at = moment(when, people.moment(), zone) if when else people.moment()
    except ValueError:
        raise click.BadParameter(f"{visible(when)} is no time: give {WHEN}") from None
    rules = people.as_seen()
    if as_json:
        click.echo(json.dumps(data(rules, at, people.fault), indent=2))
    else:
        for line in lines(rules, at, zone):
            click.echo(visible(line))
    if people.fault:
        if not as_json:
            click.echo(visible(f"The list could not be asked for anew: {people.fault}."), err=True)
        context.exit(1)


def directory(settings: Settings, known: See = nobody) -> Directory:
    """Who may be dialled, asked now, within the app's context where there is an app."""
    people = Directory(settings, Clock(), _around(), known=known)
    people.renew()
    return people


def _switch(rules: Rules, away: tuple[str, ...], back: tuple[str, ...]) -> None:
    """Take these humans off duty, and these back; all of the names are known, or nothing is changed."""
    leaving, returning = ([_by_name(rules, name) for name in names] for names in (away, back))
    with kept("", reading=False) as here:
        duty = here.records.duty
        for name in leaving:
            duty.leaves(name, "the command line")
        for name in returning:
            duty.returns(name)


def _own_page(settings: Settings, name: str, anew: bool) -> str:
    """The link to a human's own page; with it, anybody can do what is on it."""
    name = _by_name(directory(settings).rules(), name)
    with kept("", reading=False) as here:
        pages = here.records.duty.pages
        return sealed(settings).page(name, pages.renew(name) if anew else pages.turn(name))


def _by_name(rules: Rules, name: str) -> str:
    found = named(rules, name)
    if found is None:
        known = ", ".join(human.name for human in rules.humans) or "nobody"
        raise click.BadParameter(f"{visible(name)} is not one of the humans: {known}")
    return found.name


@contextmanager
def _looking(now: bool) -> Iterator[See]:
    """Who is on a call, away or was just rung, as far as calls are kept: of another time nobody knows."""
    with ExitStack() as open_:
        see = nobody
        if now:
            with suppress(click.ClickException):  # where no calls are kept yet, nobody is on one
                see = open_.enter_context(kept("")).records.known
        yield see


def _around() -> Callable[[], AbstractContextManager[Any]]:
    """The app's context; the function is asked in another thread, which knows no command."""
    try:
        app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    except (NoAppException, ConfigError):
        return nullcontext
    return app.app_context if NAME in app.extensions else nullcontext


def lines(rules: Rules, at: float, zone: ZoneInfo) -> Iterator[str]:
    """A line each: first departments, then humans in the order in which they are rung."""
    yield f"at {written(at, zone)} ({zone.key})"
    if not rules.humans:
        yield "Nobody: callers are offered to leave a message."
        return
    wide = max(len(name) for name in (*departments(rules), *(human.name for human in rules.humans)))
    for title, found in (("departments", list(_teams(rules, at))), ("humans", list(_humans(rules, at)))):
        if found:
            yield ""
            yield title
        for name, about, hindered, until in found:
            state = reason(name, hindered, at, title == "departments") if hindered else f"can be rung{until}"
            yield f"  {name:<{wide}}  {state}" + (f"  ({about})" if about else "")


def _teams(rules: Rules, at: float) -> Iterator[tuple[str, str, Reason | None, str]]:
    written_ = {each.name: each for each in rules.departments}
    for name in departments(rules):
        people = ", ".join(human.name for human in members(rules, name))
        yield name, people, why_team(rules, name, at), _until(written_.get(name), at)


def _humans(rules: Rules, at: float) -> Iterator[tuple[str, str, Reason | None, str]]:
    for human in rules.humans:
        about = "; ".join(
            ", ".join(filter(None, (each.number, each.digits and f"then {each.digits}")))
            for each in human.addresses
        )
        yield human.name, about, why(human, rules, at), _until(human, at)


def _until(who: Human | Department | None, at: float) -> str:
    closes = who.hours.closes(at) if who and who.hours else 0.0
    return f" until {said(who.hours, closes, at).removeprefix('at ')}" if who and who.hours and closes else ""


def data(rules: Rules, at: float, fault: str) -> dict[str, Any]:
    """The same for machines; times are seconds since 1970."""
    return {
        "at": at,
        "fault": fault,
        "departments": [
            {"name": name, "humans": [human.name for human in members(rules, name)]}
            | _state(name, why_team(rules, name, at), at, True)
            for name in departments(rules)
        ],
        "humans": [
            {
                "name": human.name,
                "number": human.number,
                "numbers": [each.number for each in human.addresses],
                "departments": list(human.departments),
            }
            | _state(human.name, why(human, rules, at), at, False)
            for human in rules.humans
        ],
    }


def _state(name: str, hindered: Reason | None, at: float, team: bool) -> dict[str, Any]:
    if hindered is None:
        return {"reachable": True}
    told = {"why": hindered.why.value, "reason": reason(name, hindered, at, team)}
    return {"reachable": False, **told, **({"until": hindered.until} if hindered.until else {})}
