"""One live call at a glance: where it is, and whether it needs a person, why, and how urgently."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from warmtransfer.console import wording
from warmtransfer.core.call import ELSEWHERE, FREE, SEEKING, Call, Stage
from warmtransfer.core.names import called

#: Seconds after which it is worth a look that nobody has said anything, or that the AI is not there.
SILENCE = 45.0
RECONNECTING = 4.0
ARRIVING = 8.0
#: Nobody is, or was, to be had; somebody is being looked for; something is slow; all is well.
LOST, WAITING, SLOW, CALM = range(4)
#: Facts that say that the AI's line was lost.
_LOSSES = frozenset({"ModelLost", "StreamEnded", "StreamFailed"})
_WITH_HUMAN = frozenset({Stage.HUMAN, Stage.REDIRECTED})


class Row(Protocol):
    """A decision of the journal."""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> float: ...
    @property
    def event(self) -> str: ...
    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Past:
    """What the journal knows of a call and its state does not."""

    fact: int = 0  #: the newest row
    asked_at: float = 0.0  #: when the last handoff was asked for
    since: float = 0.0  #: in this stage
    losses: int = 0  #: of the AI's line, since anybody last talked to the caller undisturbed

    def told(self, rows: Iterable[Row]) -> Past:
        """The past with these rows, which are newer."""
        past = self
        for row in rows:
            if row.id <= past.fact:
                continue
            past = replace(past, fact=row.id)
            if row.before != row.after or not past.since:
                past = replace(past, since=row.at)
            if row.event == "HandoffAsked" and row.before in FREE:
                past = replace(past, asked_at=row.at)
            if row.event in _LOSSES and row.after != Stage.OVER:
                past = replace(past, losses=past.losses + 1)
        return past


@dataclass(frozen=True, slots=True)
class Glance:
    """A row of the page: `order` sorts, the most urgent first; `why` is empty for a call that is well."""

    id: str
    caller: str
    began_at: float
    level: int
    where: str
    why: tuple[str, ...]
    waiting_since: float  #: 0 for a caller who does not wait
    line: str  #: the last that was said
    who: str  #: and who said it
    name: str = ""  #: the caller's, where it is known

    @property
    def order(self) -> str:
        """As text, so that pages sort as we do; calls of one level stay where they are."""
        return f"{self.level}{self.waiting_since or self.began_at:015.3f}{self.id}"


def glance(call: Call, past: Past, line: str, who: str, said_at: float, now: float) -> Glance:
    """The call as it is now."""
    level, why, since = _needs(call, past, said_at, now)
    return Glance(
        call.id, call.caller, call.started_at, level, wording.where(call, now), tuple(why), since,
        "" if call.stage is Stage.HUMAN else line, who, call.caller_name,
    )  # fmt: skip


def _needs(call: Call, past: Past, said_at: float, now: float) -> tuple[int, list[str], float]:
    """How urgently a person is needed, why, and since when the caller waits."""
    asked = past.asked_at or past.since or call.started_at
    again = [f"asked {_times(call.handoff.number)}"] if call.handoff.number > 1 else []
    if call.stage is Stage.MESSAGE:
        return LOST, [*again, *wording.history(call), "nobody could be had: a message is being taken"], asked
    if call.stage is Stage.WAITING:
        first = again or ["asked for a person"]
        return WAITING, [*first, *wording.history(call), wording.line(call)], call.waits.since
    if call.stage in SEEKING or call.stage in ELSEWHERE:
        first = again or ["asked for a person"]
        return WAITING, [*first, *wording.history(call), wording.where(call, now)], asked
    if call.stage in _WITH_HUMAN:
        return CALM, [], 0.0
    if call.ai.down:
        return LOST, ["the AI cannot be had, and nobody is being rung"], past.since
    if call.stage is Stage.AI and _in_vain(call):
        return (
            LOST,
            [*(again or ["asked for a person"]), *wording.history(call), "nobody is left to ring"],
            asked,
        )
    return _slow(call, past, said_at, now)


def _slow(call: Call, past: Past, said_at: float, now: float) -> tuple[int, list[str], float]:
    quiet = max(said_at, past.since)
    gone = f", for the {_nth(past.losses)} time" if past.losses > 1 else ""
    if call.stage in (Stage.RETURNING, Stage.CONNECTING) and now - past.since > RECONNECTING:
        return SLOW, [f"the AI is reconnecting{gone}"], past.since
    if call.stage is Stage.ARRIVING and now - call.started_at > ARRIVING:
        return SLOW, ["still on the way in"], call.started_at
    if call.stage is Stage.AI and now - quiet > SILENCE:
        return SLOW, ["nobody has said anything for a while"], quiet
    return CALM, [], 0.0


def _in_vain(call: Call) -> bool:
    """Whether the last handoff has led to nobody."""
    tried = wording.attempts(call)
    reached = any(each.outcome in wording.TOOK for each in tried)
    return call.handoff.number > 0 and not reached


def _times(count: int) -> str:
    return {2: "twice"}.get(count, f"{count} times")


def _nth(count: int) -> str:
    return {2: "second", 3: "third"}.get(count, f"{count}th")


def last_human(call: Call) -> str:
    """Who has had the caller last, "" for nobody."""
    return next((called(each.name) for each in reversed(call.attempts) if each.joined_at), "")
