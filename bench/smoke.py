"""A few seconds of everything: fails when the harness or a server is broken, never on a slow machine."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.rig import Rig, faults, prepare
from bench.servers import Broken, Program, limit, ours

CALLS = 5


def check(rig: Rig) -> str:
    """Bring a few calls up and count for a moment; one line about it, or Broken."""
    rig.grow(CALLS)
    row = rig.measure(3.0)
    wrong = faults(row)
    if row["up"]["received"] < CALLS * 50 or (row["own_sounds"] and not rig.program.webhooks):
        wrong.append(f"only {row['up']['received']} frames arrived")
    if row["cpu_ms"] <= 0 or row["strange"]:
        wrong.append("the counting does not work")
    if wrong:
        raise Broken(f"{rig.program.name}: {', '.join(wrong)}\n{rig.server.said()}")
    up, down = row["up"]["p50_ms"], row["down"]["p50_ms"]
    return f"{rig.program.name}: {CALLS} calls, {row['cpu_ms']:.1f} ms a call-second, {up} and {down} ms late"


def programs(folder: Path) -> list[Program]:
    """What is tried."""
    return [ours(), ours("warmtransfer-tls", tls=True), limit(folder / "limit")]


def main() -> int:
    """Try everything; 1 and a sentence when something is broken."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        try:
            machine = prepare(folder, tls=True)
            for program in programs(folder):
                with Rig(machine, program) as rig:
                    print(check(rig), flush=True)
        except Broken as fault:
            print(f"broken: {fault}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
