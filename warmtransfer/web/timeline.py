"""One call's story: its decisions, attempts, legs and words, as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from warmtransfer.core.call import Attempt, Call, Handoff, Stage
from warmtransfer.core.endings import all_of, dropped_early, of_call
from warmtransfer.web import hearing, minutes

#: Fields of events and orders that are nobody's business but ours.
_SECRET = frozenset({"token", "version"})


def summary(call: Call) -> dict[str, Any]:
    """The call in a few fields. Times are seconds since 1970, in UTC."""
    handed = [handoff(each) for each in all_of(call)]
    return {
        "id": call.id,
        "stage": call.stage.value,
        "caller": call.caller,
        "called": call.called,
        "started_at": call.started_at,
        "disclosed_at": call.disclosed_at or None,
        "ended_at": call.ended_at or None,
        "outcome": of_call(call),
        "ai": call.ai.state.value,
        "handoff": handed[-1] if call.handoff.number else None,
        "handoffs": handed,
        "attempts": [attempt(each, call) for each in call.attempts],
        "message": message(call),
        "callback": promised(call),
        "waits": waits(call),
    }


def waits(call: Call) -> dict[str, Any] | None:
    """The caller's place in the line for a human; None for whoever is in none."""
    place = call.waits
    if call.stage is not Stage.WAITING:
        return None
    return {
        "since": place.since,
        "until": place.until,
        "place": place.number,
        "seconds": place.seconds or None,
    }


def handoff(asked: Handoff) -> dict[str, Any]:
    """One request for a human, with how it ended as a word."""
    data = asdict(asked)
    end = data.pop("end")
    return {**data, "outcome": end}


def message(call: Call) -> dict[str, Any] | None:
    """The message for those who could not be had: what the AI has noted, and what was recorded."""
    if not call.message and not call.recorded:
        return None
    recording = {"url": call.message_url, "seconds": call.message_seconds} if call.recorded else None
    return {"text": call.message, "recording": recording}


def promised(call: Call) -> dict[str, Any] | None:
    """The promise to ring the caller back, where one was made in this call."""
    return {"id": call.callback_id, "promised_at": call.promised_at} if call.callback_id else None


def attempt(tried: Attempt, call: Call) -> dict[str, Any]:
    """One attempt, with its outcome as a word, and how long human and caller talked if that is over."""
    data = asdict(tried)
    data.pop("briefed")
    outcome = tried.outcome.value if tried.outcome else None
    told = {"style": tried.style.value, "outcome": outcome, "dropped_early": dropped_early(tried)}
    return {**data, **told, "talked": talked(tried, call)}


def talked(tried: Attempt, call: Call, now: float = 0.0) -> float | None:
    """Seconds for which this human and the caller talked, until `now` if they still do; None for never."""
    ends = [at for at in (tried.ended_at, call.ended_at or now) if at]
    return max(0.0, min(ends) - tried.joined_at) if tried.joined_at and ends else None


def story(call: Call, journal: Sequence[Any], transcript: Sequence[Any], now: float) -> dict[str, Any]:
    """Everything that is remembered of the call, as it is `now`."""
    told = summary(call)
    for each in told["attempts"]:
        each["told"] = [{"at": line.at, "text": line.text} for line in told_to(each["n"], transcript)]
    return {
        **told,
        "legs": legs(call, journal),
        "billed": minutes.told(call, journal, now),
        "rooms": rooms(call, journal),
        "transcript": [
            {"at": line.at, "who": line.who, "text": line.text}
            for line in transcript
            if not hearing.told_to(line.who)
        ],
        "journal": [_decision(row) for row in journal],
    }


def told_to(n: int, transcript: Iterable[Any]) -> list[Any]:
    """What attempt `n` was told, each document once: the carrier may ask for one again."""
    lines: list[Any] = []
    for line in transcript:
        if hearing.told_to(line.who) == n and (not lines or lines[-1].text != line.text):
            lines.append(line)
    return lines


def legs(call: Call, journal: Iterable[Any]) -> dict[str, list[str]]:
    """Every CallSid of the call by its leg; a label has several where a leg was made twice."""
    found: dict[str, list[str]] = {"caller": [call.caller_sid] if call.caller_sid else []}

    def add(label: str, sid: object) -> None:
        known = found.setdefault(label, [])
        if isinstance(sid, str) and sid and sid not in known:
            known.append(sid)

    for row in journal:
        told = open_(row.data)
        if row.event in ("AIAdded", "AIJoined"):
            add(f"ai-{told.get('k')}", told.get("call_sid"))
        elif row.event.startswith(("Human", "Supervisor")) and told.get("n"):
            who = "human" if row.event.startswith("Human") else "supervisor"
            add(f"{who}-{told['n']}", told.get("call_sid"))
    if call.ai.k:
        add(call.ai.label, call.ai.call_sid)
    for each in call.attempts:
        add(each.label, each.call_sid)
    return {label: sids for label, sids in found.items() if sids}


def rooms(call: Call, journal: Iterable[Any]) -> dict[str, str]:
    """Every conference of the call: its SID by its name."""
    found = {row.data["room"]: row.data["room_sid"] for row in journal if row.event == "CallerJoined"}
    return {**found, call.room: call.room_sid} if call.room_sid else found


def open_(data: dict[str, Any]) -> dict[str, Any]:
    """What of an event or order may be shown."""
    return {name: value for name, value in data.items() if name not in _SECRET}


def _decision(row: Any) -> dict[str, Any]:
    return {
        "at": row.at,
        "event": row.event,
        "data": open_(row.data),
        "before": str(row.before),
        "after": str(row.after),
        "orders": [
            {**open_(each.order.to_dict()), "done_at": each.done_at or None, "result": each.result}
            for each in row.orders
        ],
    }
