"""The leg of somebody who listens: asked for a key, let in muted, its progress."""

from __future__ import annotations

from warmtransfer.core import events as ev
from warmtransfer.web import forms
from warmtransfer.web.hooks import callback, document, fields, hooks, post
from warmtransfer.web.parts import parts
from warmtransfer.web.twiml.listening import Listening

SUPERVISOR = "/supervisor/<call_id>/<int:n>"


@hooks.post(SUPERVISOR)
@document
def supervisor_picked_up(call_id: str, n: int) -> str:
    """Their leg was answered and asks for its document."""
    return _listening().document(parts().desk.call(call_id), n)


@hooks.post(f"{SUPERVISOR}/gate")
@document
def supervisor_key(call_id: str, n: int) -> str:
    """A key was pressed, or none: a mailbox presses none."""
    if not forms.yes(fields()):
        return _listening().declined()
    return _listening().document(post(call_id, ev.SupervisorAccepted(n)), n)


@hooks.post(f"{SUPERVISOR}/status")
@callback
def supervisor_going(call_id: str, n: int) -> None:
    """Progress of their leg."""
    event = forms.supervisor_status(fields(), n)
    if event is not None:
        post(call_id, event)


def _listening() -> Listening:
    return Listening(parts().links, parts().documents.phrasing)
