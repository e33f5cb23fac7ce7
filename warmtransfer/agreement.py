"""What several configuration keys say together: where they disagree, and who may be dialled by them all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from warmtransfer import humans as people
from warmtransfer import ringing
from warmtransfer.core.plans import Plan
from warmtransfer.numbers import EVERYWHERE, country
from warmtransfer.person import Defaults

BOTH = "TWILIO_API_KEY and TWILIO_API_SECRET belong together: give both or neither."


def disagreements(values: Mapping[str, Any]) -> list[str]:
    """Faults that only several keys together show."""
    faults = []
    if bool(values["api_key"]) != bool(values["api_secret"]):
        faults.append(BOTH)
    if values["last_resort"] and values["last_resort"] == values["number"]:
        # The caller would be led in a circle, and nobody is there to answer.
        faults.append("WARMTRANSFER_LAST_RESORT is TWILIO_NUMBER itself, which only this app answers.")
    if bool(values["events_url"]) != bool(values["events_secret"]):
        faults.append(
            "WARMTRANSFER_EVENTS_URL and WARMTRANSFER_EVENTS_SECRET belong together: unsigned events are not "
            "sent. docs/events.md tells how a secret is made."
        )
    public = urlsplit(values["public_url"])
    if values["public_url"] and not values["api_base_url"]:
        if public.scheme != "https":
            faults.append("WARMTRANSFER_PUBLIC_URL does not start with https://. Twilio's streams need TLS.")
        if _is_local(public.hostname or ""):
            faults.append(
                "WARMTRANSFER_PUBLIC_URL names this machine only. Give the host name under which Twilio can "
                "reach it, or set TWILIO_API_BASE_URL to use the simulator."
            )
    if values["processes"] > 1 and values["database_url"].startswith("sqlite"):
        faults.append(
            f"WEB_CONCURRENCY is {values['processes']}, and calls are kept in SQLite, which one process can "
            "use safely: set WEB_CONCURRENCY=1, or DATABASE_URL to a PostgreSQL database."
        )
    return faults


def _is_local(host: str) -> bool:
    return host in ("localhost", "0.0.0.0", "::1") or host.startswith("127.") or host.endswith(".localhost")


def read_humans(values: dict[str, Any], faults: list[str]) -> None:
    """Read the humans by the other keys' rules: countries, style, ring seconds, hours and holidays.

    A function is left to be asked: nobody knows yet whom it names.
    """
    if not values["countries"] and values["number"]:
        values["countries"] = frozenset({country(values["number"])})
    given, values["humans"] = values["humans"], ()
    if people.is_function(given):
        values["ask_humans"] = given
        given = people.Team()
    elif given == ():  # not given
        return
    ours = usual(values)
    try:
        team, values["plans"] = whole(given, values["plans"], ours)
    except ValueError as fault:
        faults.extend(f"WARMTRANSFER_HUMANS: {line}." for line in str(fault).splitlines())
        return
    if "ask_humans" not in values and people.nobody(team):
        faults.append(f"WARMTRANSFER_HUMANS: {people.nobody(team)}.")
    values |= {"humans": team.humans, "departments": team.departments, "usual": ours}
    # The app would ring itself, and the AI of that call could do so again.
    faults.extend(f"WARMTRANSFER_HUMANS: {own}." for own in ourselves(team, values["number"]))


def whole(
    given: people.Given, plans: tuple[Plan, ...], ours: Defaults
) -> tuple[people.Team, tuple[Plan, ...]]:
    """The team of these humans, and how it is rung: by `plans` and those that stand beside them.

    Raises ValueError with every fault, one a line.
    """
    faults: list[str] = []
    team = people.Team()
    try:
        plans = ringing.together(given, plans)
    except ValueError as fault:
        faults.append(str(fault))
    try:
        team = people.parse(given, ours)
    except ValueError as fault:
        faults.append(str(fault))
    if faults:
        raise ValueError("\n".join(faults))
    return team, plans


def usual(values: Mapping[str, Any]) -> Defaults:
    """What holds for humans who say nothing else."""
    return Defaults(
        style=values["briefing"],
        ring=values["ring_seconds"],
        countries=values["countries"] or EVERYWHERE,
        zone=values["time_zone"],
        hours=values["hours"],
        holidays=values["holidays"],
    )


def ourselves(team: people.Team, number: str) -> list[str]:
    """Humans whose number is the one that we answer."""
    own = (
        human.name for human in team.humans if number in (each.number for each in human.addresses)
    )
    return [f"{name} has TWILIO_NUMBER itself, which we answer" for name in own]
