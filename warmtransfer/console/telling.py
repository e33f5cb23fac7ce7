"""What a call's page tells: the conversation with what happened in it, its attempts, and its journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from warmtransfer.console import figures, wording
from warmtransfer.console.figures import Handoff
from warmtransfer.core.call import FREE, Attempt, Call, Stage
from warmtransfer.core.endings import all_of
from warmtransfer.core.names import called
from warmtransfer.ports.store.ledger import Said, Tried
from warmtransfer.web import hearing, timeline

#: Whose words stand where: the caller's left, the AI's right, the rest between them.
SIDES = {"caller": "Caller", "ai": "AI"}
#: What is said of a fact, the first time it happens; `{name}` is the human of its attempt.
NOTES = {
    "HumanRang": "{name}’s phone is ringing",
    "HumanAnswered": "{name} has picked up",
    "HumanAccepted": "{name} took the call",
    "CardAccepted": "{name} accepted on their card",
    "CardDeclined": "{name} declined on their card",
    "CardLost": "The message with {name}’s card did not arrive",
    "HumanJoined": "{name} is with the caller",
    "LastResortReached": "The number of last resort was dialled, and somebody answered",
    "CallerLeft": "The caller has left",
    "MessageLeft": "The caller has left a message",
    "CallbackPromised": "The caller was promised to be rung back",
}
#: What somebody has asked for who looks after the call.
ASKED = {
    "StopAsked": "{by} has had the ringing stopped",
    "NextAsked": "{by} has asked for the next person",
    "TakeOutAsked": "{by} has taken the caller out of the line",
    "TakeNextAsked": "{by} has the caller taken next",
    "ReturnAsked": "{by} has brought the AI back",
    "OverhearAsked": "{by} listens in the console",
    "SupervisorUnwanted": "{by} has ended the listening",
    "EndAIAsked": "{by} has ended the AI’s line",
    "HangUpAsked": "{by} has ended the call",
}
#: Of a caller who waits in the line, by the stage after it, every time.
IN_LINE = {
    "TurnCame": {Stage.RINGING: "It is the caller’s turn"},
    "LineLeft": dict.fromkeys(Stage, "The caller does not want to wait any longer"),
}
#: The same, every time.
AGAIN = {"ModelLost": "The AI’s line was lost", "StreamEnded": "The AI’s line was lost"}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of the conversation. `side`: caller, ai, told (to a human alone) or note."""

    key: str
    at: float
    side: str
    who: str
    text: str

    @property
    def cut(self) -> bool:
        """Whether it was not heard to its end."""
        return self.side == "ai" and self.text.endswith("…")


def items(call: Call, journal: Sequence[Any], said: Sequence[Said]) -> list[Item]:
    """Everything, in order of time."""
    return sorted([*_words(call, said), *_notes(call, journal)], key=lambda each: each.at)


def _words(call: Call, said: Iterable[Said]) -> Iterator[Item]:
    before = ""
    for each in said:
        n = hearing.told_to(each.line.who)
        tried = call.attempt_number(n) if n else None
        if n and each.line.text == before:
            continue  # the carrier may ask for a document again
        before = each.line.text if n else before
        side = "told" if n else each.line.who
        who = f"{called(tried.name)} was told" if tried else SIDES.get(each.line.who, each.line.who)
        yield Item(f"w{each.id}", each.line.at, side, who, each.line.text)


def _notes(call: Call, journal: Iterable[Any]) -> Iterator[Item]:
    seen: set[tuple[str, int]] = set()
    for number, row in enumerate(journal):
        text = _note(call, row, seen)
        if text:
            seen.add((row.event, row.data.get("n", 0)))
            yield Item(f"f{number}", row.at, "note", "", text)


