"""The demo's processes: started each in a group of its own, told to end, and never left behind."""

from __future__ import annotations

import ctypes
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

#: Seconds a process has to end by itself once it was told to.
PATIENCE = 8.0


#: prctl's option by which a child is told when its parent is gone (linux/prctl.h).
_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Failed(Exception):
    """The demo cannot go on; the message says why, and what to look at."""


@dataclass
class Process:
    """One process group and the file its words go to."""

    name: str
    popen: subprocess.Popen[str]
    log: Path

    @property
    def running(self) -> bool:
        """Whether the process itself is still there."""
        return self.popen.poll() is None

    @property
    def alive(self) -> bool:
        """Whether anything of the group is still there."""
        self.popen.poll()
        try:
            os.killpg(self.popen.pid, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return not only_zombies(self.popen.pid)

    def signal(self, number: int) -> None:
        """Send a signal to all of the group."""
        try:
            os.killpg(self.popen.pid, number)
        except (ProcessLookupError, PermissionError):
            return

    def end(self, seconds: float = PATIENCE) -> bool:
        """Tell the group to end and wait; whether all of it did, by itself and in time."""
        self.signal(signal.SIGTERM)
        limit = time.monotonic() + seconds
        while self.alive and time.monotonic() < limit:
            time.sleep(0.02)
        return not self.alive

    def kill(self) -> None:
        """Make an end of it."""
        self.signal(signal.SIGKILL)
        self.popen.wait()
        if self.popen.stdout is not None:
            self.popen.stdout.close()

    def tail(self, lines: int = 12) -> str:
        """The last lines it wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def _end_with_us() -> None:
    """Have the child told to end when the demo is gone, even if it was killed; runs in the child."""
    if _LIBC is not None:
        _LIBC.prctl(_PDEATHSIG, signal.SIGTERM)


def only_zombies(group: int) -> bool:
    """Whether all that is left of a process group has ended, and waits for an init that never asks for it.

    Containers often have such an init. Known where there is a /proc; elsewhere the answer is no.
    """
    members = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, pgrp = path.read_text().rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            continue
        if int(pgrp) == group:
            if state != "Z":
                return False
            members += 1
    return members > 0


@dataclass
class Crew:
    """All processes of a demo; leaving the block kills what is still there."""

    folder: Path
    root: Path
    processes: list[Process] = field(default_factory=list)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.processes):
            if process.alive:
                process.end(2.0)
        for process in reversed(self.processes):
            process.kill()

    def start(
        self, name: str, command: Sequence[str], env: Mapping[str, str], *, read: bool = False
    ) -> Process:
        """Start a process whose words go to `<name>.log`; with `read`, its stdout comes to us."""
        path = self.folder / f"{name}.log"
        with path.open("w") as log:
            popen = subprocess.Popen(
                command, cwd=self.root, env=dict(env), text=True, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE if read else log, stderr=log,
                preexec_fn=_end_with_us if sys.platform == "linux" else None,
            )  # fmt: skip
        process = Process(name, popen, path)
        self.processes.append(process)
        return process

    def log(self, name: str) -> str:
        """Everything a process wrote to its log."""
        return "".join(each.log.read_text(errors="replace") for each in self.processes if each.name == name)

    def fallen(self) -> Process | None:
        """The first process that has ended although nobody told it to."""
        return next((process for process in self.processes if not process.running), None)


def procfile_command(root: Path, kind: str = "web") -> list[str]:
    """What the Procfile runs for a kind of process, through a shell, as a Heroku-style host does."""
    path = root / "Procfile"
    if not path.exists():
        raise Failed(f"there is no {path}: run the demo from a checkout of the project")
    for line in path.read_text().splitlines():
        name, colon, command = line.partition(":")
        if colon and name.strip() == kind and shlex.split(command):
            return ["/bin/sh", "-c", f"exec {command.strip()}"]
    raise Failed(f"{path} has no line for {kind}")


def environment(**own: str) -> dict[str, str]:
    """Our environment without anything meant for an app, with `python` as the one we run on."""
    foreign = ("TWILIO_", "WARMTRANSFER_", "OPENAI_", "DATABASE_", "FLASK_", "WEB_CONCURRENCY", "PORT")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])
    return {**kept, "PATH": path, "PYTHONUNBUFFERED": "1", **own}
