"""Worlds whose app is several processes on one database."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable

import requests
from sqlalchemy import text

from tests.calls.door import Door
from tests.calls.maker import Made
from tests.calls.world import Row, World, free_port
from tests.ports.store.databases import database

#: The ready app with two workers.
SETTINGS = {"SERVE": "-m tests.calls.ready", "WEB_CONCURRENCY": "2"}


class Shared(World):
    """A world whose app is several processes."""

    def holder(self, call_id: str) -> int:
        """The number of the process that has this call's stream."""
        question = text(
            "SELECT p.pid FROM warmtransfer_process p JOIN warmtransfer_call c ON c.holder = p.id "
            "WHERE c.id = :id"
        )
        with database(self.environment["DATABASE_URL"]) as db:
            found = db.execute(question, {"id": call_id}).scalar()
        assert isinstance(found, int)
        return found


class Twins(Shared):
    """A world whose app is two processes behind a door."""

    door: Door | None = None

    def start_app(self) -> Made:
        """Start those that are not up."""
        if self.door is None:
            self.ports = [free_port(), free_port()]
            self.door = Door(self.port, self.ports)
            self.apps: dict[int, Made] = {}  #: by their ports
        for port in self.ports:
            if port in self.apps and self.apps[port].poll() is None:
                continue
            if port in self.apps:
                self.processes.remove(self.apps[port])
            self.apps[port] = self.made("tests.calls.host", PORT=str(port))
            self.until(lambda port=port: self._answers(port), 20, "the app to answer /health")
        self.app = self.apps[self.ports[0]]
        return self.app

    def stop(self) -> None:
        """End all of it, the door last: nobody may knock at one that is closed."""
        super().stop()
        if self.door:
            self.door.close()

    def _answers(self, port: int) -> bool:
        try:
            return self.web.get(f"http://127.0.0.1:{port}/warmtransfer/health", timeout=5).ok
        except OSError:
            return False

    def kill(self, pid: int) -> None:
        """SIGKILL, and the process is no more."""
        app = next(app for app in self.apps.values() if app.pid == pid)
        app.send_signal(signal.SIGKILL)
        app.wait(20)


class Workers(Shared):
    """A world whose app is a parent with two workers."""

    def health(self) -> Row:
        """What one of them says, within a second."""
        began = time.monotonic()
        answer = requests.get(f"http://127.0.0.1:{self.port}/warmtransfer/health", timeout=5)
        assert time.monotonic() - began < 1.0 + 0.5, "a busy machine has half a second more"
        assert answer.status_code == 200
        found: Row = answer.json()
        return found

    def _healthy(self) -> bool:
        return len(self.pids()) == 2

    def pids(self) -> set[int]:
        """The processes that serve; none while nobody answers."""
        with contextlib.suppress(requests.RequestException):  # who is early waits at the port
            answer = requests.get(f"http://127.0.0.1:{self.port}/warmtransfer/health", timeout=5)
            return {each["pid"] for each in answer.json()["processes"]}
        return set()

    def number(self, pid: int) -> str:
        """The worker that this process is."""
        found = [line for line in self.lines() if line.endswith(f"is started: process {pid}")]
        return found[-1].partition("worker ")[2].split()[0]

    def lines(self) -> list[str]:
        """The log."""
        return (self.folder / "app.log").read_text().splitlines()

    def says(self, words: Callable[[str], bool], times: int, what: str) -> None:
        """Wait for so many lines of the log."""
        self.until(lambda: len([each for each in self.lines() if words(each)]) >= times, 30, what)
