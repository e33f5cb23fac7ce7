"""The legs of a callback: their documents, the key pressed, their progress, and news of their room."""

from __future__ import annotations

import re

from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks.callback import Callback, callback_of
from warmtransfer.core.event import Event
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.screening import meaning
from warmtransfer.vocabulary import ENDED, heard
from warmtransfer.web import forms
from warmtransfer.web.hooks import callback, document, fields, hooks, log
from warmtransfer.web.parts import parts

HUMAN = "/callback/<callback_id>/human/<int:n>"
LEG = "/callback/<callback_id>/leg/<int:n>"
_LABEL = re.compile(r"callback-(?:human|caller)-([1-9][0-9]{0,5})")


@hooks.post(HUMAN)
@document
def back_answered(callback_id: str, n: int) -> str:
    """The human's leg was answered and asks for its document."""
    return parts().back.human(_post(callback_id, _answered(n)), n)


@hooks.post(f"{HUMAN}/gate")
@document
def back_gate(callback_id: str, n: int) -> str:
    """A key was pressed, or none."""
    return _after_key(callback_id, n)


@hooks.post(f"{HUMAN}/spoke")
@document
def back_spoke(callback_id: str, n: int) -> str:
    """Something was said, a key was pressed, or nothing was heard where a machine had picked up."""
    if fields().get("Digits", ""):
        return _after_key(callback_id, n)
    said = meaning(fields().get("SpeechResult", ""))
    return parts().back.human(_post(callback_id, ev.LegSpoke(n, said)), n)


@hooks.post(f"{HUMAN}/who")
@document
def back_who(callback_id: str, n: int) -> str:
    """Somebody behind a switchboard wants to hear what it is about, or does not, or nobody is there."""
    if forms.yes(fields()):
        return parts().back.human(parts().callbacks.load(callback_id), n, there=True)
    return _after_key(callback_id, n)


def _after_key(callback_id: str, n: int) -> str:
    return parts().back.human(_post(callback_id, _key(fields().get("Digits", ""), n)), n)


@hooks.post("/callback/<callback_id>/caller/<int:n>")
@document
def back_caller(callback_id: str, n: int) -> str:
    """The caller has picked up."""
    return parts().back.caller(_post(callback_id, _answered(n)), n)


@hooks.post(f"{LEG}/status")
@callback
def back_progress(callback_id: str, n: int) -> None:
    """Progress of a leg."""
    form = fields()
    status, sid = form.get("CallStatus", ""), forms.plain(form, "CallSid")
    if status in ENDED:
        sip, who = forms.plain(form, "SipResponseCode"), heard(forms.plain(form, "AnsweredBy"))
        _post(callback_id, ev.LegEnded(n, ENDED[status], sip, sid, who))
    elif sid and status == "in-progress":
        _post(callback_id, ev.LegAnswered(n, sid))
    elif sid:
        _post(callback_id, ev.LegMade(n, sid))


@hooks.post(f"{LEG}/amd")
@callback
def back_machine(callback_id: str, n: int) -> None:
    """Answering-machine detection has made up its mind."""
    who = heard(forms.plain(fields(), "AnsweredBy"))
    if who is not None:
        _post(callback_id, ev.MachineHeard(n, who))


@hooks.post(f"{LEG}/wait")
@document
def back_wait(callback_id: str, n: int) -> str:
    """Somebody is alone in the room."""
    return parts().back.wait(parts().callbacks.load(callback_id), callback_id, n)


@hooks.post(f"{LEG}/gone")
@document
def back_gone(callback_id: str, n: int) -> str:
    """The leg was moved here because the other is not to be had."""
    return parts().back.gone(parts().callbacks.load(callback_id), n)


@hooks.post("/callback/<callback_id>/room")
@callback
def back_room(callback_id: str) -> None:
    """News of the room."""
    form = fields()
    sid, label = forms.plain(form, "ConferenceSid"), _LABEL.fullmatch(form.get("ParticipantLabel", ""))
    if not sid or label is None or callback_of(form.get("FriendlyName", "")) != callback_id:
        return
    n = int(label[1])
    match form.get("StatusCallbackEvent", ""):
        case "participant-join":
            _post(callback_id, ev.LegJoined(n, sid, forms.plain(form, "CallSid")))
        case "participant-leave":
            _post(callback_id, ev.LegLeft(n, sid))


def _answered(n: int) -> ev.LegAnswered:
    return ev.LegAnswered(n, forms.plain(fields(), "CallSid"))


def _key(digits: str, n: int) -> Event:
    """1 takes it; anything else, and silence, do not."""
    if digits == "1":
        return ev.Accepted(n)
    return ev.Declined(n, Outcome.DECLINED if digits else Outcome.NO_INPUT)


def _post(callback_id: str, event: Event) -> Callback | None:
    found = parts().callbacks.post(callback_id, event)
    if found is None:
        log.warning("callback %s is not known: %s", callback_id, type(event).__name__)
    return found
