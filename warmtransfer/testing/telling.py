"""What happened in a call, for whoever reads why a test has failed."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

from warmtransfer.demo.remote import Row
from warmtransfer.demo.screen import Screen


def told(rows: Iterable[Row], names: Mapping[str, str]) -> str:
    """The rows of a call as lines, one for each thing; `names` says whose a number is."""
    out = io.StringIO()
    screen = Screen(out, dict(names))
    for row in sorted(rows, key=lambda row: float(row["t"])):
        screen.row(row)
    return out.getvalue().rstrip() or "  nothing"


def trouble(rows: Iterable[Row]) -> str:
    """What the network has refused or could not do, a line each."""
    lines = []
    for row in rows:
        if row["kind"] == "webhook" and int(row.get("status") or 0) >= 400:
            lines.append(f"  the app answered {row['url']} with {row['status']}")
        elif row["kind"] == "rest" and int(row.get("status") or 0) >= 400:
            lines.append(f"  {row['method']} {row['path']} was refused: {row['status']}")
    return "\n".join(lines)
