"""Runs a story: starts app, network and model, lets somebody phone, watches, looks what is left, ends all."""

from __future__ import annotations

import json
import secrets
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warmtransfer.demo.processes import Crew, Failed, Process, environment, procfile_command
from warmtransfer.demo.remote import App, Tail, ask, stages, told_keys, wall_offset
from warmtransfer.demo.screen import Screen
from warmtransfer.demo.story import Row, Story, fits

ROOT = Path(__file__).resolve().parents[2]
#: The host Twilio would know the app by; the simulator maps it to the app's port.
PUBLIC = "https://warmtransfer.example"
PREFIX = "/warmtransfer"
START_SECONDS = 90.0
SETTLE_SECONDS = 5.0
GLANCE = 0.1  #: seconds between looks at the trace
#: What /simulator/state lists, and what each is called when it is left over.
STATE = {"legs": "leg", "rooms": "room", "streams": "stream", "webhooks": "webhook", "callbacks": "callback"}


#: What the local model takes for a key.
NO_SECRET = "sk-demo-no-secret"


@dataclass(frozen=True)
class Plan:
    """What was asked for: which story, where to, how fast, and against which model."""

    story: Story
    out: Path
    speed: float = 1.0
    upstream: str = ""  #: the real model's WebSocket URL; "" is the local model
    key: str = NO_SECRET
    port: int = 0  #: the app's, 0 for a free one
    network: tuple[str, ...] = ()  #: further options of the simulator
    environment: dict[str, str] = field(default_factory=dict)  #: further keys of the app
    told: dict[str, str] = field(default_factory=dict)  #: further keys of the simulator


@dataclass
class Run:
    """One demo on its way."""

    plan: Plan
    screen: Screen
    crew: Crew
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    told: dict[str, Any] = field(default_factory=dict)  #: what the simulator said at its start
    stages: list[tuple[float, str]] = field(default_factory=list)
    sid: str = ""  #: the leg of the caller whom the story is about

    def start(self) -> None:
        """Start network and model, then the app with what the network said."""
        port = self.plan.port or free_port()
        here = f"http://127.0.0.1:{port}"
        self.told = self._network(here)
        keys = told_keys(self.told)
        env = environment(
            **keys, PORT=str(port), OPENAI_API_KEY=self.plan.key, WARMTRANSFER_PUBLIC_URL=PUBLIC,
            WARMTRANSFER_API_TOKEN=self.token, DATABASE_URL=f"sqlite:///{self.plan.out / 'calls.sqlite3'}",
            **{**self.plan.story.environment, **self.plan.environment},
        )  # fmt: skip
        self.app = App(f"{here}{PREFIX}", self.token)
        process = self.crew.start("app", procfile_command(ROOT), env)
        self._until(self.app.healthy, START_SECONDS, "the app to answer", process)

    def _network(self, here: str) -> dict[str, Any]:
        model = ["--proxy", self.plan.upstream] if self.plan.upstream else ["--ears", "sphinx"]
        command = [
            "python", "-m", "warmtransfer.simulator", "--port", "0", "--app", f"{PUBLIC}{PREFIX}",
            "--map", f"{PUBLIC}={here}", "--out", str(self.plan.out), "--speed", str(self.plan.speed),
            *self.plan.network, "--model", "--", *model,
        ]  # fmt: skip
        process = self.crew.start("simulator", command, environment(**self.plan.told), read=True)
        stdout = process.popen.stdout
        assert stdout is not None
        ready, _, _ = select.select([stdout], [], [], START_SECONDS)
        line = stdout.readline() if ready else ""
        if not line:
            raise Failed(f"the simulator did not start:\n{process.tail()}")
        told: dict[str, Any] = json.loads(line)
        return told

    def call(self) -> None:
        """Let the caller phone, and show what happens until their leg is over."""
        control, story = str(self.told["control_url"]), self.plan.story
        ask("PUT", f"{control}/phones", story.phones)
        if story.rules and not self.plan.upstream:
            ask("POST", f"{self._model}/control", {"rules": list(story.rules)})
        self._tail = Tail(self.plan.out / "trace.jsonl")
        self._limit = time.monotonic() + story.limit / self.plan.speed
        for other in story.before:
            ask("POST", f"{control}/calls", {name: other[name] for name in ("from", "to", "steps")})
            self._watch(other["until"])
        self.sid = str(ask("POST", f"{control}/calls", story.call)["call_sid"])
        self._watch({"kind": "leg", "event": "ended", "call_sid": self.sid})
        if story.over:
            self._watch(story.over)
        self._settle()

    def _watch(self, wanted: Row) -> None:
        """Show what happens until the trace has such a row; Failed when the story's time is over."""
        while not self._show(wanted):
            if time.monotonic() > self._limit:
                raise Failed(f"the story was not over after {self.plan.story.limit:g} s\n{self._tails()}")
            fallen = self.crew.fallen()
            if fallen is not None:
                raise Failed(f"{fallen.name} ended in the middle of the call:\n{fallen.tail()}")
            time.sleep(GLANCE)

    def _show(self, wanted: Row | None = None) -> bool:
        """Print what is new; whether what is wanted has come."""
        found, at = False, 0.0
        for row in self._tail.rows():
            at = float(row["t"])
            self.screen.row(row)
            found = found or (wanted is not None and fits(row, wanted))
            if row["kind"] == "note" and row.get("event") == "refused":
                raise Failed(f"the model's server refused us: {row.get('status')} {row.get('text')}")
        if stage := self.app.stage():
            self.screen.stage(at or self._now(), stage)
        return found

    def _now(self) -> float:
        return float(ask("GET", f"{self.told['control_url']}/state")["t"])

    def _settle(self) -> None:
        """Give everything the five seconds it has to come to an end."""
        end = time.monotonic() + SETTLE_SECONDS / self.plan.speed
        while time.monotonic() < end:
            self._show()
            time.sleep(GLANCE)

    @property
    def _model(self) -> str:
        """Where the model is asked by us."""
        return str(self.told["REALTIME_URL"]).replace("ws://", "http://").partition("/v1/")[0]

    def finish(self) -> dict[str, int]:
        """What is still up now, and which processes do not end when told to."""
        left = self._left()
        story = self.app.story()
        offset = wall_offset(str(self.told["control_url"]), self.plan.speed)
        self.stages = stages(story, offset, self.plan.speed)
        left["open order"] = sum(
            order["done_at"] is None for row in story.get("journal", []) for order in row["orders"]
        )
        ended = [process.end() for process in reversed(self.crew.processes)]
        left["process"] = ended.count(False)
        return left

    def _left(self) -> dict[str, int]:
        state = ask("GET", f"{self.told['control_url']}/state")
        left = {name: size(state[key]) for key, name in STATE.items()}
        left["timer"] = size(state["timers"]) + size(state["tasks"])
        sessions = ask("GET", f"{self._model}/control/state")["sessions"]
        left["model session"] = len(sessions)
        left["relay"] = self.app.relays()
        return left

    def _until(self, met: Callable[[], bool], wait: float, what: str, process: Process) -> None:
        limit = time.monotonic() + wait
        while not met():
            if not process.running or time.monotonic() > limit:
                raise Failed(f"waited in vain for {what}:\n{process.tail(30)}")
            time.sleep(0.05)

    def _tails(self) -> str:
        return "\n".join(f"-- {process.log.name}\n{process.tail()}" for process in self.crew.processes)


def size(value: Any) -> int:
    """A count, or the length of a list."""
    return len(value) if isinstance(value, list) else int(value)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
