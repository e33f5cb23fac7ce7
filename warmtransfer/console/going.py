"""How it goes: today, and the last days."""

from __future__ import annotations

from flask import request

from warmtransfer.console import wording
from warmtransfer.console.before import ENDS
from warmtransfer.console.figures import SHARES, hours, spark
from warmtransfer.console.room import Console, console, here, page
from warmtransfer.ports.store.mailbox import Undelivered

#: What may be looked at: days, today among them.
SPANS = {"1": "today", "7": "seven days", "30": "thirty days"}


@console.get("/how")
def how() -> str:
    """Counts, outcomes by human, and how long each step of a handoff took."""
    room = here()
    days = request.args.get("days", "7")
    days = days if days in SPANS else "7"
    now = room.clock.now()
    since = room.pages.midnight(now, int(days) - 1)
    figures = room.counting.since(since)
    parts = 24 if days == "1" else int(days)
    counts = hours(figures.began, since, room.pages.midnight(now, -1), parts)
    bars = [
        (_label(since, number, parts, days), count, round(count / (max(counts) or 1) * 100))
        for number, count in enumerate(counts)
    ]
    return page(
        "how.html", place="how", figures=figures, days=days, spans=SPANS, bars=bars, spark=spark(counts),
        shares=[f"p{share * 100:.0f}" for share in SHARES], ends=ENDS,
        call_ends=wording.CALL_ENDS, since=since, undelivered=undelivered(here()),
    )  # fmt: skip


def undelivered(room: Console) -> Undelivered | None:
    """Events that the host's systems have not taken, where there are any."""
    found = room.ledger.undelivered() if room.settings.events_url else None
    return found if found and (found.waiting or found.given_up) else None


def _label(since: float, number: int, parts: int, days: str) -> str:
    at = here().pages.local(since + (number + 0.5) * int(days) * 86400 / parts)
    return f"{at:%H}" if days == "1" else f"{at:%a} {at.day}" if days == "7" else f"{at.day} {at:%b}"
