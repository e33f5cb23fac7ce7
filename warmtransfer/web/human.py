"""A human's leg: its document, the key pressed, its progress."""

from __future__ import annotations

from warmtransfer.core import events as ev
from warmtransfer.core.call import Call
from warmtransfer.web import forms, hearing
from warmtransfer.web.hooks import callback, document, fields, hooks, post
from warmtransfer.web.parts import parts

HUMAN = "/human/<call_id>/<int:n>"


@hooks.post(HUMAN)
@document
def answered(call_id: str, n: int) -> str:
    """The human's leg was answered and asks for its document."""
    return _told(call_id, n, _document(post(call_id, ev.HumanAnswered(n, fields().get("CallSid", ""))), n))


@document
def again() -> str:
    """A human's leg has the document that Twilio hosts for it: whoever has that is asked anew."""
    sid = fields().get("CallSid", "")
    for call in parts().desk.calls(limit=1000, live=True):
        attempt = next((each for each in call.together if sid and each.call_sid == sid), None)
        if attempt is not None:
            return _told(call.id, attempt.n, parts().documents.human(call, attempt.n))
    return parts().documents.too_late()


@hooks.post(f"{HUMAN}/gate")
@document
def gate(call_id: str, n: int) -> str:
    """A key was pressed, or none."""
    return _told(call_id, n, _document(post(call_id, forms.gate(fields(), n)), n))


@hooks.post(f"{HUMAN}/spoke")
@document
def spoke(call_id: str, n: int) -> str:
    """Something was said, a key was pressed, or nothing was heard where a machine had picked up."""
    return _told(call_id, n, _document(post(call_id, forms.spoke(fields(), n)), n))


@hooks.post(f"{HUMAN}/who")
@document
def picked_up(call_id: str, n: int) -> str:
    """Somebody behind a switchboard wants to hear what it is about, or does not, or nobody is there."""
    here = parts()
    if forms.yes(fields()):
        call = here.desk.call(call_id)
        return here.documents.human(call, n, there=True) if call else here.documents.too_late()
    return _document(post(call_id, forms.gate(fields(), n)), n)


@hooks.post(f"{HUMAN}/status")
@callback
def progress(call_id: str, n: int) -> None:
    """Progress of the human's leg."""
    event = forms.human_status(fields(), n)
    if event is not None:
        post(call_id, event)


@hooks.post(f"{HUMAN}/amd")
@callback
def machine(call_id: str, n: int) -> None:
    """Answering-machine detection has made up its mind."""
    event = forms.amd(fields(), n)
    if event is not None:
        post(call_id, event)


@hooks.post(f"{HUMAN}/card")
@callback
def card(call_id: str, n: int) -> None:
    """What has become of the text message with their card."""
    event = forms.card(fields(), n)
    if event is not None:
        post(call_id, event)


@hooks.post(f"{HUMAN}/wait")
@document
def waiting(call_id: str, n: int) -> str:
    """The human is in the room, or on hold, and nobody speaks yet."""
    return parts().documents.human_wait(parts().desk.call(call_id), call_id, n)


@hooks.post(f"{HUMAN}/hold")
@document
def hold(call_id: str, n: int) -> str:
    """The human is on hold to be briefed (style announce)."""
    call = parts().desk.call(call_id)
    if call is None:
        return parts().documents.human_wait(None, call_id, n)
    return _told(call_id, n, parts().documents.hold(call, n))


@hooks.post(f"{HUMAN}/briefed")
@document
def briefed(call_id: str, n: int) -> str:
    """The briefing on hold was heard to its end."""
    return parts().documents.human_wait(post(call_id, ev.BriefingHeard(n)), call_id, n)


@hooks.post(f"{HUMAN}/gone")
@document
def gone(call_id: str, n: int) -> str:
    """The human's leg was moved here because the caller has hung up, or because they are not needed."""
    return _told(call_id, n, parts().documents.let_go(parts().desk.call(call_id), n))


def _document(call: Call | None, n: int) -> str:
    return parts().documents.human(call, n) if call else parts().documents.too_late()


def _told(call_id: str, n: int, document: str) -> str:
    """The document, its words kept: they are what the human is told from here on."""
    if said := hearing.said_in(document):
        parts().desk.heard(call_id, hearing.to_human(n), said)
    return document
