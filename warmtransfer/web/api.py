"""The REST API: calls as JSON, and asking for a human. Off without WARMTRANSFER_API_TOKEN.

A request is let in by its bearer token alone. There are no cookies, so no other site can make a browser send
one for us, and no CSRF token is needed.
"""

from __future__ import annotations

import hmac
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException

from warmtransfer.core.call import Call, Stage
from warmtransfer.core.policy import named
from warmtransfer.desk.desk import UnknownCall
from warmtransfer.errors import WarmTransferError
from warmtransfer.web import hosts, timeline
from warmtransfer.web.parts import parts

api = hosts.watch(Blueprint("warmtransfer_api", __name__))

BODY_LIMIT = 16 * 1024
#: Fields of a handoff, and the most letters each may have.
HANDOFF = {"target": 100, "reason": 500, "summary": 2000}


@api.before_request
def refuse_strangers() -> None:
    """404 when the API is off, 401 without the right token."""
    token = parts().settings.api_token
    if not token:
        abort(404)
    request.max_content_length = BODY_LIMIT
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    fits = hmac.compare_digest(given.strip().encode(), token.encode())
    if scheme.casefold() != "bearer" or not fits:
        abort(401, "Send the header Authorization: Bearer <WARMTRANSFER_API_TOKEN>.")


@api.errorhandler(HTTPException)
def refused(fault: HTTPException) -> tuple[Response, int]:
    """What was wrong, as JSON."""
    response = jsonify(error=fault.name, detail=fault.description)
    if fault.code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response, fault.code or 500


@api.errorhandler(WarmTransferError)
def busy(fault: WarmTransferError) -> tuple[Response, int, dict[str, str]]:
    """The call is being decided elsewhere, or the database cannot be had."""
    return jsonify(error="Service Unavailable", detail=str(fault)), 503, {"Retry-After": "1"}


@api.get("/calls")
def calls() -> dict[str, Any]:
    """The newest calls; `?limit=` 1 to 500, `?live=1` for those that are not over."""
    limit = request.args.get("limit", 50, int)
    if not 1 <= limit <= 500:
        abort(400, "limit is not a number from 1 to 500.")
    live = request.args.get("live", "") in ("1", "true")
    found = parts().desk.calls(limit=limit, live=live)
    return {"calls": [timeline.summary(each) for each in found if not live or each.stage is not Stage.OVER]}


@api.get("/calls/<call_id>")
def one(call_id: str) -> dict[str, Any]:
    """One call, with its transcript and journal."""
    call = _known(parts().desk.call(call_id))
    records = parts().records
    return timeline.story(call, records.journal(call.id), records.transcript(call.id))


@api.post("/calls/<call_id>/handoff")
def handoff(call_id: str) -> tuple[dict[str, Any], int]:
    """Ask for a human: `{"target": "", "reason": "", "summary": ""}`, each optional."""
    asked = _handoff()
    here = parts()
    call = _known(here.desk.call(call_id))
    if call.stage in (Stage.OVER, Stage.MESSAGE):
        abort(409, f"The call is in the stage {call.stage.value}: nobody can be handed over.")
    if call.stage is Stage.ARRIVING:
        abort(409, "The caller is not in the room yet: ask again in a second.")
    if asked["target"] and named(here.settings.rules(), asked["target"]) is None:
        names = ", ".join(human.name for human in here.settings.humans)
        abort(400, f"target is none of {names}.")
    here.life.start()
    try:
        after = here.desk.ask(call_id, "api", **asked)
    except UnknownCall:
        abort(404, "There is no call with this id.")
    return timeline.summary(after), 202


def _handoff() -> dict[str, str]:
    try:
        body = request.get_json(silent=True) if request.get_data() else {}
    except RecursionError:
        body = None
    if not isinstance(body, dict):
        abort(400, "Send a JSON object, with Content-Type: application/json.")
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
