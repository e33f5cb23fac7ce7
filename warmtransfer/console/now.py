"""The page of what goes on now."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from warmtransfer.console import streams
from warmtransfer.console.figures import Figures, hours, spark
from warmtransfer.console.glance import CALM
from warmtransfer.console.going import undelivered
from warmtransfer.console.news import Known
from warmtransfer.console.people import on_duty
from warmtransfer.console.room import Console, console, here, page
from warmtransfer.ports.store.ledger import Serials


@console.get("")
def now() -> str:
    """Every live call, those that need a person first."""
    room = here()
    room.news.look()
    place = streams.mark(room.news.serials())
    known = room.news.calls()
    needs = [each.shown for each in known if each.shown.level < CALM]
    calm = [each.shown for each in known if each.shown.level == CALM]
    return page("now.html", place="now", needs=needs, calm=calm, mark=place, duty=on_duty(room),
                undelivered=undelivered(room), **_day(room))  # fmt: skip


@console.get("/news")
def news() -> Response:
    """Its rows, as they change."""
    room, since = here(), streams.since()

    said: dict[str, object] = {}

    def anew(event: str, data: object) -> Iterator[tuple[str, object]]:
        """Only what has changed: it is the same most of the time."""
        if said.get(event) != data:
            said[event] = data
            yield event, data

    def tell(told: int) -> Iterator[tuple[str, object]]:
        known = room.news.calls()
        yield from anew("here", sorted(each.shown.id for each in known))
        for each in known:
            if _new(each, told, since):
                yield "row", _row(room, each)
        yield from anew("today", str(room.pages.render("today.html", **_day(room))))

    return streams.stream(tell)


def _new(known: Known, told: int, since: Serials | None) -> bool:
    """Whether this browser has not been told of it: since we speak, or since it was told by whomever."""
    if told >= 0:
        return known.version > told
    word = known.said.id if known.said else 0
    return since is None or known.past.fact > since.fact or word > since.word


def _row(room: Console, known: Known) -> dict[str, object]:
    """A row as the page takes it."""
    shown = known.shown
    html = str(room.pages.render("row.html", each=shown, now=room.clock.now()))
    return {"id": shown.id, "order": shown.order, "needs": shown.level < CALM, "html": html}


def _day(room: Console) -> dict[str, object]:
    """What there was today, as far as it has gone."""
    now = room.clock.now()
    since = room.pages.midnight(now)
    figures: Figures = room.counting.since(since)
    return {"day": figures, "spark": spark(hours(figures.began, since, max(now, since + 3600), 12))}
