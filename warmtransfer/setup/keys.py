"""The keys that are needed to set up an account, of which the running app needs more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from warmtransfer import config
from warmtransfer.ports.carrier.connecting import Account
from warmtransfer.web.links import Links

#: Without these nothing can be planned.
NEEDED = ("account_sid", "auth_token", "number", "public_url")
USED = (
    *NEEDED, "api_key", "api_secret", "app_sid", "api_base_url", "url_prefix", "fallback_url", "rest_timeout",
    "database_url", "cards_from",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setup:
    """What is configured, as far as it matters here."""

    account: Account = field(repr=False)
    number: str = field(repr=False)
    app_sid: str
    links: Links
    fallback_url: str
    api_base_url: str
    timeout: float
    database_url: str = field(repr=False)
    cards_from: str = ""


def read(given: Mapping[str, Any], number: str = "") -> Setup:
    """The keys in a mapping such as `app.config`; `number` replaces the one there. Raises ConfigError.

    What else is missing or wrong is the running app's business, and the doctor's.
    """
    there = {**given, **({"TWILIO_NUMBER": number} if number else {})}
    values = config.some(there, USED, NEEDED)
    account = Account(values["account_sid"], values["auth_token"], values["api_key"], values["api_secret"])
    return Setup(
        account,
        values["number"],
        values["app_sid"],
        Links(values["public_url"], values["url_prefix"]),
        values["fallback_url"],
        values["api_base_url"],
        values["rest_timeout"],
        values["database_url"],
        values["cards_from"],
    )
