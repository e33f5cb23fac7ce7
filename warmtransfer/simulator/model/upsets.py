"""What rules and faults do to a session or to a response besides speaking and calling tools."""

from __future__ import annotations

import re
from typing import Any, Protocol

from warmtransfer.simulator.model.faults import Fault
from warmtransfer.simulator.model.shapes import Refused
from warmtransfer.simulator.model.surroundings import Surroundings

Action = dict[str, Any]

#: Messages of the errors a client is known to meet; any other code gets a plain one.
MESSAGES = {
    "session_expired": "Your session hit the maximum duration of 60 minutes.",
    "response_cancel_not_active": "Cancellation failed: no active response found",
    "insufficient_quota": "You exceeded your current quota, please check your plan and billing details.",
    "invalid_api_key": "Incorrect API key provided.",
    "rate_limit_exceeded": "Rate limit reached.",
    "server_error": "The server had an error while processing your request.",
}
#: Codes whose error type is not invalid_request_error.
KINDS = {"insufficient_quota": "insufficient_quota", "server_error": "server_error"}


class Upset(Surroundings, Protocol):
    """A session that can be made to misbehave."""

    def error(self, refused: Refused, event_id: object = None) -> None:
        """Send an `error` event; the session goes on."""

    def ping(self, as_event: bool) -> None:
        """Send a WebSocket ping, or the app-level event some compatible servers have."""

    def expire(self) -> None:
        """The session cap: an error, then close 1001."""

    def close(self, code: int, reason: str = "") -> None:
        """Say no more and have the socket closed."""


def act(session: Upset, action: Action) -> bool:
    """Carry out an action that concerns the whole session; False when it is of another kind."""
    if "close" in action:
        session.close(int(action["close"]), str(action.get("reason", "")))
    elif "error" in action:
        code = "server_error" if action["error"] is True else str(action["error"])
        text = str(action.get("message", MESSAGES.get(code, f"An error of the kind {code}.")))
        session.error(Refused(code, text, kind=KINDS.get(code, "invalid_request_error")))
    elif "expire" in action:
        session.expire()
    elif "unknown" in action:
        kind = "session.weather.updated" if action["unknown"] is True else str(action["unknown"])
        session.send(kind, detail={"new": True})
    elif "ping" in action:
        session.ping(as_event=action["ping"] == "event")
    elif "refuse_reconnect" in action:
        session.setup.faults.add(Fault("http", 503, int(action["refuse_reconnect"])))
    else:
        return False
    return True


def spoilt(actions: list[Action], faults: list[Fault]) -> list[Action]:
    """A response's actions after the faults that strike it."""
    for fault in faults:
        if fault.name == "two_items":
            actions = [halved(action) for action in actions]
        elif fault.name == "no_tool":
            actions = [action for action in actions if "tool" not in action]
        elif fault.name == "partial_arguments":
            reason = "turn_detected" if fault.arg is True else fault.arg
            actions = [
                {**action, "partial_arguments": reason} if "tool" in action else action for action in actions
            ]
        elif fault.name == "unreadable":
            actions = [{**action, "unreadable": True} if "tool" in action else action for action in actions]
        elif fault.name == "nothing":
            actions = []
        else:
            actions = [fault.action, *actions]
    return actions


def halved(action: Action) -> Action:
    """A line as two items: cut after its first sentence, or in its middle."""
    text = str(action.get("say", ""))
    if not text:
        return action
    first, _, rest = text.partition(". ")
    if not rest:
        words = text.split()
        first, rest = " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
    return {"two_items": [part for part in (re.sub(r"([^.?!])$", r"\1.", first), rest) if part]}
