"""Reads configuration values, given as text or as Python values. Every reader raises ValueError."""

from __future__ import annotations

import base64
import dataclasses
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from warmtransfer.core.rules import Rules
from warmtransfer.core.words import checked
from warmtransfer.numbers import e164, known_country
from warmtransfer.ports.tunnels import AUTO

#: The time limits a deployment may change, all in seconds.
LIMITS = frozenset(each.name for each in dataclasses.fields(Rules) if each.type == "float") - {"loss_window"}

#: One label of a host's name; underscores are no hostname's by RFC 952, and some hosts hand them out.
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def anything(given: Any) -> Any:
    """The value as it is; it is read later, together with others."""
    return given


def text(given: Any) -> str:
    """One line of text without blanks around it."""
    if not isinstance(given, str):
        raise ValueError("give text")
    line = given.strip()
    if re.search(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]", line):
        raise ValueError("it holds a line break, a control character, or bytes that are not UTF-8")
    return line


def prose(given: Any) -> str:
    """Text of any length, or the content of the .txt or .md file it names."""
    if isinstance(given, str) and not re.search(r"\.(txt|md)$", given.strip()):
        return given.strip()
    if not isinstance(given, str | Path):
        raise ValueError("give text, or the path of a .txt or .md file")
    try:
        return Path(str(given).strip()).read_text(encoding="utf-8").strip()
    except OSError as fault:
        raise ValueError(f"the file cannot be read: {fault.strerror}") from fault
    except UnicodeDecodeError as fault:
        raise ValueError("the file is not UTF-8") from fault


def sid(letters: str) -> Callable[[Any], str]:
    """A reader of Twilio SIDs that start with `letters`."""

    def read(given: Any) -> str:
        value = text(given)
        if not re.fullmatch(f"{letters}[0-9a-fA-F]{{32}}", value):
            raise ValueError(f"it is not {letters} and 32 hex digits")
        return value

    return read


def number(given: Any) -> str:
    """A telephone number in E.164 form."""
    return e164(text(given))


def sender(given: Any) -> str:
    """Who sends text messages: a number in E.164 form, or a messaging service."""
    return sid("MG")(given) if text(given).startswith("MG") else number(given)


def url(*schemes: str, query: bool = False) -> Callable[[Any], str]:
    """A reader of URLs of these schemes, without user name or slash at the end, mostly without query.

    Scheme and host are written small, as every client sends them: Twilio signs what it requests.
    """

    def read(given: Any) -> str:
        value = text(given).rstrip("/")
        parts = _split(value)
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError(
                f"it does not start with {' or '.join(each + '://' for each in schemes)} and a host"
            )
        if (parts.query and not query) or parts.fragment or parts.username or parts.password:
            raise ValueError("it holds a query, a fragment or a user name")
        if not _is_host(parts.hostname):
            raise ValueError("its host is neither a name, such as calls.example.com, nor an address")
        if re.search(r"[^!-~]", value) or re.search(r"/\.{1,2}(/|$)", parts.path):
            raise ValueError("its path holds blanks, letters beyond ASCII, or the steps . or ..")
        return urlunsplit(parts._replace(netloc=parts.netloc.lower()))

    return read


def whole_url(given: Any) -> str:
    """A URL of somebody else's, as it is: to some a slash at the end makes it another one."""
    return url("https", "http", query=True)(given) + ("/" if text(given).endswith("/") else "")


#: Ends of what is put into Twilio's console, and has been pasted here before.
_WEBHOOKS = ("/voice", "/ai", "/status", "/fallback", "/stream")


def public_url(given: Any) -> str:
    """The URL under which others reach us; `auto` is no more than a wish for one, unless it has come true."""
    if text(given).lower().partition(":")[0] == AUTO:
        raise ValueError(f"{AUTO} has found no tunnel that is open here: start ngrok or cloudflared first")
    found = url("https", "http")(given)
    if found.endswith(_WEBHOOKS):
        raise ValueError("it is the app's own address, without the path of a webhook: https://YOUR-HOST")
    return found


def _split(value: str) -> SplitResult:
    """The URL's parts; ValueError in words of ours for what Python says in its own."""
    try:
        parts = urlsplit(value)
    except ValueError:
        raise ValueError("its host is no address: a bracket is open, or holds no IPv6 address") from None
    try:
        possible = parts.port != 0 and not parts.netloc.endswith(":")
    except ValueError:
        possible = False
    if not possible:
        raise ValueError("its port is no number from 1 to 65535")
    return parts


def _is_host(host: str) -> bool:
    """Whether this is an IP address or a name of labels that DNS takes; `*` and blanks are neither."""
    try:
        return bool(ip_address(host))
    except ValueError:
        numeric = re.fullmatch(r"[\d.]+", host)
        return not numeric and len(host) <= 253 and bool(re.fullmatch(rf"({_LABEL}\.)*{_LABEL}\.?", host))


def prefix(given: Any) -> str:
    """A path that starts with a slash and ends without one; empty for none."""
    value = text(given).rstrip("/")
    if value and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", value):
        raise ValueError("it is not a path such as /warmtransfer")
    if re.search(r"/\.{1,2}(/|$)", value):
        raise ValueError("it holds the steps . or .., which clients take out of a path before they send it")
    return value


