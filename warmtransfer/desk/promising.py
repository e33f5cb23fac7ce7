"""Taking a callback: the number read back digit by digit, a time that somebody keeps, and then it is kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from warmtransfer.clock import Clock
from warmtransfer.core.call import Call, Stage
from warmtransfer.core.callbacks.callback import Callback
from warmtransfer.core.callbacks.limits import opens
from warmtransfer.core.callbacks.saying import spoken
from warmtransfer.core.events import CallbackPromised
from warmtransfer.core.hours import local
from warmtransfer.core.policy import known
from warmtransfer.core.rules import Rules
from warmtransfer.core.words import in_digits
from warmtransfer.desk.callbacks import CallbackDesk, log
from warmtransfer.errors import WarmTransferError, log_fault

#: Days ahead for which a callback may be promised.
AHEAD = 60
#: Seconds within which somebody who is there is there now.
NOW = 60.0
#: Letters that are kept of what a model gives.
LONGEST = {"name": 80, "about": 1000, "when_words": 120, "target": 80}
#: Calls whose number that was read back is remembered.
KEPT = 1000

NO_NUMBER = "Nothing is kept: {why}. Ask the caller for another number, then call the tool again."
NO_TIME = (
    "Nothing is kept: {given!r} is no time as 2026-12-01T15:00. Ask the caller when they want to be rung, "
    "and call the tool again with the time in this form."
)
TOO_FAR = "Nothing is kept: that is more than {days} days ahead. Ask the caller for a time before that."
PAST = "Nothing is kept: that time is over. Ask the caller for one to come, then call the tool again."
CLOSED = (
    "Nothing is kept: nobody is there at that time. The next opening is {opening}. Offer that to the caller, "
    "and call the tool again with {iso} if they agree, or with another time."
)
NEVER = (
    "Nothing is kept: there is nobody who could ring the caller back. Tell the caller so, and offer to take "
    "a message."
)
READ_BACK = (
    "Nothing is kept yet. Read out, digit by digit, in the caller's language: "
    '"You will be rung back on {number}, {when}. Is that right?" '
    "If the caller says yes, call the tool again with confirmed true; if not, with what is right."
)
NOT_KEPT = "The callback could not be kept. Tell the caller so, and to call again later."
STILL_IN_LINE = (
    " They are still in the line for a person, too: ask whether they want to go on waiting, and call "
    "leave_line if they do not."
)
TAKEN = (
    "The callback is kept: {number}, {when}. Tell the caller that they will be rung back {when}. Promise no "
    "exact minute."
)


class Settings(Protocol):
    """What a deployment has decided."""

    @property
    def number(self) -> str:
        """Our own number."""

    @property
    def time_zone(self) -> str:
        """The zone in which callers mean their times."""

    def may_ring(self, given: str) -> str:
        """A number as a caller says it, in E.164 form; ValueError, with why, for one that may not be rung."""


class Whom(Protocol):
    """What is known of the call in which it is asked for."""

    @property
    def call_id(self) -> str:
        """The call."""


class NotPossible(ValueError):
    """It cannot be promised so; its text is for the model."""


@dataclass(frozen=True, slots=True)
class Promised:
    """A time that was understood: when it is due, and how that is said."""

    wanted_at: float
    said: str


class Promises:
    """Any thread may call it; it blocks as the database does."""

    def __init__(
        self,
        desk: CallbackDesk,
        call: Callable[[str], Call | None],
        rules: Callable[[], Rules],
        settings: Settings,
        clock: Clock,
        post: Callable[[str, CallbackPromised], object],
    ) -> None:
        """`post` tells the call of the promise, and insists."""
        self._desk = desk
        self._call = call
        self._rules = rules
        self._settings = settings
        self._clock = clock
        self._post = post
        self._lock = threading.Lock()
        self._read_back: OrderedDict[str, str] = OrderedDict()

    def __call__(self, whom: Whom, arguments: Mapping[str, Any]) -> str:
        """The model's tool: what it is to say next, or that the callback is kept."""
        given = {name: str(arguments.get(name) or "").strip()[:most] for name, most in LONGEST.items()}
        try:
            call = self._call(whom.call_id)
            if call is None:
                return NOT_KEPT
            number = self._number(str(arguments.get("number") or "").strip(), call)
            rules = self._rules()
            target = given["target"] if known(rules, given["target"]) else call.handoff.target
            when = self._when(str(arguments.get("when") or "").strip(), rules, target)
            said = in_digits(number)
            if arguments.get("confirmed") is not True or not self._was_read_back(call.id, number):
                self._note(call.id, number)
                return READ_BACK.format(number=said, when=when.said)
            self._keep(call, number, when, replace(_wish(given), target=target, by="ai"))
            waits = STILL_IN_LINE if call.stage is Stage.WAITING else ""
            return TAKEN.format(number=said, when=when.said) + waits
        except NotPossible as why:
            return str(why)
        except WarmTransferError as fault:
            log_fault(log, fault, "call %s: a callback could not be kept", whom.call_id)
            return NOT_KEPT

    # Without a model --------------------------------------------------------------------------------

    def possible(self, call: Call) -> str:
        """The number that this caller may be rung back on, "" when nothing can be promised."""
        try:
            number = self._number("", call)
            self._when("", self._rules(), call.handoff.target)
        except NotPossible:
            return ""
        return number

    def keep(self, call: Call, name: str = "", about: str = "") -> Callback:
        """Promise to ring the caller back on the number that they call from, once somebody is there."""
        number = self._number("", call)
        when = self._when("", self._rules(), call.handoff.target)
        known = "" if call.handoff.source == "model_down" else call.handoff.summary or call.handoff.reason
        wish = Callback("", name=name, about=about or known)
        return self._keep(call, number, when, replace(wish, target=call.handoff.target, by="voice"))

    # Understanding ----------------------------------------------------------------------------------

    def _number(self, given: str, call: Call) -> str:
        try:
            number = self._settings.may_ring(given or call.caller)
        except ValueError as fault:
            raise NotPossible(NO_NUMBER.format(why=fault)) from None
        if number == self._settings.number:
            raise NotPossible(NO_NUMBER.format(why="that is our own number"))
        return number

    def _when(self, given: str, rules: Rules, target: str) -> Promised:
        now = self._clock.now()
        zone = self._settings.time_zone
        wanted = self._read(given, zone) if given else 0.0
        if wanted and wanted < now - NOW:
            raise NotPossible(PAST)
        if wanted > now + AHEAD * 86_400.0:
            raise NotPossible(TOO_FAR.format(days=AHEAD))
        opening = opens(rules, target, max(now, wanted))
        if not opening:
            raise NotPossible(NEVER)
        if wanted and opening > wanted + NOW:
            iso = f"{local(opening, zone):%Y-%m-%dT%H:%M}"
            raise NotPossible(CLOSED.format(opening=spoken(opening, now, zone), iso=iso))
        if wanted:
            return Promised(wanted, spoken(wanted, now, zone))
        if opening <= now + NOW:
            return Promised(0.0, "as soon as somebody is free")
        return Promised(0.0, f"once somebody is there, {spoken(opening, now, zone)}")

    def _read(self, given: str, zone: str) -> float:
        try:
            found = datetime.fromisoformat(given)
        except ValueError:
            raise NotPossible(NO_TIME.format(given=given[:40])) from None
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).timestamp()

    # Keeping ----------------------------------------------------------------------------------------

    def _keep(self, call: Call, number: str, when: Promised, wish: Callback) -> Callback:
        called_at = call.started_at or self._clock.now()
        kept = replace(wish, number=number, wanted_at=when.wanted_at, called_at=called_at)
        promised = self._desk.take(call.id, kept)
        self._post(call.id, CallbackPromised(promised.id))
        return promised

    def _was_read_back(self, call_id: str, number: str) -> bool:
        with self._lock:
            return self._read_back.get(call_id) == number

    def _note(self, call_id: str, number: str) -> None:
        with self._lock:
            self._read_back[call_id] = number
            while len(self._read_back) > KEPT:
                self._read_back.popitem(last=False)


def _wish(given: Mapping[str, str]) -> Callback:
    return Callback("", name=given["name"], about=given["about"], words=given["when_words"])
