"""What a host app, or its server, does with our requests before us: put right, or refused and said once."""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.exceptions import ClientDisconnected

from warmtransfer.web.guard import FORM_LIMIT, SIGNATURE
from warmtransfer.web.parts import parts

log = logging.getLogger("warmtransfer")

#: Marks, in the WSGI environment, what has come as far as our own checks.
REACHED = "warmtransfer.reached"
#: Whether gevent had patched when the app was made, in `app.extensions`.
BORN_PATCHED = "warmtransfer.born_patched"
#: Topics that were said, in `app.extensions`.
SAID = "warmtransfer.said"
PAGE = "docs/hosts.md"

_SHAPE = re.compile(r"[A-Za-z0-9+/]{27}=")
_lock = threading.Lock()

WALL = (
    "a webhook was answered %d by this app before it reached warmtransfer: what runs before requests (%s) "
    "has to let pass every request whose request.blueprint begins with 'warmtransfer' (see " + PAGE + ")"
)
LIMITED = (
    "a webhook was answered %d, too many requests, by this app before it reached warmtransfer (%s): exempt "
    "every blueprint whose name begins with 'warmtransfer' from the rate limit (see " + PAGE + ")"
)
BODY = (
    "a webhook's body was read before it reached warmtransfer, so its signature cannot be checked: whatever "
    "reads wsgi.input (a middleware, or request.stream in before_request) has to leave it for paths that "
    "begin with %s, or to use request.get_data() (see " + PAGE + ")"
)
PROCESSES = (
    "this server runs several processes, and calls are kept in SQLite, which one process can use: start it "
    "with one (gunicorn -w 1), which serves all calls; until then every call is refused (see " + PAGE + ")"
)

PATCHED_LATE = (
    "gevent has patched this process after the app was made, and calls would hang: leave out --preload, or "
    "put `from gevent import monkey; monkey.patch_all()` first in the app's module (see " + PAGE + ")"
)
FORKED = (
    "warmtransfer was started before the server forked this process, where nothing of it runs: leave out "
    "--preload, or the call of start(app): the first webhook starts it (see " + PAGE + ")"
)


def watch(blueprint: Blueprint) -> Blueprint:
    """Have this blueprint's requests looked after."""
    blueprint.url_value_preprocessor(_exempt)
    blueprint.before_request(_note)
    blueprint.after_request(_notice)
    return blueprint


def reached() -> str:
    """Why the body of this webhook, or stream, is none; empty for one that has come whole."""
    if _signed() and _body_is_gone():
        say(BODY, parts().settings.url_prefix or "/")
        return "its body is gone"
    return ""


def misplaced() -> bool:
    """Whether calls cannot be served by processes like this one; the log says why."""
    here = parts()
    if patched() and not current_app.extensions.get(BORN_PATCHED, True):
        say(PATCHED_LATE)
    elif here.life.started_in not in (0, os.getpid()):
        say(FORKED)
    elif request.environ.get("wsgi.multiprocess") and here.settings.database_url.startswith("sqlite"):
        say(PROCESSES)
    else:
        return False
    return True


def born(app: Flask) -> None:
    """Note what the process is like in which the app is made: it may be forked, or patched, afterwards."""
    app.extensions[BORN_PATCHED] = patched()


def patched() -> bool:
    """Whether gevent has patched sockets."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and bool(monkey.is_module_patched("socket"))


def say(text: str, *arguments: object) -> None:
    """Write one ERROR line, once for each app."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with _lock:
        said: set[str] = app.extensions.setdefault(SAID, set())
        if text in said:
            return
        said.add(text)
    log.error(text, *arguments)


def _exempt(endpoint: str | None, values: Any) -> None:
    """Take our own requests out of Flask-WTF's CSRF check: they have a signature or a token, and no cookie.

    This runs before any `before_request` of the app, whichever of the two extensions was registered first.
    """
    csrf = current_app.extensions.get("csrf")
    if any(each.__module__.startswith("flask_wtf") for each in type(csrf).__mro__):
        csrf.exempt(current_app.blueprints[request.blueprint])  # type: ignore[union-attr,index]


def _note() -> None:
    request.environ[REACHED] = True


def _notice(response: Response) -> Response:
    """Say once when the host app has answered in our place, whoever asked: Twilio will be answered so."""
    if _signed() and REACHED not in request.environ and response.status_code >= 300:
        names = ", ".join(_before()) or "nothing that is known"
        say(LIMITED if response.status_code == 429 else WALL, response.status_code, names)
    return response


def _before() -> list[str]:
    """What the app runs before requests."""
    functions = current_app.before_request_funcs.get(None, ())
    return [f"{each.__module__}.{getattr(each, '__qualname__', each)}" for each in functions]


def _signed() -> bool:
    return _SHAPE.fullmatch(request.headers.get(SIGNATURE, "")) is not None


def _body_is_gone() -> bool:
    if request.mimetype != "application/x-www-form-urlencoded" or not request.content_length:
        return False
    request.max_content_length = FORM_LIMIT
    try:
        return not request.form
    except ClientDisconnected:
        return True
