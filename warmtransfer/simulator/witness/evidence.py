"""What the network knows of a call that is over: legs, recordings, words and messages, from its own trace."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from warmtransfer.simulator.sound.audio import PCM, decode, load_wav

Row = dict[str, Any]

#: What keeps a leg apart from the others in its room, and what ends that.
_APART = {
    "muted": ("muted", True), "unmuted": ("muted", False), "held": ("hold", True), "unheld": ("hold", False),
}  # fmt: skip
NOTHING: PCM = np.zeros(0, dtype=np.int16)


@dataclass
class Leg:
    """One phone connection. Times are seconds of the trace, None for what never happened."""

    call_sid: str
    label: str = ""
    direction: str = ""
    to: str = ""
    dialled: float = 0.0
    answered: float | None = None
    ended: float | None = None
    status: str = ""
    wav: str = ""
    said_wav: str = ""
    joined: list[float] = field(default_factory=list)
    left: list[tuple[float, str]] = field(default_factory=list)  #: when, and the network's reason
    talks: list[float] = field(default_factory=list)  #: when it could be heard there, or was put through
    kept_apart: set[str] = field(default_factory=set)  #: muted, hold: while it is in the room and not heard
    overheard: list[tuple[float, float]] = field(default_factory=list)  #: the room, while muted in it

    @property
    def kind(self) -> str:
        """caller, ai, human, or supervisor: somebody whose leg the app calls one, who is not the human."""
        if self.direction == "inbound":
            return "caller"
        if self.label.startswith("supervisor"):
            return "supervisor"
        return "ai" if self.to.startswith("app:") else "human"

    def up(self, at: float) -> bool:
        """Whether the leg existed then."""
        return self.dialled <= at and (self.ended is None or at < self.ended)


@dataclass(frozen=True)
class Words:
    """Something said aloud: by whom, on or to which leg, when; `whole` is False when it was cut short."""

    who: str
    call_sid: str
    text: str
    start: float
    end: float
    whole: bool = True


@dataclass
class Item:
    """One spoken item of the model: its audio as sent to the app, and when the first of it was sent."""

    id: str
    session: str
    sent: float
    audio: bytearray = field(default_factory=bytearray, repr=False)
    text: str = ""

    @property
    def pcm(self) -> PCM:
        """The audio as samples at 8 kHz."""
        return decode(bytes(self.audio))

    @property
    def seconds(self) -> float:
        """Length of the audio."""
        return len(self.audio) / 8000


@dataclass
class Evidence:
    """Everything a promise may be judged by. `leftovers` is what was still up after the end, if looked."""

    rows: list[Row]
    folder: Path
    leftovers: dict[str, Any] | None = None
    tool: str = ""  #: the model's tool that hands a call over; "" is any
    together: int = 1  #: how many humans may be rung at once
    patience: float = 10.0  #: seconds within which somebody is dialled for who has asked
    caller_sid: str = ""  #: whose call it is, where there are several

    def __post_init__(self) -> None:
        self.all_rows = self.rows
        if self.caller_sid:
            self.rows = list(of_caller(self.rows, self.caller_sid))
        self.legs = legs_of(self.rows)
        self.words = list(words_of(self.rows))
        self.items = items_of(self.rows)
        self._sounds: dict[str, PCM] = {}
        self.known: dict[str, Any] = {}  #: what was measured once and is asked for again

    @classmethod
    def load(cls, folder: Path, tool: str = "", caller: str = "") -> Evidence:
        """Read the trace of a folder; of several calls, this caller's."""
        with (folder / "trace.jsonl").open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines if line.strip()]
        rows.sort(key=lambda row: float(row["t"]))
        return cls(rows, folder, tool=tool, caller_sid=caller)

    def once(self, name: str, measure: Callable[[], Any]) -> Any:
        """The result of a costly measurement, made at most once."""
        if name not in self.known:
            self.known[name] = measure()
        return self.known[name]

    # Legs

    @property
    def caller(self) -> Leg | None:
        """The caller's leg."""
        return next((leg for leg in self.legs if leg.kind == "caller"), None)

    def kind(self, kind: str) -> list[Leg]:
        """The legs of one kind, in the order in which they were dialled."""
        return [leg for leg in self.legs if leg.kind == kind]

    @property
    def met(self) -> Leg | None:
        """The first human's leg that came to talk with the caller."""
        return next((leg for leg in self.kind("human") if leg.talks), None)

    # Sound

    def heard(self, leg: Leg | None) -> PCM:
        """What the phone of this leg heard, from its answer on."""
        return self._sound(leg.wav if leg else "")

    def said(self, leg: Leg | None) -> PCM:
        """What the phone of this leg said, from its answer on."""
        return self._sound(leg.said_wav if leg else "")

    def _sound(self, name: str) -> PCM:
        if name not in self._sounds:
            path = self.folder / name
            self._sounds[name] = load_wav(path) if name and path.exists() else NOTHING
        return self._sounds[name]

    def spoken_by(self, leg: Leg | None) -> list[Words]:
        """What the person on a leg said, in order."""
        if leg is None:
            return []
        return [each for each in self.words if each.call_sid == leg.call_sid and each.who != "network"]

    def read_to(self, leg: Leg | None) -> list[Words]:
        """What the network read to a leg, in order."""
        if leg is None:
            return []
        return [each for each in self.words if each.call_sid == leg.call_sid and each.who == "network"]

    # Messages

    def realtime(self, direction: str, *kinds: str) -> Iterator[tuple[float, Row]]:
        """Time and body of the model's messages of these types, from one side."""
        for row in self.rows:
            message = row.get("msg")
            if row["kind"] != "realtime" or row.get("dir") != direction or not isinstance(message, dict):
                continue
            if message.get("type") in kinds:
                yield float(row["t"]), message

    def notes(self, event: str) -> Iterator[Row]:
        """The notes of one event."""
        return (row for row in self.rows if row["kind"] == "note" and row.get("event") == event)

    def requests(self, method: str, ending: str) -> Iterator[Row]:
        """REST requests by method and the end of their path."""
        for row in self.rows:
            if row["kind"] == "rest" and row["method"] == method and row["path"].endswith(ending):
                yield row

    @property
    def dials(self) -> list[float]:
        """When each human was dialled: the request that did it, or else the leg's first row."""
        asked = {
            (row.get("response") or {}).get("sid") or (row.get("response") or {}).get("call_sid"): row["t"]
            for ending in ("/Calls.json", "/Participants.json")
            for row in self.requests("POST", ending)
        }
        return [min(leg.dialled, asked.get(leg.call_sid, leg.dialled)) for leg in self.kind("human")]


