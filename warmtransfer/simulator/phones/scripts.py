"""What phones are told to do: steps checked before use, and the numbers that may be called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

UNTIL_SECONDS = 30.0
VOICEMAIL_AFTER = 3.0
VOICEMAIL_SECONDS = 60.0
VOICEMAIL_LINE = "voicemail-sam"

_STEPS = frozenset({"wait", "say", "press", "until", "beep", "hangup"})
_EXTRAS = {"until": {"timeout"}, "say": {"voice"}}
_EVENTS = frozenset({"quiet", "turn", "speech", "joined", "left", "heard", "heard-end", "ringing", "keys"})
_REFUSALS = frozenset({"busy", "no-answer", "failed"})
_ENTRY = frozenset({"number", "answer", "steps", "talks_over", "voice", "greeting"})


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


@dataclass(frozen=True)
class Reaction:
    """How a phone reacts to one call: `answer`, or `busy`, `no-answer`, `failed`."""

    number: str
    outcome: str = "answer"
    after: float = VOICEMAIL_AFTER
    steps: tuple[Mapping[str, Any], ...] = ()
    talks_over: Mapping[str, Any] | str | None = None
    voice: str = ""
    sip: int = 0
    """The code that it refuses with, where that is told."""
    machine: bool = False
    """An answering machine picked up, which is what AMD finds out."""


def reaction(entry: Mapping[str, Any]) -> Reaction:
    """Read an entry of a phone book; ValueError says what is wrong with it.

    `answer` is {"after": seconds}, one of busy, no-answer, failed, {"sip": code}, or `voicemail`
    ({"voicemail": seconds} to choose when): a greeting, a beep, then it records.
    """
    odd = set(entry) - _ENTRY
    number, answer = entry.get("number"), entry.get("answer", {})
    if odd or not isinstance(number, str) or not number:
        raise ValueError(f"a phone needs a number and may have {sorted(_ENTRY)}: {dict(entry)}")
    steps: Sequence[Mapping[str, Any]] = entry.get("steps", ())
    check_steps(steps)
    over, voice = entry.get("talks_over"), str(entry.get("voice", ""))
    if isinstance(answer, str) and answer in _REFUSALS:
        return Reaction(number, outcome=str(answer))
    if isinstance(answer, Mapping) and set(answer) == {"sip"}:
        return Reaction(number, outcome="refused", sip=_code(answer["sip"]))
    if answer == "voicemail" or (isinstance(answer, Mapping) and set(answer) == {"voicemail"}):
        after = VOICEMAIL_AFTER if answer == "voicemail" else float(answer["voicemail"])
        greeting = {"say": entry.get("greeting", VOICEMAIL_LINE)}
        record = [greeting, {"beep": True}, {"wait": VOICEMAIL_SECONDS}, {"hangup": True}]
        return Reaction(number, "answer", after, tuple(steps or record), over, voice, machine=True)
    if isinstance(answer, Mapping) and set(answer) <= {"after"}:
        return Reaction(number, "answer", float(answer.get("after", 3.0)), tuple(steps), over, voice)
    raise ValueError(f"a phone cannot answer like this: {answer!r}")


def _code(value: object) -> int:
    if not isinstance(value, int) or not 400 <= value <= 699:
        raise ValueError(f"a phone refuses with a SIP code from 400 to 699, not {value!r}")
    return value


@dataclass
class PhoneBook:
    """The numbers that may be called; several entries of a number are used up in order, the last repeats."""

    entries: dict[str, list[Reaction]] = field(default_factory=dict)
    known_by: Callable[[str], str] = str  #: what a phone is known by: an address may say more

    def put(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Replace what is known of every number named here."""
        new: dict[str, list[Reaction]] = {}
        for entry in entries:
            read = reaction(entry)
            new.setdefault(self.known_by(read.number), []).append(read)
        self.entries.update(new)

    def reachable(self, number: str) -> bool:
        """Whether a text message would get there: not to a phone whose next answer is `failed`."""
        queue = self.entries.get(self.known_by(number))
        return not queue or queue[0].outcome != "failed"

    def take(self, number: str) -> Reaction | None:
        """The reaction to the next call of this number, None for an unknown one."""
        queue = self.entries.get(self.known_by(number))
        if not queue:
            return None
        return queue.pop(0) if len(queue) > 1 else queue[0]
