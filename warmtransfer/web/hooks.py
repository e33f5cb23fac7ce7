"""The frame of every webhook: signed or refused, and always an answer that keeps people on the line."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request
from werkzeug.exceptions import HTTPException

from warmtransfer.core.call import Call
from warmtransfer.core.events import Event
from warmtransfer.desk.desk import UnknownCall
from warmtransfer.errors import Leaving, WarmTransferError
from warmtransfer.web import hosts, twiml
from warmtransfer.web.guard import SIGNED
from warmtransfer.web.links import RETRIED
from warmtransfer.web.parts import parts

log = logging.getLogger("warmtransfer")

hooks = hosts.watch(Blueprint("warmtransfer", __name__))

#: Fields that Twilio sends once: they travel in the URL when a document has to be asked for again.
_ONCE = ("Digits", "DialCallStatus", "RecordingUrl", "RecordingDuration", "call", "leg", "room")

#: How often a document is asked for again, a second or a ring apart, before the fault counts as ours.
PATIENCE = 30

#: Views whose document a caller hears: they wait for a while, and are not told of an application error.
_CALLERS = frozenset(f"{hooks.name}.{view}" for view in ("voice", "wait", "next_", "dialled"))
#: The AI's leg, which stands in the room with the caller: what it plays is heard.
_AI_LEGS = frozenset(f"{hooks.name}.{view}" for view in ("ai", "after"))
#: This one plays to a room, where nothing may hang up.
_WAIT = f"{hooks.name}.wait"


@hooks.before_request
def refuse_unsigned() -> None:
    """403 before anything is read, unless Twilio signed the request."""
    if hosts.reached() or not parts().guard.admits(request):
        abort(403)
    if request.path.endswith("/"):
        parts().advice.slash(request.path)


@hooks.after_app_request
def explain_what_is_not_ours(response: Response) -> Response:
    """Say which setting sends Twilio to a path that does not exist, or with another method."""
    if response.status_code in (404, 405) and not request.environ.get(SIGNED):
        with suppress(HTTPException):  # a form that is too large: no webhook of Twilio's
            if parts().guard.signed(request):
                parts().advice.not_ours(request.method, request.path)
    return response


@hooks.before_request
def refuse_where_calls_cannot_be_served() -> Response | None:
    """Let the caller know, and callbacks be repeated; the log says what is wrong with the server."""
    if not hosts.misplaced():
        return None
    if request.endpoint in _CALLERS:
        return Response(parts().documents.sorry(), content_type="text/xml; charset=utf-8")
    return Response(status=503)


def fields() -> Mapping[str, str]:
    """The request's fields: the form's, and those that a URL of ours carries."""
    return request.values.to_dict()


def document(view: Callable[..., str]) -> Callable[..., Response]:
    """A view that answers with a document; when the call is locked, Twilio asks again in a second."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Response:
        try:
            parts().life.start()
            body = view(*args, **kwargs)
        except WarmTransferError as fault:
            log.warning("%s has to be asked again: %s", request.endpoint, type(fault).__name__)
            body = _again(fault)
        return Response(body, content_type="text/xml; charset=utf-8")

    return answer


def _again(fault: WarmTransferError) -> str:
    """Have Twilio ask again; after a while a caller is told that all lines are busy, others of an error."""
    asked = request.args.get("again", 0, int)
    calling = request.endpoint in _CALLERS
    if asked < PATIENCE or request.endpoint == _WAIT:
        # Who asks while we leave rings until the next process is up; of a lock the AI's leg waits a second.
        rings = calling or (isinstance(fault, Leaving) and request.endpoint in _AI_LEGS)
        ring = parts().links.sound(twiml.RING) if rings else ""
        return twiml.again(_same_url(asked + 1), ring)
    if calling:
        return parts().documents.sorry()
    raise fault


def callback(view: Callable[..., None]) -> Callable[..., Response]:
    """A view that takes news; when the call is locked, 503 has Twilio repeat it."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Response:
        try:
            parts().life.start()
            view(*args, **kwargs)
        except WarmTransferError as fault:
            log.warning("%s has to be repeated: %s", request.endpoint, type(fault).__name__)
            return Response(status=503)
        return Response(status=204)

    return answer


def post(call_id: str, event: Event | None) -> Call | None:
    """The call after `event`, or as it is without one; None for a call nobody knows."""
    desk = parts().desk
    if event is None:
        return desk.call(call_id)
    try:
        return desk.post(call_id, event)
    except UnknownCall:
        log.warning("call %s is not known: %s", call_id, type(event).__name__)
        return None


def _same_url(again: int) -> str:
    given = fields()
    kept = {name: given[name] for name in given if name.removeprefix("Param_") in _ONCE}
    query = urlencode({**kept, "again": again})
    return f"{parts().settings.public_url}{request.path}?{query}{RETRIED}"
