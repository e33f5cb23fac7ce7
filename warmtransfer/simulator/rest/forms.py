"""Reads REST parameters: repeated fields, booleans, numbers, URLs, and the ones that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from warmtransfer.simulator.rest.errors import RestError
from warmtransfer.simulator.trace import Trace

METHODS = ("GET", "POST")


class Params:
    """The form (or query) of one request, with Twilio's names."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self.pairs = pairs
        self._last = dict(pairs)

    def __contains__(self, name: str) -> bool:
        return name in self._last

    def text(self, name: str, default: str = "") -> str:
        """Returns a value."""
        return self._last.get(name, default)

    def all(self, name: str, default: Iterable[str] = ()) -> frozenset[str]:
        """Returns every value of a repeated parameter."""
        found = frozenset(v for k, v in self.pairs if k == name)
        return found or frozenset(default)

    def flag(self, name: str, default: bool) -> bool:
        """Returns a boolean; anything but `true` is false, as Twilio reads it."""
        return self._last[name].strip().lower() == "true" if name in self._last else default

    def number(self, name: str, default: float, low: float, high: float) -> float:
        """Returns a number in its range; raises 20001."""
        text = self._last.get(name, "")
        if not text:
            return default
        if not text.isdigit() or not low <= int(text) <= high:
            raise RestError(20001, f"Invalid parameter {name}: {text!r} is not between {low:g} and {high:g}")
        return float(text)

    def url(self, name: str, default: str = "", code: int = 21205) -> str:
        """Returns a URL with a host; raises 21205, or the code of the resource."""
        text = self._last.get(name, default)
        parts = urlsplit(text)
        if text and (parts.scheme not in ("http", "https") or not parts.hostname or "_" in parts.hostname):
            raise RestError(code, f"{name} is not a valid URL: {text}")
        return text

    def method(self, name: str, default: str = "POST", code: int = 20001) -> str:
        """Returns GET or POST; raises 20001, or the code of the resource."""
        text = self._last.get(name, default).upper()
        if text not in METHODS:
            raise RestError(code, f"Invalid parameter {name}: {text!r} is not GET or POST")
        return text

    def name(self, default: str = "") -> str:
        """Returns the FriendlyName; raises 20001 for one that is longer than 64 characters."""
        text = self.text("FriendlyName", default)
        if len(text) > 64:
            raise RestError(20001, "Invalid parameter FriendlyName: it is longer than 64 characters")
        return text

    def choice(self, name: str, default: str, choices: Iterable[str]) -> str:
        """Returns one of several words; raises 20001."""
        text = self._last.get(name, default)
        if text not in set(choices):
            raise RestError(20001, f"Invalid parameter {name}: {text!r}")
        return text

    def events(self, name: str, default: Iterable[str], known: Iterable[str]) -> frozenset[str]:
        """Returns event names, given repeatedly or with spaces between; raises 20001 for unknown ones."""
        given = frozenset(word for value in self.all(name, default) for word in value.split())
        if unknown := given - frozenset(known):
            raise RestError(20001, f"Invalid parameter {name}: {', '.join(sorted(unknown))}")
        return given

    def note_ignored(self, trace: Trace, path: str, names: Iterable[str]) -> None:
        """Notes parameters that Twilio would act on and the simulator does not."""
        used = sorted(n for n in names if self.text(n) not in ("", "false", "do-not-record"))
        if used:
            trace.note("warning", text=f"{path}: not simulated: {', '.join(used)}", parameters=used)

    def note_unknown(self, trace: Trace, path: str, known: Iterable[str]) -> None:
        """Notes parameters that the resource does not have; Twilio ignores them."""
        unknown = sorted({k for k, _ in self.pairs} - frozenset(known))
        if unknown:
            trace.note("warning", text=f"{path} has no parameter {', '.join(unknown)}", parameters=unknown)
