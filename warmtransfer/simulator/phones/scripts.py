"""Who may be called, and how their phones react: a script, or somebody who holds them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from warmtransfer.simulator.phones.phone import Phone
from warmtransfer.simulator.phones.steps import check_steps

VOICEMAIL_AFTER = 3.0
VOICEMAIL_SECONDS = 60.0
VOICEMAIL_LINE = "voicemail-sam"

#: What a telephone says that asks who calls (iOS 26), then, and when nobody picks up.
SCREEN_LINE = "Hi, if you record your name and reason for calling, I'll see if this person is available."
SCREEN_HOLD = "Thanks. Please stay on the line."
SCREEN_GONE = "This person is not available right now. Goodbye."
#: Seconds that its owner takes to read who calls.
READING = 4.0

_REFUSALS = frozenset({"busy", "no-answer", "failed"})
_ENTRY = frozenset({"number", "answer", "steps", "talks_over", "voice", "greeting"})


class Leg(Protocol):
    """What a telephone needs to know of the network's leg."""

    sid: str
    from_: str
    to: str
    status: str
    answered: asyncio.Event
    ended: asyncio.Event

    def finish(self, status: str = "completed") -> None:
        """Ends it."""


class Hand(Protocol):
    """Somebody who decides about a call while it rings."""

    def take(self) -> Reaction:
        """How the next call finds them: a Reaction with this hand, or `busy`."""

    async def decide(self, leg: Leg, patience: float) -> Reaction:
        """Rings for so many simulated seconds; the reaction that was chosen, to be done at once."""

    def lifted(self) -> Phone:
        """The phone that is connected when they answer."""


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
    hand: Hand | None = None
    """Who decides, in the place of a script."""


def reaction(entry: Mapping[str, Any]) -> Reaction:
    """Read an entry of a phone book; ValueError says what is wrong with it.

    `answer` is {"after": seconds}, one of busy, no-answer, failed, {"sip": code}, `voicemail`
    ({"voicemail": seconds} to choose when): a greeting, a beep, then it records; or {"screens": seconds}:
    the telephone asks who calls, hears it, and then its owner picks up and does the `steps`, or nobody.
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
    if isinstance(answer, Mapping) and set(answer) == {"screens"}:
        line = {"say": entry.get("greeting", SCREEN_LINE)}
        asks = [{"wait": 1.0}, line, {"until": "turn:1.5", "timeout": 30}]
        reads = [{"say": SCREEN_HOLD}, {"wait": READING}]
        gives_up = [{"say": SCREEN_GONE}, {"hangup": True}]
        does = (*asks, *reads, *(steps or gives_up))
        return Reaction(number, "answer", float(answer["screens"]), does, over, voice, machine=True)
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
    hands: dict[str, Hand] = field(default_factory=dict)
    """Telephones that somebody holds: they replace the entries of their numbers while they are here."""

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
        known = self.known_by(number)
        if known in self.hands:
            return self.hands[known].take()
        queue = self.entries.get(known)
        if not queue:
            return None
        return queue.pop(0) if len(queue) > 1 else queue[0]
