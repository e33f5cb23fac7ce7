"""The number's webhooks, the caller's leg, the AI's leg and the room."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial

from flask import Response, abort, request

from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage, call_of
from warmtransfer.desk.desk import UnknownCall
from warmtransfer.errors import WarmTransferError
from warmtransfer.web import forms, human, twiml
from warmtransfer.web.advice import Visit, visit
from warmtransfer.web.hooks import callback, document, fields, hooks, log, post
from warmtransfer.web.parts import parts

# The number -----------------------------------------------------------------------------------------


#: URLs that are entered at Twilio, where GET may have been chosen and a slash be left at the end.
entered = partial(hooks.route, methods=["GET", "POST"], strict_slashes=False)


@entered("/voice")
@document
def voice() -> str:
    """A call comes in: into the room at once. What is no caller would bring one more AI leg, for ever."""
    match _visit():
        case Visit.CALLER:
            return _arrive()
        case Visit.AI_LEG:
            parts().advice.app_at(request.path)
            return twiml.hang_up()
        case Visit.OWN_LEG:
            parts().advice.ourselves()
            return twiml.reject()
        case Visit.ENDED:
            parts().advice.status_at(request.path)
            _ended()
            return twiml.hang_up()


@hooks.post("/again")
def again() -> Response:
    """A leg whose request failed asks anew, from a fallback document: a caller's, the AI's or a human's."""
    match _visit():
        case Visit.AI_LEG:
            return _ai()
        case Visit.OWN_LEG:
            return human.again()
        case _:
            return voice()


@hooks.post("/knock")
@callback
def knock() -> None:
    """The fallback document of a caller asks whether we are up: we are."""
    parts().desk.take_in(fields().get("CallSid", ""))


@entered("/status")
def status() -> Response:
    """The caller's call is over, perhaps before it was ever in the room."""
    return _stray_caller() if _strayed() else _status()


@callback
def _status() -> None:
    _ended()


@document
def _stray_caller() -> str:
    """A caller who was sent to another URL of ours is served, and their number's setting is told."""
    parts().advice.number_at(request.path)
    return _arrive()


def _strayed() -> bool:
    """Whether somebody phones the number, whose voice URL is another one of ours."""
    form = fields()
    ringing = form.get("CallStatus") == "ringing" and form.get("To") == parts().settings.number
    return ringing and _visit() is Visit.CALLER


def _visit() -> Visit:
    return visit(fields(), parts().settings.number)


def _ended() -> None:
    form = fields()
    event = forms.caller_status(form)
    call = parts().desk.by_caller(form.get("CallSid", "")) if event else None
    if call is not None:
        post(call.id, event)


def _arrive() -> str:
    here = parts()
    event = forms.arrived(fields())
    if event is None:
        abort(400)
    call = here.desk.arrive(event)
    if call is None:
        log.error("a call was turned away: %d are up (WARMTRANSFER_MAX_CALLS)", here.settings.max_calls)
        return here.documents.sorry()
    here.desk.tokens.keep(call.id, fields().get("CallToken", ""))
    return here.documents.caller(call)


# The caller's leg -----------------------------------------------------------------------------------


@hooks.post("/caller/<call_id>/wait")
@document
def wait(call_id: str) -> str:
    """The caller is alone in a room that has not started."""
    call = None
    with suppress(WarmTransferError):  # the ring tone needs no database
        call = parts().desk.call(call_id)
        if call is None:
            _adopt(fields().get("FriendlyName", ""))
    return parts().documents.wait(call_id, call)


@hooks.post("/caller/<call_id>/next/<int:room>")
@hooks.post("/caller/<call_id>/next", defaults={"room": 0})
@document
def next_(call_id: str, room: int) -> str:
    """The caller's leg asks what comes next: after the room's `<Dial>`, or because we moved the call."""
    return _caller(post(call_id, forms.dial_action(fields(), room=room)))


@hooks.post("/caller/<call_id>/dial/<int:n>")
@document
def dialled(call_id: str, n: int) -> str:
    """The caller's own leg has dialled attempt `n`, and that is over."""
    return _caller(post(call_id, forms.dial_action(fields(), n)))


