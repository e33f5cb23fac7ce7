"""The SDK's client for one account, and its failures as ours."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from urllib3.exceptions import NewConnectionError

from warmtransfer.errors import CarrierBusy, CarrierError, CarrierRefused, CarrierUnsure
from warmtransfer.ports.carrier.elsewhere import Elsewhere
from warmtransfer.ports.carrier.refusals import refusal

#: The SDK logs URLs, and the URL of a search for a call holds a phone number.
_MUTE = logging.getLogger(f"{__name__}.requests")
_MUTE.disabled = True


@dataclass(frozen=True, slots=True)
class Account:
    """Whose API it is. With an API key requests are signed by that, else by the auth token."""

    sid: str
    auth_token: str = field(repr=False)
    api_key: str = ""
    api_secret: str = field(default="", repr=False)


def connected(account: Account, base_url: str, timeout: float) -> Any:
    """The SDK's client; with an API key requests are signed by that. `timeout`: seconds."""
    from twilio.rest import Client  # 26 MB that only a running app needs

    return Client(
        account.api_key or account.sid,
        account.api_secret if account.api_key else account.auth_token,
        account.sid,
        http_client=Elsewhere(TwilioHttpClient(timeout=timeout, logger=_MUTE), base_url),
    )


@contextmanager
def mapped(what: str, gone: bool = True) -> Iterator[None]:
    """Turn the SDK's failures into ours. `gone=False`: nothing named here can be over already.

    Not chained: texts of these exceptions hold URLs and phone numbers, and tracebacks are logged.
    """
    try:
        yield
    except TwilioException as exc:
        raise refusal(what, *_status_and_code(exc), gone) from None
    except requests.RequestException as exc:
        raise _from_network(what, exc) from None
    except (ValueError, AttributeError):
        # A proxy's page, or other JSON, where a resource was promised.
        raise CarrierUnsure(f"{what}: the answer cannot be read", status=200) from None


def _status_and_code(exc: TwilioException) -> tuple[int, int]:
    """HTTP's status and Twilio's code; the SDK keeps the bare response for a failed list."""
    status, code = getattr(exc, "status", None), getattr(exc, "code", None)
    if status is None:
        bare = next((each for each in exc.args if hasattr(each, "status_code")), None)
        status, code = (bare.status_code, _code_in(bare.text)) if bare else (0, None)
    # Without a body of Twilio's the SDK gives the HTTP status as the code.
    return int(status), int(code) if isinstance(code, int) and code != status else 0


def _code_in(body: str) -> Any:
    """The code in an answer of Twilio's; None where the answer is somebody else's."""
    try:
        return json.loads(body).get("code")
    except (ValueError, AttributeError):
        return None


def _from_network(what: str, exc: requests.RequestException) -> CarrierError:
    """Nothing was sent when no connection came about; after that nobody knows."""
    cause = getattr(exc.args[0], "reason", None) if exc.args else None
    unsent = isinstance(exc, requests.ConnectTimeout | requests.exceptions.ProxyError)
    if unsent or isinstance(cause, NewConnectionError):
        return CarrierBusy(f"{what}: no connection")
    if "CERTIFICATE_VERIFY_FAILED" in str(exc):
        return CarrierRefused(f"{what}: the certificate of the API's host is not trusted")
    if isinstance(exc, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return CarrierRefused(f"{what}: TWILIO_API_BASE_URL is not a usable address")
    return CarrierUnsure(f"{what}: {type(exc).__name__}")
