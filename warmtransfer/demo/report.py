"""What is left of a demo: report.json for machines, and the same as a table for people."""

from __future__ import annotations

import json
from typing import Any

from warmtransfer.simulator.witness.evidence import Evidence, Leg
from warmtransfer.simulator.witness.promises import PROMISES, Judgement
from warmtransfer.simulator.witness.timings import MEANING


def report(evidence: Evidence, judgement: Judgement, timings: dict[str, int | None]) -> dict[str, Any]:
    """The content of report.json; times of legs are seconds of the trace."""
    return {
        "ok": judgement.ok,
        "promises": {name: judgement.verdicts[name].ok for name in PROMISES},
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


def table(judgement: Judgement, timings: dict[str, int | None]) -> list[str]:
    """Timings and promises as lines of plain text."""
    lines = ["Timings"]
    for name, value in timings.items():
        shown = "    --" if value is None else f"{value:>6} ms"
        lines.append(f"  {name:<27} {shown:>9}   {MEANING[name]}")
    lines += ["", "Promises"]
    for name, verdict in judgement.verdicts.items():
        mark = "kept" if verdict.ok else "WARNING" if judgement.warning(name) else "BROKEN"
        lines.append(f"  {name:<27} {mark:>9}   {verdict.why}")
    broken = sum(not v.ok and not judgement.warning(n) for n, v in judgement.verdicts.items())
    lines += [
        "",
        "All promises were kept." if not broken else f"{broken} of {len(PROMISES)} promises broken.",
    ]
    return lines
