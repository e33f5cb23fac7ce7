"""What is measured of a program: cost by number of calls, the most calls, a rush of callers, decisions."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from bench.rig import SETTLE, Rig, faults, holds
from bench.servers import Broken

Row = dict[str, Any]

#: A server that is this late is past its limit: more calls tell nothing.
HOPELESS_MS = 200.0
#: A count in which the host kept more than this share of the processors to itself is made again, twice.
STOLEN = 0.03
RUSH = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with each program. `seconds`: one count."""

    counts: tuple[int, ...] = (10, 50, 100, 200, 400)
    seconds: float = 10.0
    search: bool = True
    rush: bool = True
    most: int = 1600  #: the search stops here


def run(rig: Rig, plan: Plan) -> Row:
    """Everything a plan says about one program; `rows` are in order of calls."""
    idle = rig.server.use().rss
    found: Row = {"program": rig.program.name, "idle_rss": idle, "rows": []}
    for calls in plan.counts:
        row = step(rig, calls, plan.seconds)
        found["rows"].append(row)
        if hopeless(row):
            break
        if plan.rush and calls == 100:
            found["rush"] = rush(rig, plan.seconds)
    good = [row for row in found["rows"] if holds(row)]
    if plan.search and good:
        found["most"] = search(rig, good[-1]["calls"], plan)
    return found


def step(rig: Rig, calls: int, seconds: float) -> Row:
    """One count with so many calls."""
    if calls < rig.calls:
        rig.shrink(calls)
    else:
        rig.grow(calls)
    time.sleep(SETTLE)
    row = rig.measure(seconds)
    for _ in range(2):
        if row["stolen"] > STOLEN:  # it tells of the host
            row = min(row, rig.measure(seconds), key=lambda each: float(each["stolen"]))
    note = "" if holds(row) else f"  ({', '.join(faults(row)) or 'late'})"
    print(
        f"  {rig.program.name:18} {calls:5} calls  {row['cpu_ms']:6.2f} ms  core {row['core']:4.0%}"
        f"  up {row['up']['p50_ms']:.2f}/{row['up']['p99_ms']:.2f} ms"
        f"  down {row['down']['p50_ms']:.2f}/{row['down']['p99_ms']:.2f} ms"
        f"  load {row['load_ms']:.2f} ms, {row['late_p99_ms']:.2f} late, stolen {row['stolen']:.1%}{note}",
        flush=True,
    )
    return row


def hopeless(row: Row) -> bool:
    """Whether more calls would only be lost."""
    return bool(faults(row)) or max(row[way]["p99_ms"] for way in ("up", "down")) > HOPELESS_MS


def search(rig: Rig, good: int, plan: Plan) -> int:
    """The most calls that hold: a quarter more until it breaks, then halving the doubt to 8 %."""
    seconds = max(4.0, plan.seconds / 2)
    bad = plan.most + 1
    while bad - good > max(2, good // 12):
        trial = min(good + max(4, good // 4), (good + bad) // 2 if bad <= plan.most else plan.most)
        if trial <= good:
            break
        if probe(rig, trial, seconds):
            good = trial
            if good == plan.most:
                break
        else:
            bad = trial
            rig.shrink(good)
            time.sleep(SETTLE)
    return good


def probe(rig: Rig, calls: int, seconds: float) -> bool:
    """Whether so many calls hold in one of three counts; one that fails by far is the last."""
    row: Row = {}
    try:
        for _ in range(3):
            row = step(rig, calls, seconds)
            if holds(row) or hopeless(row):
                break
    except Broken as fault:
        print(f"  {rig.program.name}: {str(fault).splitlines()[0]}", flush=True)
        return False
    return holds(row)


def rush(rig: Rig, seconds: float) -> Row:
    """What the calls that are up notice of `RUSH` more that start within one second."""
    calls = rig.calls
    before = rig.measure(min(seconds, 5.0))
    during = rig.measure(3.0, calls=calls, meanwhile=lambda: rig.grow(calls + RUSH, spread=1.0))
    times = {way: (before[way]["p99_ms"], during[way]["p99_ms"]) for way in ("up", "down")}
    print(f"  {rig.program.name:18} {RUSH} more in a second: p99 before and during {times}", flush=True)
    return {"calls": calls, "seconds": during["seconds"], "before": before, "during": during}
