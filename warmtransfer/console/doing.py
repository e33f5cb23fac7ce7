"""What is done about a live call from its page. What comes too late is not, and nothing written is lost."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from warmtransfer.console import story, wording
from warmtransfer.console.room import base, console, who
from warmtransfer.core.supervising import Role
from warmtransfer.desk.insisting import asked
from warmtransfer.errors import NotNow
from warmtransfer.web import wishes
from warmtransfer.web.parts import parts

#: The most letters of a summary, as in the API.
SUMMARY = 2000
Answer = AnyResponse | tuple[str, int]


@console.post("/calls/<call_id>/do/<name>")
def do(call_id: str, name: str) -> Answer:
    """Ask for one of these things; who did, the journal says."""
    if name not in wishes.WISHES or parts().desk.call(call_id) is None:
        abort(404, "There is no such call, or nothing of this name that can be done.")
    try:
        wishes.grant(call_id, wishes.made(name, wording.by(who()), _given(name)))
    except ValueError as fault:
        abort(400, str(fault))
    except NotNow:
        return _late(call_id, name, request.form.get("text", "").strip())
    return redirect(f"{base()}/calls/{call_id}?done={name}", 303)


@console.post("/calls/<call_id>/handoff")
def handoff(call_id: str) -> Answer:
    """Ask for a person, or better what one hears, by the same way as the API; the journal says who did."""
    call = story.known(call_id)
    target, summary = request.form.get("target", ""), request.form.get("summary", "").strip()
    if target and target not in {name for name, *_ in story.whom()}:
        abort(400, "There is nobody of this name.")
    if len(summary) > SUMMARY:
        abort(400, f"A summary has {SUMMARY} letters at most.")
    begins, adds_to = _as_seen()
    wish = replace(asked(wording.by(who()), target, "", summary), begins=begins, adds_to=adds_to)
    if wishes.refused_handoff(call, wish):
        return _late(call_id, "handoff", summary)
    if wish.adds_to and summary in ("", call.handoff.summary):
        return redirect(f"{base()}/calls/{call_id}?done=handoff", 303)
    try:
        wishes.grant(call_id, parts().people.wanted(wish))
    except NotNow:
        return _late(call_id, "handoff", summary)
    return redirect(f"{base()}/calls/{call_id}?done=handoff", 303)


def _as_seen() -> tuple[bool, int]:
    """What the page offered: to ring somebody, or to better what is heard by those rung for one handoff."""
    seen = request.form.get("seen", "")
    if seen == "nobody":
        return True, 0
    if seen and not (seen.isascii() and seen.isdigit() and len(seen) < 7):
        abort(400, "This form is none of ours.")
    return False, int(seen or 0)


def _late(call_id: str, name: str, written: str) -> Answer:
    """It was not done. What somebody has written is given back on the page, and to nobody's log."""
    if not written and name in wishes.WISHES:
        return redirect(f"{base()}/calls/{call_id}?late={name}", 303)
    return story.page_of(story.known(call_id), late=name, written=written), 409


def _given(name: str) -> dict[str, object]:
    """The form's fields, as the wish takes them."""
    form = request.form
    number = form.get("attempt", "0")
    if not (number.isascii() and number.isdigit()) or len(number) > 6:
        raise ValueError("attempt is not a whole number.")
    all_ = {
        "attempt": int(number),
        "text": form.get("text", ""),
        "aloud": form.get("how") == "says",
        "name": form.get("name", ""),
        "role": form.get("role", Role.LISTEN.value),
    }
    return {field: all_[field] for field in wishes.taken(name)}
