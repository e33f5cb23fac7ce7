"""The REST API: calls as JSON, and asking for a human. Off without WARMTRANSFER_API_TOKEN.

A request is let in by its bearer token alone. There are no cookies, so no other site can make a browser send
one for us, and no CSRF token is needed.
"""

from __future__ import annotations

import hmac
import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, TooManyRequests

from warmtransfer.core.call import Call
from warmtransfer.core.search import mark
from warmtransfer.desk.desk import UnknownCall
from warmtransfer.errors import NotNow, UnknownTarget, WarmTransferError
from warmtransfer.web import asking, hosts, openapi, promised, timeline, wished, wishes, wrong
from warmtransfer.web.openapi import HANDOFF
from warmtransfer.web.parts import parts

api = hosts.watch(Blueprint("warmtransfer_api", __name__))

log = logging.getLogger("warmtransfer")

View = TypeVar("View", bound=Callable[..., Any])

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BODY_LIMIT = 16 * 1024


@api.before_request
def refuse_strangers() -> None:
    """404 when the API is off, 401 without the right token, 429 after too many wrong ones."""
    here = parts()
    token = here.settings.api_token
    if not token:
        abort(404)
    request.max_content_length = BODY_LIMIT
    who = wrong.address(request)
    pause = here.wrong.wait(who)
    if pause:
        raise TooManyRequests("Too many wrong tokens came from this address.", retry_after=pause)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    fits = hmac.compare_digest(given.strip().encode(), token.encode())
    if scheme.casefold() != "bearer" or not fits:
        here.wrong.note(who)
        abort(401, "Send the header Authorization: Bearer <WARMTRANSFER_API_TOKEN>.")


@api.errorhandler(HTTPException)
def refused(fault: HTTPException) -> Response:
    """What was wrong, as JSON."""
    if fault.response is not None:
        return cast(Response, fault.response)
    response = jsonify(error=fault.name, detail=fault.description)
    response.status_code = fault.code or 500
    if fault.code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    kept = {name: value for name, value in fault.get_headers() if name in ("Allow", "Retry-After")}
    response.headers.update(kept)
    return response


