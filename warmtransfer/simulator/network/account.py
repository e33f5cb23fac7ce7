"""The one account of the simulated network: its keys, its number, its application."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Account:
    """What a Twilio console would show; every value has a default that is no secret."""

    sid: str = "AC" + "5" * 32
    token: str = "simulated-auth-token-00000000000"
    key_sid: str = "SK" + "5" * 32
    key_secret: str = "simulated-api-secret-00000000000"
    number: str = "+15550100000"
    number_sid: str = "PN" + "5" * 32
    app_sid: str = "AP" + "5" * 32
    voice_url: str = ""
    voice_method: str = "POST"
    fallback_url: str = ""
    status_url: str = ""
    status_method: str = "POST"
    app_url: str = ""
    app_fallback_url: str = ""
    friendly_name: str = "Simulated account"
    verified: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def for_app(cls, app: str, **changes: str) -> Account:
        """Returns an account whose number and application point at `<app>/voice`, `/status` and `/ai`.

        A change counts even when it is empty: with `status_url=""` the number has no status callback.
        """
        base = app.rstrip("/")
        urls = {"voice_url": f"{base}/voice", "status_url": f"{base}/status", "app_url": f"{base}/ai"}
        return cls(**{**urls, **changes})  # type: ignore[arg-type]

    def may_call_from(self, number: str) -> bool:
        """Tells whether a caller id belongs to the account."""
        return number == self.number or number in self.verified
