"""The page of one call, live or long over, and what can be done about it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

from flask import Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from warmtransfer.console import acting, lanes, listening, promised, streams, telling, wording
from warmtransfer.console.access import TOKEN
from warmtransfer.console.figures import STEPS
from warmtransfer.console.room import base, console, here, page, session, who
from warmtransfer.core.call import FREE, SEEKING, Call, Stage
from warmtransfer.core.endings import of_call
from warmtransfer.core.names import called
from warmtransfer.errors import log_fault
from warmtransfer.web import minutes, timeline, wishes
from warmtransfer.web.parts import parts

log = logging.getLogger("warmtransfer")

#: The most letters of a summary, as in the API.
SUMMARY = 2000


@console.get("/calls/<call_id>")
def one(call_id: str) -> str:
    """Everything that is known of the call."""
    room, call = here(), _known(call_id)
    parts().people.renew()
    parts().people.look()
    mark = streams.mark(room.news.serials())
    given = _told(call)
    journal, said = given["journal"], given["said"]
    done = request.args.get("done", "")
    return page(
        "call.html",
        place="call",
        call=call,
        live=call.stage is not Stage.OVER,
        mark=mark,
        items=telling.items(call, journal, said),
        handoffs=telling.handoffs(call, room.ledger.tried_in(call.id)),
        steps=STEPS,
        decisions=[telling.decision(row) for row in journal],
        legs=timeline.legs(call, journal),
        rooms=timeline.rooms(call, journal),
        billed=minutes.told(call, journal, room.clock.now()),
        message=timeline.message(call),
        promised=promised.of_call(call.id),
        recordings=parts().afterwards.recordings.kept.of_call(call.id),
        panel=_panel(call),
        done=done,
        not_heard=listening.why_not(call),
        notice=acting.told(call, done, request.args.get("late", "")),
        **_where(call),
        **_drawn(call, journal, said),
        **_doing(call),
    )


@console.get("/calls/<call_id>.json")
def raw(call_id: str) -> Response:
    """The same for machines."""
    room, call = here(), _known(call_id)
    records = parts().records
    story = timeline.story(call, records.journal(call.id), records.transcript(call.id), room.clock.now())
    return Response(json.dumps(story, indent=2), content_type="application/json")


@console.get("/calls/<call_id>/news")
def call_news(call_id: str) -> Response:
    """What changes on the page, as it does."""
    room, token = here(), here().access.token(session())
    _known(call_id)
    told_before: dict[str, object] = {}
    items: set[str] = set()

    def anew(name: str, of: object) -> bool:
        """Whether what a part is made of has changed since it was told."""
        changed = told_before.get(name) != of
        told_before[name] = of
        return changed

    def tell(told: int) -> Iterator[tuple[str, object]]:
        known = room.news.call(call_id)
        call = parts().desk.call(call_id)
        if call is None or (known is not None and known.touched <= told):
            return
        given = _told(call)
        render, now, where = room.pages.render, room.clock.now(), _where(call)
        # A part that is told again is read out again.
        if anew("where", (call.stage, call.handoff, call.attempts, call.supervisor)):
            yield "part", {"id": "where", "html": render("where.html", call=call, now=now, **where)}
        drawn = _drawn(call, given["journal"], given["said"])
        yield "part", {"id": "lanes", "html": render("lanes.html", call=call, **drawn)}
        new = [each for each in telling.items(call, **given) if each.key not in items]
        items.update(each.key for each in new)
        yield "talk", [{"key": each.key, "html": render("item.html", each=each)} for each in new]
        if anew("ear", why := listening.why_not(call)):
            yield "ear", why
        live, doing = call.stage is not Stage.OVER, _doing(call)
        if anew("acts", (live, doing["asking"], doing["adding"], doing["acts"])):
            form = {**where, **doing, "token": token, "token_name": TOKEN}
            yield "acts", render("acts.html", call=call, live=live, **form)
        if not live:
            yield "over", True

    return streams.stream(tell)


@console.post("/calls/<call_id>/handoff")
def handoff(call_id: str) -> AnyResponse:
    """Ask for a person, by the same way as the API; the journal says who did."""
    call = _known(call_id)
    target, summary = request.form.get("target", ""), request.form.get("summary", "").strip()
    if why := wishes.nobody_to_ring(call):
        abort(409, why)
    if target and target not in {name for name, *_ in _whom()}:
        abort(400, "There is nobody of this name.")
    if len(summary) > SUMMARY:
        abort(400, f"A summary has {SUMMARY} letters at most.")
    parts().life.start()
    parts().desk.ask(call.id, wording.by(who()), target, "", summary)
    return redirect(f"{base()}/calls/{call.id}?done=handoff", 303)


# What the page is made of ------------------------------------------------------------------------------


def _known(call_id: str) -> Call:
    call = parts().desk.call(call_id)
    if call is None:
        abort(404, "There is no call with this id; it may have been forgotten.")
    return call


def _told(call: Call) -> dict[str, Any]:
    return {"journal": parts().records.journal(call.id), "said": here().ledger.lines(call.id)}


def _where(call: Call) -> dict[str, Any]:
    now = here().clock.now()
    return {
        "where": wording.sentence(call, now),
        "ended": wording.ended(call),
        "outcome": of_call(call),
        "attempts": [telling.attempt(each, call, now) for each in call.attempts],
        "asked_by": wording.asked_by(call.handoff.source),
        "talking": _talking(call),
        "listens": wording.listens(call),
    }


def _talking(call: Call) -> float:
    """Since when a human has the caller, 0 for none."""
    tried = wording.holder(call)
    return tried.joined_at if call.stage is Stage.HUMAN and tried else 0.0


def _drawn(call: Call, journal: Any, said: Any) -> dict[str, Any]:
    words = [each.line for each in said]
    return {"picture": lanes.picture(call, journal, words, here().clock.now()), "fitted": lanes.fitted}


def _doing(call: Call) -> dict[str, Any]:
    """Who may be rung, and with what summary; nobody where asking would change nothing."""
    said = next(
        (each.text for each in reversed(parts().records.transcript(call.id)) if each.who == "caller"), ""
    )
    return {
        "asking": call.stage in FREE,
        "adding": call.stage in SEEKING,
        "acts": acting.acts(call) if call.stage is not Stage.OVER else [],
        "people": _whom(),
        "summary": call.handoff.summary or call.handoff.reason or said,
    }


def _whom() -> list[tuple[str, str, str, str]]:
    """Whom one may ask for, and what keeps the others: those who can be reached stand first."""
    found = parts().people.now()
    able = [(each.name, called(each.name), each.description, "") for each in found.able]
    return able + [(each.name, called(each.name), "", why) for each, why in found.unable]


def _panel(call: Call) -> Any:
    """What the host app shows of its own; its faults are its own, too."""
    panel = here().panel
    if panel is None:
        return ""
    try:
        return panel(call) or ""
    except Exception as exc:  # noqa: BLE001 - the page of a call is shown whatever the host's part does
        log_fault(log, exc, "call %s: the console's panel failed", call.id)
        return ""
