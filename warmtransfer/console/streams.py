"""Server-sent events: what is new, as long as somebody looks.

Where threads are the system's, an answer ends as soon as it has said what is new, and the browser asks again
a second later: a page that stays open holds no thread of the host's. Under gevent it stays open, and says
every `BEAT` that it is there.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator

from flask import Flask, Response, current_app, request

from warmtransfer.console.news import News
from warmtransfer.console.room import base, here, remember_base, watched
from warmtransfer.errors import WarmTransferError, log_fault
from warmtransfer.ports.store.ledger import Serials
from warmtransfer.web import hosts
from warmtransfer.web.parts import parts

log = logging.getLogger("warmtransfer")

#: Seconds between two signs that the line is there.
BEAT = 2.0
#: Milliseconds after which the browser asks again: of an answer that is over, or was cut.
AGAIN = 1000
#: Seconds after which an answer ends, so that who may not see it any more does not.
LONGEST = 900.0
#: Seconds after which it is asked again whether who looks may.
CHECK = 2.0
#: What makes messages of what is new: given the version that was told last, -1 for none yet.
Teller = Callable[[int], Iterator[tuple[str, object]]]


def since() -> Serials | None:
    """From where on the page goes on: the last message it got, or what it was made of."""
    told = request.headers.get("Last-Event-ID") or request.args.get("since", "")
    fact, _, word = told.partition("-")
    if not (fact.isascii() and fact.isdigit() and word.isascii() and word.isdigit()):
        return None
    return Serials(int(fact[:18]), int(word[:18]))


def mark(serials: Serials) -> str:
    """Where a page stands, to go on from there."""
    return f"{serials.fact}-{serials.word}"


def stream(tell: Teller) -> Response:
    """The answer that goes on. The request is over meanwhile: what the host app held for it is given back."""
    lasting, life, place = hosts.patched(), parts().life, base()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def told(version: int) -> Iterator[tuple[str, object]]:
        with app.app_context():
            remember_base(place)
            yield from list(tell(version))

    body = _events(told, here().news, lambda: lasting and not life.leaving, watched())
    answer = Response(body, content_type="text/event-stream; charset=utf-8")
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would keep it until it ends
    return answer


def _events(
    tell: Teller, news: News, goes_on: Callable[[], bool], may: Callable[[], bool] = lambda: True
) -> Iterator[str]:
    began = told_at = asked_at = time.monotonic()
    told = -1
    yield f"retry: {AGAIN}\n\n"
    while True:
        try:
            if time.monotonic() - asked_at >= CHECK:
                if not _allowed(may):
                    yield _message("ended", True, "")
                    return
                asked_at = time.monotonic()
            version = news.look()
        except WarmTransferError:
            yield _message("trouble", "The database does not answer.", "")
            version, told_at = told, time.monotonic()
            news.wait(1.0)
        if version != told:
            # Where to go on is asked first: what comes while we tell is told again.
            place = mark(news.serials())
            for event, data in tell(told):
                yield _message(event, data, place)
            told = version
        if told_at == began or time.monotonic() - told_at >= BEAT or not goes_on():
            yield _message("beat", time.time(), mark(news.serials()))
            told_at = time.monotonic()
        if not goes_on() or time.monotonic() - began > LONGEST:
            return
        news.wait(BEAT)


def _allowed(may: Callable[[], bool]) -> bool:
    """Whether who looks may look on; not where that cannot be known: they ask again, and are told why."""
    try:
        return may()
    except WarmTransferError:
        raise
    except Exception as exc:  # noqa: BLE001 - the host app's own check may raise anything
        log_fault(log, exc, "whether a page may be told more could not be asked")
        return False


def _message(event: str, data: object, place: str) -> str:
    """One message. JSON keeps it on one line, whatever is in it."""
    return f"{f'id: {place}{chr(10)}' if place else ''}event: {event}\ndata: {json.dumps(data)}\n\n"
