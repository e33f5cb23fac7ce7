"""What the account holds by now: numbers, applications, caller IDs, permissions; its kind and its state."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from warmtransfer.simulator.network.account import Account
from warmtransfer.simulator.network.aims import can_match, matches
from warmtransfer.simulator.network.countries import COUNTRIES, Country, country_of
from warmtransfer.simulator.wire import new_sid

CAPABILITIES = ("voice", "sms", "mms", "fax")
STATUSES = ("active", "suspended", "closed")
#: What `put` takes as lists of texts.
LISTS = {"numbers", "verified", "countries", "key_rights"}
NUMBER = re.compile(r"\+[1-9]\d{6,14}")
#: The longest a call of a trial account lasts (error 13805), in seconds.
TRIAL_LIMIT = 600.0


@dataclass(frozen=True)
class Settings:
    """What numbers and applications both have, by the API's names: where they are answered, who is told."""

    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    voice_caller_id_lookup: bool = False
    status_callback: str = ""
    status_callback_method: str = "POST"
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"


@dataclass
class Holding:
    """One thing of the account, with its name and the times it was made and last changed."""

    sid: str
    friendly_name: str = ""
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)

    def touch(self) -> None:
        """Notes a change."""
        self.updated = time.time()


@dataclass
class Number(Holding):
    """A phone number of the account."""

    phone_number: str = ""
    settings: Settings = Settings()
    capabilities: frozenset[str] = frozenset({"voice"})
    voice_application_sid: str = ""
    sms_application_sid: str = ""
    kind: str = "local"


@dataclass
class Application(Holding):
    """A TwiML App."""

    settings: Settings = Settings()
    message_status_callback: str = ""
    sms_status_callback: str = ""
    public_application_connect_enabled: bool = False


@dataclass
class CallerId(Holding):
    """A number of somebody else's that the account has verified."""

    phone_number: str = ""


@dataclass
class Permission:
    """Whether a country may be dialled."""

    country: Country
    low_risk: bool
    special: bool = False
    toll_fraud: bool = False


Held = TypeVar("Held", bound=Holding)


