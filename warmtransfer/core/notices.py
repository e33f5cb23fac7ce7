"""What others are told of a call: the host app by signals, the host's systems by events over HTTP.

One row a kind. A row sees the call before and after one decision, and gives what is to be told of it, mostly
nothing; what it gives is also how the kind is spelled out for those who know no class of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from warmtransfer.core.call import ELSEWHERE, SEEKING, Attempt, Call, Handoff, Stage
from warmtransfer.core.endings import all_of, of_call
from warmtransfer.core.plain import plain


class Kind(StrEnum):
    """What happened; the words are those of the events, and stay as they are."""

    CALL_STARTED = "call.started"  #: a call came in
    HANDOFF_ASKED = "handoff.asked"  #: a person is wanted
    ATTEMPT_ENDED = "attempt.ended"  #: the leg of somebody who was rung is over
    HUMAN_JOINED = "human.joined"  #: a person talks with the caller
    HANDOFF_ENDED = "handoff.ended"  #: nobody is being tried any more
    MESSAGE_LEFT = "message.left"  #: the AI has taken a message, or the caller has recorded one
    CALL_OVER = "call.over"  #: the caller has left, or was let go


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to be told; `more` is what it is about, besides the call, by the names of the signals."""

    kind: Kind
    more: dict[str, Any]


Row = Callable[[Call, Call], Iterator[dict[str, Any]]]

_OPEN = SEEKING | {Stage.WAITING} | ELSEWHERE - {Stage.MESSAGE}


def _call_started(was: Call, now: Call) -> Iterator[dict[str, Any]]:
    if now.started_at and not was.started_at:
        yield {}


def _asked(was: Call, now: Call) -> bool:
    return now.handoff.number > was.handoff.number


def _handoff_asked(was: Call, now: Call) -> Iterator[dict[str, Any]]:
    if _asked(was, now):
        yield {"handoff": now.handoff}


def _attempt_ended(was: Call, now: Call) -> Iterator[dict[str, Any]]:
    ended = {each.n for each in was.attempts if each.ended}
    yield from ({"attempt": each} for each in now.attempts if each.ended and each.n not in ended)


def _human_joined(was: Call, now: Call) -> Iterator[dict[str, Any]]:
    if now.stage is Stage.HUMAN is not was.stage:
        yield {"attempt": now.attempt}


def _handoff_ended(was: Call, now: Call) -> Iterator[dict[str, Any]]:
    if _asked(was, now) and _open(was) and now.past:
        yield {"handoff": now.past[-1], "joined": False}  # waited for, and another is asked for instead
    if (_asked(was, now) or _open(was)) and not _open(now):
        yield {"handoff": now.handoff, "joined": now.stage is Stage.HUMAN}


def _message_left(was: Call, now: Call) -> Iterator[dict[str, Any]]:
    if now.message != was.message:
        yield {"text": now.message.removeprefix(was.message).strip(), "url": "", "seconds": 0}
    if now.recorded and not was.recorded:
        yield {"text": "", "url": now.message_url, "seconds": now.message_seconds}


def _call_over(was: Call, now: Call) -> Iterator[dict[str, Any]]:
    if now.stage is Stage.OVER is not was.stage:
        yield {}


#: In the order in which they are told, where one decision calls for several.
NOTICES: dict[Kind, Row] = {
    Kind.CALL_STARTED: _call_started,
    Kind.HANDOFF_ASKED: _handoff_asked,
    Kind.ATTEMPT_ENDED: _attempt_ended,
    Kind.HUMAN_JOINED: _human_joined,
    Kind.HANDOFF_ENDED: _handoff_ended,
    Kind.MESSAGE_LEFT: _message_left,
    Kind.CALL_OVER: _call_over,
}


def notices(before: Call | None, after: Call) -> list[Notice]:
    """What the change from `before` to `after` calls for, in order."""
    was = before or Call(id=after.id)
    return [Notice(kind, more) for kind, row in NOTICES.items() for more in row(was, after)]


def spelled(notice: Notice, call: Call) -> dict[str, Any]:
    """The notice as JSON-ready data. Times are seconds since 1970, null for not (yet)."""
    data = {"call": _call(call), **{name: _spelled(value) for name, value in notice.more.items()}}
    if notice.kind is Kind.CALL_OVER:
        data["attempts"] = [_spelled(each) for each in call.attempts]
        data["handoffs"] = [_spelled(each) for each in all_of(call)]
    return data


def _call(call: Call) -> dict[str, Any]:
    return {
        "id": call.id,
        "caller": call.caller,
        "called": call.called,
        "stage": call.stage.value,
        "outcome": of_call(call),
        "callback": call.callback_id or None,
        "started_at": call.started_at,
        "ended_at": call.ended_at or None,
    }


def _spelled(value: Any) -> Any:
    names: tuple[str, ...]
    match value:
        case Handoff():
            names = "number", "source", "target", "reason", "summary", "asked_at", "ended_at"
            return {**_named(value, names), "outcome": value.end}
        case Attempt():
            names = (
                *("n", "handoff", "name", "number", "style", "outcome", "answered_by", "status", "sip"),
                *("key", "left_first", "dialled_at", "answered_at", "accepted_at", "joined_at", "parted_at"),
                "ended_at",
            )
            return _named(value, names)
        case _:
            return value


def _named(value: Handoff | Attempt, names: tuple[str, ...]) -> dict[str, Any]:
    """These fields; null for a time that has not come."""
    data: dict[str, Any] = plain(value)
    return {name: None if name.endswith("_at") and not data[name] else data[name] for name in names}


def _open(call: Call) -> bool:
    """Whether a human is being tried, or waited for: also by a caller whose AI is being brought back."""
    return call.stage in _OPEN or bool(call.waits.since)