@hooks.post("/caller/<call_id>/message")
@document
def message(call_id: str) -> str:
    """The caller has left a message, or has not said a word."""
    left = forms.message(fields())
    call = parts().desk.call(call_id) if left.seconds else None
    if call is not None and call.stage is Stage.MESSAGE:  # first: what is decided is not told a second time
        parts().afterwards.recordings.note(call_id, left.url, left.seconds)
    post(call_id, left)
    return parts().documents.thanks(back=bool(parts().callbacks.kept.of_call(call_id)))


@hooks.post("/caller/<call_id>/callback")
@document
def callback_wanted(call_id: str) -> str:
    """The caller has pressed a key while they were asked for a message: 1 to be rung back."""
    call = parts().desk.call(call_id)
    if call is None:
        return _caller(None)
    documents = parts().documents
    return documents.check_number(call) if forms.yes(fields()) else _message(call)


@hooks.post("/caller/<call_id>/callback/right")
@document
def callback_right(call_id: str) -> str:
    """The number that was read out is right, or is not: then they leave a message, with another."""
    call = parts().desk.call(call_id)
    if call is None:
        return _caller(None)
    here = parts()
    if forms.yes(fields()) and call.stage is Stage.MESSAGE and here.afterwards.promises.possible(call):
        here.afterwards.promises.keep(call)
        return here.documents.take_matter(call)
    return _message(call)


def _message(call: Call) -> str:
    """The message of a caller who is not rung back, where one is still to be taken."""
    documents = parts().documents
    taking = call.stage is Stage.MESSAGE
    return documents.take_message(call, offers=False) if taking else documents.caller(call)


@hooks.post("/caller/<call_id>/comfort")
@document
def comfort(call_id: str) -> str:
    """The caller is alone for a moment."""
    return parts().documents.comfort()


def _caller(call: Call | None) -> str:
    """The caller's document; a caller whose call is forgotten starts anew rather than being dropped."""
    if call is not None:
        return parts().documents.caller(call)
    return twiml.hang_up() if forms.caller_status(fields()) else _arrive()


# The AI's leg ---------------------------------------------------------------------------------------


@entered("/ai")
def ai() -> Response:
    """The AI's leg, added by us, asks for its document."""
    return _stray_caller() if _strayed() else _ai()


@document
def _ai() -> str:
    form = fields()
    leg = _parameter(form, "leg")
    call_id = _parameter(form, "call")
    if not re.fullmatch(r"[0-9]{1,6}", leg) or not call_id:
        log.error("a leg of the TwiML App came without our parameters: it is hung up")
        return twiml.hang_up()
    try:
        return _offer(call_id, int(leg))
    except UnknownCall:
        _adopt(_parameter(form, "room"))
        return twiml.hang_up()


@hooks.post("/ai/<call_id>/<int:k>/after")
@document
def after(call_id: str, k: int) -> str:
    """Nobody has taken the leg over for minutes: it gets a stream, unless it has ended or is not wanted."""
    if forms.over(fields()):
        return twiml.hang_up()
    try:
        return _offer(call_id, k)
    except UnknownCall:
        return twiml.hang_up()


@hooks.post("/ai/<call_id>/<int:k>/stream")
@callback
def stream(call_id: str, k: int) -> None:
    """News of the AI's stream: one that could not be opened is a fact that only Twilio knows."""
    if fields().get("StreamEvent") == "stream-error":
        post(call_id, ev.StreamFailed(k))


@hooks.post("/ai/<call_id>/<int:k>/last-resort")
@callback
def last_resort(call_id: str, k: int) -> None:
    """News of the number that the AI's leg has dialled by itself: answered, or over."""
    number = parts().settings.last_resort
    post(call_id, forms.last_resort(fields(), parts().desk.call(call_id), k, number))


def _offer(call_id: str, k: int) -> str:
    return parts().documents.ai(parts().desk.offer(call_id, k), k)


def _parameter(form: forms.Form, name: str) -> str:
    """A parameter of `app:…?name=value`: documented under its own name, seen with a prefix too."""
    return form.get(name) or form.get(f"Param_{name}", "")


# The room -------------------------------------------------------------------------------------------


@hooks.post("/room/<call_id>")
@callback
def room(call_id: str) -> None:
    """News of the conference."""
    form = fields()
    event = forms.conference(form, call_id)
    if event is not None and post(call_id, event) is None:
        _adopt(forms.deserted(form))


def _adopt(room: str) -> None:
    """A caller of a call that nobody knows must not be left alone in this room."""
    if call_of(room):
        parts().desk.adopt(room)
