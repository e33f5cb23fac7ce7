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

_SENDER = (
    "this number cannot send text messages to that country: set WARMTRANSFER_CARDS_FROM to one of the "
    "account's numbers that can, or to a messaging service (MG…)"
)
_NOT_FROM_THERE = (
    "no message gets from our number to this human's: set WARMTRANSFER_CARDS_FROM to a number of their "
    "country, or take card = \"link\" for them"
)
_NO_MOBILE = (
    "this human's number takes no text messages: give a mobile number in WARMTRANSFER_HUMANS, or "
    "card = \"link\""
)
_SERVICE = (
    "WARMTRANSFER_CARDS_FROM names no messaging service with a number in it: copy its SID (MG…) from "
    "Twilio's console and give it a sender"
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


#: The same of text messages; those from 30001 on are told later, by a callback.
MEANS |= {
    21408: (
        "this account may not write to that country: allow it in Twilio's console (Messaging, Geo "
        "permissions), or take card = \"link\" for this human"
    ),
    **dict.fromkeys((21606, 21659, 21660), _SENDER),
    21608: (
        "a trial account writes to verified numbers only: verify this human's number in Twilio's console, or "
        "upgrade the account"
    ),
    21610: (
        "this human has answered STOP, and Twilio sends them nothing more from that number: have them send "
        "START to it, or take card = \"link\""
    ),
    21612: _NOT_FROM_THERE,
    **dict.fromkeys((21614, 30006), _NO_MOBILE),
    **dict.fromkeys((21703, 21705), _SERVICE),
    30003: "the telephone was off or could not be reached; the call itself is not concerned",
    30004: "the human, or their carrier, blocks messages from this number: take card = \"link\" for them",
    30005: "nobody has this number, as far as text messages go: correct it in WARMTRANSFER_HUMANS",
    30007: (
        "the carrier took the message for spam: register the number (United States: A2P 10DLC, or verify a "
        "toll-free one), and see that WARMTRANSFER_PUBLIC_URL is a host of your own and no tunnel's"
    ),
    30008: "the carrier does not say why the message did not arrive; if that stays so, ask Twilio's support",
    30032: "this toll-free number is not verified for messages yet: do that in Twilio's console",
    30034: (
        "messages to the United States need a number that is registered for them (A2P 10DLC): register it in "
        "Twilio's console, and until then take card = \"link\""
    ),
    30036: "the message had not left when the phone had stopped ringing, and was not sent any more",
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
