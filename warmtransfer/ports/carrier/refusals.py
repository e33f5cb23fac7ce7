"""What an answer of Twilio's REST API that is not a success means for us."""

from __future__ import annotations

import logging

from warmtransfer.errors import (
    CarrierBusy,
    CarrierError,
    CarrierGone,
    CarrierNotShown,
    CarrierRefused,
    CarrierTaken,
    CarrierUnsure,
)

log = logging.getLogger(__name__)

#: The leg, participant or room is over (https://www.twilio.com/docs/api/errors/16099 and so on).
_GONE = frozenset({16022, 16099, 20404, 21220})
#: A participant of this label is in the room (https://www.twilio.com/docs/api/errors/16026).
_LABEL_IN_USE = 16026
#: Sent for every account or key that is not accepted, also by hosts before the API that give no code.
_AUTHENTICATE = 20003

#: The From of a leg is no number of the account's, and no CallToken lends it; or it is none at all.
_NOT_SHOWN = frozenset({21210, 21212})

#: What to look at when a code is the deployment's fault.
_KEYS = {
    _AUTHENTICATE: "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or TWILIO_API_KEY and TWILIO_API_SECRET",
    20005: "TWILIO_ACCOUNT_SID: this account is not active",
    21205: "WARMTRANSFER_PUBLIC_URL: Twilio cannot use it as the address of our webhooks",
    21210: "TWILIO_NUMBER (or WARMTRANSFER_SHOW): not a number of this account, nor a verified caller ID",
    21212: "TWILIO_NUMBER (or WARMTRANSFER_SHOW): not a valid caller ID",
    21213: "TWILIO_NUMBER: missing",
    21215: "WARMTRANSFER_HUMANS: the account may not call this country (Voice geographic permissions)",
    21218: "TWILIO_APP_SID: no such TwiML App in this account",
    21219: "WARMTRANSFER_HUMANS: a trial account calls only verified numbers",
}


def refusal(what: str, status: int, code: int, gone: bool) -> CarrierError:
    """The error for HTTP `status` and Twilio's `code` (0 for none).

    `gone`: the request names something that may be over already, so 404 is the answer to that.
    """
    kind: type[CarrierError] = CarrierRefused
    if status in (401, 403) and not code:
        code = _AUTHENTICATE
    if status == 429 or code == 20429:
        kind = CarrierBusy
    elif gone and (status == 404 or code in _GONE):
        kind = CarrierGone
    elif code == _LABEL_IN_USE:
        kind = CarrierTaken
    elif code in _NOT_SHOWN:
        kind = CarrierNotShown
    elif status >= 500 or status in (0, 408):
        kind = CarrierUnsure
    return logged(kind(what, status=status, code=code))


def logged(error: CarrierError) -> CarrierError:
    """`error`, once in the log: by method, status and code; Twilio's words may hold phone numbers."""
    key = _KEYS.get(error.code)
    if key:
        log.error("Twilio refused %s with code %d. Check %s.", error.detail, error.code, key)
    elif not isinstance(error, CarrierGone):
        log.warning("Twilio: %s: %s (HTTP %d, code %d)", error.detail, error.kind, error.status, error.code)
    return error
