"""Telephone numbers: written as E.164, in a country that is allowed, and not dear to dial."""

from __future__ import annotations

import re

import phonenumbers as pn

#: Listed among the countries, it allows premium-rate, shared-cost, personal and pager numbers.
PREMIUM = "PREMIUM"

#: Every country there is.
EVERYWHERE = frozenset(map(str, pn.SUPPORTED_REGIONS))

#: Personal numbers follow their owner at the caller's cost: +44 70 is dearer than most premium lines.
_DEAR = (
    pn.PhoneNumberType.PREMIUM_RATE,
    pn.PhoneNumberType.SHARED_COST,
    pn.PhoneNumberType.PERSONAL_NUMBER,
    pn.PhoneNumberType.PAGER,
)


#: Seconds that a switchboard's greeting has before an extension is sent, where nobody says how long.
#: A comma waits as long, as on telephones.
PAUSE = "wwww"

#: The most tones and pauses that the carrier takes at once.
TONES = 32

_TAIL = re.compile(
    r"(?P<number>[+\d][\d\s().\-]*?)\s*(?P<mark>;\s*ext\s*=|ext(?:ension)?[.:]?|x|,|w|#)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
#: How extensions are written.
_WAY = "write it as +15550100001x123, or with pauses of two seconds as +15550100001,,123#"
_KEYS = re.compile(r"[0-9*#,w\s]*[0-9*#][0-9*#,w\s]*")


def split(text: str) -> tuple[str, str]:
    """A number and the tones to be sent after its answer, `w` being half a second; no tones for most.

    An extension is written +15550100001x123, ` ext. 123` or `;ext=123`; with pauses of two seconds, and other
    keys, +15550100001,,123#. Raises ValueError for what follows a number and is none of these.
    """
    found = _TAIL.fullmatch(text.strip())
    if found is None:
        return text, ""
    mark, rest = found["mark"].lower(), found["rest"].lower()
    keys = f"{mark}{rest}" if mark in (",", "w") else rest
    if not _KEYS.fullmatch(keys):
        raise ValueError(f"{mask(found['number'])} has an extension that is none; {_WAY}")
    keys = re.sub(r"\s", "", keys)
    return found["number"], tones(keys if mark in (",", "w") else PAUSE + keys)


def tones(keys: str) -> str:
    """Keys and pauses as the carrier takes them; raises ValueError for more, or others, than it does."""
    given = keys.replace(",", PAUSE)
    if not re.fullmatch(r"[0-9*#w]+", given) or len(given) > TONES:
        raise ValueError(f"{len(given)} tones and pauses, or others than 0-9 * # w: {TONES} are sent at most")
    return given


def e164(text: str) -> str:
    """The number as `+` and digits; raises ValueError when it cannot be one.

    Possible is enough: numbers reserved for documentation, such as +1 555 010 0001, are not valid ones.
    """
    try:
        number = pn.parse(text, None)
    except pn.NumberParseException:
        raise ValueError(f"{mask(text)} is not a number in E.164 form, such as +15550100001") from None
    if number.extension:
        raise ValueError(f"{mask(text)} has an extension, which only a human's number may have")
    if not pn.is_possible_number(number):
        raise ValueError(f"{mask(text)} has too few or too many digits for its country")
    return pn.format_number(number, pn.PhoneNumberFormat.E164)


def heard(text: str, near: str) -> str:
    """A number as somebody says it, in E.164 form; without its country's code, that of the number `near`."""
    if text.strip().startswith("+"):
        return e164(text)
    try:
        found = pn.parse(text, country(near))
    except pn.NumberParseException:
        raise ValueError(f"{mask(text)} is no telephone number") from None
    return e164(pn.format_number(found, pn.PhoneNumberFormat.E164))


def country(number: str) -> str:
    """The number's country as two letters, or that of its country code when its range is unknown."""
    parsed = pn.parse(number, None)
    found = pn.region_code_for_number(parsed) or pn.region_code_for_country_code(parsed.country_code or 0)
    return str(found)


def dialable(text: str, countries: frozenset[str]) -> str:
    """The number in E.164 form; raises ValueError unless its country, and its price, are allowed."""
    number = e164(text)
    where = country(number)
    if where not in countries:
        raise ValueError(f"{mask(number)} is in {where}, which WARMTRANSFER_COUNTRIES does not list")
    if PREMIUM not in countries and pn.number_type(pn.parse(number, None)) in _DEAR:
        raise ValueError(
            f"{mask(number)} is a premium or personal number, which is dear to dial; "
            f"to allow it, list {PREMIUM} in WARMTRANSFER_COUNTRIES"
        )
    return number


#: How addresses begin that are no telephone's: an app of the account's, and any telephone system's.
CLIENT, SIP = "client:", "sip:"
_ADDRESSES = {
    CLIENT: (r"client:[A-Za-z0-9_.+@=-]{1,121}", "client:sam"),
    SIP: (r"sips?:[^\s@:;?]+@[A-Za-z0-9.-]+(:\d{1,5})?([;?][^\s]*)?", "sip:sam@pbx.example.com"),
}


def is_phone(text: str) -> bool:
    """Whether it is a telephone's number, and no address of another kind."""
    return not text.strip().lower().startswith((CLIENT, SIP, "sips:"))


def address(text: str, countries: frozenset[str]) -> str:
    """A number that may be dialled, or a `client:` or `sip:` address; raises ValueError for anything else."""
    if is_phone(text):
        return dialable(text, countries)
    given = text.strip()
    kind = CLIENT if given.lower().startswith(CLIENT) else SIP
    shape, example = _ADDRESSES[kind]
    head, _, rest = given.partition(":")
    given = f"{head.lower()}:{rest}"
    if len(given) > 255 or not re.fullmatch(shape, given):
        raise ValueError(f"it is no address that can be dialled, such as {example}")
    return given


def known_country(text: str) -> str:
    """A country's two letters, or `PREMIUM`; raises ValueError for anything else."""
    code = text.strip().upper()
    if code != PREMIUM and code not in EVERYWHERE:
        raise ValueError(f"{text!r} is not the two letters of a country, such as US or DE, nor {PREMIUM}")
    return code


def mask(text: str) -> str:
    """A number that may be shown: its last two digits only."""
    digits = re.sub(r"\D", "", text)
    return f"the number ending in {digits[-2:]}" if len(digits) > 3 else repr(text)


#: What a carrier gives in the place of a number that is withheld or not known: words, also as on a keypad
#: (ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE).
_WITHHELD = frozenset(
    {"", "anonymous", "restricted", "blocked", "unknown", "unavailable", "withheld", "private"}
    | {"266696687", "7378742833", "2562533", "8656696", "86282452253"}
)


def withheld(text: str) -> bool:
    """Whether this stands in the place of a caller's number."""
    found = text.strip().lower().removeprefix("+")
    return found.removeprefix(SIP).partition("@")[0] in _WITHHELD


def spaced(text: str) -> str:
    """A number in groups, as its country writes it; what is no number stays as it is."""
    try:
        return pn.format_number(pn.parse(text, None), pn.PhoneNumberFormat.INTERNATIONAL)
    except pn.NumberParseException:
        return text