def of_caller(rows: Sequence[Row], caller_sid: str) -> Iterator[Row]:
    """The rows without those of legs that were in other rooms than the caller's, or called by themselves."""
    others, rooms = set[str](), dict[str, set[str]]()
    for row in rows:
        sid = str(row.get("call_sid", ""))
        if row["kind"] == "leg" and row["event"] == "joined":
            rooms.setdefault(sid, set()).add(str(row.get("conference_sid", "")))
        elif row["kind"] == "leg" and row["event"] == "dialled" and row.get("direction") == "inbound":
            others.add(sid)
    mine = rooms.get(caller_sid, set())
    others |= {sid for sid, joined in rooms.items() if not joined & mine}
    return (row for row in rows if row.get("call_sid") not in others - {caller_sid})


def legs_of(rows: Iterable[Row]) -> list[Leg]:
    """The legs of a trace, in the order in which they were dialled."""
    legs: dict[str, Leg] = {}
    for row in rows:
        if row["kind"] == "note" and row.get("event") == "bridge":
            for leg in (legs[sid] for sid in row.get("call_sids", ()) if sid in legs):
                leg.talks.append(float(row["t"]))
        if row["kind"] != "leg":
            continue
        leg = legs.setdefault(row["call_sid"], Leg(row["call_sid"], dialled=float(row["t"])))
        leg.label = row.get("label") or leg.label
        _advance(leg, str(row["event"]), float(row["t"]), row)
    return list(legs.values())


def _advance(leg: Leg, event: str, at: float, row: Row) -> None:
    if event == "dialled":
        leg.direction, leg.to = str(row.get("direction", "")), str(row.get("to", ""))
    elif event == "answered":
        leg.answered = at
    elif event == "joined":
        leg.joined.append(at)
        leg.kept_apart = {name for name in ("muted", "hold") if row.get(name)}
        leg.talks += [] if leg.kept_apart else [at]
        leg.overheard += [(at, math.inf)] if leg.kept_apart == {"muted"} else []
    elif event in _APART:
        _apart(leg, event, at)
    elif event == "left":
        _no_more(leg, at)
        leg.left.append((at, str(row.get("reason", ""))))
    elif event == "ended":
        leg.ended, leg.status = at, str(row.get("status", ""))
        leg.wav, leg.said_wav = str(row.get("wav") or ""), str(row.get("said_wav") or "")
        leg.answered = row.get("answered_at") or leg.answered


def _apart(leg: Leg, event: str, at: float) -> None:
    name, apart = _APART[event]
    before = bool(leg.kept_apart)
    leg.kept_apart = leg.kept_apart | {name} if apart else leg.kept_apart - {name}
    if leg.kept_apart != {"muted"}:
        _no_more(leg, at)
    if before and not leg.kept_apart and len(leg.left) < len(leg.joined):
        leg.talks.append(at)


def _no_more(leg: Leg, at: float) -> None:
    """It hears the room no more as one who is muted there."""
    if leg.overheard and leg.overheard[-1][1] == math.inf:
        leg.overheard[-1] = (leg.overheard[-1][0], at)


def words_of(rows: Iterable[Row]) -> Iterator[Words]:
    """What people said and what documents were read; the model's words come with its items."""
    for row in rows:
        if row["kind"] == "note" and row.get("event") == "speech" and row.get("call_sid"):
            yield Words(
                str(row["who"]), str(row["call_sid"]), str(row["text"]), float(row["start"]),
                float(row["end"]), bool(row.get("whole", True)),
            )  # fmt: skip


def items_of(rows: Iterable[Row]) -> list[Item]:
    """The model's spoken items, with their audio, in the order in which they began."""
    items: dict[str, Item] = {}
    for row in rows:
        message = row.get("msg")
        if row["kind"] != "realtime" or row.get("dir") != "server" or not isinstance(message, dict):
            continue
        kind, name = message.get("type"), str(message.get("item_id", ""))
        if kind == "response.output_audio.delta":
            item = items.setdefault(name, Item(name, str(row.get("session", "")), float(row["t"])))
            item.audio += base64.b64decode(message["delta"])
        elif kind == "response.output_audio_transcript.done" and name in items:
            items[name].text = str(message["transcript"])
    return list(items.values())
