"""A small world: the simulator with its model, and the app, each a process of its own on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.calls.asking import Asking
from tests.calls.maker import ROOT, Made, maker
from warmtransfer.demo.remote import told_keys

PUBLIC = "https://warmtransfer.test"
TOKEN = "a-token-for-the-tests"
#: Seconds between two looks: each is work for who is looked at, which goes off the story's own.
EVERY = 0.05
SAM, KIM = "+15550100001", "+15550100002"

Row = dict[str, Any]


class NotSeen(AssertionError):
    """What a story waited for did not come; says what did."""


def free_port() -> int:
    """A port nobody listens on, below those that outgoing connections of the other tests are given."""
    while True:
        port = random.randrange(15_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def named(row: Row) -> Row:
    """A row in which a dialled number that has no label yet is a human's: `human:<number>`."""
    shown = {key: f"human:{row[key]}" for key in ("label", "leg") if str(row.get(key, "")).startswith("+")}
    return {**row, **shown}


class World:
    """Starts the three processes; stories phone in, wait for rows of the trace, and look at what is left.

    With `frames` the trace has those of the sound too, which are nine rows of ten.
    """

    def __init__(
        self,
        folder: Path,
        *,
        speed: float = 8.0,
        frames: bool = False,
        environment: dict[str, str] | None = None,
        arguments: Iterable[str] = (),
        model: Iterable[str] = (),
    ) -> None:
        self.folder = folder
        self.speed = speed
        self.extra = environment or {}
        self.arguments = [*([] if frames else ["--no-frames"]), *arguments]
        self.model_arguments = list(model)
        self.port = free_port()
        self.processes: list[subprocess.Popen[str] | Made] = []
        self.since = time.monotonic()
        self.settings: dict[str, str] = {}
        self.began = 0  #: where this app's log begins in the file
        self.web = requests.Session()
        self._app = Asking(self.port)
        self._network = self._app

    # Life -------------------------------------------------------------------------------------------

    def start(self) -> World:
        """Start all of them and wait until the app answers."""
        app = f"http://127.0.0.1:{self.port}"
        command = [
            *(
                "-m",
                "warmtransfer.simulator",
                "--port",
                "0",
                "--app",
                f"{PUBLIC}/warmtransfer",
                "--map",
                f"{PUBLIC}={app}",
            ),
            *("--speed", str(self.speed), "--out", str(self.folder / "sim"), "--keep", "0", "--model"),
            *self.arguments,
            *("--", "--ears", "match"),
            *self.model_arguments,
        ]
        simulator = self._run("simulator", command, stdout=subprocess.PIPE)
        assert simulator.stdout is not None
        self.keys = told_keys(json.loads(simulator.stdout.readline()))
        self.base = self.keys["TWILIO_API_BASE_URL"]
        self._network = Asking(urlsplit(self.base).port or 0)
        self.environment = {
            **self.keys,
            "PORT": str(self.port),
            "OPENAI_API_KEY": "sk-test",
            "WARMTRANSFER_PUBLIC_URL": PUBLIC,
            "WARMTRANSFER_HUMANS": str(self._people()),
            "WARMTRANSFER_RING_SECONDS": "8",
            "WARMTRANSFER_PLAN": "rest 0",  # stories follow each other within two minutes
            "WARMTRANSFER_REST_TIMEOUT": "1",
            "WARMTRANSFER_API_TOKEN": TOKEN,
            "DATABASE_URL": f"sqlite:///{self.folder / 'calls.sqlite3'}",
            **self.extra,
        }
        self.start_app()
        return self

    def _people(self) -> Path:
        """The file of those who may be rung: for as many calls as a world has at once."""
        path = self.folder / "people.toml"
        humans = (("sam", SAM), ("kim", KIM))
        path.write_text(
            "".join(
                f'[[human]]\nname = "{name}"\nnumber = "{number}"\nat_once = 100\n' for name, number in humans
            )
        )
        return path

    def start_app(self) -> subprocess.Popen[str] | Made:
        """Start the app, also again after it was killed, and wait until it answers."""
        log = self.folder / "app.log"
        self.began = log.stat().st_size if log.exists() else 0
        if serve := self.settings.get("SERVE"):
            command = [*serve.split(), str(self.speed), repr(self.since)]
            self.app = self._run("app", command, env=self._environment())
        else:
            self.app = self.made(self.settings.get("MADE", "tests.calls.host"))
        self.until(self._healthy, 60, "the app to answer /health")
        return self.app

    def made(self, module: str, **more: str) -> Made:
        """A process of the app that is made in a moment, by a module that can (and its arguments)."""
        made = maker(*module.split()).make({**self._environment(), **more}, self.folder / "app.log")
        self.processes.append(made)
        return made

    def _environment(self) -> dict[str, str]:
        clock = {"CLOCK": f"{self.speed} {self.since!r}"}
        return {**os.environ, **self.environment, **self.settings, **clock}

    def end_app(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Have the app ended by this signal, and wait until it has."""
        self.app.send_signal(how)
        self.app.wait(20)
        self.processes.remove(self.app)

    def configure(self, more: dict[str, str]) -> None:
        """Have the app run with these settings, beside the usual ones; it starts anew only to change them."""
        if more != self.settings:
            self.settings = more
            if self.app in self.processes:
                self.end_app(signal.SIGKILL)
            self.start_app()

    def stop(self) -> None:
        """End every process, the app first, and the hard way those that do not end by themselves."""
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in reversed(self.processes):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()
        for each in (self.web, self._app, self._network):
            each.close()

    def _run(self, name: str, command: list[str], **more: Any) -> subprocess.Popen[str]:
        log = (self.folder / f"{name}.log").open("a")
        process = subprocess.Popen([sys.executable, *command], cwd=ROOT, text=True, stderr=log, **more)
        log.close()
        self.processes.append(process)
        return process

    def _healthy(self) -> bool:
        with contextlib.suppress(requests.RequestException):
            return self._app.ask("GET", "/warmtransfer/health", seconds=5.0).status_code in (200, 503)
        return False

    # Doing ------------------------------------------------------------------------------------------

    def until(self, met: Callable[[], Any], seconds: float, what: str, every: float = EVERY) -> Any:
        """Ask again until `met` gives something true, at most `seconds` real ones."""
        end = time.monotonic() + seconds
        while not (found := met()):
            if time.monotonic() > end:
                raise NotSeen(f"waited {seconds} s for {what}\n{self.log_tail()}")
            time.sleep(every)
        return found

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the simulator's control API."""
        answer = self._network.ask(method, f"/simulator{path}", body)
        assert answer.ok, answer.text
        return (
            answer.json()
            if "json" in answer.headers["Content-Type"] and "nd" not in answer.headers["Content-Type"]
            else answer.text
        )

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the app's REST API."""
        key = {"Authorization": f"Bearer {TOKEN}"}
        answer = self._app.ask(method, f"/warmtransfer/api{path}", body, key, 30.0)
        assert answer.ok, answer.text
        return answer.json()

    def model(self, **order: Any) -> None:
        """One order to the model's control API: `fault=…` with `arg` and options, or `clear=True`."""
        if "fault" in order:
            fault, arg = order.pop("fault"), order.pop("arg", True)
            more = "".join(f";{key}={value}" for key, value in order.items())
            order = {"fault": f"model={fault}{'' if arg is True else f':{arg}'}{more}"}
        host = urlsplit(self.keys["WARMTRANSFER_REALTIME_URL"]).netloc
        answer = self.web.post(f"http://{host}/control", json=order, timeout=30)
        assert answer.ok, answer.text

    def told(self) -> int:
        """How many rows the trace has: the number of the next one."""
        answer = self._network.ask("GET", f"/simulator/trace?since={sys.maxsize}")
        return int(answer.headers["X-First"])

    def trace(self, since: int) -> list[Row]:
        """The trace's rows from number `since` on."""
        return [named(json.loads(line)) for line in self.control("GET", f"/trace?since={since}").splitlines()]

    def phones(self, *entries: Row) -> None:
        """How the humans' phones react in this story."""
        self.control("PUT", "/phones", list(entries))

    def log(self) -> str:
        """What this app has logged since it began."""
        return (self.folder / "app.log").read_bytes()[self.began :].decode()

    def log_tail(self) -> str:
        """The end of the app's log, for a story that failed."""
        return "\n".join((self.folder / "app.log").read_text().splitlines()[-40:])
