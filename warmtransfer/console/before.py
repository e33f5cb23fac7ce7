"""Looking for calls: by number, human, day and outcome; and taking what was found away."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, request

from warmtransfer.console import glance, promised, wording
from warmtransfer.console.room import Console, console, here, humans, page
from warmtransfer.core.call import Call, Stage
from warmtransfer.core.endings import of_call
from warmtransfer.core.names import called
from warmtransfer.core.outcomes import CallEnd
from warmtransfer.core.search import Search, mark, place
from warmtransfer.web import timeline

#: Calls of a page, of a bite of an export, and of an export.
PAGE, BITE, MOST = 50, 500, 20_000
#: How an attempt may have ended, as it is chosen from.
ENDS = {
    "accepted": "took the call", "declined": "declined", "hung_up": "picked up and hung up",
    "no_answer": "did not answer", "busy": "busy",
    "machine": "a mailbox", "no_input": "pressed nothing", "unreachable": "cannot be reached",
    "failed": "could not be called", "timed_out": "never decided", "cancelled": "rung no longer",
    "taken": "somebody else was quicker", "caller_left": "caller left first", "last_resort": "last resort",
    "screened": "their phone asked who called", "phone_menu": "a phone menu", "blocked": "blocked",
    "error": "nobody could tell", "open": "still open",
}  # fmt: skip
FIELDS = ("number", "human", "day", "outcome", "after")
COLUMNS = (
    *("id", "began", "ended", "seconds", "caller", "caller name", "called", "asked", "asked by", "reason"),
    *("summary", "reached", "attempts", "message", "outcome"),
)


#: Where a spreadsheet could begin a formula: at the beginning of the text, and behind whatever it may take
#: for the end of a cell. Some take wide signs for the narrow ones; a number is none.
_FORMULA = re.compile(
    r"""\A(?=[\t\r\n])
    | (?:\A | (?<=[;,|\t\r\n])) (?=\s*[=+\-@＝＋－＠]) (?!\+?[0-9.]+(?:[;,|\t\r\n]|\Z))""",
    re.ASCII | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search, until when, and what of it could not be understood."""

    search: Search
    until: float = 0.0
    fault: str = ""


@console.get("/before")
def before() -> str:
    """The calls that are looked for, the newest first."""
    room = here()
    given = _given()
    wanted = read(given, room)
    found: list[Call] = []
    if not wanted.fault:
        found = room.ledger.search(replace(wanted.search, limit=PAGE + 1), wanted.until)
    shown = found[:PAGE]
    asked = {name: value for name, value in given.items() if value and name != "after"}
    more = {**asked, "after": mark(shown[-1].started_at, shown[-1].id)} if len(found) > PAGE else {}
    return page(
        "before.html",
        place="before",
        calls=[(each, summed_up(each)) for each in shown],
        given={name: given.get(name, "") for name in FIELDS},
        fault=wanted.fault,
        ends=ENDS,
        call_ends=wording.CALL_ENDS,
        people=[(human.name, called(human.name)) for human in humans()],
        older=urlencode(more),
        query=urlencode(asked),
        narrowed=bool(asked),
        promised=[] if asked or given.get("after") else promised.waiting(room.clock.now()),
    )


@console.get("/before.<kind>")
def export(kind: str) -> Response:
    """All that was found, as CSV or JSON."""
    wanted = read(_given(), here())
    if wanted.fault:
        abort(400, wanted.fault)
    calls = _all(here(), wanted)
    if kind == "csv":
        answer = Response(_csv(calls, here()), content_type="text/csv; charset=utf-8")
    elif kind == "json":
        answer = Response(_json(calls), content_type="application/json")
    else:
        abort(404)
    answer.headers["Content-Disposition"] = f'attachment; filename="calls.{kind}"'
    return answer


def read(given: Mapping[str, str], room: Console) -> Wanted:
    """What is looked for."""
    asked = given.get("number", "")[:100].replace("\0", "").strip()
    number = re.sub(r"[\s().-]", "", asked)
    text = "" if re.fullmatch(r"\+?[0-9]+", number, re.ASCII) else asked
    if not text and number and not re.fullmatch(r"\+?[0-9]{2,15}", number, re.ASCII):
        return Wanted(
            Search(), fault="A number is looked for by its digits, with + and all of them, or the last few."
        )
    since = until = 0.0
    if day := given.get("day", ""):
        try:
            since, until = room.pages.span(day)
        except (ValueError, OverflowError):
            return Wanted(Search(), fault="The day is not one as 2026-11-29.")
    after = given.get("after", "")[:100]
    try:
        place(after or mark(0.0, "-"))
    except ValueError:
        return Wanted(Search(), fault="This page of the list is none.")
    outcome = given.get("outcome", "")
    if outcome and outcome not in ENDS and outcome not in wording.CALL_ENDS:
        return Wanted(Search(), fault="There is no such end of a call or an attempt.")
    human = given.get("human", "")[:100].replace("\0", "").strip()
    search = Search(
        number="" if text else number, text=text, since=since, human=human, outcome=outcome, after=after
    )
    return Wanted(search, until)


def summed_up(call: Call) -> dict[str, Any]:
    """What became of a call, in a few words."""
    last = glance.last_human(call)
    match of_call(call):
        case None:
            became = "still on the line"
        case CallEnd.REACHED_HUMAN:
            became = f"spoke with {last}"
        case CallEnd.DROPPED_EARLY:
            became = f"was with {last} for a moment, and one of them left"
        case CallEnd.NOT_REACHED:
            became = "asked for a person, reached nobody"
        case end:
            became = wording.CALL_ENDS[end]
    tried = [f"{called(each.name)} {wording.became(each)}" for each in call.attempts]
    about = call.handoff.summary or call.handoff.reason
    return {
        "became": became,
        "tried": tried,
        "about": about,
        "lost": bool(call.stage is Stage.OVER and call.handoff.number and not last),
    }


def _given() -> dict[str, str]:
    return {name: request.args.get(name, "").strip() for name in FIELDS}


def _all(room: Console, wanted: Wanted) -> Iterator[Call]:
    search, left = replace(wanted.search, limit=BITE), MOST
    while left > 0:
        found = room.ledger.search(search, wanted.until)
        yield from found
        left -= len(found)
        if len(found) < BITE:
            return
        search = replace(search, after=mark(found[-1].started_at, found[-1].id))


def _csv(calls: Iterator[Call], room: Console) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for call in calls:
        writer.writerow([cell(each) for each in _columns(call, room)])
        if out.tell() > 16_384:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _columns(call: Call, room: Console) -> tuple[object, ...]:
    told = summed_up(call)
    ended = room.pages.iso(call.ended_at) if call.ended_at else ""
    lasted = round(call.ended_at - call.started_at, 1) if call.ended_at else ""
    return (
        *(
            call.id,
            room.pages.iso(call.started_at),
            ended,
            lasted,
            call.caller,
            call.caller_name,
            call.called,
            call.handoff.number,
        ),
        *(call.handoff.source, call.handoff.reason, call.handoff.summary),
        *(glance.last_human(call), "; ".join(told["tried"]), call.message, of_call(call) or ""),
    )


def cell(value: object) -> str:
    """A value that no spreadsheet takes for a formula, whatever it takes for the end of a cell.

    A telephone number stays as it is.
    """
    return _FORMULA.sub("'", str(value))


def _json(calls: Iterator[Call]) -> Iterator[str]:
    yield '{"calls": ['
    for number, call in enumerate(calls):
        yield (",\n" if number else "\n") + json.dumps(timeline.summary(call))
    yield "\n]}\n"
