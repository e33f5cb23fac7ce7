"""The programs that are measured: how each is started, how its calls come to it, and what it uses."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.network import ACCOUNT, APP, AUTH_TOKEN, NUMBER

ROOT = Path(__file__).parent.parent
PREFIX = "/warmtransfer"
API_TOKEN = "bench-token-0123456789"
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Broken(Exception):
    """The harness, or a program under test, does not work; says which."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program under test. `webhooks`: calls have to be set up as Twilio does it, as ours are."""

    name: str
    command: str
    path: str
    webhooks: bool = False
    tls: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Use:
    """What a process and its children have used: seconds of processor, bytes of memory."""

    cpu: float
    rss: int


def ours(name: str = "warmtransfer", *, tls: bool = False) -> Program:
    """Our server by the Procfile's own command."""
    line = (ROOT / "Procfile").read_text().strip().partition("web:")[2].strip()
    words = shlex.split(line)
    if words[0] == "python":
        words[0] = sys.executable
    command = f"cd {shlex.quote(str(ROOT))} && exec {shlex.join(words)}"
    return Program(name, command, f"{PREFIX}/media", webhooks=True, tls=tls)


def limit(binary: Path) -> Program:
    """The C limit."""
    return Program("limit", f"exec {shlex.quote(str(binary))}", "/media")


def peer(given: str) -> Program:
    """A program from the command line: `name[:/path]=command`."""
    name, _, command = given.partition("=")
    name, _, path = name.partition(":")
    if not name or not command:
        raise Broken(f"--peer {given}: not name[:/path]=command")
    return Program(name, f"exec {command}" if " && " not in command else command, path or "/media-stream")


@contextmanager
def on_processor(cpu: int | None) -> Iterator[None]:
    """Processes started here run on this processor only, or on all: they inherit it from their starter."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count() or 1) if cpu is None else {cpu})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class Server:
    """A program under test, running on its own processor."""

    def __init__(
        self, program: Program, cpu: int | None, model_port: int, rest_port: int, folder: Path,
        certificate: str = "",
    ) -> None:  # fmt: skip
        self.program = program
        self.port = free_port()
        self.log = folder / f"{program.name}-{self.port}.log"
        scheme = "wss" if program.tls else "ws"
        host = "localhost" if program.tls else "127.0.0.1"
        model = f"{scheme}://{host}:{model_port}/v1/realtime"
        environment = {
            **os.environ,
            **_settings(self.port, rest_port, model, folder / f"{self.port}.sqlite3"),
            **program.environment,
            "PORT": str(self.port),
            "MODEL_URL": model,
            "OPENAI_API_KEY": "bench",
        }
        if certificate:
            environment["SSL_CERT_FILE"] = certificate
        with self.log.open("wb") as log, on_processor(cpu):
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", program.command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self, seconds: float = 60.0) -> None:
        """Until it takes connections; raises Broken."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), 1.0).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise Broken(f"{self.program.name} does not listen: {self.said()}")

    def use(self) -> Use:
        """What it and its children have used until now."""
        return use_of(self._process.pid)

    def said(self) -> str:
        """The end of what it printed."""
        return self.log.read_text(errors="replace")[-1500:]

    def stop(self) -> None:
        """End it and its children: the session is ours alone."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                break
            try:
                self._process.wait(8.0)
            except subprocess.TimeoutExpired:
                continue
        self._process.wait(5.0)


def use_of(root: int) -> Use:
    """What a process and all that descend from it have used until now."""
    cpu, rss = 0.0, 0
    for pid in _family(root):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except OSError:
            continue
        fields = stat[stat.rindex(")") + 2 :].split()
        cpu += sum(int(fields[each]) for each in (11, 12, 13, 14)) / _TICK
        rss += pages * _PAGE
    return Use(cpu, rss)


def _family(root: int) -> list[int]:
    """The process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text()
            except OSError:
                continue
            parent = int(stat[stat.rindex(")") + 2 :].split()[1])
            children.setdefault(parent, []).append(int(entry))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _people(folder: Path) -> Path:
    """The file of humans who take as many calls at once as there are."""
    path = folder / "people.toml"
    path.write_text(
        "".join(
            f'[[human]]\nname = "{name}"\nnumber = "+1555010000{n}"\nat_once = 100\n'
            for n, name in enumerate(("sam", "kim"), 1)
        )
    )
    return path


def _settings(port: int, rest_port: int, model: str, database: Path) -> dict[str, str]:
    """Our server's keys: everything on, and no limit that a benchmark would meet."""
    return {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_APP_SID": APP,
        "TWILIO_NUMBER": NUMBER,
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{rest_port}",
        "WARMTRANSFER_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WARMTRANSFER_URL_PREFIX": PREFIX,
        "WARMTRANSFER_REALTIME_URL": model,
        "WARMTRANSFER_HUMANS": str(_people(database.parent)),
        "WARMTRANSFER_COMPANY": "Bench",
        "WARMTRANSFER_MAX_CALLS": "5000",
        "WARMTRANSFER_CPS": "500",
        "WARMTRANSFER_API_TOKEN": API_TOKEN,
        "DATABASE_URL": f"sqlite:///{database}",
        "PYTHONUNBUFFERED": "1",
    }
