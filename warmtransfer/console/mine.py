"""A human's own page, and the card of one call: what is on them, and what can be done there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from warmtransfer.console import streams
from warmtransfer.console.card import Card, card, number
from warmtransfer.console.glance import LOST, WAITING
from warmtransfer.console.news import Known
from warmtransfer.console.own import TOKEN, Asked, asked_of, mine, of_page
from warmtransfer.console.room import base, here, humans
from warmtransfer.core import events as ev
from warmtransfer.core.call import Attempt, Call, Stage
from warmtransfer.core.names import called
from warmtransfer.core.rules import Card as May
from warmtransfer.core.rules import Human
from warmtransfer.core.search import Search
from warmtransfer.desk.desk import UnknownCall
from warmtransfer.ports.store.duty import Away
from warmtransfer.web import timeline
from warmtransfer.web.parts import parts

#: Calls of theirs that are shown, and letters of a note.
CALLS = 8
NOTE = 300
#: By whom somebody is off duty who has said so on their own page.
THEMSELVES = "themselves"


# The card of one call ----------------------------------------------------------------------------------


@mine.get("/c/<of_card>")
def one(of_card: str) -> str:
    """The card, and what can be done on it."""
    here().news.look()
    mark = streams.mark(here().news.serials())
    call, tried = _found()
    return _page("card.html", mark=mark, news=f"/c/{of_card}/news", **_told(call, tried))


@mine.get("/c/<of_card>/news")
def card_news(of_card: str) -> Response:
    """What changes on it."""
    asked, told = asked_of(), _Told()

    def tell(version: int) -> Iterator[tuple[str, object]]:
        call = parts().desk.call(asked.call_id)
        tried = call.attempt_number(asked.n) if call else None
        if call is None or tried is None:
            yield "gone", True
            return
        yield from told.parts(asked, _told(call, tried))

    return streams.stream(tell)


@mine.post("/c/<of_card>")
def decide(of_card: str) -> AnyResponse:
    """Accept or decline, as the keys do."""
    asked = asked_of()
    _decide(asked.call_id, asked.n)
    return redirect(f"{base()}/c/{of_card}", 303)


@mine.post("/c/<of_card>/note")
def note(of_card: str) -> AnyResponse:
    """One line of what came of it."""
    asked = asked_of()
    _note(asked.call_id, asked.n, asked.name)
    return redirect(f"{base()}/c/{of_card}", 303)


# A human's own page ------------------------------------------------------------------------------------


@mine.get("/<of>")
def own(of: str) -> str:
    """On duty or away, what rings, and the calls that were theirs."""
    here().news.look()
    mark = streams.mark(here().news.serials())
    return _page("own.html", mark=mark, news=f"/{of}/news", **_day(_human()))


@mine.get("/<of>/news")
def own_news(of: str) -> Response:
    """What changes on it, as long as the link is good."""
    asked, told = asked_of(), _Told()
    before: list[object] = []

    def tell(version: int) -> Iterator[tuple[str, object]]:
        human = next((each for each in humans() if each.name == asked.name), None)
        if human is None or of_page(of) is None:
            yield "gone", True
            return
        state = _state(human)
        if before != [state]:
            before[:] = [state]
            yield from told.parts(asked, _day(human))

    return streams.stream(tell)


@mine.post("/<of>/duty")
def switch(of: str) -> AnyResponse:
    """On duty or away, as an operator may say it."""
    if request.form.get("to") == "away":
        here().duty.leaves(_human().name, THEMSELVES)
    else:
        here().duty.returns(_human().name)
    here().news.poke()
    return redirect(f"{base()}/{of}", 303)


@mine.post("/<of>/card")
def own_decide(of: str) -> AnyResponse:
    """Accept or decline what rings on their phone, and nobody else's."""
    call, n = _theirs()
    if _may(_human()):
        _decide(call.id, n)
    return redirect(f"{base()}/{of}", 303)


@mine.post("/<of>/note")
def own_note(of: str) -> AnyResponse:
    """One line of what came of a call that was theirs."""
    call, n = _theirs()
    _note(call.id, n, _human().name)
    return redirect(f"{base()}/{of}", 303)


def _human() -> Human:
    found = next((each for each in humans() if each.name == asked_of().name), None)
    if found is None:
        abort(404, "This link does not work any more. Ask for a new one.")
    return found


def _theirs() -> tuple[Call, int]:
    """The call and the attempt that the form names, when that was theirs."""
    call = parts().desk.call(request.form.get("call", ""))
    n = request.form.get("n", 0, int)
    tried = call.attempt_number(n) if call else None
    if call is None or tried is None or tried.name != _human().name:
        abort(404, "There is no such call of yours; it may have been forgotten.")
    return call, n


# Doing -------------------------------------------------------------------------------------------------


def _decide(call_id: str, n: int) -> None:
    """The fact, if it still is one: where the attempt has ended, the page says what came of it."""
    fact: ev.Event = ev.CardAccepted(n) if request.form.get("do") == "accept" else ev.CardDeclined(n)
    if request.form.get("do") not in ("accept", "decline"):
        abort(400, "Nothing was pressed.")
    parts().life.start()
    _post(call_id, fact)


def _note(call_id: str, n: int, name: str) -> None:
    text = " ".join(request.form.get("note", "").split())
    if len(text) > NOTE or not text.isprintable():
        abort(400, f"A note is one line, of {NOTE} letters at most.")
    if text:
        parts().life.start()
        _post(call_id, ev.CallNoted(n, name, text))


