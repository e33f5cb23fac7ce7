"""The page of one call, live or long over, and what can be done about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import Response, abort, request

from warmtransfer.console import acting, lanes, listening, promised, streams, telling, wording
from warmtransfer.console.access import TOKEN
from warmtransfer.console.figures import STEPS
from warmtransfer.console.room import console, here, page, session
from warmtransfer.core.call import FREE, SEEKING, Call, Stage
from warmtransfer.core.endings import of_call
from warmtransfer.core.names import called
from warmtransfer.web import minutes, timeline, wishes
from warmtransfer.web.parts import parts

#: Milliseconds for which a page waits for the host app's own part.
PANEL_WAIT = 2000


@console.get("/calls/<call_id>")
def one(call_id: str) -> str:
    """Everything that is known of the call."""
    return page_of(known(call_id), request.args.get("done", ""), request.args.get("late", ""))


def page_of(call: Call, done: str = "", late: str = "", written: str = "") -> str:
    """The same, with what came of what was asked for here, and what somebody wrote in vain."""
    room = here()
    parts().people.renew()
    parts().people.look()
    mark = streams.mark(room.news.serials())
    given = _told(call)
    journal, said = given["journal"], given["said"]
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
        panel=PANEL_WAIT if room.panel else 0,
        done=done,
        not_heard=listening.why_not(call),
        notice=acting.told(call, done, late),
        written=written,
        **_where(call),
        **_drawn(call, journal, said),
        **_doing(call, written if late == "handoff" and call.stage in FREE else ""),
    )


@console.get("/calls/<call_id>.json")
def raw(call_id: str) -> Response:
    """The same for machines."""
    room, call = here(), known(call_id)
    records = parts().records
    story = timeline.story(call, records.journal(call.id), records.transcript(call.id), room.clock.now())
    return Response(json.dumps(story, indent=2), content_type="application/json")


@console.get("/calls/<call_id>/news")
def call_news(call_id: str) -> Response:
    """What changes on the page, as it does."""
    room, token = here(), here().access.token(session())
    known(call_id)
    told_before: dict[str, object] = {}
    items: set[str] = set()

    def anew(name: str, of: object) -> bool:
        """Whether what a part is made of has changed since it was told."""
        changed = told_before.get(name) != of
        told_before[name] = of
        return changed

    def tell(told: int) -> Iterator[tuple[str, object]]:
        seen = room.news.call(call_id)
        call = parts().desk.call(call_id)
        if call is None or (seen is not None and seen.touched <= told):
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
        if call.stage in SEEKING:
            parts().people.look()
        live, doing = call.stage is not Stage.OVER, _doing(call)
        if anew("acts", (live, doing["asking"], doing["adding"], doing["acts"])):
            form = {**where, **doing, "token": token, "token_name": TOKEN}
            yield "acts", render("acts.html", call=call, live=live, **form)
        if not live:
            yield "over", True

    return streams.stream(tell)


# What the page is made of ------------------------------------------------------------------------------


def known(call_id: str) -> Call:
    """The call, or 404."""
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


def _doing(call: Call, written: str = "") -> dict[str, Any]:
    """Who may be rung, and with what summary; nobody where asking would change nothing."""
    said = next(
        (each.text for each in reversed(parts().records.transcript(call.id)) if each.who == "caller"), ""
    )
    return {
        "asking": call.stage in FREE,
        "adding": call.stage in SEEKING,
        "acts": acting.acts(call) if call.stage is not Stage.OVER else [],
        "people": whom(),
        "no_handoff": wishes.nobody_to_ring(call),
        "summary": written or call.handoff.summary or call.handoff.reason or said,
    }


def whom() -> list[tuple[str, str, str, str]]:
    """Whom one may ask for, and what keeps the others: those who can be reached stand first."""
    found = parts().people.now()
    able = [(each.name, called(each.name), each.description, "") for each in found.able]
    return able + [(each.name, called(each.name), "", why) for each, why in found.unable]
