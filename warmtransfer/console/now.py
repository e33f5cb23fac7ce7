"""The page of what goes on now."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from warmtransfer.console import streams
from warmtransfer.console.figures import Figures, hours, spark
from warmtransfer.console.glance import CALM
from warmtransfer.console.news import Known
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
    return page("now.html", place="now", needs=needs, calm=calm, mark=place, **_day(room))


@console.get("/news")
def news() -> Response:
    """Its rows, as they change."""
    room, since = here(), streams.since()

    def tell(told: int) -> Iterator[tuple[str, object]]:
        known = room.news.calls()
        yield "here", [each.shown.id for each in known]
        for each in known:
            if _new(each, told, since):
                shown = each.shown
                html = room.pages.render("row.html", each=shown, now=room.clock.now())
                needs = shown.level < CALM
                yield "row", {"id": shown.id, "order": shown.order, "needs": needs, "html": str(html)}
        yield "today", str(room.pages.render("today.html", **_day(room)))

    return streams.stream(tell)


def _new(known: Known, told: int, since: Serials | None) -> bool:
    """Whether this browser has not been told of it: since we speak, or since it was told by whomever."""
    if told >= 0:
        return known.version > told
    word = known.said.id if known.said else 0
    return since is None or known.past.fact > since.fact or word > since.word


def _day(room: Console) -> dict[str, object]:
    """What there was today, as far as it has gone."""
    now = room.clock.now()
    since = room.pages.midnight(now)
    figures: Figures = room.counting.since(since)
    return {"day": figures, "spark": spark(hours(figures.began, since, max(now, since + 3600), 12))}
