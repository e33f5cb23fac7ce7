"""Who may open a human's own page, or the card of a call: whoever has its link, and nobody by a login.

Nobody can make a link but us (`web/seals.py`). A GET changes nothing, because whatever shows a message may
look at what it links. A card is good while its attempt goes on, and says for a day what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Blueprint, Response, abort, g, make_response, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from warmtransfer.console.pages import files
from warmtransfer.console.room import FORM, HEADERS, TYPES, here, humans, log, remember_base
from warmtransfer.errors import WarmTransferError, log_fault
from warmtransfer.web import hosts
from warmtransfer.web.parts import parts

NAME = "warmtransfer_my"
#: The form's field that only our own page has.
TOKEN = "token"
#: Seconds for which a card says what came of it.
KEPT = 86400.0
#: Besides those of every page.
MORE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
STALE = "This page is out of date, or came from elsewhere. Load it again, and repeat what you did."

mine = hosts.watch(Blueprint(NAME, __name__))


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose link this is, and, of a card, which attempt it is about."""

    link: str
    name: str
    call_id: str = ""
    n: int = 0


@mine.before_request
def let_in() -> None:
    """404 for a link that is none of ours or is void; 403 for a change that no page of ours asked for."""
    remember_base(f"{request.script_root}{parts().settings.url_prefix}/my")
    request.max_content_length = FORM
    if request.endpoint == f"{NAME}.file":
        return
    given = request.view_args or {}
    asked = _of_card(given.get("of_card", "")) if "of_card" in given else of_page(given.get("of", ""))
    if asked is None:
        abort(404, "This link does not work, or not any more. Ask for a new one.")
    g.warmtransfer_my = asked
    if request.method not in ("GET", "HEAD", "OPTIONS") and not _meant(asked.link):
        abort(403, STALE)


def of_page(link: str) -> Asked | None:
    """Whose page this link opens now; None for nobody's."""
    names = [human.name for human in humans()]
    name = parts().links.seals.read_page(link, here().duty.pages.turns(), names)
    return Asked(link, name) if name else None


def _of_card(link: str) -> Asked | None:
    read = parts().links.seals.read_card(link)
    call = parts().desk.call(read[0]) if read else None
    tried = call.attempt_number(read[1]) if call and read else None
    if call is None or tried is None:
        return None
    long_over = tried.ended_at and here().clock.now() - tried.ended_at > KEPT
    return None if long_over else Asked(link, tried.name, call.id, tried.n)


def _meant(link: str) -> bool:
    """Whether a page of this link has sent it. A page that tells nobody where it is has no `Origin`."""
    seal = parts().links.seals.form(link)
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return site in ("same-origin", "none") and parts().links.seals.same(request.form.get(TOKEN, ""), seal)


def asked_of() -> Asked:
    """Whose link this request has."""
    return cast(Asked, g.warmtransfer_my)


@mine.after_request
def close_up(response: Response) -> Response:
    """The headers of every answer: kept by nobody, found by nobody, and the link told to nobody."""
    response.headers.update({**HEADERS, **MORE})
    lasting = request.endpoint == f"{NAME}.file"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable" if lasting else "no-store"
    return response


@mine.errorhandler(HTTPException)
def refused(fault: HTTPException) -> AnyResponse:
    """What was wrong, as a page."""
    return _sorry(fault.name, fault.description or "", fault.code or 500)


@mine.errorhandler(WarmTransferError)
def busy(fault: WarmTransferError) -> AnyResponse:
    """The call is being decided elsewhere, or the database cannot be had."""
    return _sorry("Not just now", "Load the page again, or use the keys of your phone.", 503)


@mine.errorhandler(Exception)
def failed(fault: Exception) -> AnyResponse:
    """A fault of ours: nothing of it in the answer."""
    log_fault(log, fault, "a human's own page failed")
    return _sorry("Something went wrong", "Use the keys of your phone; the log says what it was.", 500)


def _sorry(name: str, detail: str, status: int) -> AnyResponse:
    return make_response(str(here().pages.render("sorry.html", name=name, detail=detail)), status)


@mine.get("/static/<name>")
def file(name: str) -> Response:
    """One of our files, for ever: its address changes with it."""
    found = files().get(name)
    if found is None:
        abort(404)
    return Response(found, content_type=TYPES[name.rpartition(".")[2]])
