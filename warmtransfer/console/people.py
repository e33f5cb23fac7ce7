"""The humans: who of them is on a call, and how it went with them lately."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from flask import abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from warmtransfer.console.figures import REACHED
from warmtransfer.console.glance import LOST, WAITING
from warmtransfer.console.room import Console, base, console, here, humans, page, who
from warmtransfer.console.wording import HERE, attempts
from warmtransfer.core.call import SEEKING, Call, Stage
from warmtransfer.core.names import called
from warmtransfer.core.reach import open_at
from warmtransfer.core.rules import Human
from warmtransfer.web.parts import parts

#: Days that are counted.
DAYS = 7
_BUSY = SEEKING | {Stage.HUMAN, Stage.REDIRECTED}


@console.get("/people")
def people() -> str:
    """Everybody who may be rung."""
    room = here()
    room.news.look()
    parts().people.renew()
    parts().people.look()
    live = [each.call for each in room.news.calls()]
    ends = {name: (count, found, talked) for name, count, found, talked in _week(room).outcomes}
    shown = [_human(human, live, ends.get(called(human.name))) for human in humans()]
    waiting = sum(each.shown.level in (LOST, WAITING) for each in room.news.calls())
    away = {each.name: each for each in room.duty.away()}
    hindered = {choice.name: why for choice, why in parts().people.now().unable}
    given = {"people": shown, "days": DAYS, "waiting": waiting, "away": away, "hindered": hindered}
    return page("people.html", place="people", links=_links(), **given)


@console.post("/people/duty")
def switch() -> AnyResponse:
    """Have a human rung no more, or again; who said so is kept with it."""
    name = request.form.get("name", "")
    if name not in {human.name for human in humans()}:
        abort(400, "There is nobody of this name.")
    if request.form.get("to") == "away":
        here().duty.leaves(name, f"{HERE}{who()}")
    else:
        here().duty.returns(name)
    return redirect(f"{base()}/people", 303)


@console.post("/people/link")
def link() -> AnyResponse:
    """Have a human's own page opened by a link, or by another one from now on."""
    name = request.form.get("name", "")
    if name not in {human.name for human in humans()}:
        abort(400, "There is nobody of this name.")
    pages = here().duty.pages
    pages.renew(name) if request.form.get("to") == "renew" else pages.turn(name)
    return redirect(f"{base()}/people?{urlencode({'link': name})}", 303)


def _links() -> dict[str, str]:
    """The link of the human whom one asks for, if they have one: it is as good as a password."""
    name = request.args.get("link", "")
    turn = here().duty.pages.turns().get(name) if name else None
    return {name: parts().links.page(name, turn)} if turn else {}


def on_duty(room: Console) -> tuple[int, int]:
    """How many of the humans are on duty, by their hours and by what was said, and how many there are."""
    away = {each.name for each in room.duty.away()}
    now, there = room.clock.now(), humans()
    return sum(human.name not in away and open_at(human, now) is None for human in there), len(there)


def _week(room: Console) -> Any:
    return room.counting.since(room.pages.midnight(room.clock.now(), DAYS - 1))


def _human(human: Human, live: list[Call], counted: Any) -> dict[str, Any]:
    on = next((each for each in live if _has(each, human)), None)
    count, ends, talked = counted or (0, Counter[str](), 0.0)
    return {
        "key": human.name,
        "name": called(human.name),
        "addresses": human.addresses,
        "description": human.description,
        "style": human.style.value,
        "ring": human.ring,
        "call": on,
        "talking": bool(on and on.stage is Stage.HUMAN),
        "tried": count,
        "took": sum(ends[each] for each in REACHED),
        "talked": talked,
    }


def _has(call: Call, human: Human) -> bool:
    """Whether this human is rung for the call, or has it."""
    tried = [each for each in attempts(call) if not each.ended and each.name == human.name]
    return call.stage in _BUSY and bool(tried)
