"""What the steps of a script may be, checked before use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

UNTIL_SECONDS = 30.0

_STEPS = frozenset({"wait", "say", "press", "until", "beep", "hangup"})
_EXTRAS = {"until": {"timeout"}, "say": {"voice"}}
_EVENTS = frozenset({"quiet", "turn", "speech", "joined", "left", "heard", "heard-end", "ringing", "keys"})


def check_steps(steps: Iterable[Mapping[str, Any]]) -> None:
    """ValueError that names the first step no phone can do."""
    for place, step in enumerate(steps, 1):
        if not isinstance(step, Mapping):
            raise ValueError(f"step {place} is not an object: {step!r}")
        verbs = [key for key in step if key in _STEPS]
        if len(verbs) != 1:
            raise ValueError(f"step {place} must have one of {sorted(_STEPS)}: {dict(step)}")
        verb = verbs[0]
        odd = set(step) - {verb} - _EXTRAS.get(verb, set())
        if odd:
            raise ValueError(f"step {place} has unknown fields {sorted(odd)}: {dict(step)}")
        _check_value(place, verb, step)


def _check_value(place: int, verb: str, step: Mapping[str, Any]) -> None:
    value = step[verb]
    if verb == "wait" or "timeout" in step:
        seconds = step.get("timeout", value)
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or seconds < 0:
            raise ValueError(f"step {place} needs a number of seconds: {dict(step)}")
    if verb == "until":
        kind, _, detail = str(value).partition(":")
        if kind not in _EVENTS or (kind in ("quiet", "turn") and not _is_number(detail or "1")):
            raise ValueError(f"step {place} waits for something unknown, {value!r}; known: {sorted(_EVENTS)}")
    if verb == "press" and not (str(value) and set(str(value)) <= set("0123456789*#ABCDw")):
        raise ValueError(f"step {place} presses keys that no phone has: {value!r}")
    if verb == "say" and not str(value).strip():
        raise ValueError(f"step {place} says nothing")


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
