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

from warmtransfer.demo.remote import told_keys

ROOT = Path(__file__).parent.parent.parent
PUBLIC = "https://warmtransfer.test"
TOKEN = "a-token-for-the-tests"
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
    """Starts the three processes; stories phone in, wait for rows of the trace, and look at what is left."""

    def __init__(
        self,
        folder: Path,
        *,
        speed: float = 8.0,
        environment: dict[str, str] | None = None,
        arguments: Iterable[str] = (),
        model: Iterable[str] = (),
    ) -> None:
        self.folder = folder
        self.speed = speed
        self.extra = environment or {}
        self.arguments = list(arguments)
        self.model_arguments = list(model)
        self.port = free_port()
        self.processes: list[subprocess.Popen[str]] = []
        self.since = time.monotonic()
        self.settings: dict[str, str] = {}
        self.began = 0  #: where this app's log begins in the file
        self.web = requests.Session()

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

    def start_app(self) -> subprocess.Popen[str]:
        """Start the app, also again after it was killed, and wait until it answers."""
        serve = self.settings.get("SERVE", "-m tests.calls.host").split()
        command = [*serve, str(self.speed), repr(self.since)]
        self.app = self._run("app", command, env={**os.environ, **self.environment, **self.settings})
        self.until(self._healthy, 60, "the app to answer /health")
        return self.app

    def end_app(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Have the app ended by this signal, and wait until it has."""
        self.app.send_signal(how)
        self.app.wait(20)
        self.processes.remove(self.app)

    def configure(self, more: dict[str, str]) -> None:
        """Have the app run with these settings, beside the usual ones; it starts anew only to change them."""
        if more != self.settings:
            self.settings = more
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
        self.web.close()

    def _run(self, name: str, command: list[str], **more: Any) -> subprocess.Popen[str]:
        log = (self.folder / f"{name}.log").open("a")
        process = subprocess.Popen([sys.executable, *command], cwd=ROOT, text=True, stderr=log, **more)
        log.close()
        self.processes.append(process)
        return process

    def _healthy(self) -> bool:
        with contextlib.suppress(requests.RequestException):
            answer = self.web.get(f"http://127.0.0.1:{self.port}/warmtransfer/health", timeout=5)
            return answer.status_code in (200, 503)
        return False

    # Doing ------------------------------------------------------------------------------------------

    def until(self, met: Callable[[], Any], seconds: float, what: str) -> Any:
        """Ask again until `met` gives something true, at most `seconds` real ones."""
        end = time.monotonic() + seconds
        while not (found := met()):
            if time.monotonic() > end:
                raise NotSeen(f"waited {seconds} s for {what}\n{self.log_tail()}")
            time.sleep(0.02)
        return found

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the simulator's control API."""
        answer = self.web.request(method, f"{self.base}/simulator{path}", json=body, timeout=120)
        assert answer.ok, answer.text
        return (
            answer.json()
            if "json" in answer.headers["Content-Type"] and "nd" not in answer.headers["Content-Type"]
            else answer.text
        )

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the app's REST API."""
        url = f"http://127.0.0.1:{self.port}/warmtransfer/api{path}"
        answer = self.web.request(
            method, url, json=body, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30
        )
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

    def trace(self, since: int = 0) -> list[Row]:
        """The trace's rows from number `since` on."""
        return [named(json.loads(line)) for line in self.control("GET", f"/trace?since={since}").splitlines()]

    def phones(self, *entries: Row) -> None:
        """How the humans' phones react in this story."""
        self.control("PUT", "/phones", list(entries))

    def log_tail(self) -> str:
        """The end of the app's log, for a story that failed."""
        return "\n".join((self.folder / "app.log").read_text().splitlines()[-40:])
