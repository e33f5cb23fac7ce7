"""A world whose app is one process on SQLite, or two on PostgreSQL behind a door, each made in a moment."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import requests
from sqlalchemy import text

from tests.calls.door import Door
from tests.calls.maker import Made
from tests.calls.world import Row, World, free_port, named
from tests.ports.store.databases import database

#: Simulated seconds for which the simulator keeps what is over.
KEEP = 300.0
#: Simulated seconds for a round of looking at everything, on a machine that keeps up.
ROUND = 1.0
#: Rows of the trace that are mostly sound: thousands in a call, and nothing is judged by them.
_SOUND = ('"kind":"realtime"', '"event":"media"', '"event":"mark"', '"event":"clear"')


class Pace:
    """Whether this machine keeps up with the clock: how long rounds take that ought to take no time.

    What a fast clock calls a slow answer may be a machine that others use; a promise that is broken then is
    no promise broken, and the story is to be told again more slowly.
    """

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._rounds: list[float] = []
        self._last = time.monotonic()

    def round(self) -> None:
        """A round is over, and another begins."""
        now = time.monotonic()
        self._rounds.append((now - self._last) * self._speed)
        self._last = now

    def kept(self, rows: Iterable[Row]) -> bool:
        """Whether nine rounds of ten, and eight webhooks of ten, took less than `ROUND` simulated seconds."""
        answered = [float(row["took"]) for row in rows if row["kind"] == "webhook" and "took" in row]
        return _at(self._rounds, 0.9) < ROUND and _at(answered, 0.8) < ROUND


def _at(taken: Sequence[float], share: float) -> float:
    """What this share of them stays below."""
    return sorted(taken)[int(len(taken) * share)] if taken else 0.0


class ChaosWorld(World):
    """`two`: two processes on the PostgreSQL at `database_url`; else one on SQLite in the folder."""

    def __init__(
        self,
        folder: Path,
        *,
        speed: float,
        database_url: str = "",
        arguments: Iterable[str] = (),
        environment: dict[str, str] | None = None,
        frames: bool = False,
    ) -> None:
        more = {"DATABASE_URL": database_url} if database_url else {}
        keep = ["--keep", f"{KEEP:g}", "--quiet", *arguments]
        settings = {**(environment or {}), **more}
        super().__init__(folder, speed=speed, frames=frames, environment=settings, arguments=keep)
        self.two = bool(database_url)
        self.ports = [free_port(), free_port()] if self.two else [self.port]
        self.door = self.opened()
        self.up: dict[int, Made] = {}  #: by its port
        self._armings = 0
        self._latch = ""

    def opened(self) -> Door | None:
        """What stands before the processes, so that each request goes to the next one."""
        return Door(self.port, self.ports) if self.two else None

    # Processes --------------------------------------------------------------------------------------

    def start_app(self) -> Made:
        """Start those that are not up."""
        for port in self.ports:
            if not self.alive(port):
                self.make(port)
        for port in self.ports:
            self.until(partial(self.answers, port), 60, "the app to answer /health")
        self.app = self.up[self.ports[0]]
        return self.app

    def make(self, port: int) -> None:
        """Have a process serve this port, soon."""
        self.up[port] = self.made("tests.chaos.host", PORT=str(port))

    def alive(self, port: int) -> bool:
        """Whether this port's process has been made and not ended."""
        return port in self.up and self.up[port].poll() is None

    def answers(self, port: int) -> bool:
        """Whether this port's process answers."""
        with contextlib.suppress(requests.RequestException):
            url = f"http://127.0.0.1:{port}/warmtransfer/health"
            return requests.get(url, timeout=5).status_code in (200, 503)
        return False

    def kill(self, port: int) -> None:
        """SIGKILL for this port's process."""
        if self.alive(port):
            self.up[port].kill()
            self.up[port].wait(10)

    def afresh(self) -> None:
        """New processes with an empty database; nothing of what was before is remembered."""
        for port in self.ports:
            self.kill(port)
        if self.two:
            forget_all(self.environment["DATABASE_URL"])
        else:
            for path in self.folder.glob("calls.sqlite3*"):
                path.unlink()
        self.start_app()

    def stop(self) -> None:
        """End everything."""
        for port in self.ports:
            self.kill(port)
        if self.door:
            self.door.close()
        super().stop()

    # Boundaries -------------------------------------------------------------------------------------

    def arm(self, boundary: str) -> None:
        """Have the first process that comes to this boundary die there."""
        self._armings += 1
        self._latch = str(self.folder / f"latch-{self._armings}")
        for port in self.ports:
            requests.post(f"http://127.0.0.1:{port}/chaos/arm", f"{boundary}\n{self._latch}", timeout=10)

    def struck(self) -> bool:
        """Whether somebody has come to the boundary that was armed last."""
        return Path(self._latch).exists()

    def passed(self) -> list[str]:
        """Every boundary that a process has come to since it was made, in order; each once."""
        found = [
            requests.get(f"http://127.0.0.1:{port}/chaos/passed", timeout=10).text.splitlines()
            for port in self.ports
        ]
        return list(dict.fromkeys(name for names in found for name in names))

    def model_fault(self, written: str) -> None:
        """Have the model fail like this at the next occasion; "" for no more."""
        host = urlsplit(self.keys["WARMTRANSFER_REALTIME_URL"]).netloc
        order = {"fault": written} if written else {"clear": True}
        answer = self.web.post(f"http://{host}/control", json=order, timeout=30)
        assert answer.ok, answer.text

    # Looking ----------------------------------------------------------------------------------------

    def news(self, since: int) -> tuple[list[Row], int]:
        """The trace's rows from number `since` on but for sound, and the number of the next."""
        answer = self.web.get(f"{self.base}/simulator/trace?since={since}", timeout=120)
        lines = answer.text.splitlines()
        rows = [named(json.loads(line)) for line in lines if not any(word in line for word in _SOUND)]
        return rows, int(answer.headers["X-Next"])

    def now(self) -> float:
        """The simulator's clock."""
        return float(self.control("GET", "/state")["t"])

    def log_since(self, where: int) -> tuple[str, int]:
        """What the app has logged since a place in its log, and where it ends."""
        with (self.folder / "app.log").open(errors="replace") as log:
            log.seek(where)
            return log.read(), log.tell()

    def calls_of(self, caller: str) -> list[Row]:
        """The app's calls of this caller's number, oldest first; [] while nobody answers."""
        for port in self.ports:
            if not self.alive(port):
                continue
            with contextlib.suppress(requests.RequestException, AssertionError, ValueError):
                calls = self._ask(port, f"?number={caller.replace('+', '%2B')}")["calls"]
                return [self._ask(port, f"/{call['id']}") for call in reversed(calls)]
        return []

    def _ask(self, port: int, path: str) -> Row:
        url = f"http://127.0.0.1:{port}/warmtransfer/api/calls{path}"
        token = self.environment["WARMTRANSFER_API_TOKEN"]
        answer = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=10)
        assert answer.ok, answer.text
        found: Row = answer.json()
        return found


def forget_all(url: str) -> None:
    """Empty every table of ours that there is."""
    with database(url) as db:
        names = db.execute(text("SELECT tablename FROM pg_tables WHERE tablename LIKE 'warmtransfer_%'"))
        tables = [name for name in names.scalars() if "alembic" not in name and "version" not in name]
        if tables:
            db.execute(text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY"))
