"""A process that makes those of the app under test, and what it has made."""

from __future__ import annotations

import atexit
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


class Made:
    """A process that was made by another one: to those who wait for it like a `subprocess.Popen`."""

    stdout = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._over = threading.Event()

    def has_ended(self, status: int) -> None:
        """It has ended, so."""
        self.returncode = status
        self._over.set()

    def poll(self) -> int | None:
        """How it has ended, if it has."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it has ended, once it has."""
        if not self._over.wait(timeout):
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0.0)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, what: int) -> None:
        """Send a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, what)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


class Maker:
    """Runs a module that makes processes (`tests.calls.making`), until it is closed; they end with it."""

    def __init__(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, "many", *arguments]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._made: queue.Queue[Made | None] = queue.Queue()
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def make(self, environment: Mapping[str, str], log: Path) -> Made:
        """A process with this environment, which logs to this file."""
        assert self._process.stdin is not None
        asked = {"environment": dict(environment), "log": str(log)}
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        made = self._made.get(timeout=60)
        assert made is not None, "what makes processes has ended"
        return made

    def _listen(self) -> None:
        assert self._process.stdout is not None
        up: dict[int, Made] = {}
        for line in self._process.stdout:
            what, pid, *status = line.split()
            if what == "made":
                up[int(pid)] = Made(int(pid))
                self._made.put(up[int(pid)])
            else:
                up.pop(int(pid)).has_ended(int(status[0]))
        self._made.put(None)

    def close(self) -> None:
        """End it, and all it has made."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._listening.join(20)
        self._process.stdout.close()


@cache
def maker(module: str, *arguments: str) -> Maker:
    """The one for this module and these arguments, which ends with this process."""
    found = Maker(module, *arguments)
    atexit.register(found.close)
    return found
