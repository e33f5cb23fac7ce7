"""How it goes: today, and the last days."""

from __future__ import annotations

from bisect import bisect_right

from flask import request

from warmtransfer.console import wording
from warmtransfer.console.before import ENDS
from warmtransfer.console.figures import SHARES, Figures, Silence, hours, silence, spark
from warmtransfer.console.room import Console, console, here, page
from warmtransfer.ports.store.ledger import Began
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
        quiet=_by_day(figures, now, int(days)),
        shares=[f"p{share * 100:.0f}" for share in SHARES], ends=ENDS,
        call_ends=wording.CALL_ENDS, since=since, undelivered=undelivered(here()),
    )  # fmt: skip


def undelivered(room: Console) -> Undelivered | None:
    """Events that the host's systems have not taken, where there are any."""
    found = room.ledger.undelivered() if room.settings.events_url else None
    return found if found and (found.waiting or found.given_up) else None


def _by_day(figures: Figures, now: float, days: int) -> list[tuple[str, Silence]]:
    """The silences of all calls, and of each day's on which there were some, the last day first."""
    room = here()
    dawns = [room.pages.midnight(now, back) for back in range(days - 1, -1, -1)]
    found: list[list[Began]] = [[] for _ in range(days)]
    for each in figures.each:
        found[max(0, bisect_right(dawns, each.started_at) - 1)].append(each)
    each_day = [(_day(dawn), silence(calls)) for dawn, calls in zip(dawns, found, strict=True) if calls]
    return [("all", figures.silence), *(each_day[::-1] if days > 1 else ())]


def _day(dawn: float) -> str:
    at = here().pages.local(dawn)
    return f"{at:%a} {at.day} {at:%b}"


def _label(since: float, number: int, parts: int, days: str) -> str:
    at = here().pages.local(since + (number + 0.5) * int(days) * 86400 / parts)
    return f"{at:%H}" if days == "1" else f"{at:%a} {at.day}" if days == "7" else f"{at.day} {at:%b}"
