"""One call, told through the real app and the simulator, and the laws of the house it must keep."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

from tests.calls.world import EVERY, KIM, SAM, NotSeen, Row, World
from warmtransfer.simulator.witness.evidence import Evidence

_callers = itertools.count(1)

HELLO = {"until": "quiet:0.8", "timeout": 20}
ASK = {"say": "speak-person"}
#: A human who hears the briefing, accepts, talks and stays until the caller has gone.
ACCEPTS: Row = {
    "answer": {"after": 1.0},
    "steps": [
        {"until": "heard:press 1", "timeout": 40},
        {"wait": 0.5},
        {"press": "1"},
        {"wait": 5.0},
        {"say": "kim-hello"},
        {"wait": 120},
    ],
}


def human(number: str, answer: Any, *steps: Row) -> Row:
    """A phone that reacts like this."""
    return {"number": number, "answer": answer, "steps": list(steps)}


def accepts(number: str) -> Row:
    """A phone whose owner takes the call."""
    return {"number": number, **ACCEPTS}


class Story:
    """Phones in once, waits for what happens, and at the end checks what must hold for every call."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: list[Row] = []
        self.start = 0  #: the first of them that is this call's
        self._before = world.told()
        self.caller_sid = ""
        self.number = f"+1555017{next(_callers):04d}"
        self.call_id = ""
        self.together = 1  #: how many humans the plan rings at once
        #: Twilio's error codes that this story brings about, beside those of broken streams.
        self.expected = {31901, 31902, 31903, 31920, 31921}

    # Doing ------------------------------------------------------------------------------------------

    def phone(self, *steps: Row) -> Story:
        """Somebody phones the number and does this."""
        body = {"from": self.number, "steps": list(steps)}
        self.caller_sid = self.world.control("POST", "/calls", body)["call_sid"]
        return self

    def hang_up(self) -> None:
        """The caller hangs up now."""
        self.world.control("POST", f"/calls/{self.caller_sid}/hangup")

    def greeted(self) -> Story:
        """Wait until the caller has heard the greeting: nothing else happens by itself for a while."""
        self.world.until(
            lambda: "Disclosed" in [row["event"] for row in self.app_call()["journal"]], 30, "the greeting"
        )
        return self

    def app_call(self) -> Row:
        """The call as the app's REST API shows it."""
        if not self.call_id:
            self.call_id = self.world.until(self._find_call, 20, "the call in the app's API")
        found: Row = self.world.api("GET", f"/calls/{self.call_id}")
        return found

    def _find_call(self) -> str:
        calls = self.world.api("GET", "/calls")
        calls = calls["calls"] if isinstance(calls, dict) else calls
        return next((call["id"] for call in calls if call.get("caller") == self.number), "")

    # Waiting ----------------------------------------------------------------------------------------

    def read(self) -> list[Row]:
        """Every row of the trace since the call began."""
        self.rows += self.world.trace(self._before + len(self.rows))
        return self.rows[self.start :]

    def wait(self, what: str, match: Callable[[Row], bool], seconds: float = 60.0, times: int = 1) -> Row:
        """The `times`-th row that matches; `seconds` are simulated ones."""
        end = time.monotonic() + seconds / self.world.speed + 2.0
        while True:
            found = [row for row in self.read() if match(row)]
            if len(found) >= times:
                return found[times - 1]
            if time.monotonic() > end:
                raise NotSeen(f"no {what} in {seconds} simulated s\n{self.digest()}\n{self.world.log_tail()}")
            time.sleep(EVERY)

    def leg(self, event: str, label: str, seconds: float = 60.0, times: int = 1) -> Row:
        """A leg's row: joined, left, answered, ended ... of this label."""
        return self.wait(
            f"{label} {event}",
            lambda r: r["kind"] == "leg" and r["event"] == event and r.get("label") == label,
            seconds,
            times,
        )

    def note(self, event: str, seconds: float = 60.0, **fields: Any) -> Row:
        """A note with these fields; a text field matches when it contains the words."""

        def match(row: Row) -> bool:
            return row["kind"] == "note" and row.get("event") == event and all(
                str(value).lower() in str(row.get(name, "")).lower() for name, value in fields.items()
            )  # fmt: skip

        return self.wait(f"note {event} {fields}", match, seconds)

    def stage(self, stage: str, seconds: float = 60.0) -> Row:
        """The call once the app says it is in this stage."""
        end = time.monotonic() + seconds / self.world.speed + 2.0
        while (call := self.app_call())["stage"] != stage:
            if time.monotonic() > end:
                raise NotSeen(
                    f"stage is {call['stage']}, not {stage}\n{self.digest()}\n{self.world.log_tail()}"
                )
            time.sleep(EVERY)
        return call

    def passed(self, stage: str, seconds: float = 60.0) -> None:
        """Wait until the call has come to this stage, though it may have left it since."""
        self.world.until(
            lambda: any(row["after"] == stage != row["before"] for row in self.app_call()["journal"]),
            seconds / self.world.speed + 2.0,
            f"stage {stage} in the journal",
        )

    def joins(self, label: str) -> int:
        """How often this leg has joined a room."""
        return len(
            [
                r
                for r in self.read()
                if r["kind"] == "leg" and r["event"] == "joined" and r.get("label") == label
            ]
        )

    # Endings ----------------------------------------------------------------------------------------

    def ends(self, seconds: float = 60.0) -> Row:
        """The caller has gone, every leg with them, and the app agrees; then the laws of the house."""
        self.wait(
            "the caller's end",
            lambda r: r["kind"] == "leg" and r["event"] == "ended" and r.get("call_sid") == self.caller_sid,
            seconds,
        )
        self.world.until(self._quiet, 20 / self.world.speed + 4, "every leg, stream and callback to end")
        call = self.stage("over", 20)
        self.keep()
        return call

    def _quiet(self) -> bool:
        state = self.world.control("GET", "/state")
        return not any(state.get(name) for name in ("legs", "rooms", "streams", "webhooks"))

    def keep(self) -> None:
        """What holds in every story, seen from the simulator's side."""
        rows = self.read()
        legs = [row for row in rows if row["kind"] == "leg"]
        errors = [r for r in rows if r["kind"] == "note" and r.get("event") in ("error", "stream-error")]
        assert not [r for r in errors if r.get("code") not in self.expected], errors
        crashes = [r for r in rows if r["kind"] == "note" and r.get("event") == "crash"]
        assert not crashes, f"the model's server broke: {crashes}"
        refused = [r for r in rows if r["kind"] == "webhook" and r["status"] in (400, 403, 500)]
        assert not refused, refused
        self._one_human_at_a_time(legs)

    def _one_human_at_a_time(self, legs: list[Row]) -> None:
        """Or a round of the plan; and whoever comes into the room to talk finds no other human there."""
        up: set[str] = set()
        inside: set[str] = set()
        listens = {row["call_sid"] for row in legs if str(row.get("label", "")).startswith("supervisor")}
        for row in legs:
            if row["call_sid"] in listens or not str(row.get("label", "")).startswith("human"):
                continue
            sid, event = row["call_sid"], row["event"]
            if event == "dialled":
                assert len(up) < self.together, f"{row} while {up} is up\n{self.digest()}"
                up.add(sid)
            elif event in ("joined", "unmuted") and not row.get("muted"):
                assert not inside - {sid}, f"{row} while {inside} is in the room\n{self.digest()}"
                inside.add(sid)
            elif event in ("left", "ended"):
                inside.discard(sid)
                up -= {sid} if event == "ended" else set()

    def evidence(self) -> Evidence:
        """What was seen and heard in the story, once the caller has gone and the recordings are written."""
        found = Evidence(self.read(), self.world.folder / "sim")
        late = 0.1 * max(1.0, self.world.speed)  # the sound of a busy machine is not told to its end
        for leg in found.legs:
            if leg.wav and leg.answered is not None and leg.ended is not None:
                path, seconds = found.folder / leg.wav, leg.ended - leg.answered - late
                size = 2 * 8000 * max(0.0, seconds)
                self.world.until(lambda p=path, s=size: p.exists() and p.stat().st_size >= s, 10, str(path))
        return found

    def digest(self) -> str:
        """What happened, a line a row, without audio."""
        shown = []
        for row in self.read():
            kind = row["kind"]
            if kind == "leg":
                shown.append(f"{row['t']:8.2f} leg {row.get('label')} {row['event']} {row.get('call_sid')}")
            elif kind == "note":
                rest = {k: v for k, v in row.items() if k not in ("t", "kind", "event")}
                shown.append(f"{row['t']:8.2f} {row.get('event')} {rest}")
            elif kind == "rest":
                shown.append(f"{row['t']:8.2f} REST {row['method']} {row['path'][-60:]} {row['status']}")
            elif kind == "webhook":
                shown.append(f"{row['t']:8.2f} webhook {row['url'][-60:]} {row['status']} {_news(row)}")
        return "\n".join(shown[-150:])


def _news(row: Row) -> str:
    form = dict(map(tuple, row["form"]))
    names = ("StatusCallbackEvent", "ParticipantLabel", "CallStatus", "Digits", "AnsweredBy")
    return " ".join(form[name] for name in names if form.get(name))


__all__ = ["ACCEPTS", "ASK", "HELLO", "KIM", "SAM", "Row", "Story", "accepts", "human"]
