"""What can be set in Twilio's console: the account, its numbers and TwiML Apps, by REST.

Resources: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource,
https://www.twilio.com/docs/usage/api/applications and https://www.twilio.com/docs/iam/api/account.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from warmtransfer.errors import CarrierGone
from warmtransfer.ports.carrier.connecting import Account, connected, mapped
from warmtransfer.ports.carrier.rights import lacking

#: A number's settings that decide who answers its calls and hears of their ends, by the SDK's names.
NUMBER_SETTINGS = (
    "voice_url", "voice_method", "voice_application_sid", "trunk_sid", "voice_fallback_url",
    "voice_fallback_method", "status_callback", "status_callback_method",
)  # fmt: skip
#: A TwiML App's.
APP_SETTINGS = ("voice_url", "voice_method", "voice_fallback_url", "voice_fallback_method")

#: Countries that dialling permissions have under another's letters: "United States/Canada".
LISTED = {"CA": "US"}

Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class Owner:
    """The account: `kind` is Full or Trial, `status` active, suspended or closed.

    `signs_with`: the primary auth token; "" where it is not shown.
    """

    sid: str
    kind: str
    status: str
    signs_with: str = field(default="", repr=False)

    @property
    def trial(self) -> bool:
        """Whether it is a trial account, which calls verified numbers only."""
        return self.kind == "Trial"


@dataclass(frozen=True, slots=True)
class Number:
    """A phone number of the account; `values` has `NUMBER_SETTINGS`, "" for what is not set."""

    sid: str
    number: str
    voice: bool
    values: Values
    texts: bool = False  #: whether it can send text messages


@dataclass(frozen=True, slots=True)
class App:
    """A TwiML App; `values` has `APP_SETTINGS`."""

    sid: str
    name: str
    values: Values


class Console:
    """Reads and changes settings of one account. Every call blocks; failures are `errors.Carrier*`."""

    def __init__(self, account: Account, base_url: str = "", timeout: float = 20.0) -> None:
        self._sid = account.sid
        self._client = connected(account, base_url, timeout)
        # A standard API key may read everything but accounts (https://www.twilio.com/docs/iam/api-keys).
        self._master = connected(Account(account.sid, account.auth_token), base_url, timeout)

    def close(self) -> None:
        """Close its connections."""
        self._client.http_client.close()
        self._master.http_client.close()

    def owner(self) -> Owner:
        """The account itself, read with the auth token."""
        with mapped("read the account", gone=False):
            found = self._master.api.v2010.accounts(self._sid).fetch()
            return Owner(str(found.sid), _word(found.type), _word(found.status), _word(found.auth_token))

    def lacks(self) -> list[str]:
        """The rights that the API key has not of those that the app needs, each with what it is for."""
        return lacking(self._client, self._sid)

    def clock(self) -> float | None:
        """Twilio's time as its last answer had it, in unix seconds; None when none had."""
        date = self._master.http_client.date
        if not date:
            return None
        with suppress(ValueError, TypeError):
            return parsedate_to_datetime(date).replace(tzinfo=UTC).timestamp()
        return None

    def may_call(self, country: str) -> bool | None:
        """Whether ordinary numbers of this country (two letters) may be dialled; None for an unknown one."""
        with suppress(CarrierGone), mapped("read the dialling permissions"):
            where = LISTED.get(country, country)
            found = self._client.voice.v1.dialing_permissions.countries(where).fetch()
            return bool(found.low_risk_numbers_enabled)
        return None

    def verified(self) -> frozenset[str]:
        """The numbers of others that the account has verified, and its own."""
        with mapped("list the verified numbers", gone=False):
            others = self._client.outgoing_caller_ids.list(limit=1000)
            return frozenset(str(each.phone_number) for each in others) | frozenset(self.numbers())

    def number(self, number: str) -> Number | None:
        """The account's number (E.164); None when it has none like this."""
        with mapped("read the number", gone=False):
            found = self._client.incoming_phone_numbers.list(phone_number=number, limit=20)
            same = (each for each in found if each.phone_number == number)
            return next((_number(each) for each in same), None)

    def numbers(self) -> list[str]:
        """All numbers of the account that take voice calls, a hundred at most."""
        with mapped("list the numbers", gone=False):
            found = self._client.incoming_phone_numbers.list(limit=100)
            return [str(each.phone_number) for each in found if _voice(each)]

    def app(self, sid: str) -> App | None:
        """The TwiML App of this SID; None when the account has none."""
        with suppress(CarrierGone), mapped("read the TwiML App"):
            return _app(self._client.applications(sid).fetch())
        return None

    def app_named(self, name: str) -> App | None:
        """The TwiML App of this name; None when the account has none."""
        with mapped("list the TwiML Apps", gone=False):
            found = self._client.applications.list(friendly_name=name, limit=20)
            same = (each for each in found if each.friendly_name == name)
            return next((_app(each) for each in same), None)

    def make_app(self, name: str, values: Values) -> App:
        """A new TwiML App."""
        with mapped("create the TwiML App", gone=False):
            return _app(self._client.applications.create(friendly_name=name, **values))

    def set_app(self, sid: str, values: Values) -> None:
        """Change a TwiML App; "" clears a setting."""
        with mapped("change the TwiML App", gone=False):
            self._client.applications(sid).update(**values)

    def delete_app(self, sid: str) -> None:
        """Delete a TwiML App; CarrierGone when there is none."""
        with mapped("delete the TwiML App"):
            self._client.applications(sid).delete()

    def set_number(self, sid: str, values: Values) -> None:
        """Change a number; "" clears a setting."""
        with mapped("change the number", gone=False):
            self._client.incoming_phone_numbers(sid).update(**values)


def _word(value: object) -> str:
    """A text of the API's, also where the SDK gives an enumeration's member."""
    return str(getattr(value, "value", value) or "")


def _voice(found: Any) -> bool:
    return _can(found, "voice")


def _can(found: Any, what: str) -> bool:
    return bool((found.capabilities or {}).get(what))


def _number(found: Any) -> Number:
    values = {name: _word(getattr(found, name, "")) for name in NUMBER_SETTINGS}
    return Number(str(found.sid), str(found.phone_number), _voice(found), values, _can(found, "sms"))


def _app(found: Any) -> App:
    return App(
        str(found.sid), _word(found.friendly_name), {n: _word(getattr(found, n, "")) for n in APP_SETTINGS}
    )
