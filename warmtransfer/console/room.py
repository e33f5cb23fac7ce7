"""What one app's console works with, its blueprint, and who may come in."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Flask, Response, abort, current_app, g, make_response, redirect, request
from werkzeug.exceptions import HTTPException, TooManyRequests
from werkzeug.wrappers import Response as AnyResponse

from warmtransfer.clock import Clock
from warmtransfer.config import Settings
from warmtransfer.console.access import COOKIE, TOKEN, Access, Session
from warmtransfer.console.figures import Counting
from warmtransfer.console.news import News
from warmtransfer.console.pages import Pages, files
from warmtransfer.core.call import Call
from warmtransfer.core.rules import Human
from warmtransfer.errors import WarmTransferError
from warmtransfer.ports.store.duty import Duty
from warmtransfer.ports.store.guesses import Guesses
from warmtransfer.ports.store.ledger import Ledger
from warmtransfer.ports.store.store import Store
from warmtransfer.web import hosts, wrong
from warmtransfer.web.parts import parts
from warmtransfer.web.wrong import Wrong

log = logging.getLogger("warmtransfer")

NAME = "warmtransfer_console"
#: Bytes that a form may have.
FORM = 16 * 1024
#: What our files are.
TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
#: What may be had without a login.
OPEN = frozenset({f"{NAME}.file", f"{NAME}.login", f"{NAME}.enter"})

#: Nothing but our own files, nobody's frame, no script or style in a page.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

console = hosts.watch(Blueprint(NAME, __name__))


@dataclass(frozen=True, slots=True)
class Console:
    """One app's, kept in `app.extensions["warmtransfer_console"]`."""

    settings: Settings
    access: Access
    pages: Pages
    news: News
    ledger: Ledger
    counting: Counting
    duty: Duty
    guesses: Guesses
    wrong: Wrong
    wrong_token: Wrong
    clock: Clock
    panel: Callable[[Call], Any] | None = None  #: the host app's own part of a call's page


def make(
    settings: Settings,
    store: Store,
    clock: Clock,
    check: Callable[[], Any] | None,
    panel: Callable[[Call], Any] | None,
) -> Console:
    """The console of an app with these settings; nothing is asked of the database yet."""
    ended = store.duty.logouts
    access = Access(settings.console_password, settings.auth_token, settings.public_url, check, ended)
    ledger = Ledger(store)
    return Console(
        settings=settings,
        access=access,
        pages=Pages(base, settings.time_zone, settings.company),
        news=News(ledger, clock.now),
        ledger=ledger,
        counting=Counting(ledger, clock.now),
        duty=store.duty,
        guesses=Guesses(store, wrong.TRIES, wrong.WINDOW),
        wrong=Wrong(said="a wrong WARMTRANSFER_CONSOLE_PASSWORD was sent from %s", together=wrong.TOGETHER),
        wrong_token=Wrong(said="a wrong WARMTRANSFER_METRICS_TOKEN was sent from %s"),
        clock=clock,
        panel=panel,
    )


def here() -> Console:
    """The current app's."""
    return cast(Console, current_app.extensions[NAME])


def base() -> str:
    """The console's path, as the browser has it."""
    kept = g.get("warmtransfer_console_base")
    return kept if kept is not None else f"{request.script_root}{parts().settings.url_prefix}/console"


def remember_base(path: str) -> None:
    """The console's path while there is no request."""
    g.warmtransfer_console_base = path


def humans() -> Sequence[Human]:
    """Who may be rung, in their order."""
    return parts().people.rules().humans


def session() -> Session:
    """Whose request this is."""
    return cast(Session, g.warmtransfer_console_session)


def who() -> str:
    """By what name they came in, "" before that."""
    return cast(str, g.get("warmtransfer_console_who", ""))


def watched() -> Callable[[], bool]:
    """Asks, while an answer to this request goes on, whether who asked may still see it.

    The host app's own check is asked within the request, as it was then. Pages without a session are judged
    by their links, which they look at themselves.
    """
    mine = g.get("warmtransfer_console_session")
    if mine is None:
        return lambda: True
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    access, name, environ = here().access, who(), dict(request.environ)

    def may() -> bool:
        with app.request_context(dict(environ)):
            return access.still(mine, name)

    return may


def page(template: str, /, **given: Any) -> str:
    """A whole page."""
    access = here().access
    more = {
        "token": access.token(session()),
        "token_name": TOKEN,
        "who": who(),
        "by_password": access.by_password,
    }
    return here().pages.render(template, now=here().clock.now(), **more, **given)


