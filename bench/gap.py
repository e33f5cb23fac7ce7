"""A stream's socket is lost while the app is up: how long until the caller hears the AI again."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.first_word import far
from bench.servers import Broken
from warmtransfer.demo.remote import Tail, ask

Row = dict[str, Any]
#: Seconds after which each stream's socket is cut: the AI has greeted by then.
CUT = 4.0
CALL = {"from": "+15550123456", "steps": [{"wait": CUT + 5.0}, {"hangup": True}]}
#: What happens one after the other, as Twilio's side sees it.
STEPS = ("the new leg asks for its document", "the stream is open", "the AI is heard")


def run(folder: Path, seconds: float = 0.03, calls: int = 20) -> Row:
    """Milliseconds from the cut to each step, over so many calls; one before them warms everything up."""
    with far(folder, seconds) as (control, tail):
        times = [_one(control, tail) for _ in range(calls + 1)][1:]
    gaps = sorted(each[-1] for each in times)
    return {
        "network_ms_each_way": 1000 * seconds,
        "calls": calls,
        "steps": {name: _ms(statistics.median(each[n] for each in times)) for n, name in enumerate(STEPS)},
        "median": _ms(statistics.median(gaps)),
        "p95": _ms(gaps[-(-len(gaps) * 95 // 100) - 1]),
        "most": _ms(gaps[-1]),
    }


def _one(control: str, tail: Tail) -> list[float]:
    """Seconds from the cut to each step, in one call."""
    ask("PUT", f"{control}/faults", [f"stream=drop_after:{CUT};times=1"])
    sid = ask("POST", f"{control}/calls", CALL)["call_sid"]
    ask("GET", f"{control}/calls/{sid}/wait?status=completed&timeout=30", seconds=40.0)
    rows = sorted(tail.rows(), key=lambda row: float(row["t"]))
    cut = next((n for n, row in enumerate(rows) if row["kind"] == "note" and row.get("fault")), None)
    if cut is None:
        raise Broken("no stream was cut")
    after, moments = iter(rows[cut:]), [float(rows[cut]["t"]) + CUT]
    for wanted in (_asked, _opened, _heard):
        found = next((row for row in after if wanted(row) and float(row["t"]) >= moments[0]), None)
        if found is None:
            raise Broken(f"after the cut only {len(moments) - 1} of {len(STEPS)} steps were seen")
        moments.append(float(found["t"]))
    return [each - moments[0] for each in moments[1:]]


def _asked(row: Row) -> bool:
    return row["kind"] == "webhook" and row["url"].endswith("/warmtransfer/ai")


def _opened(row: Row) -> bool:
    return row["kind"] == "stream" and row["msg"].get("event") == "start"


def _heard(row: Row) -> bool:
    return row["kind"] == "stream" and row["dir"] == "app" and row["msg"].get("event") == "mark"


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)


def table(found: Row) -> str:
    """What a person reads."""
    head = f"lost stream, ms from the cut, network {found['network_ms_each_way']:.0f} ms each way"
    lines = [f"{head:64}{'median':>10}"]
    lines += [f"  {name:62}{took:10.1f}" for name, took in found["steps"].items()]
    lines += [f"  p95 {found['p95']:.0f} ms, longest {found['most']:.0f} ms, of {found['calls']} calls"]
    return "\n".join(lines)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="gap-") as name:
        print(table(run(Path(name), calls=int(sys.argv[1]) if sys.argv[1:] else 20)))
