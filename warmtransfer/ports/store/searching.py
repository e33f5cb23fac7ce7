"""Looking for calls: what is asked for, as conditions that the database decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_

from warmtransfer.core.call import Stage
from warmtransfer.core.outcomes import CallEnd
from warmtransfer.core.search import OPEN, Search, place
from warmtransfer.ports.store.tables import LIVE, attempt, call


def narrowed(calls: Select[Any], wanted: Search) -> Select[Any]:
    """The calls of this question that are wanted."""
    return calls.where(*_conditions(wanted))


def of_caller(number: str) -> ColumnElement[bool]:
    """Whether a call is of this caller; a process of an older release keeps the number in the state alone."""
    told = call.c.state["caller"].as_string()
    return or_(call.c.caller == number, and_(call.c.caller == "", told == number))


def _conditions(wanted: Search) -> Iterator[ColumnElement[bool]]:
    if wanted.live:
        yield LIVE  # type: ignore[misc]  # the condition of an index, in its words
        yield call.c.stage != Stage.OVER.value
    if wanted.since:
        yield call.c.started_at >= wanted.since
    if wanted.after:
        yield tuple_(call.c.started_at, call.c.id) < tuple_(*place(wanted.after))
    if wanted.number:
        yield _with_number(wanted.number)
    if wanted.text:
        yield _with_text(wanted.text)
    ends = wanted.outcome in set(CallEnd)
    if ends:
        yield call.c.outcome == wanted.outcome
    if wanted.human or (wanted.outcome and not ends):
        yield call.c.id.in_(select(attempt.c.call_id).where(*_tried(wanted)))


def _with_number(number: str) -> ColumnElement[bool]:
    if number.startswith("+"):
        return or_(of_caller(number), call.c.id.in_(_calls_to(attempt.c.number == number)))
    ends = call.c.caller.endswith(number, autoescape=True)
    told = call.c.state["caller"].as_string().endswith(number, autoescape=True)
    human = _calls_to(attempt.c.number.endswith(number, autoescape=True))
    return or_(ends, and_(call.c.caller == "", told), call.c.id.in_(human))


def _with_text(text: str) -> ColumnElement[bool]:
    name = call.c.state["caller_name"].as_string().icontains(text, autoescape=True)
    human = _calls_to(attempt.c.number.icontains(text, autoescape=True))
    return or_(call.c.caller.icontains(text, autoescape=True), name, call.c.id.in_(human))


def _calls_to(humans: ColumnElement[bool]) -> Select[Any]:
    return select(attempt.c.call_id).where(humans)


def _tried(wanted: Search) -> Iterator[ColumnElement[bool]]:
    if wanted.human:
        # A database folds the letters of ASCII at most.
        name = attempt.c.name
        yield or_(name == wanted.human, func.lower(name) == wanted.human.lower())
    if wanted.outcome in set(CallEnd):
        return
    if wanted.outcome == OPEN:
        yield attempt.c.outcome.is_(None)
    elif wanted.outcome:
        yield attempt.c.outcome == wanted.outcome