class Holdings:
    """Everything that the REST API and the control API change; calls read it when they begin."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.friendly_name = account.friendly_name
        self.trial, self.status, self.balance = account.trial, "active", account.balance
        self.key_rights: tuple[str, ...] = ()
        self.inheritance = True  #: whether accounts below it would have its dialling permissions
        self.opened = time.time()
        self.numbers: dict[str, Number] = {}
        self.applications: dict[str, Application] = {}
        self.caller_ids: dict[str, CallerId] = {}
        self.permissions: dict[str, Permission] = {}
        status = (account.status_url, account.status_method)
        first = Settings(
            account.voice_url, account.voice_method, account.fallback_url,
            status_callback=status[0], status_callback_method=status[1],
        )  # fmt: skip
        self.keep(self.numbers, Number(account.number_sid, named(account.number), phone_number=account.number,
                                       settings=first))  # fmt: skip
        answered = Settings(account.app_url, "POST", account.app_fallback_url)
        self.keep(self.applications, Application(account.app_sid, account.friendly_name, settings=answered))
        self._give_numbers(account.numbers)
        self._verify(sorted(account.verified))
        self._allow(account.countries)
        self._restrict(account.key_rights)

    @staticmethod
    def keep(where: dict[str, Held], thing: Held) -> Held:
        """Adds a thing to what is held; returns it."""
        where[thing.sid] = thing
        return thing

    def number(self, phone_number: str) -> Number | None:
        """The account's number of these digits."""
        return next((n for n in self.numbers.values() if n.phone_number == phone_number), None)

    def caller_id(self, phone_number: str) -> CallerId | None:
        """The verified caller ID of these digits."""
        return next((c for c in self.caller_ids.values() if c.phone_number == phone_number), None)

    def answering(self, number: Number) -> Settings:
        """Where a number's calls are answered: by its application, whose settings then count alone."""
        app = self.applications.get(number.voice_application_sid)
        return number.settings if app is None else app.settings

    def texting(self, number: Number) -> Settings:
        """Where a number's messages are answered."""
        app = self.applications.get(number.sms_application_sid)
        return number.settings if app is None else app.settings

    def application(self, to: str) -> Application | None:
        """The application behind `app:AP…?name=value`."""
        return self.applications.get(to.partition("?")[0].removeprefix("app:"))

    def may_call_from(self, phone_number: str) -> bool:
        """Tells whether a caller ID belongs to the account."""
        return self.number(phone_number) is not None or self.caller_id(phone_number) is not None

    def barred(self, to: str) -> int:
        """Twilio's code for a destination that this account may not dial, or 0: 21215 or 21219."""
        if not to.startswith("+"):
            return 0
        country = country_of(to)
        if country is not None and not self.permissions[country.iso].low_risk:
            return 21215
        return 21219 if self.trial and not self.may_call_from(to) else 0

    def limit(self, seconds: float) -> float:
        """The longest that a leg may last which was to last so long."""
        return min(seconds, TRIAL_LIMIT) if self.trial else seconds

    def may(self, subject: str) -> bool:
        """Tells whether the API key has the right to a request, given as `GET IncomingPhoneNumbers`."""
        return not self.key_rights or any(matches(right, subject) for right in self.key_rights)

    # what the one who runs the simulator changes

    def put(self, changes: dict[str, Any]) -> None:
        """Changes what no API changes; raises ValueError, with nothing done, for what makes no sense."""
        known = self._changes()
        if unknown := sorted(set(changes) - set(known)):
            raise ValueError(f"no {', '.join(unknown)} of the account; there are {', '.join(known)}")
        for name in LISTS & set(changes):
            if not _texts(changes[name]):
                raise ValueError(f"{name} is a list of texts, not {changes[name]!r}")
        for holdings in (Holdings(self.account), self):
            for name, value in changes.items():
                holdings._changes()[name](value)

    def _changes(self) -> dict[str, Callable[[Any], None]]:
        return {
            "trial": self._be_trial, "status": self._be, "balance": self._have,
            "numbers": self._give_numbers, "verified": self._verify, "countries": self._allow,
            "key_rights": self._restrict,
        }  # fmt: skip

    def _be_trial(self, value: Any) -> None:
        if not isinstance(value, bool):
            raise ValueError(f"trial is true or false, not {value!r}")
        self.trial = value

    def _be(self, value: Any) -> None:
        if value not in STATUSES:
            raise ValueError(f"the account's status is one of {', '.join(STATUSES)}, not {value!r}")
        self.status = value

    def _have(self, value: Any) -> None:
        self.balance = f"{float(value):.2f}"

    def _give_numbers(self, texts: Iterable[str]) -> None:
        """Adds numbers, or changes what those that are there can do."""
        for text in texts:
            phone_number, _, can = text.partition("=")
            capabilities = frozenset(can.split("+")) if can else frozenset({"voice"})
            if not NUMBER.fullmatch(phone_number) or not capabilities <= {*CAPABILITIES, "none"}:
                raise ValueError(f"a number is written +15550100009 or +15550100009=sms+mms, not {text!r}")
            number = self.number(phone_number) or self.keep(
                self.numbers, Number(new_sid("PN"), named(phone_number), phone_number=phone_number)
            )
            number.capabilities = capabilities - {"none"}

    def _verify(self, phone_numbers: Iterable[str]) -> None:
        """Has these verified caller IDs, and no others."""
        if wrong := [each for each in phone_numbers if not NUMBER.fullmatch(each)]:
            raise ValueError(f"a verified number is written +15550100009, not {wrong[0]!r}")
        kept = {each: self.caller_id(each) or CallerId(new_sid("PN"), named(each), phone_number=each)
                for each in phone_numbers}  # fmt: skip
        self.caller_ids = {each.sid: each for each in kept.values()}

    def _allow(self, isos: Iterable[str]) -> None:
        """Lets these countries alone be dialled; with none, every one."""
        wanted = {iso.upper() for iso in isos}
        if unknown := sorted(wanted - set(COUNTRIES)):
            raise ValueError(f"no country {', '.join(unknown)}; Canada is in US")
        self.permissions = {
            iso: Permission(country, not wanted or iso in wanted) for iso, country in COUNTRIES.items()
        }

    def _restrict(self, rights: Iterable[str]) -> None:
        """Leaves the API key these rights; with none, all."""
        if wrong := [each for each in rights if not can_match("rest", each)]:
            raise ValueError(f"{wrong[0]!r} is no right: it is words of a request, such as `POST Calls`")
        self.key_rights = tuple(rights)

    def shown(self) -> dict[str, Any]:
        """What the control API shows."""
        return {
            "trial": self.trial, "status": self.status, "balance": self.balance,
            "numbers": [
                {"sid": n.sid, "number": n.phone_number, "capabilities": sorted(n.capabilities),
                 "application": n.voice_application_sid, "voice_url": self.answering(n).voice_url}
                for n in self.numbers.values()
            ],
            "applications": [
                {"sid": a.sid, "name": a.friendly_name, "voice_url": a.settings.voice_url}
                for a in self.applications.values()
            ],
            "verified": [c.phone_number for c in self.caller_ids.values()],
            "countries": [iso for iso, p in self.permissions.items() if p.low_risk],
            "key_rights": list(self.key_rights),
        }  # fmt: skip


def _texts(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value)


def named(phone_number: str) -> str:
    """The name that a number has until it gets another: `(555) 010-0000`, or its digits."""
    found = re.fullmatch(r"\+1(\d{3})(\d{3})(\d{4})", phone_number)
    return f"({found[1]}) {found[2]}-{found[3]}" if found else phone_number
