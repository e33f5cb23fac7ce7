"""Addresses that are no numbers: which `sip:` URIs are well-formed, and which phone one belongs to."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

#: The longest URI that is taken. Source: the page on making SIP calls.
LONGEST = 255
_SIP = re.compile(
    r"(?P<scheme>sips?):(?:(?P<user>[\w.!~*'()&=+$,;?/%-]+)@)?(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*)"
    r"(?P<port>:\d{1,5})?(?P<params>(?:;[\w.-]+(?:=[\w.+%~-]*)?)*)(?:\?(?P<headers>\S*))?",
    re.ASCII,
)
#: SIP's answers -> what becomes of a leg; any other refusal is a failure.
BUSY, UNANSWERED = frozenset({486, 600}), frozenset({408, 480, 487})


def is_sip(address: str) -> bool:
    """Whether it is meant to be a SIP address."""
    return address.lower().startswith(("sip:", "sips:"))


def sip_fits(address: str) -> bool:
    """Whether a SIP address is written as one."""
    return len(address) <= LONGEST and _SIP.fullmatch(address) is not None


def phone_at(address: str) -> str:
    """What a phone is known by: of a SIP address user and host, without port, parameters and headers."""
    found = _SIP.fullmatch(address) if is_sip(address) else None
    if found is None:
        return address
    user = f"{found['user']}@" if found["user"] else ""
    return f"sip:{user}{found['host'].lower()}"


def headers_of(address: str) -> dict[str, str]:
    """The headers that a SIP address asks for behind its `?`: those that may be sent, `X-…` and UUI."""
    found = _SIP.fullmatch(address)
    given = parse_qsl((found["headers"] if found else "") or "", keep_blank_values=True)
    return {name: value for name, value in given if name.lower().startswith("x-") or name == "User-to-User"}


def outcome_of(code: int) -> str:
    """What a leg's status is when its other side answers with this code."""
    return "busy" if code in BUSY else "no-answer" if code in UNANSWERED else "failed"