def language(given: Any) -> str:
    """A language as the two letters of ISO 639-1."""
    value = text(given).lower()
    if value and not re.fullmatch(r"[a-z]{2}", value):
        raise ValueError("it is not the two letters of a language, such as en or de")
    return value


def choice(options: type[StrEnum]) -> Callable[[Any], StrEnum]:
    """A reader of one of these words."""

    def read(given: Any) -> StrEnum:
        try:
            return options(str(given).strip())
        except ValueError:
            raise ValueError(f"it is none of {', '.join(options)}") from None

    return read


def one_of(*options: str) -> Callable[[Any], str]:
    """A reader of one of these words."""

    def read(given: Any) -> str:
        value = text(given)
        if value not in options:
            raise ValueError(f"it is none of {', '.join(options)}")
        return value

    return read


def time_zone(given: Any) -> str:
    """A time zone by its name in the tz database."""
    value = text(given)
    try:
        return ZoneInfo(value).key
    except (OSError, ValueError, ZoneInfoNotFoundError):
        raise ValueError("it is no time zone of the tz database, such as Europe/Berlin") from None


def level(given: Any) -> str:
    """A log level by its name."""
    value = text(given).upper()
    if value not in LEVELS:
        raise ValueError(f"it is none of {', '.join(LEVELS)}")
    return value


def whole(low: int, high: int) -> Callable[[Any], int]:
    """A reader of whole numbers within bounds."""

    def read(given: Any) -> int:
        value = _figure(given)
        if value != int(value) or not low <= value <= high:
            raise ValueError(f"it is not a whole number from {low} to {high}")
        return int(value)

    return read


def seconds(low: float, high: float) -> Callable[[Any], float]:
    """A reader of seconds within bounds."""

    def read(given: Any) -> float:
        value = _figure(given)
        if not low <= value <= high:
            raise ValueError(f"it is not a number of seconds from {low:g} to {high:g}")
        return value

    return read


def words(given: Any) -> tuple[str, ...]:
    """Phrases, with commas between them or as a list."""
    parts = given.split(",") if isinstance(given, str) else given
    if not isinstance(parts, Iterable):
        raise ValueError("give phrases with commas between them")
    return tuple(filter(None, (text(part) for part in parts)))


def countries(given: Any) -> frozenset[str]:
    """Countries by their two letters, and `PREMIUM`."""
    return frozenset(known_country(part) for part in words(given))


def yes(given: Any) -> bool:
    """Whether, as 1 or 0, true or false, yes or no."""
    said = str(given).strip().lower()
    if said not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
        raise ValueError(f"{given!r} is neither 1 nor 0")
    return said in ("1", "true", "yes", "on")


def figure(low: float, high: float) -> Callable[[Any], float]:
    """A reader of numbers within bounds."""

    def read(given: Any) -> float:
        value = _figure(given)
        if not low <= value <= high:
            raise ValueError(f"it is not a number from {low:g} to {high:g}")
        return value

    return read


def limits(given: Any) -> dict[str, float]:
    """Time limits by name, as `briefing=40,connecting=10` or a mapping."""
    if isinstance(given, Mapping):
        pairs = [(str(name), value) for name, value in given.items()]
    else:
        pairs = [(name.strip(), value) for name, _, value in (part.partition("=") for part in words(given))]
    unknown = sorted(name for name, _ in pairs if name not in LIMITS)
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: not among {', '.join(sorted(LIMITS))}")
    return {name: seconds(0.1, 3600)(value) for name, value in pairs}


def sentences(given: Any) -> dict[str, str]:
    """Sentences of ours in other words, by name: a mapping, or the path of a .toml file."""
    if isinstance(given, str | Path):
        given = _toml(Path(str(given).strip()))
    if not isinstance(given, Mapping):
        raise ValueError("give a mapping of names to sentences, or the path of a .toml file")
    return checked({str(name): text(sentence) for name, sentence in given.items()})


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise ValueError(f"the file cannot be read: {fault.strerror}") from fault
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as fault:
        raise ValueError("the file is not TOML in UTF-8") from fault


def token(given: Any) -> str:
    """A secret that cannot be guessed."""
    value = text(given)
    if not re.fullmatch(r"[!-~]{16,}", value):
        raise ValueError("it is shorter than 16 characters, or holds blanks")
    return value


def password(given: Any) -> str:
    """What a person types; blanks may be in it."""
    value = text(given)
    if len(value) < 12:
        raise ValueError("it is shorter than 12 characters")
    return value


def signing_secrets(given: Any) -> tuple[bytes, ...]:
    """The keys that several secrets of the form `whsec_…` stand for; the values that they are given as stay
    in no message."""
    return tuple(_signing(each) for each in words(given))


def _signing(text: str) -> bytes:
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if not text.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise ValueError("it is not whsec_ and 24 to 64 bytes in base64 (docs/events.md makes one)")
    return key


def database(given: Any) -> str:
    """A database URL of a kind we keep calls in."""
    value = text(given)
    if not re.match(r"(sqlite|postgres|postgresql)(\+\w+)?://", value):
        raise ValueError("it starts with neither sqlite:// nor postgres://")
    return value


def _figure(given: Any) -> float:
    try:
        value = math.nan if isinstance(given, bool) else float(given)
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise ValueError("it is not a number")
    return value
