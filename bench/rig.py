"""One program under load: calls are brought up, measured, and taken down."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from bench.network import Leg, Refused, Rest, Webhooks, sid, signature
from bench.phones import Phones
from bench.servers import PREFIX, Broken, Program, Server

HERE = Path(__file__).parent
#: Threads that set calls up at the same time.
SETTERS = 4
#: Seconds between the last call's coming up and the first count: a greeting is over by then.
SETTLE = 4.0


@dataclass(frozen=True, slots=True)
class Machine:
    """Where things run, and what was built for it."""

    load: Path
    limit: Path
    server_cpu: int | None  #: None: all of them
    load_cpu: int
    folder: Path
    certificate: tuple[Path, Path] | None


def prepare(folder: Path, *, tls: bool = False) -> Machine:
    """Build the two C programs, and a certificate for `localhost`; this process moves to the load's side."""
    cpus = sorted(os.sched_getaffinity(0))
    server_cpu, load_cpu = cpus[-1], cpus[0]
    for name in ("load", "limit"):
        _run(["cc", "-O2", "-std=gnu11", "-o", str(folder / name), str(HERE / f"{name}.c"), "-ldl"])
    pair: tuple[Path, Path] | None = None
    if tls:
        pair = (folder / "cert.pem", folder / "key.pem")
        made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        _run(["openssl", "req", "-x509", *made, *names, "-keyout", str(pair[1]), "-out", str(pair[0])])
    os.sched_setaffinity(0, {load_cpu})
    return Machine(folder / "load", folder / "limit", server_cpu, load_cpu, folder, pair)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Broken(f"{command[0]} failed: {done.stderr[-1500:]}")


class Rig:
    """A server with load and fake network around it. A context manager; calls are numbered from 0."""

    def __init__(self, machine: Machine, program: Program) -> None:
        self.program = program
        self._machine = machine
        self.rest = Rest()
        certificate = machine.certificate if program.tls else None
        self.phones = Phones(machine.load, machine.load_cpu, certificate)
        trusted = str(certificate[0]) if certificate else ""
        self.server = Server(
            program, machine.server_cpu, self.phones.model_port, self.rest.port, machine.folder, trusted
        )
        self.legs: dict[int, Leg] = {}
        self.webhook_seconds: list[float] = []
        self.calls = 0
        self._hooks = threading.local()
        self._all_hooks: list[Webhooks] = []

    def __enter__(self) -> Rig:
        try:
            self.server.wait()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        for hooks in self._all_hooks:
            hooks.close()
        self.server.stop()
        self.phones.stop()
        self.rest.stop()

    # Calls ------------------------------------------------------------------------------------------

    def grow(self, calls: int, seconds: float = 60.0, *, spread: float = 0.0) -> None:
        """Bring calls up until there are `calls`, spread over so many seconds; Broken if they do not come."""
        new = range(self.calls, calls)
        began = time.monotonic()
        starts = [began + spread * place / len(new) for place in range(len(new))]
        with ThreadPoolExecutor(SETTERS) as pool:
            list(pool.map(self._open, new, starts))
        self.calls = max(self.calls, calls)
        self.wait_up(seconds)

    def wait_up(self, seconds: float) -> None:
        """Until every call is heard in both directions."""
        try:
            self.phones.wait(
                lambda: self.phones.gone or len(self.phones.up) >= self.calls, seconds, "calls do not come up"
            )
            if self.phones.gone:
                raise Broken("a phone was hung up on")
        except Broken as fault:
            up = f"{len(self.phones.up)} of {self.calls} are up"
            raise Broken(f"{self.program.name}: {fault}; {up}\n{self.server.said()}") from None

    def shrink(self, calls: int) -> None:
        """Hang up the last calls until `calls` are left."""
        for index in range(calls, self.calls):
            self.phones.close(index)
            self.phones.up.pop(index, None)
            if index in self.legs:
                self.hooks().hang_up(self.legs.pop(index))
        self.calls = min(self.calls, calls)

    def hooks(self) -> Webhooks:
        """This thread's side of the webhooks."""
        found: Webhooks | None = getattr(self._hooks, "own", None)
        if found is None:
            found = self._hooks.own = Webhooks(self.server.port, self.rest, PREFIX)
            found.took = self.webhook_seconds
            self._all_hooks.append(found)
        return found

    def _open(self, index: int, at: float) -> None:
        time.sleep(max(0.0, at - time.monotonic()))
        path, ids, proof = self.program.path, (sid("CA"), sid("MZ")), ("-", "-")
        if self.program.webhooks:
            try:
                leg = self.legs[index] = self.hooks().set_up()
            except (Refused, OSError) as fault:
                raise Broken(f"{self.program.name}: {fault}\n{self.server.said()}") from fault
            path, ids = urlsplit(leg.media).path, (leg.ai_sid, sid("MZ"))
            proof = (signature(leg.media), leg.token)
        self.phones.open(index, self.server.port, path, ids, proof)

    # Measuring --------------------------------------------------------------------------------------

    def measure(
        self, seconds: float, *, calls: int = 0, meanwhile: Callable[[], object] | None = None
    ) -> dict[str, Any]:
        """One row: cost, memory, latency and faults of the calls there are, or of the first `calls`."""
        counted = calls or self.calls
        before, began, stolen = self.server.use(), time.monotonic(), _stolen()
        row = dict(self.phones.measure(counted, seconds, meanwhile))
        after, took = self.server.use(), time.monotonic() - began
        row["calls"] = counted
        row["cpu_ms"] = 1000 * (after.cpu - before.cpu) / took / counted
        row["load_ms"] = 1000 * row.pop("load_cpu") / row["seconds"] / counted
        row["core"] = (after.cpu - before.cpu) / took
        row["rss"] = after.rss
        row["gone"] = len(self.phones.gone)
        row["stolen"] = (_stolen() - stolen) / took / (os.cpu_count() or 1)
        row.pop("report")
        return row


def _stolen() -> float:
    """Seconds that the host of a virtual machine has kept its processors from us (proc(5), `steal`)."""
    with open("/proc/stat") as stat:
        return int(stat.readline().split()[8]) / os.sysconf("SC_CLK_TCK")


def faults(row: dict[str, Any]) -> list[str]:
    """What must never happen to audio, with its count."""
    found = [
        f"{row[way][what]} {what} {way}"
        for way in ("up", "down")
        for what in ("lost", "reordered", "altered")
        if row[way][what]
    ]
    if row["gone"]:
        found.append(f"{row['gone']} hung up on")
    return found


def holds(row: dict[str, Any], p99_ms: float = 20.0) -> bool:
    """Whether every call was served: nothing lost, and 99 of 100 frames in time in both directions."""
    heard = row["up"]["received"] >= 0.97 * row["up"]["sent"] > 0 and row["down"]["received"] > 0
    return heard and not faults(row) and all(row[way]["p99_ms"] <= p99_ms for way in ("up", "down"))
