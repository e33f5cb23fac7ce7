"""Worlds whose app is several processes on one database."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import requests
from sqlalchemy import text

from tests.calls.world import Row, World
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
