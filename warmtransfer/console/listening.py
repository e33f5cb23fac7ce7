"""A live call heard in its page, while the AI has the caller: who may, and what comes of asking."""

from __future__ import annotations

from functools import partial

from flask import Response, abort, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from warmtransfer.console import wording
from warmtransfer.console.access import TICKET
from warmtransfer.console.room import base, console, here, session, who
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call
from warmtransfer.errors import NotNow
from warmtransfer.web import media, wishes
from warmtransfer.web.parts import parts


def why_not(call: Call) -> str:
    """Why caller and AI cannot be heard in the page as the call stands, "" when they can."""
    return wishes.refused(call, ev.OverhearAsked(wording.HERE))


@console.post("/calls/<call_id>/hear")
def hear(call_id: str) -> tuple[AnyResponse, int] | AnyResponse:
    """Note who wants to listen, and say where the sound comes from; 409 with the reason why it cannot be."""
    if parts().desk.call(call_id) is None:
        abort(404, "There is no such call.")
    parts().afterwards.overhearing.ask(call_id)
    try:
        wishes.grant(call_id, ev.OverhearAsked(wording.by(who())))
    except NotNow as why:
        return jsonify(why=str(why)), 409
    ticket = here().access.ticket(session(), call_id)
    return jsonify(sound=f"{base()}/calls/{call_id}/sound?{TICKET}={ticket}")


def sound(call_id: str) -> Response:
    """The call's sound, as it is heard; 403 for whoever has not asked for it in this session a moment ago."""
    if not here().access.admits(session(), call_id, request):
        abort(403, "Listen anew from the call's page.")
    enter = partial(parts().switchboard.enter, call_id)
    return media.taken(partial(media.pass_on, enter=enter))


console.add_url_rule("/calls/<call_id>/sound", "sound", sound, websocket=True)
