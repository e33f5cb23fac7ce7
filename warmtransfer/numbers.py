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


def e164(text: str) -> str:
    """The number as `+` and digits; raises ValueError when it cannot be one.

    Possible is enough: numbers reserved for documentation, such as +1 555 010 0001, are not valid ones.
    """
    try:
        number = pn.parse(text, None)
    except pn.NumberParseException:
        raise ValueError(f"{mask(text)} is not a number in E.164 form, such as +15550100001") from None
    if not pn.is_possible_number(number):
        raise ValueError(f"{mask(text)} has too few or too many digits for its country")
    return pn.format_number(number, pn.PhoneNumberFormat.E164)


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