def _note(call: Call, row: Any, seen: set[tuple[str, int]]) -> str:
    n = row.data.get("n", 0)
    tried = call.attempt_number(n) if isinstance(n, int) else None
    name = called(tried.name) if tried else "somebody"
    if row.event in ASKED or row.event in ("TellAsked", "SuperviseAsked"):
        return _asked(row)
    if row.event == "SupervisorJoined":
        return "Somebody listens now" if row.after != Stage.OVER and (row.event, n) not in seen else ""
    if row.event == "CallerLeft" and call.hung_up:
        return ""
    if row.event in AGAIN:
        return AGAIN[row.event] if row.after != Stage.OVER and row.before != row.after else ""
    if row.event == "HandoffAsked":
        return (
            f"A person is asked for: {wording.asked_by(row.data.get('source', ''))}"
            if row.before in FREE
            else ""
        )
    if row.event == "CallNoted":
        return f"{called(str(row.data.get('name', '')))} noted: {row.data.get('text', '')}"
    if row.event in IN_LINE:
        return IN_LINE[row.event].get(row.after, "") if row.before == Stage.WAITING else ""
    if row.event == "MessageTaken":
        return f"The AI has taken a message: {row.data.get('text', '')}"
    if row.event == "HumanLeft":
        return f"{name} has left the caller" if row.before == Stage.HUMAN else ""
    if row.event == "HumanEnded":
        return (
            ""
            if tried is None or tried.joined_at or (row.event, n) in seen
            else f"{name} {wording.became(tried)}"
        )
    if row.event == "AIUp" and row.before == Stage.RETURNING:
        return "The AI is back with the caller"
    return NOTES[row.event].format(name=name) if row.event in NOTES and (row.event, n) not in seen else ""


def _asked(row: Any) -> str:
    """What was asked for and done; what was refused stands in the journal alone."""
    if not row.orders and row.before == row.after and row.after != Stage.CANCELLING:
        return ""
    by = wording.asker(row.data.get("by", ""))
    if row.event == "TellAsked":
        how = "has the AI say" if row.data.get("aloud") else "has told the AI"
        return f"{by} {how}: {row.data.get('text', '')}"
    if row.event == "SuperviseAsked":
        role = {"listen": "listens", "whisper": "whispers", "join": "joins"}.get(row.data.get("role", ""), "")
        return f"{by} {role} on {called(str(row.data.get('name', '')))}’s telephone"
    return ASKED[row.event].format(by=by)


def attempt(tried: Attempt, call: Call, now: float) -> dict[str, Any]:
    """One attempt in words, with its times."""
    marks = {
        "rung": "dialled",
        "picked up": "answered",
        "took it": "accepted",
        "joined": "joined",
        "parted": "parted",
        "over": "ended",
    }
    return {
        "n": tried.n,
        "name": called(tried.name),
        "number": tried.number,
        "became": wording.became(tried),
        "good": bool(tried.joined_at),
        "open": not tried.ended,
        "evidence": wording.evidence(tried),
        "outcome": tried.outcome.value if tried.outcome else "open",
        "style": tried.style.value,
        "talked": timeline.talked(tried, call, now),
        "times": [(word, at) for word, mark in marks.items() if (at := getattr(tried, f"{mark}_at"))],
    }


def handoffs(call: Call, tried: Sequence[Tried]) -> list[Handoff]:
    """The requests for a person, with how long each step took."""
    rung = {each.handoff for each in tried}
    vain = (Handoff(each.asked_at) for each in all_of(call) if each.number not in rung)
    return sorted((*figures.handoffs(tried), *vain), key=lambda each: each.asked_at)


def decision(row: Any) -> dict[str, Any]:
    """A row of the journal."""
    before, after = str(row.before), str(row.after)
    return {
        "at": row.at,
        "event": row.event,
        "stages": after if before == after else f"{before} → {after}",
        "data": pairs(row.data),
        "orders": [
            {
                "name": (data := each.order.to_dict()).get("order", "?"),
                "data": pairs({name: value for name, value in data.items() if name != "order"}),
                "result": each.result or "waiting",
                "took": each.done_at - row.at if each.done_at else None,
            }
            for each in row.orders
        ],
    }


def pairs(data: dict[str, Any]) -> str:
    """What there is in a fact or an order, on a line."""
    shown = timeline.open_(data).items()
    return "  ".join(f"{name}={value}" for name, value in shown if value not in ("", 0, 0.0, None, False))
