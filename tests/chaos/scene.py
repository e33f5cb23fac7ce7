"""What the phone network's trace says of one call: who is up, in which room, and what was said."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from tests.calls.world import Row

#: How the AI tells a caller that nobody could be had, or that somebody has gone.
REPORT = re.compile(
    r"could not|did not|on another call|busy with|picked up|mailbox|phone menu|in time|not available|nobody"
    r"|has (just )?left",
    re.IGNORECASE,
)
#: A call's id, which is no part of a SID.
_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{24}(?![0-9a-f])")
APOLOGY = "nobody can take your call"


@dataclass
class Leg:
    """One leg, as far as it has come."""

    sid: str
    kind: str  #: caller, ai or human
    to: str
    dialled: float
    label: str = ""
    answered: float | None = None
    ended: float | None = None
    status: str = ""
    pressed: str = ""  #: the key that counted
    machine: bool = False
    joined: list[float] = field(default_factory=list)
    left: list[tuple[float, str]] = field(default_factory=list)
    silent: bool = False  #: muted, or on hold
    bridged: float | None = None  #: when it was put through to the caller's own leg


class Scene:
    """Takes a call's rows one after the other, and knows how things stand."""

    def __init__(self, caller_sid: str) -> None:
        self.caller_sid = caller_sid
        self.legs: dict[str, Leg] = {}
        self.rooms: defaultdict[str, set[str]] = defaultdict(set)
        self.streams: dict[str, float] = {}  #: since when each is open
        self.sessions: dict[str, float] = {}  #: with the model, since when
        self.human_at = -1e9  #: when the caller was last with a human
        self.closed_by_us = -1e9  #: when we last ended a stream in form
        self.said: list[tuple[float, str, str]] = []  #: when, by whom (ai, network), what
        self.now = 0.0
        self.heard_gate = False  #: a human is being told what the call is about
        self.had_human = False

    # Taking -----------------------------------------------------------------------------------------

    def take(self, row: Row) -> None:
        """This has happened."""
        if self.company() == "human":
            self.human_at = float(row["t"])
        self.now = max(self.now, float(row["t"]))
        match row["kind"]:
            case "leg":
                self._leg(row)
            case "note":
                self._note(row)
            case "stream":
                self._stream(row)
        if self.company() == "human":
            self.had_human, self.human_at = True, self.now

    def _leg(self, row: Row) -> None:
        at, sid, event = float(row["t"]), str(row["call_sid"]), row["event"]
        if event == "dialled":
            to = str(row.get("to", ""))
            inbound = row.get("direction") == "inbound"
            kind = "caller" if inbound else "ai" if to.startswith("app:") else "human"
            self.legs[sid] = Leg(sid, kind, to, at)
        leg = self.legs.get(sid)
        if leg is None:
            return
        leg.label = str(row.get("label") or leg.label)
        room = str(row.get("conference_sid", ""))
        match event:
            case "answered":
                leg.answered = at
            case "joined":
                leg.joined.append(at)
                leg.silent = bool(row.get("muted") or row.get("hold"))
                self.rooms[room].add(sid)
            case "held" | "muted":
                leg.silent = True
            case "unheld" | "unmuted":
                leg.silent = bool(row.get("hold") or (event == "unheld" and row.get("muted")))
            case "left":
                leg.left.append((at, str(row.get("reason", ""))))
                self.rooms[room].discard(sid)
            case "ended":
                leg.ended, leg.status = at, str(row.get("status", ""))
                for members in self.rooms.values():
                    members.discard(sid)

    def _note(self, row: Row) -> None:
        at, sid, text = float(row["t"]), str(row.get("call_sid", "")), str(row.get("text", ""))
        leg = self.legs.get(sid)
        match row.get("event"):
            case "speech" if row.get("who") == "ai":
                self.said.append((at, "ai", text))
            case "say" if row.get("who") == "network":
                self.said.append((at, "network", text))
                self.heard_gate = self.heard_gate or "A call for" in text
            case "gathered" if leg and row.get("digits") and not leg.pressed:
                leg.pressed = str(row["digits"])
            case "amd" if leg:
                leg.machine = str(row.get("answered_by", "")).startswith(("machine", "fax"))
            case "bridge":
                for each in map(str, row.get("call_sids", ())):
                    if each in self.legs and self.legs[each].kind == "human":
                        self.legs[each].bridged = at
            case "stream-error":
                self.streams.pop(str(row.get("sid", "")), None)
                if "(1000)" in text:
                    self.closed_by_us = at
            case "session" if row["state"] == "open":
                self.sessions[str(row["session"])] = at
            case "session":
                self.sessions.pop(str(row["session"]), None)

    def _stream(self, row: Row) -> None:
        sid, event = str(row.get("sid", "")), row.get("msg", {}).get("event")
        if event == "start":
            self.streams[sid] = float(row["t"])
        elif event == "stop":
            self.streams.pop(sid, None)

    # How things stand -------------------------------------------------------------------------------

    @property
    def caller(self) -> Leg | None:
        """The caller's leg."""
        return self.legs.get(self.caller_sid)

    def up(self, kind: str) -> list[Leg]:
        """The legs of this kind that have not ended."""
        return [leg for leg in self.legs.values() if leg.kind == kind and leg.ended is None]

    def humans(self) -> list[Leg]:
        """Every human's leg there was, in the order of dialling."""
        return [leg for leg in self.legs.values() if leg.kind == "human"]

    def room(self) -> set[str]:
        """Who is in the caller's room, the caller included; empty when the caller is in none."""
        return next((members for members in self.rooms.values() if self.caller_sid in members), set())

    def company(self) -> str:
        """Who the caller is with: human, ai, or nobody."""
        here = [self.legs[sid] for sid in self.room() if sid in self.legs]
        kinds = {leg.kind for leg in here if not leg.silent}
        bridged = any(leg.bridged is not None for leg in self.up("human"))
        return "human" if bridged or "human" in kinds else "ai" if "ai" in kinds else ""

    def served(self) -> bool:
        """The caller is with a human, or with an AI whose stream is up."""
        return self.company() == "human" or (self.company() == "ai" and bool(self.streams))

    def working(self, seconds: float) -> bool:
        """The AI has had a stream and a session with its model for so long."""
        since = self.now - seconds
        return any(at < since for at in self.streams.values()) and any(
            at < since for at in self.sessions.values()
        )

    def told(self) -> bool:
        """The caller has been told what became of the humans, after the last of them had gone."""
        humans = self.humans()
        if not humans or self.up("human"):
            return False
        since = max(leg.ended or 0.0 for leg in humans) - 0.5
        return any(
            at >= since and (APOLOGY in text.lower() if who == "network" else REPORT.search(text))
            for at, who, text in self.said
        )

    def settled(self) -> bool:
        """What the caller was promised is done, or they have been told that it cannot be."""
        return self.company() == "human" or self.told()