def _post(call_id: str, fact: ev.Event) -> None:
    try:
        parts().desk.post(call_id, fact)
    except UnknownCall:
        abort(404, "There is no such call any more.")


def _may(human: Human) -> bool:
    """Whether this human has a card at all."""
    return human.card is not May.NONE


# What the pages are made of ----------------------------------------------------------------------------


class _Told:
    """The parts of a page as they were last told: what is made of the same is not told again."""

    def __init__(self) -> None:
        self._before: dict[str, object] = {}

    def parts(self, asked: Asked, given: dict[str, Any]) -> Iterator[tuple[str, object]]:
        """Those that have changed."""
        made_of = {"card": given["card"], "said": given["said"], "note": given["noting"]}
        if "calls" in given:
            made_of |= {"duty": given["away"], "next": given["waiting"], "calls": given["calls"]}
        for name, of in made_of.items():
            if name not in self._before or self._before[name] != of:
                self._before[name] = of
                yield "part", {"id": name, "html": str(_render(f"own_{name}.html", asked, **given))}


def _page(template: str, **given: Any) -> str:
    return str(_render(template, asked_of(), **given))


def _render(template: str, asked: Asked, **given: Any) -> str:
    seal = parts().links.seals.form(asked.link)
    path = f"/c/{asked.link}" if asked.call_id else f"/{asked.link}"
    more = {"token": seal, "token_name": TOKEN, "path": path, "name": called(asked.name)}
    return str(here().pages.render(template, now=here().clock.now(), **more, **given))


def _found() -> tuple[Call, Attempt]:
    call = parts().desk.call(asked_of().call_id)
    tried = call.attempt_number(asked_of().n) if call else None
    if call is None or tried is None:
        abort(404, "There is no such call any more.")
    return call, tried


def _told(call: Call, tried: Attempt) -> dict[str, Any]:
    """The card of one attempt, with what was said while it may be read, and room for a note after that."""
    theirs = next((each for each in humans() if each.name == tried.name), None)
    detected = theirs is None or theirs.detected
    shown = card(call, tried, parts().settings.show, here().clock.now(), detected)
    noting = _noting(call, tried) if shown.ended and tried.joined_at else None
    return {"card": shown, "said": _said(call) if shown.told else (), "noting": noting}


def _said(call: Call) -> tuple[tuple[str, str], ...]:
    lines = parts().records.transcript(call.id)
    return tuple((each.who, each.text) for each in lines if each.who in ("caller", "ai"))


def _noting(call: Call, tried: Attempt) -> tuple[str, int, tuple[str, ...]]:
    """The call, the attempt, and the notes that there are."""
    rows = parts().records.journal(call.id)
    mine_ = (row for row in rows if row.event == "CallNoted" and row.data.get("n") == tried.n)
    return call.id, tried.n, tuple(str(row.data.get("text", "")) for row in mine_)


def _day(human: Human) -> dict[str, Any]:
    """All of a human's own page."""
    live = here().news.calls()
    ringing = [each for each in _attempts([each.call for each in live], human) if not _over(*each)]
    told: dict[str, Any] = {"card": None, "said": (), "noting": None}
    if ringing and _may(human):
        told = _told(*ringing[-1])
    before = here().ledger.search(Search(human=human.name, limit=CALLS))
    done = [_was(call, tried) for call, tried in _attempts(before, human) if _over(call, tried)]
    calls = sorted(done, key=lambda each: -float(each["at"]))[:CALLS]
    return {
        **told, "away": _away(human), "waiting": _waiting(live, human), "calls": calls, "may": _may(human)
    }  # fmt: skip


def _state(human: Human) -> object:
    """What a human's own page is made of, without asking for it all."""
    theirs = {
        each.call.id: each.touched for each in here().news.recent() if _attempts([each.call], human)
    }
    return theirs, _waiting(here().news.calls(), human), _away(human)


def _waiting(live: list[Known], human: Human) -> int:
    """How many callers wait for somebody, but for those for whom this human is rung already."""
    rung = {call.id for call, tried in _attempts([each.call for each in live], human) if not tried.ended}
    return sum(each.shown.level in (LOST, WAITING) and each.call.id not in rung for each in live)


def _over(call: Call, tried: Attempt) -> bool:
    """Whether it has ended for them: the news of their own leg may come after the call's end."""
    return tried.ended or (call.stage is Stage.OVER and bool(tried.joined_at or tried.outcome))


def _away(human: Human) -> Away | None:
    return next((each for each in here().duty.away() if each.name == human.name), None)


def _attempts(calls: list[Call], human: Human) -> list[tuple[Call, Attempt]]:
    return [(call, tried) for call in calls for tried in call.attempts if tried.name == human.name]


def _was(call: Call, tried: Attempt) -> dict[str, Any]:
    """One call that was theirs, or might have been."""
    shown: Card = card(call, tried, parts().settings.show, here().clock.now())
    took = bool(tried.joined_at)
    return {
        "at": tried.dialled_at,
        "title": "You talked" if took else shown.title,
        "talked": timeline.talked(tried, call, here().clock.now()) if took else 0.0,
        "became": shown.hint,
        "who": number(call, parts().settings.show) if took else "",
        "noting": _noting(call, tried),
        "took": took,
    }
