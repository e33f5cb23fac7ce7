"""One call's story: its decisions, attempts and words, as data and as text to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from warmtransfer.core.call import Attempt, Call
from warmtransfer.visible import visible

#: Fields of events and orders that are nobody's business but ours.
_SECRET = frozenset({"token"})
#: SIDs are told in full once, at the top.
_SID = re.compile(r"^([A-Z]{2}[0-9a-f]{6})[0-9a-f]{26}$")


def summary(call: Call) -> dict[str, Any]:
    """The call in a few fields."""
    return {
        "id": call.id,
        "stage": call.stage.value,
        "caller": call.caller,
        "called": call.called,
        "started_at": call.started_at,
        "ended_at": call.ended_at or None,
        "ai": call.ai.state.value,
        "handoff": asdict(call.handoff) if call.handoff.number else None,
        "attempts": [attempt(each) for each in call.attempts],
        "message": message(call),
    }


def message(call: Call) -> dict[str, Any] | None:
    """The message for those who could not be had: what the AI has noted, and what was recorded."""
    if not call.message and not call.recorded:
        return None
    recording = {"url": call.message_url, "seconds": call.message_seconds} if call.recorded else None
    return {"text": call.message, "recording": recording}


def attempt(tried: Attempt) -> dict[str, Any]:
    """One attempt, with its outcome as a word."""
    data = asdict(tried)
    data.pop("briefed")
    return {**data, "style": tried.style.value, "outcome": tried.outcome.value if tried.outcome else None}


def story(call: Call, journal: Iterable[Any], transcript: Iterable[Any]) -> dict[str, Any]:
    """Everything that is remembered of the call."""
    return {
        **summary(call),
        "transcript": [{"at": line.at, "who": line.who, "text": line.text} for line in transcript],
        "journal": [_decision(row) for row in journal],
    }


def text(call: Call, journal: Iterable[Any], transcript: Iterable[Any]) -> str:
    """The call as a timeline: seconds since it began, what happened, what was ordered, what was said."""
    rows = [(row.at, 0, _decision_lines(row)) for row in journal]
    rows += [(line.at, 1, [f'{line.who}: "{line.text}"']) for line in transcript]
    lines = [f"call {call.id}  {call.stage}  from {call.caller or 'unknown'} to {call.called or 'unknown'}"]
    lines.append(f"legs  {' '.join(_legs(call))}")
    lines += [_attempt_line(each, call.started_at) for each in call.attempts]
    lines += _message_lines(call)
    lines.append("")
    for at, _, told in sorted(rows, key=lambda row: row[:2]):
        lines += [f"{_since(at, call.started_at)}  {told[0]}", *(f"{'':>9}  {more}" for more in told[1:])]
    return "\n".join(map(visible, lines))


def _decision(row: Any) -> dict[str, Any]:
    return {
        "at": row.at,
        "event": row.event,
        "data": _open(row.data),
        "before": str(row.before),
        "after": str(row.after),
        "orders": [
            {**_open(each.order.to_dict()), "done_at": each.done_at or None, "result": each.result}
            for each in row.orders
        ],
    }


def _decision_lines(row: Any) -> list[str]:
    before, after = str(row.before), str(row.after)
    stages = after if before == after else f"{before} -> {after}"
    lines = [f"{row.event:<18} {stages:<24} {_few(row.data)}".rstrip()]
    for each in row.orders:
        data = each.order.to_dict()
        took = f"{each.done_at - row.at:+.2f} s" if each.done_at else "open"
        shown = _few({name: value for name, value in data.items() if name != "order"})
        lines.append(f"  > {data['order']:<15} {each.result or 'waiting'} ({took})  {shown}".rstrip())
    return lines


def _attempt_line(tried: Attempt, start: float) -> str:
    marks = ("dialled", "answered", "accepted", "joined", "ended")
    times = [(mark, getattr(tried, f"{mark}_at")) for mark in marks]
    told = ", ".join(f"{mark} {at - start:.2f}" for mark, at in times if at)
    outcome = tried.outcome.value if tried.outcome else "open"
    return f"attempt {tried.n}  {tried.name}  {tried.style}  {outcome}  ({told})"


def _message_lines(call: Call) -> Iterator[str]:
    if call.message:
        yield f"message  {' / '.join(call.message.splitlines())}"
    if call.recorded:
        yield f"message  recorded, {call.message_seconds} s  {call.message_url}"


def _since(at: float, start: float) -> str:
    return f"{at - start:>8.2f}s"


def _few(data: dict[str, Any]) -> str:
    return " ".join(_pairs(_open(data)))


def _pairs(data: dict[str, Any]) -> Iterator[str]:
    for name, value in data.items():
        if value not in ("", 0, 0.0, None, False):
            shown = _SID.sub(r"\1…", value) if isinstance(value, str) else value
            yield f"{name}={shown!r}" if " " in str(value) else f"{name}={shown}"


def _legs(call: Call) -> Iterator[str]:
    yield f"caller={call.caller_sid}"
    if call.room_sid:
        yield f"{call.room}={call.room_sid}"
    if call.ai.call_sid:
        yield f"{call.ai.label}={call.ai.call_sid}"
    yield from (f"{each.label}={each.call_sid}" for each in call.attempts if each.call_sid)


def _open(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in _SECRET}
