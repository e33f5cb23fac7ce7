"""What a decision costs on SQLite and PostgreSQL, and how many calls several processes serve.

Also alone: `python -m bench.scale`. A decision is one webhook, from its first byte to the answer's last:
signature, lock, table, commit. Calls are set up and hung up at a pace that makes so many webhooks a second;
the REST requests that they order are made as well.
"""

from __future__ import annotations

import dataclasses
import queue
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import measure
from bench.decisions import percentiles
from bench.network import Refused
from bench.rig import Machine, Rig, prepare
from bench.servers import Broken, Program, ours, use_of

Row = dict[str, Any]
#: Webhooks a second, and how many seconds of them are counted.
PACES = (1, 10, 100, 300)
SECONDS = 15.0
#: Webhooks that setting up and hanging up one call sends.
A_CALL = 8
#: Calls in the making at once, at most: a server that is slower than the pace is late, and that is counted.
MAKERS = 32
PROCESSES = (1, 2, 4)


@contextmanager
def postgres(folder: Path) -> Iterator[tuple[str, int]]:
    """A PostgreSQL's URL, and the number of its first process."""
    from tests.postgres import Postgres

    server = Postgres(folder / "postgres")
    try:
        yield server.url, int((folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    finally:
        server.stop()


def with_settings(program: Program, **settings: str) -> Program:
    """The same program with these keys, too."""
    return dataclasses.replace(program, environment={**program.environment, **settings})


def decisions(machine: Machine, url: str = "", root: int = 0) -> list[Row]:
    """A row for each pace; `url` and `root` are a PostgreSQL's, and its first process."""
    name = "postgresql" if url else "sqlite"
    program = with_settings(ours(), **({"DATABASE_URL": url} if url else {}))
    found = []
    for pace in PACES:
        with Rig(machine, program) as rig:
            rig.grow(1)
            row = {"database": name, **_at(rig, pace, root)}
        found.append(row)
        print(
            f"  {name:11} {pace:4} a second: {row['done']:.0f} done, "
            f"p50 {row['p50']:.2f} p99 {row['p99']:.2f} ms, CPU {row['cpu_ms']:.2f} ms each, "
            f"of the database {row['database_cpu_ms']:.2f}",
            flush=True,
        )
    return found


def _at(rig: Rig, pace: float, root: int) -> Row:
    """`pace` webhooks a second for `SECONDS`."""
    calls = max(2, round(pace * SECONDS / A_CALL))
    waiting: queue.SimpleQueue[float | None] = queue.SimpleQueue()
    faults: list[Exception] = []

    def make() -> None:
        hooks = rig.hooks()
        while (at := waiting.get()) is not None:
            time.sleep(max(0.0, at - time.monotonic()))
            try:
                hooks.hang_up(hooks.set_up())
            except (Refused, OSError) as fault:
                faults.append(fault)

    makers = [threading.Thread(target=make) for _ in range(min(MAKERS, calls))]
    known, began = len(rig.webhook_seconds), time.monotonic()
    server, database = rig.server.use().cpu, use_of(root).cpu if root else 0.0
    for n in range(calls):
        waiting.put(began + n * A_CALL / pace)
    for each in makers:
        waiting.put(None)
        each.start()
    for each in makers:
        each.join()
    took = rig.webhook_seconds[known:]
    if faults:
        raise Broken(f"{len(faults)} of {calls} calls failed, first: {faults[0]}\n{rig.server.said()}")
    seconds = time.monotonic() - began
    return {
        "wanted": pace,
        "done": round(len(took) / seconds, 1),
        **percentiles(took),
        "cpu_ms": round(1000 * (rig.server.use().cpu - server) / len(took), 3),
        "database_cpu_ms": round(1000 * ((use_of(root).cpu if root else 0.0) - database) / len(took), 3),
    }


def processes(machine: Machine, url: str, seconds: float = 6.0) -> list[Row]:
    """The most calls that so many processes serve with all processors, which load and database share."""
    everywhere = dataclasses.replace(machine, server_cpu=None)
    found = []
    for number in PROCESSES:
        settings = {"DATABASE_URL": url, "WEB_CONCURRENCY": str(number)}
        plan = measure.Plan(counts=(100,), seconds=seconds, rush=False)
        with Rig(everywhere, with_settings(ours(f"{number}-processes"), **settings)) as rig:
            row = measure.run(rig, plan)
        at = row["rows"][-1]
        found.append(
            {"processes": number, "most": row.get("most", 0), "cpu_ms": at["cpu_ms"], "rss": at["rss"]}
        )
        print(f"  {number} processes: {found[-1]['most']} calls", flush=True)
    return found


def run(machine: Machine, folder: Path) -> Row:
    """All of it."""
    found: Row = {"decisions": decisions(machine)}
    with postgres(folder) as (url, root):
        found["decisions"] += decisions(machine, url, root)
        found["processes"] = processes(machine, url)
    return found


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        try:
            run(prepare(Path(name)), Path(name))
        except Broken as fault:
            print(f"broken: {fault}")
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
