"""What somebody who looks after a call may ask for, by the names that the API and the console have for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from typing import Any

from warmtransfer.core import events as ev
from warmtransfer.core.briefing import TOLD_LIMIT
from warmtransfer.core.call import Call
from warmtransfer.core.counts import COUNTS
from warmtransfer.core.events.supervisor import Wish
from warmtransfer.core.notnow import why_not
from warmtransfer.core.reading.human import moved_on
from warmtransfer.core.step import leads
from warmtransfer.core.supervising import Role
from warmtransfer.errors import NotNow
from warmtransfer.web.parts import parts

#: The names, and what is asked for.
WISHES: Mapping[str, type[Wish]] = {
    "stop-ringing": ev.StopAsked,
    "next-person": ev.NextAsked,
    "take-next": ev.TakeNextAsked,
    "leave-line": ev.TakeOutAsked,
    "tell-ai": ev.TellAsked,
    "listen": ev.SuperviseAsked,
    "stop-listening": ev.SupervisorUnwanted,
    "bring-ai-back": ev.ReturnAsked,
    "end-ai": ev.EndAIAsked,
    "hang-up": ev.HangUpAsked,
}
#: What each comes to, for those who read the API's description.
DOES: Mapping[str, str] = {
    "stop-ringing": "Ring nobody any more: the caller goes on with the AI.",
    "next-person": "Give up whoever is rung, and ring the next one.",
    "take-next": "Have the caller taken next who waits in the line: by somebody chosen, or whoever is free.",
    "leave-line": "Take the caller out of the line: they go on with the AI.",
    "tell-ai": "Let the AI know something, or have it tell the caller.",
    "listen": "Ring one of those who may be rung, to listen, to whisper to the human, or to join.",
    "stop-listening": "Let whoever listens leave.",
    "bring-ai-back": "Bring the AI back to the caller, and let the human go who has them.",
    "end-ai": "End the AI's leg while a human has the caller.",
    "hang-up": "End the call.",
}
#: What may be said with it: its type, its words in the description, and the most letters of a text.
SAID: Mapping[str, tuple[type, str, int]] = {
    "attempt": (int, "The attempt that it is about, as you have seen it; 0 for whichever it is now.", 0),
    "name": (str, "One of those who may be rung; `take-next` takes none for whoever is free.", 100),
    "role": (str, "listen, whisper (heard by the human alone) or join (by all); may be changed later.", 10),
    "text": (str, "What the AI is to know, or to tell.", TOLD_LIMIT),
    "aloud": (bool, "Whether it tells the caller; else it only knows.", 0),
}


def taken(name: str) -> list[str]:
    """The fields that go with this wish."""
    return [each.name for each in fields(WISHES[name]) if each.name != "by"]


def needed(name: str) -> list[str]:
    """Those of them that cannot be left out."""
    return [each.name for each in fields(WISHES[name]) if each.name != "by" and each.default is MISSING]


def made(name: str, by: str, given: Mapping[str, Any]) -> Wish:
    """The wish of this name; ValueError with what is wrong with which field."""
    unknown = sorted(set(given) - set(taken(name)))
    if unknown:
        there = ", ".join(taken(name)) or "its fields: there are none"
        raise ValueError(f"{', '.join(unknown)[:100]}: not among {there}.")
    values = {field: _value(field, given[field]) for field in taken(name) if field in given}
    for field in needed(name):
        if not values.get(field):
            raise ValueError(f"{field} is missing.")
    return WISHES[name](by, **values)


def _value(field: str, value: Any) -> Any:
    kind, _, most = SAID[field]
    if type(value) is not kind or (isinstance(value, int) and not 0 <= value < 10**6):
        words = {int: "a whole number", str: "a text", bool: "true or false"}[kind]
        raise ValueError(f"{field} is not {words}.")
    if isinstance(value, str):
        value = value.strip().encode("utf-8", "replace").decode()
        if len(value) > most:
            raise ValueError(f"{field} is not a text of at most {most} letters.")
    if field == "role":
        if value not in list(Role):
            raise ValueError(f"role is none of {', '.join(Role)}.")
        return Role(value)
    return value


def grant(call_id: str, wish: ev.Event) -> Call:
    """The call once it has been decided; NotNow when it led nowhere, UnknownCall, StoreBusy."""
    here = parts()
    here.life.start()
    saved = here.desk.decide(call_id, wish)
    if not saved.orders and saved.call == replace(saved.before, at=saved.call.at):
        raise NotNow(why_not(saved.before, wish))
    return saved.call


def refused(call: Call, wish: ev.Event) -> str:
    """Why this cannot be asked for as the call stands, "" when it can."""
    here = parts()
    return "" if leads(call, wish, here.clock.now(), here.people.rules()) else why_not(call, wish)


def refused_handoff(call: Call, wish: ev.HandoffAsked) -> str:
    """Why this one cannot be asked for as the call stands, by what somebody saw of it; "" when it can."""
    return nobody_to_ring(call) or (why_not(call, wish) if moved_on(call, wish) else "")


def nobody_to_ring(call: Call) -> str:
    """Why a human cannot be asked for, "" where a request is at least heard."""
    wish = ev.HandoffAsked("")
    return "" if call.stage in COUNTS[ev.HandoffAsked] else why_not(call, wish)
