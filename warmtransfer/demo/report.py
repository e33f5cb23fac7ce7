"""What is left of a demo: report.json for machines, and the same as a table for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from warmtransfer.simulator.witness.evidence import Evidence, Leg
from warmtransfer.simulator.witness.promises import PROMISES, Judgement
from warmtransfer.simulator.witness.timings import MEANING

NOTHING: Mapping[str, bool] = MappingProxyType({})


def report(
    evidence: Evidence, judgement: Judgement, timings: dict[str, int | None], shown: Mapping[str, bool]
) -> dict[str, Any]:
    """The content of report.json; times of legs are seconds of the trace.

    A promise that the story does not put to the test is null.
    """
    kept = {name: None if judgement.spared(name) else judgement.verdicts[name].ok for name in PROMISES}
    return {
        "ok": judgement.ok and all(shown.values()),
        "promises": kept,
        "shown": dict(shown),
        "timings_ms": timings,
        "legs": [_leg(leg) for leg in evidence.legs],
    }


def _leg(leg: Leg) -> dict[str, Any]:
    ended = None if leg.ended is None else round(leg.ended, 3)
    about = {"label": leg.label, "call_sid": leg.call_sid}
    return {**about, "started": round(leg.dialled, 3), "ended": ended, "wav": leg.wav or None}


def text_of(content: dict[str, Any]) -> str:
    """report.json as text."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def table(
    judgement: Judgement, timings: dict[str, int | None], shown: Mapping[str, bool] = NOTHING
) -> list[str]:
    """Timings and promises as lines of plain text."""
    lines = ["Timings"]
    for name, value in timings.items():
        took = "    --" if value is None else f"{value:>6} ms"
        lines.append(f"  {name:<27} {took:>9}   {MEANING[name]}")
    lines += ["", "Promises"]
    for name, verdict in judgement.verdicts.items():
        lines.append(f"  {name:<27} {_mark(judgement, name):>9}   {verdict.why}")
    if shown:
        lines += ["", "What the story is told for"]
        lines += [f"  {'shown' if seen else 'MISSING':<9} {what}" for what, seen in shown.items()]
    return [*lines, "", _sum(judgement, shown)]


def _mark(judgement: Judgement, name: str) -> str:
    if judgement.verdicts[name].ok:
        return "kept"
    return "WARNING" if judgement.warning(name) else "--" if judgement.spared(name) else "BROKEN"


def _sum(judgement: Judgement, shown: Mapping[str, bool]) -> str:
    broken = [_mark(judgement, name) for name in judgement.verdicts].count("BROKEN")
    if broken:
        return f"{broken} of {len(PROMISES)} promises broken."
    missing = list(shown.values()).count(False)
    return f"{missing} of what it is told for is missing." if missing else "All promises were kept."
