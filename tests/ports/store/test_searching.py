"""Looking for calls, and forgetting one caller, in both databases."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text

from tests.ports.store.databases import create, database
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Attempt, Call, Stage, Style
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.search import Search, mark
from warmtransfer.ports.store.forgetting import CallerFile, StillLive
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Decision, Store, here

ANNA, BERT = "+15550109999", "+15550108888"


def tried(n: int, name: str, outcome: Outcome | None) -> Attempt:
    """An attempt at a human whose number ends as their turn."""
    return Attempt(n, 1, name, f"+1555010000{n}", Style.SCREEN, outcome=outcome)


def three(store: Store) -> None:
    """Anna's call of old, Bert's that runs, and Anna's newest."""
    old = (tried(1, "sam", Outcome.BUSY), tried(2, "Zoë", Outcome.ACCEPTED))
    create(store, "c1", started_at=100.0, stage=Stage.OVER, caller=ANNA, attempts=old)
    create(store, "c2", started_at=200.0, caller=BERT, attempts=(tried(1, "sam", None),))
    create(store, "c3", started_at=300.0, stage=Stage.OVER, caller=ANNA)


def ids(store: Store, **wanted: Any) -> list[str]:
    """The calls found."""
    return [call.id for call, _ in store.search(Search(**wanted))]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["c3", "c2", "c1"]),
        ({"live": True}, ["c2"]),
        ({"number": ANNA}, ["c3", "c1"]),
        ({"number": "9999"}, ["c3", "c1"]),
        ({"number": "+15550100002"}, ["c1"]),
        ({"number": "0001"}, ["c2", "c1"]),
        ({"number": "%"}, []),
        ({"since": 200.0}, ["c3", "c2"]),
        ({"human": "SAM"}, ["c2", "c1"]),
        ({"human": "Zoë"}, ["c1"]),
        ({"human": "nobody"}, []),
        ({"outcome": "busy"}, ["c1"]),
        ({"outcome": "open"}, ["c2"]),
        ({"human": "sam", "outcome": "accepted"}, []),
        ({"human": "zoë", "outcome": "accepted"}, ["c1"]),
        ({"number": ANNA, "since": 200.0}, ["c3"]),
        ({"outcome": "abandoned"}, ["c3", "c1"]),
        ({"human": "sam", "outcome": "abandoned"}, ["c1"]),
        ({"outcome": "dropped_early"}, []),
    ],
)
def test_the_database_finds_what_is_asked_for(store: Store, wanted: dict[str, Any], found: list[str]) -> None:
    three(store)
    assert ids(store, **wanted) == found


def test_a_live_call_is_found_behind_any_number_of_calls_that_wait_for_their_legs(store: Store) -> None:
    create(store, "c1", started_at=1.0)
    for n in range(5):
        create(store, f"over{n}", started_at=2.0 + n, stage=Stage.OVER, alarm_at=9.0)
    assert ids(store, live=True, limit=2) == ["c1"]


def test_pages_miss_no_call_and_repeat_none(store: Store) -> None:
    """Also of calls that began in the same moment, of which the marks' times are the same."""
    for n in range(7):
        create(store, f"c{n}", started_at=1000.1 + n // 3)
    seen: list[str] = []
    after = ""
    while page := store.search(Search(after=after, limit=2)):
        seen += [call.id for call, _ in page]
        after = mark(page[-1][0].started_at, page[-1][0].id)
    assert seen == ["c6", "c5", "c4", "c3", "c2", "c1", "c0"]


def test_calls_kept_before_numbers_had_a_column_are_found(url: str, store: Store) -> None:
    three(store)
    with database(url) as db:
        db.execute(text("UPDATE warmtransfer_call SET caller = '' WHERE id = 'c1'"))
    assert ids(store, number=ANNA) == ["c3", "c1"]
    assert ids(store, number="9999") == ["c3", "c1"]
    with closing(CallerFile(url, here)) as forgetting:
        assert forgetting.forget(ANNA) == 2
    assert ids(store) == ["c2"]


# Forgetting -----------------------------------------------------------------------------------------


def full(store: Store, call_id: str, **fields: Any) -> None:
    """A call with a journal row, an order, an attempt and a word."""
    call = Call(call_id, attempts=(tried(1, "sam", Outcome.BUSY),), **fields)
    arrived = ev.CallArrived("CA1", call.caller, "+15550100000")
    store.decide(call_id, lambda _: Decision(Call(call_id), arrived, call, (do.CloseModel(),)))
    store.add_lines([(call_id, 1.0, "caller", "a secret")])


TABLES = ("call", "attempt", "journal", "outbox", "transcript")


def counts(url: str) -> dict[str, int]:
    """How many rows each table has."""
    with database(url) as db:
        rows = {name: db.execute(text(f"SELECT count(*) FROM warmtransfer_{name}")) for name in TABLES}
        return {name: int(result.scalar_one()) for name, result in rows.items()}


def test_nothing_of_one_caller_is_kept_and_all_of_the_others(url: str, store: Store) -> None:
    full(store, "c1", stage=Stage.OVER, caller=ANNA)
    full(store, "c2", stage=Stage.OVER, caller=ANNA)
    full(store, "c3", stage=Stage.OVER, caller=BERT)
    with closing(CallerFile(url, here)) as forgetting:
        assert [call.id for call in forgetting.of(BERT)] == ["c3"]
        assert forgetting.forget(ANNA) == 2
        assert forgetting.of(ANNA) == []
    assert counts(url) == dict.fromkeys(TABLES, 1)


@pytest.mark.parametrize("unfinished", [{"stage": Stage.AI}, {"stage": Stage.OVER, "alarm_at": 5.0}])
def test_nobody_is_forgotten_who_is_on_the_line(url: str, store: Store, unfinished: dict[str, Any]) -> None:
    full(store, "c1", stage=Stage.OVER, caller=ANNA)
    full(store, "c2", caller=ANNA, **unfinished)
    with closing(CallerFile(url, here)) as forgetting, pytest.raises(StillLive, match="c2"):
        forgetting.forget(ANNA)
    assert counts(url) == dict.fromkeys(TABLES, 2)


def test_another_apps_calls_of_the_same_caller_are_theirs(url: str, open_store: Callable[..., Store]) -> None:
    mine, other = Owner("AC1", "+15550100000"), Owner("AC2", "+15550100002")
    full(open_store(url, owner=mine), "c1", stage=Stage.OVER, caller=ANNA)
    full(open_store(url, owner=other), "c2", stage=Stage.OVER, caller=ANNA)
    with closing(CallerFile(url, here, owner=mine)) as forgetting:
        assert forgetting.forget(ANNA) == 1
    with closing(CallerFile(url, here)) as everybodys:
        assert [call.id for call in everybodys.of(ANNA)] == ["c2"]
