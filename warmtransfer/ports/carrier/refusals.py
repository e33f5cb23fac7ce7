"""What an answer of Twilio's REST API that is not a success means for us, and what to do about it."""

from __future__ import annotations

from warmtransfer.errors import (
    CarrierBusy,
    CarrierError,
    CarrierGone,
    CarrierNotShown,
    CarrierRefused,
    CarrierTaken,
    CarrierUnsure,
)

#: The leg, participant or room is over (https://www.twilio.com/docs/api/errors/16099 and so on).
_GONE = frozenset({16022, 16099, 20404, 21220})
#: A participant of this label is in the room (https://www.twilio.com/docs/api/errors/16026).
_LABEL_IN_USE = 16026
#: Sent for every account or key that is not accepted, also by hosts before the API that give no code.
_AUTHENTICATE = 20003

#: The From of a leg is no number of the account's, and no CallToken lends it; or it is none at all.
_NOT_SHOWN = frozenset({21210, 21212})

_COUNTRY = (
    "this account may not call that country or kind of number: allow it in Twilio's console "
    "(Voice, Geographic permissions), or change the number in WARMTRANSFER_HUMANS"
)
_FROM = (
    "TWILIO_NUMBER is not a number that this account may call from: set it to a number of the account of "
    "TWILIO_ACCOUNT_SID, a + and digits"
)
_TO = "the number in WARMTRANSFER_HUMANS cannot be dialled: correct it, a + and digits"
_BLOCKED = "Twilio blocks calls to this number: take another in WARMTRANSFER_HUMANS, or ask Twilio's support"
_FULL = (
    "as many calls are up as this account may have at once, and a call with a human has three legs: "
    "upgrade a trial, have the customer profile approved, and set WARMTRANSFER_MAX_CALLS below the limit"
)

#: The key is known, and lacks a right: sent with 403, with the code of strangers or with one of its own.
_RIGHT = (
    "this key may not do that: give it the right in Twilio's console, or leave TWILIO_API_KEY and "
    "TWILIO_API_SECRET empty, and the auth token is used"
)

#: What a code means here, and what to do: https://www.twilio.com/docs/api/errors/NNNNN, read 2026-11-29.
MEANS = {
    10001: "the account of TWILIO_ACCOUNT_SID is not active: look at its state in Twilio's console",
    10002: "a trial account cannot do this: upgrade it",
    10004: _FULL,
    10005: "voice calls are switched off for this account: ask Twilio's support",
    13214: _FROM,
    13223: _TO,
    13224: _TO,
    13225: _BLOCKED,
    13226: _COUNTRY,
    13227: _COUNTRY,
    13247: _FROM,
    16021: _FULL,
    _AUTHENTICATE: (
        "these credentials are not accepted: check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or "
        "TWILIO_API_KEY and TWILIO_API_SECRET"
    ),
    20004: (
        "this key may not do that: check that TWILIO_API_KEY is a main or standard key of the account of "
        "TWILIO_ACCOUNT_SID"
    ),
    70051: _RIGHT,
    20005: "the account of TWILIO_ACCOUNT_SID is not active: look at its state in Twilio's console",
    21201: _TO,
    21202: _COUNTRY,
    21203: _COUNTRY,
    21205: (
        "Twilio cannot use WARMTRANSFER_PUBLIC_URL as the address of our webhooks: give a host that is "
        "reached from outside, without an underscore"
    ),
    21210: _FROM,
    21211: _TO,
    21212: _FROM,
    21213: _FROM,
    21214: "this number cannot be reached at the moment: if that stays so, correct it in WARMTRANSFER_HUMANS",
    21215: _COUNTRY,
    21216: _BLOCKED,
    21217: _TO,
    21218: "TWILIO_APP_SID names no TwiML App of this account: copy its SID (AP…) from Twilio's console",
    21219: (
        "a trial account calls verified numbers only: verify this human's number in Twilio's console, or "
        "upgrade the account"
    ),
    573002: (
        "a trial account calls each verified number from the trial number that is assigned to it: set "
        "TWILIO_NUMBER to the one that Twilio's console shows for this human, or upgrade the account"
    ),
    573005: (
        "this human's number was added as a verified one, but its code was not entered: finish the "
        "verification in Twilio's console (an expired code can be sent anew), or upgrade the account"
    ),
}


def advice(code: int, status: int = 0) -> str:
    """What Twilio's code means here, what to do, and where to read more; "" for no code."""
    if not code:
        return ""
    page = f"https://www.twilio.com/docs/api/errors/{code}"
    means = _RIGHT if (status, code) == (403, _AUTHENTICATE) else MEANS.get(code)
    return f"{means}. {page}" if means else page


def refusal(what: str, status: int, code: int, gone: bool) -> CarrierError:
    """The error for HTTP `status` and Twilio's `code` (0 for none); Twilio's words may hold phone numbers.

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
    return kind(what, status=status, code=code, advice=advice(code, status))
