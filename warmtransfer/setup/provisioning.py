"""Reads what there is, makes a plan, carries it out, and takes it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from warmtransfer.errors import CarrierGone, WarmTransferError
from warmtransfer.ports.carrier.console import App, Console, Number, Owner
from warmtransfer.setup.keys import Setup
from warmtransfer.setup.plan import Part, Plan, app_name, back, plan

#: What is said of every trial account.
TRIAL = (
    "This is a trial account: every call begins with a notice of Twilio's, and only numbers that are "
    "verified in the console (Phone Numbers, Verified Caller IDs) can be called. Upgrade it to go live."
)


class Unfit(WarmTransferError):
    """The account cannot be set up like this; says what to do."""


class Memory(Protocol):
    """Where it is kept what was found."""

    def found(self) -> Mapping[str, Any] | None:
        """What stood there before the first change that was not undone; None for no change."""

    def keep(self, found: Mapping[str, Any]) -> None:
        """Remember what is found now, unless something is remembered already."""

    def forget(self) -> None:
        """It was put back."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the account holds."""

    owner: Owner
    number: Number
    app: App | None


class Provisioning:
    """One account, one number."""

    def __init__(self, setup: Setup, console: Console, memory: Memory) -> None:
        self._setup = setup
        self._console = console
        self._memory = memory

    def look(self) -> Found:
        """What there is; raises Unfit for what cannot be used."""
        setup, console = self._setup, self._console
        owner = console.owner()
        if owner.status != "active":
            raise Unfit(f"The account {owner.sid} is {owner.status}: look at it in Twilio's console.")
        number = console.number(setup.number)
        if number is None:
            raise Unfit(self._not_ours())
        if not number.voice:
            raise Unfit(f"{number.number} takes no voice calls: buy a number with the capability Voice.")
        return Found(owner, number, self._app())

    def plan(self, found: Found) -> Plan:
        """What is to be done."""
        return plan(self._setup, found.number, found.app)

    def carry_out(self, plan: Plan) -> str:
        """Do it, in such an order that a second run finishes what a first one began; the App's SID."""
        found: dict[str, Any] = {"number": {"sid": plan.number.sid, "values": plan.number.now}}
        if plan.app.sid:
            found["app"] = {"sid": plan.app.sid, "values": plan.app.now}
        self._memory.keep(found)
        sid = plan.app.sid
        if not sid:
            sid = self._console.make_app(app_name(self._setup), plan.app.then).sid
        elif plan.app.changes:
            self._console.set_app(sid, plan.app.changes)
        if plan.number.changes:
            self._console.set_number(plan.number.sid, plan.number.changes)
        return sid

    # Undoing ----------------------------------------------------------------------------------------

    def way_back(self) -> tuple[tuple[Part, ...], str]:
        """What is to be put back, and the SID of the App to delete, "" for none; Unfit when it is nothing."""
        before = self._memory.found()
        if before is None:
            raise Unfit("Nothing was changed from here, or it was undone: there is nothing to undo.")
        parts = []
        number = self._console.number(self._setup.number)
        if number is not None and number.sid == before["number"]["sid"]:
            parts.append(
                back(f"number {number.number}", number.sid, number.values, before["number"]["values"])
            )
        if "app" not in before:
            made = self._console.app_named(app_name(self._setup))
            return tuple(parts), made.sid if made else ""
        app = self._console.app(before["app"]["sid"])
        if app is not None:
            parts.append(back(f'TwiML App "{app.name}"', app.sid, app.values, before["app"]["values"]))
        return tuple(parts), ""

    def undo(self, parts: tuple[Part, ...], made: str) -> None:
        """Put everything back; the number first, so that no call meets a deleted App."""
        for part in parts:
            if not part.changes:
                continue
            if part.what.startswith("number"):
                self._console.set_number(part.sid, part.changes)
            else:
                self._console.set_app(part.sid, part.changes)
        if made:
            try:
                self._console.delete_app(made)
            except CarrierGone:
                made = ""
        self._memory.forget()

    # Looking ----------------------------------------------------------------------------------------

    def _app(self) -> App | None:
        sid = self._setup.app_sid
        if not sid:
            return self._console.app_named(app_name(self._setup))
        app = self._console.app(sid)
        if app is None:
            raise Unfit(
                f"TWILIO_APP_SID is {sid}, and this account has no such TwiML App: take the key out of the "
                "configuration, and run this again to have one made."
            )
        return app

    def _not_ours(self) -> str:
        there = self._console.numbers()
        head = f"{self._setup.number} is not a number of the account {self._setup.account.sid}"
        if not there:
            return f"{head}, which has none that takes calls: buy one in Twilio's console (Phone Numbers)."
        shown = ", ".join(there[:10]) + (" and more" if len(there) > 10 else "")
        return f"{head}, which has {shown}: set TWILIO_NUMBER (or --number) to one of these."
