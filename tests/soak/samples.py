"""What a process and its database hold, from time to time, and whether it grows."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import text

from tests.calls.world import Row
from tests.ports.store.databases import database

#: Seconds of a process's life in which it fills its pools and loads what it needs: nothing is judged by them.
WARM = 45.0
#: What is flat: how much more the last third of a life may hold than the first, in its unit and as a share.
MAY_GROW = {
    "memory": (8e6, 0.08),
    "descriptors": (12.0, 0.1),
    "threads": (4.0, 0.1),
    "greenlets": (25.0, 0.1),
    "live calls": (6.0, 0.1),
    "open orders": (10.0, 0.5),
    "rows": (0.0, 0.5),
}
TABLES = ("call", "attempt", "journal", "outbox", "transcript")


def stored(url: str) -> dict[str, float]:
    """Rows of all tables, the calls that are not over, and the orders that are not done."""
    count = {name: f"SELECT count(*) FROM warmtransfer_{name}" for name in TABLES}
    with database(url) as db:
        rows = sum(int(db.execute(text(each)).scalar_one()) for each in count.values())
        live = db.execute(text("SELECT count(*) FROM warmtransfer_call WHERE stage <> 'over'")).scalar_one()
        undone = db.execute(text("SELECT count(*) FROM warmtransfer_outbox WHERE done_at = 0")).scalar_one()
    return {"rows": float(rows), "live calls": float(live), "open orders": float(undone)}


@dataclass
class Life:
    """One process's: `began` and each sample's `at` in seconds of the run."""

    began: float
    samples: list[tuple[float, Row]] = field(default_factory=list)

    def warm(self) -> list[Row]:
        """The samples by which it is judged."""
        return [row for at, row in self.samples if at - self.began >= WARM]


def grown(samples: Sequence[Row]) -> dict[str, tuple[float, float]]:
    """The medians of the first and the last third, by what was counted; nothing of less than six samples."""
    if len(samples) < 6:
        return {}
    third = len(samples) // 3
    ends = (samples[:third], samples[-third:])
    first, last = ({name: statistics.median(row[name] for row in end) for name in end[0]} for end in ends)
    return {name: (first[name], last[name]) for name in first if name in MAY_GROW}


def too_much(name: str, first: float, last: float) -> bool:
    """Whether this is more than a life's ups and downs explain."""
    amount, share = MAY_GROW[name]
    return last - first > max(amount, share * first)
