"""Failures on order: what is to go wrong, when, and how often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from warmtransfer.simulator.notation import read

Action = dict[str, Any]

#: Every fault, when it strikes unless told otherwise, and what its argument is.
FAULTS: dict[str, tuple[str, str]] = {
    "http": ("upgrade", "status of the refused upgrade: 400, 401, 403, 429, 500, 503"),
    "tcp": ("upgrade", "the connection is reset before any HTTP answer"),
    "handshake": ("upgrade", "seconds the upgrade takes"),
    "created": ("open", "seconds until session.created"),
    "transcription_failed": ("hearing", "the caller's transcription fails (the model still understands)"),
    "hears": ("hearing", "the words that are recognised, whatever was said"),
    "close": ("reply", "close code; 1005 is a close frame without a code, 1006 an abrupt end"),
    "error": ("reply", "code of an `error` event"),
    "expire": ("reply", "the session cap is reached now"),
    "unknown": ("reply", "type of an event no client knows"),
    "ping": ("reply", "a WebSocket ping, or the app-level event `ping` with the argument \"event\""),
    "stall": ("reply", "seconds of nothing before the response goes on; 0: for ever"),
    "fail": ("reply", "error code of a failed response"),
    "late_audio": ("reply", "audio deltas sent after the response was interrupted"),
    "two_items": ("reply", "the spoken words come as two message items"),
    "partial_arguments": ("reply", "turn_detected, client_cancelled or max_output_tokens cuts a tool call"),
    "no_tool": ("reply", "the words are spoken and no tool is called"),
    "nothing": ("reply", "a response with no output"),
    "mute": ("reply", "content_filter or max_output_tokens ends the response before it has any output"),
    "unreadable": ("reply", "a tool call's arguments end in mid-word, and it counts as complete"),
}  # fmt: skip
WHENS = ("upgrade", "open", "hearing", "reply", "now")
#: What a session does by itself, outside any response.
INSTANT = frozenset({"close", "error", "expire", "unknown", "ping"})


@dataclass
class Fault:
    """One ordered failure. `times` 0 is every time; `after` is simulated seconds since the session began."""

    name: str
    arg: object = True
    times: int = 1
    when: str = ""
    after: float = 0.0

    def __post_init__(self) -> None:
        if self.name not in FAULTS:
            raise ValueError(f"unknown fault {self.name!r}; there are: {', '.join(FAULTS)}")
        self.when = self.when or FAULTS[self.name][0]
        if self.when not in WHENS:
            raise ValueError(f"fault {self.name}: when={self.when!r} is none of {', '.join(WHENS)}")
        if self.when == "now" and self.name not in INSTANT:
            raise ValueError(f"fault {self.name} cannot strike now, only {', '.join(sorted(INSTANT))} can")
        self._left = self.times

    @property
    def action(self) -> Action:
        """The fault as an action of the rule book."""
        return {self.name: self.arg}

    def taken(self) -> bool:
        """Use the fault once; False when it is used up."""
        if self.times == 0:
            return True
        self._left -= 1
        return self._left >= 0


def literal(text: str) -> object:
    """A number where the text is one, else the text; nothing is True."""
    if text == "":
        return True
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return text


def parsed(text: str) -> Fault:
    """A fault as it is written: `model=name[:argument][;times=n][;when=…][;after=s]`."""
    order = read(text, ("times", "when", "after"))
    if order.where != "model":
        raise ValueError(f"fault {text!r}: here strikes model=…, not {order.where}=…")
    return Fault(
        order.what, literal(order.argument), order.times, order.options.get("when", ""),
        float(order.options.get("after", 0)),
    )  # fmt: skip


class Faults:
    """The faults of one server, used up in the order they were given."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = list(faults)

    def add(self, fault: Fault) -> None:
        """Order one more."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Forget them all."""
        self._faults.clear()

    def take(self, when: str, age: float = 0.0, names: Iterable[str] | None = None) -> list[Fault]:
        """The faults that strike at this moment in a session of this age; each counts as used once."""
        wanted = None if names is None else set(names)
        struck = [
            fault
            for fault in self._faults
            if fault.when == when and fault.after <= age and (wanted is None or fault.name in wanted)
        ]
        struck = [fault for fault in struck if fault.taken()]
        self._faults = [fault for fault in self._faults if fault.times == 0 or fault._left > 0]
        return struck

    def timed(self) -> list[Fault]:
        """Faults that strike by the clock: `when=now` with `after`, taken at the session's start."""
        return self.take("now", age=float("inf"))

    def waiting(self) -> list[dict[str, object]]:
        """What is still to come, for the control API."""
        return [
            {"fault": f.name, "arg": f.arg, "when": f.when, "times": f._left if f.times else 0}
            for f in self._faults
        ]
