"""Medians over rounds, ratios, the table that is printed, results.json and the plot."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Row = dict[str, Any]
LIBRARIES = (
    "gevent", "Flask", "flask-sock", "simple-websocket", "websockets", "websocket-client", "SQLAlchemy",
)  # fmt: skip


def medians(rounds: list[Row]) -> Row:
    """Each program's median of every count, by name and then by number of calls."""
    found: Row = {}
    for name in dict.fromkeys(each["program"] for each in rounds):
        mine = [each for each in rounds if each["program"] == name]
        rows = [row for each in mine for row in each["rows"]]
        counts = sorted({row["calls"] for row in rows})
        by_calls = {calls: _median([row for row in rows if row["calls"] == calls]) for calls in counts}
        found[name] = {"calls": by_calls, "rss_kb_per_call": _memory(mine)}
        most = [each["most"] for each in mine if "most" in each]
        if most:
            found[name]["most"] = statistics.median_low(most)
        rushes = [each["rush"] for each in mine if "rush" in each]
        if rushes:
            found[name]["rush"] = _rush(rushes)
    return found


def _median(rows: list[Row]) -> Row:
    middle: Row = {"rounds": len(rows)}
    for key in ("cpu_ms", "core", "load_ms", "late_p99_ms", "stolen"):
        middle[key] = round(statistics.median(row[key] for row in rows), 3)
    for way in ("up", "down"):
        for key in ("p50_ms", "p90_ms", "p99_ms", "max_ms"):
            middle[f"{way}_{key}"] = round(statistics.median(row[way][key] for row in rows), 2)
        for key in ("lost", "reordered", "altered"):
            middle[f"{way}_{key}"] = max(row[way][key] for row in rows)
    return middle


def _memory(mine: list[Row]) -> float:
    """kB that one more call takes: the slope between the first count and the last one."""
    slopes = []
    for each in mine:
        first, last = each["rows"][0], each["rows"][-1]
        if last["calls"] > first["calls"]:
            slopes.append((last["rss"] - first["rss"]) / (last["calls"] - first["calls"]) / 1000)
    return round(statistics.median(slopes), 1) if slopes else 0.0


def _rush(rushes: list[Row]) -> Row:
    added = {
        way: [each["during"][way]["p99_ms"] - each["before"][way]["p99_ms"] for each in rushes]
        for way in ("up", "down")
    }
    return {f"{way}_added_p99_ms": round(statistics.median(found), 2) for way, found in added.items()}


def table(middle: Row, base: str = "limit") -> str:
    """What a person reads: one line a program, cost and ratio to `base` by number of calls."""
    counts = sorted({calls for each in middle.values() for calls in each["calls"]})
    lines = ["CPU ms per call-second (ratio to the limit), p99 ms caller to model / model to caller", ""]
    lines.append(f"{'':20}" + "".join(f"{f'{calls} calls':>26}" for calls in counts) + "   most   kB/call")
    for name, each in middle.items():
        cells = "".join(_cell(each, middle.get(base), calls) for calls in counts)
        lines.append(f"{name:20}{cells}{each.get('most', ''):>7}{each['rss_kb_per_call']:>10.0f}")
    for name, each in middle.items():
        if "rush" in each:
            added = each["rush"]
            ways = f"{added['up_added_p99_ms']} / {added['down_added_p99_ms']} ms"
            lines.append(f"50 calls started in a second beside 100 running, {name}: p99 + {ways}")
    return "\n".join(lines)


def _cell(each: Row, base: Row | None, calls: int) -> str:
    row = each["calls"].get(calls)
    if row is None:
        return f"{'':>26}"
    below = base["calls"].get(calls) if base else None
    ratio = f"x{row['cpu_ms'] / below['cpu_ms']:.2f}" if below else ""
    text = f"{row['cpu_ms']:.2f} {ratio} {row['up_p99_ms']:.1f}/{row['down_p99_ms']:.1f}"
    return f"{text:>26}"


def machine() -> Row:
    """Where and with what this was measured."""
    model = ""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
    compiler = subprocess.run(["cc", "--version"], capture_output=True, text=True, check=False).stdout
    return {
        "when": time.strftime("%Y-%m-%d"),
        "processor": model,
        "kernel": platform.release(),
        "python": " ".join(sys.version.split()),
        "compiler": compiler.splitlines()[0] if compiler else "",
        **{name: importlib.metadata.version(name) for name in LIBRARIES},
    }


def save(path: Path, results: Row) -> None:
    """results.json."""
    path.write_text(json.dumps(results, indent=1, default=str) + "\n")


def plot(path: Path, middle: Row) -> None:
    """Cost per call against calls, latency against calls."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (cost, late) = pyplot.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    for name, each in middle.items():
        counts = [int(calls) for calls in each["calls"]]
        rows = list(each["calls"].values())
        style = {"marker": "o", "markersize": 4, "linewidth": 2.4 if name.startswith("warmtransfer") else 1.4}
        if name == "limit":
            style |= {"linestyle": "--", "color": "black"}
        cost.plot(counts, [row["cpu_ms"] for row in rows], label=_label(name), **style)
        late.plot(counts, [max(row["up_p99_ms"], row["down_p99_ms"]) for row in rows], **style)
    _axes(cost, "CPU ms per call-second", counts=_counts(middle))
    _axes(late, "p99 added latency, ms (worse direction)", counts=_counts(middle))
    cost.set_ylim(bottom=0)
    late.set_yscale("log")
    late.axhline(20, color="grey", linewidth=0.8, linestyle=":")
    cost.legend(frameon=False)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _label(name: str) -> str:
    return "limit (C, moves frames only)" if name == "limit" else name


def _counts(middle: Row) -> list[int]:
    return sorted({int(calls) for each in middle.values() for calls in each["calls"]})


def _axes(axes: Any, title: str, counts: Iterable[int]) -> None:
    axes.set_xscale("log")
    axes.set_xticks(list(counts), [str(each) for each in counts])
    axes.minorticks_off()
    axes.set_xlabel("calls at once, one core")
    axes.set_title(title, fontsize=11)
    axes.grid(alpha=0.25)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
