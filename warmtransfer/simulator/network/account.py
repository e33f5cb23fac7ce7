"""The one account of the simulated network as it was opened: its keys, and what it has from the start."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Account:
    """What a Twilio console would show; every value has a default that is no secret.

    What the API, or the control API, changes afterwards is in `Holdings`.
    """

    sid: str = "AC" + "5" * 32
    token: str = "simulated-auth-token-00000000000"
    secondary_token: str = ""  #: also lets requests in, and signs nothing
    key_sid: str = "SK" + "5" * 32
    key_secret: str = "simulated-api-secret-00000000000"
    key_rights: tuple[str, ...] = ()  #: what the API key may do, as `GET Calls`; empty: everything
    number: str = "+15550100000"
    number_sid: str = "PN" + "5" * 32
    numbers: tuple[str, ...] = ()  #: further ones, as `+15550100009` or `+15550100009=sms+mms`
    app_sid: str = "AP" + "5" * 32
    voice_url: str = ""
    voice_method: str = "POST"
    fallback_url: str = ""
    status_url: str = ""
    status_method: str = "POST"
    app_url: str = ""
    app_fallback_url: str = ""
    friendly_name: str = "Simulated account"
    trial: bool = False
    balance: str = "100.00"
    countries: tuple[str, ...] = ()  #: that may be dialled, by their ISO codes; empty: every one
    verified: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def for_app(cls, app: str, **changes: Any) -> Account:
        """Returns an account whose number and application point at `<app>/voice`, `/status` and `/ai`.

        A change counts even when it is empty: with `status_url=""` the number has no status callback.
        """
        base = app.rstrip("/")
        urls = {"voice_url": f"{base}/voice", "status_url": f"{base}/status", "app_url": f"{base}/ai"}
        return cls(**{**urls, **changes})