@api.errorhandler(Exception)
def failed(fault: Exception) -> tuple[Response, int]:
    """A fault of ours: its kind and place in the log, nothing of it in the answer."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    log.error("the API failed: %s at %s:%s", type(fault).__name__, last.filename, last.lineno)
    return jsonify(error="Internal Server Error", detail="The fault is ours; the log says where."), 500


@api.errorhandler(WarmTransferError)
def busy(fault: WarmTransferError) -> tuple[Response, int, dict[str, str]]:
    """The call is being decided elsewhere, or the database cannot be had."""
    return jsonify(error="Service Unavailable", detail=str(fault)), 503, {"Retry-After": "1"}


def route(path: str, method: str) -> Callable[[View], View]:
    """A view of one method; the others get 405 as JSON, which Flask would answer without asking us."""

    def register(view: View) -> View:
        api.add_url_rule(path, view.__name__, view, methods=[method])
        others = [each for each in METHODS if each != method]
        allowed = {"allowed": method}
        api.add_url_rule(path, f"not_{view.__name__}", wrong_method, methods=others, defaults=allowed)
        return view

    return register


def wrong_method(allowed: str, **_: str) -> Response:
    """405, with the method there is."""
    raise MethodNotAllowed([allowed], f"Use {allowed}.")


@api.route("/", defaults={"path": ""}, methods=METHODS)
@api.route("/<path:path>", methods=METHODS)
def nothing(path: str) -> Response:
    """404 for everything else."""
    abort(404, "There is calls, callbacks and, with all that can be asked of them, GET openapi.json.")


@route("/calls", "GET")
def calls() -> dict[str, Any]:
    """The newest calls that are asked for, see `asking`; `next` is the `after` of those that follow."""
    try:
        wanted = asking.search(query(*asking.FILTERS), parts().clock.now())
    except ValueError as fault:
        abort(400, str(fault))
    found = [each for each, _ in parts().records.search(replace(wanted, limit=wanted.limit + 1))]
    told = found[: wanted.limit]
    more = mark(told[-1].started_at, told[-1].id) if len(found) > len(told) else None
    return {"calls": [timeline.summary(each) for each in told], "next": more}


@route("/calls/<call_id>", "GET")
def one(call_id: str) -> dict[str, Any]:
    """One call, with its transcript and journal."""
    query()
    call = _known(parts().desk.call(call_id))
    records = parts().records
    now = parts().clock.now()
    story = timeline.story(call, records.journal(call.id), records.transcript(call.id), now)
    kept = parts().afterwards.recordings.kept.of_call(call.id)
    return {**story, "recordings": [promised.recording(each) for each in kept]}


@route("/openapi.json", "GET")
def description() -> dict[str, Any]:
    """What the API takes and answers."""
    query()
    settings = parts().settings
    return openapi.described(f"{settings.public_url}{settings.url_prefix}/api", wished.PATHS)


@route("/calls/<call_id>/handoff", "POST")
def handoff(call_id: str) -> tuple[dict[str, Any], int]:
    """Ask for a human: `{"target": "", "reason": "", "summary": ""}`, each optional."""
    query()
    asked = _handoff()
    here = parts()
    call = _known(here.desk.call(call_id))
    if why := wishes.nobody_to_ring(call):
        abort(409, why)
    here.life.start()
    try:
        after = here.desk.ask(call_id, "api", **asked)
    except UnknownTarget as fault:
        abort(400, f"target is none of {', '.join(fault.names)}.")
    except UnknownCall:
        abort(404, "There is no call with this id.")
    return timeline.summary(after), 202


def wishing(name: str) -> Callable[..., tuple[dict[str, Any], int]]:
    """The view of one of `WISHES`."""

    def view(call_id: str) -> tuple[dict[str, Any], int]:
        query()
        given = _body()
        _known(parts().desk.call(call_id))
        try:
            return timeline.summary(wishes.grant(call_id, wishes.made(name, "api", given))), 202
        except ValueError as fault:
            abort(400, str(fault))
        except UnknownCall:
            abort(404, "There is no call with this id.")
        except NotNow as fault:
            abort(409, str(fault))

    view.__name__ = name.replace("-", "_")
    return view


for each in wishes.WISHES:
    route(f"/calls/<call_id>/{each}", "POST")(wishing(each))


def query(*names: str) -> dict[str, str]:
    """The query's parameters, each known and given once."""
    unknown = sorted(set(request.args) - set(names))
    if unknown:
        known = ", ".join(names) or "the parameters: there are none"
        abort(400, f"{', '.join(unknown)[:100]}: not among {known}.")
    twice = [name for name in names if len(request.args.getlist(name)) > 1]
    if twice:
        abort(400, f"{twice[0]} is given twice.")
    return request.args.to_dict()


def _body() -> dict[str, Any]:
    try:
        body = request.get_json(silent=True) if request.get_data() else {}
    except RecursionError:
        body = None
    if not isinstance(body, dict):
        abort(400, "Send a JSON object, with Content-Type: application/json.")
    return body


def _handoff() -> dict[str, str]:
    body = _body()
    unknown = sorted(set(body) - set(HANDOFF))
    if unknown:
        abort(400, f"{', '.join(unknown)}: not among {', '.join(HANDOFF)}.")
    for name, limit in HANDOFF.items():
        value = body.get(name, "")
        if not isinstance(value, str) or len(value) > limit:
            abort(400, f"{name} is not a text of at most {limit} letters.")
    return {name: body.get(name, "") for name in HANDOFF}


def _known(call: Call | None) -> Call:
    if call is None:
        abort(404, "There is no call with this id.")
    return call