@console.before_request
def let_in() -> AnyResponse | None:
    """404 when the console is off; the login for strangers; 403 for a change no page of ours asked for."""
    access = here().access
    if not access.on:
        abort(404)
    request.max_content_length = FORM
    if request.endpoint == f"{NAME}.file":
        return None
    g.warmtransfer_console_session = mine = access.session(request)
    if request.method not in ("GET", "HEAD", "OPTIONS") and not access.meant(mine, request):
        abort(
            403, "This page is out of date, or came from elsewhere. Load it again, and repeat what you did."
        )
    found = access.who(mine)
    if isinstance(found, Response):
        return found
    g.warmtransfer_console_who = found
    if not found and request.endpoint not in OPEN:
        return _stranger(access)
    return None


def _stranger(access: Access) -> AnyResponse:
    if not access.by_password:
        abort(403, "You may not see this. Log in to the app first, as somebody who may.")
    if request.method != "GET" or str(request.endpoint).endswith(("news", "sound")):
        abort(401, "Log in first.")
    # Who had a session that is none any more is told so.
    return redirect(f"{base()}/login{'?out=1' if COOKIE in request.cookies else ''}", 303)


@console.after_request
def close_up(response: Response) -> Response:
    """The headers of every answer, and the session for the next request."""
    response.headers.update(HEADERS)
    if request.endpoint == f"{NAME}.file":
        response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        return response
    response.headers["Cache-Control"] = "no-store"
    mine = g.get("warmtransfer_console_session")
    if mine is not None and here().access.session(request) != mine:
        here().access.keep(mine, request, response, base())
    return response


@console.errorhandler(HTTPException)
def refused(fault: HTTPException) -> AnyResponse:
    """What was wrong, as a page."""
    if fault.response is not None:
        return fault.response  # type: ignore[return-value]
    told = here().pages.render("refused.html", name=fault.name, detail=fault.description or "", who=who())
    response = make_response(str(told), fault.code or 500)
    kept = {name: value for name, value in fault.get_headers() if name in ("Allow", "Retry-After")}
    response.headers.update(kept)
    return response


@console.errorhandler(WarmTransferError)
def busy(fault: WarmTransferError) -> AnyResponse:
    """The call is being decided elsewhere, or the database cannot be had."""
    told = here().pages.render(
        "refused.html", name="Not just now", detail=f"{fault}. Load the page again.", who=who()
    )
    response = make_response(str(told), 503)
    response.headers["Retry-After"] = "2"
    return response


@console.errorhandler(Exception)
def failed(fault: Exception) -> AnyResponse:
    """A fault of ours: its kind and place in the log, nothing of it in the answer."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    log.error("the console failed: %s at %s:%s", type(fault).__name__, last.filename, last.lineno)
    detail = "The fault is ours; the log says where."
    told = here().pages.render("refused.html", name="Something went wrong", detail=detail, who=who())
    return make_response(str(told), 500)


@console.get("/static/<name>")
def file(name: str) -> Response:
    """One of our files, for ever: its address changes with it."""
    found = files().get(name)
    if found is None:
        abort(404)
    return Response(found, content_type=TYPES[name.rpartition(".")[2]])


@console.get("/still")
def still() -> tuple[str, int]:
    """Whether who looks still may, by what their browser has now: asked by every page that is open."""
    return "", 204


# Coming and going -------------------------------------------------------------------------------------


@console.get("/login")
def login() -> AnyResponse | str:
    """The form."""
    if who():
        return redirect(base() or "/", 303)
    if not here().access.by_password:
        abort(404)
    return page("login.html", wrong=False, out="out" in request.args)


@console.post("/login")
def enter() -> AnyResponse | tuple[str, int]:
    """Take the password; 429 after too many wrong ones."""
    access, tries = here().access, here().wrong
    whom = wrong.address(request)
    pause = tries.wait(whom) or _elsewhere(whom)
    if pause:
        raise TooManyRequests("Too many wrong passwords have come lately.", retry_after=pause)
    found = access.login(request.form.get("name", ""), request.form.get("password", ""))
    if found is None:
        tries.note(whom)
        with suppress(WarmTransferError):  # this process has counted it itself
            here().guesses.note(access.seal(whom))
        return page("login.html", wrong=True, out=False), 401
    tries.right(whom)
    g.warmtransfer_console_session = found
    return redirect(base(), 303)


def _elsewhere(whom: str) -> int:
    """Seconds for which this address has to wait by what all processes have counted, as far as is known."""
    room = here()
    try:
        return room.guesses.wait(room.access.seal(whom))
    except WarmTransferError:
        return 0


@console.post("/logout")
def leave() -> AnyResponse:
    """End the session, in every tab and for every copy of its cookie."""
    g.warmtransfer_console_session = here().access.logout(session())
    return redirect(f"{base()}/login?out=1", 303)