def of_call(rows: Iterable[Row], caller_sid: str, call_ids: Collection[str]) -> list[Row]:
    """The rows of one call among those of many: its caller's leg, and whatever names one of its ids."""
    rows = list(rows)
    wanted = _of_its_own((row for row in rows if _names(row, call_ids)), caller_sid)
    return [row for row in rows if _whose(row) & wanted or _names(row, call_ids)]


def _of_its_own(rows: Iterable[Row], caller_sid: str) -> set[str]:
    """The legs, streams and rooms that these rows tell of, which name the call."""
    sids, streams, rooms = {caller_sid}, set[str](), set[str]()
    for row in rows:
        form = dict(map(tuple, row.get("form") or ()))
        answer = row.get("response") or {}
        sids |= {form.get("CallSid", ""), str(answer.get("sid") or ""), str(answer.get("call_sid") or "")}
        streams.add(str(row.get("sid", "")) if row["kind"] == "stream" else "")
        rooms.add(form.get("ConferenceSid", ""))
    return (sids | streams | rooms) - {""}


class Many:
    """Rows of many calls, each read once: `of_call` would read all of them for every call."""

    def __init__(self) -> None:
        self._read = 0
        self._by: dict[str, list[tuple[int, Row]]] = {}

    def add(self, row: Row) -> None:
        """Keep the row; rows come in their order."""
        self._read += 1
        for name in _whose(row) | set(_ID.findall(_text(row))):
            self._by.setdefault(name, []).append((self._read, row))

    def forget(self, before: float) -> None:
        """Let go of the rows from before this time of the simulator's."""
        for name, rows in list(self._by.items()):
            self._by[name] = [each for each in rows if float(each[1]["t"]) >= before]
            if not self._by[name]:
                del self._by[name]

    def of_call(self, caller_sid: str, call_ids: Collection[str]) -> list[Row]:
        """What `of_call` finds in all of them."""
        naming = {n: row for each in call_ids for n, row in self._by.get(each, ())}
        wanted = _of_its_own(naming.values(), caller_sid)
        found = {n: row for name in wanted for n, row in self._by.get(name, ())}
        return [row for _, row in sorted({**found, **naming}.items(), key=lambda each: each[0])]


def _whose(row: Row) -> set[str]:
    names = {str(row.get(name, "")) for name in ("call_sid", "sid", "conference_sid")}
    if row["kind"] == "rest":
        names |= set(re.findall(r"[A-Z]{2}[0-9a-f]{32}", row["path"]))
    if row["kind"] == "webhook":
        form = dict(map(tuple, row.get("form") or ()))
        names |= {form.get("CallSid", ""), form.get("ParentCallSid", "")}
    return names | set(map(str, row.get("call_sids", ())))


def _names(row: Row, call_ids: Collection[str]) -> bool:
    text = _text(row)
    return any(each in text for each in call_ids)


def _text(row: Row) -> str:
    """Where a row may name a call of ours."""
    if row["kind"] == "webhook":
        return str(row["url"])
    if row["kind"] == "rest":
        return f"{row['path']} {row.get('form')}"
    if row["kind"] == "stream":
        return str(row.get("msg", {}).get("start", ""))
    return ""
