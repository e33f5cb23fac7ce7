"""A database that 0.1.0 wrote, with calls up at every stage: brought up to date, nobody in it is lost.

`released/` holds what its processes left when they were killed: two calls that are over, and seven that are
not, one of them with a dial of which nobody knows whether it was made.
"""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.core.stories import RULES
from tests.desk.parts import Office, eventually
from tests.ports.store.databases import database, steps
from tests.postgres import schema
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import AIState, Call, Outcome, Stage, Style
from warmtransfer.core.legs import LegState
from warmtransfer.core.search import Search
from warmtransfer.core.step import step
from warmtransfer.ports.store.opening import upgraded
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.revisions.r0003_processes import LANES
from warmtransfer.ports.store.store import Decision, Store

FOLDER = Path(__file__).parent / "released"
TABLES = ("call", "attempt", "journal", "outbox", "transcript")
LIVE = {"ai": 1, "ringing": 2, "briefing": 1, "redirected": 1, "human": 2}


@pytest.fixture(params=["sqlite", "postgres"])
def released(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database as 0.1.0 left it."""
    if request.param == "sqlite":
        path = tmp_path / "calls.db"
        path.write_bytes(gzip.decompress((FOLDER / "0.1.0.sqlite.gz").read_bytes()))
        return f"sqlite:///{path}"
    name = f"released_{os.getpid()}_{request.node.name.partition('[')[0]}"[:60]
    address = schema(request.getfixturevalue("postgres"), name, empty=True)
    dump = (FOLDER / "0.1.0.postgresql.sql").read_text().replace("public.", f"{name}.")
    with database(address) as db:
        db.exec_driver_sql(dump)
    return address


@pytest.fixture
def url(released: str) -> str:
    """The same, brought up to date."""
    assert [each.split()[0] for each in upgraded(released).pending] == steps()
    return released


def rows(url: str, columns: dict[str, list[str]] | None = None) -> dict[str, list[dict[str, Any]]]:
    """Every row, of all columns or of those named."""
    found = {}
    with database(url) as db:
        for table in TABLES:
            names = ", ".join(f'"{name}"' for name in columns[table]) if columns else "*"
            question = text(f"SELECT {names} FROM warmtransfer_{table} ORDER BY 1, 2")
            found[table] = [dict(row) for row in db.execute(question).mappings()]
    return found


def live(store: Store) -> dict[Stage, list[Call]]:
    """The calls that are up, by stage."""
    found: dict[Stage, list[Call]] = {}
    for call in store.calls(limit=100, live=True):
        found.setdefault(call.stage, []).append(call)
    return found


def tell(store: Store, call: Call, *facts: ev.Event) -> Call:
    """What the core makes of these facts, one after the other, each saved."""
    for fact in facts:

        def fn(known: Call | None, fact: ev.Event = fact) -> Decision:
            assert known is not None
            return Decision(known, fact, *step(known, fact, known.at + 1.0, RULES))

        saved = store.decide(call.id, fn)
        assert saved is not None
        call = saved.call
    return call


def test_every_row_is_kept_as_it_was(released: str) -> None:
    before = rows(released)
    columns = {table: list(found[0]) for table, found in before.items()}
    assert {table: len(found) for table, found in before.items()}["call"] == 9
    upgraded(released)
    assert rows(released, columns) == before


def test_the_calls_that_are_up_are_read_with_what_they_wait_for(
    url: str, open_store: Callable[..., Store]
) -> None:
    found = live(open_store(url))
    assert Counter({stage.value: len(calls) for stage, calls in found.items()}) == LIVE
    (asked,) = found[Stage.AI]
    assert asked.ai.state is AIState.UP
    for stage in (Stage.RINGING, Stage.BRIEFING, Stage.REDIRECTED):
        for call in found[stage]:
            assert call.due_at == call.alarm_at > 0.0
            assert not call.left
    (zoe,) = (call.attempts[-1] for call in found[Stage.BRIEFING])
    assert (zoe.name, zoe.outcome, bool(zoe.call_sid)) == ("zoe", None, True)
    (rob,) = (call.attempts[-1] for call in found[Stage.REDIRECTED])
    assert rob.style is Style.REDIRECT


def test_calls_that_are_over_tell_what_came_of_them_in_todays_words(
    url: str, open_store: Callable[..., Store]
) -> None:
    store = open_store(url)
    over = [call for call in store.calls(limit=100) if call.stage is Stage.OVER]
    assert all(call.left for call in over)
    tried = {each.name: each for call in over for each in call.attempts}
    assert {name: each.outcome for name, each in tried.items()} == {
        "sam": Outcome.BUSY, "ann": Outcome.MACHINE, "kim": Outcome.ACCEPTED}  # fmt: skip
    assert (tried["ann"].answered_by, tried["kim"].answered_by) == ("machine", "human")
    assert [call.id for call, _ in store.search(Search(human="ann", outcome="machine"))]


def test_the_open_dial_is_read_and_waits_in_its_lane(url: str, open_store: Callable[..., Store]) -> None:
    store = open_store(url)
    ((number, order),) = store.open_orders()
    assert isinstance(order, do.DialHuman)
    assert (order.n, order.name, order.number, order.digits) == (1, "eve", "+15550100009", "")
    with database(url) as db:
        which = {"id": number}
        row = db.execute(text("SELECT lane, call_id FROM warmtransfer_outbox WHERE id = :id"), which).one()
    assert row.lane == "human"
    (call,) = (call for call in live(store)[Stage.RINGING] if call.id == row.call_id)
    assert call.attempts[-1].name == "eve"


def test_every_order_that_it_wrote_has_a_lane(released: str) -> None:
    stored = [row["order"] for row in rows(released)["outbox"]]
    names = {(json.loads(each) if isinstance(each, str) else each)["order"] for each in stored}
    assert len(names) > 8
    assert names <= {name for orders in LANES.values() for name in orders}


def test_every_journal_and_transcript_is_read(url: str, open_store: Callable[..., Store]) -> None:
    kept, store = rows(url), open_store(url)
    for call in store.calls(limit=100):
        facts = [row for row in kept["journal"] if row["call_id"] == call.id]
        orders = [row for row in kept["outbox"] if row["call_id"] == call.id]
        said = [row for row in kept["transcript"] if row["call_id"] == call.id]
        journal = store.journal(call.id)
        assert [row.event for row in journal] == [row["event"] for row in facts]
        assert sum(len(row.orders) for row in journal) == len(orders)
        assert all(isinstance(each.order, do.Order) for row in journal for each in row.orders)
        assert [line.text for line in store.transcript(call.id)] == [row["text"] for row in said]
    assert len(kept["transcript"]) > 10


def test_the_calls_go_on_to_their_ends(url: str, open_store: Callable[..., Store]) -> None:
    """A human who was being briefed takes the call, another hangs up, a third answers: as with our own."""
    store = open_store(url)
    found = live(store)
    (briefed,), talking = found[Stage.BRIEFING], found[Stage.HUMAN][0]
    joined = tell(store, briefed, ev.Restarted(), ev.HumanAccepted(1), ev.HumanJoined(1, briefed.room_sid))
    assert joined.stage is Stage.HUMAN
    n = talking.attempts[-1].n
    assert tell(store, talking, ev.Restarted(), ev.HumanLeft(n, talking.room_sid)).stage is Stage.RETURNING
    (ringing,) = (call for call in found[Stage.RINGING] if call.attempts[-1].name == "max")
    assert tell(store, ringing, ev.Restarted(), ev.HumanAnswered(1, "CAmax")).stage is Stage.BRIEFING
    for calls in found.values():
        for call in calls:
            assert tell(store, call, ev.CallerLeft()).stage is Stage.OVER
            assert json.loads(json.dumps(store.load(call.id).to_dict()))["version"]  # type: ignore[union-attr]


def test_the_app_whose_number_they_came_to_has_them(url: str, open_store: Callable[..., Store]) -> None:
    (called,) = {call.called for call in open_store(url).calls(limit=100)}
    theirs = open_store(url, owner=Owner("AC2", "+15550109999"))
    assert theirs.calls(limit=100) == []
    mine = open_store(url, owner=Owner("AC1", called))
    assert len(mine.calls(limit=100)) == 9


def test_a_process_of_0_1_0_goes_on_in_tables_that_are_up_to_date(
    released: str, open_store: Callable[..., Store]
) -> None:
    """Old and new ones serve side by side in a deploy: it names the columns it knows, and no others."""
    columns = {table: list(found[0]) for table, found in rows(released).items()}
    before = rows(released)
    upgraded(released)
    fresh = {"call": {"id": "new"}, "attempt": {"call_id": "new"}, "outbox": {"id": 900, "call_id": "new"}}
    with database(released) as db:
        for table, changed in fresh.items():
            names = ", ".join(f'"{name}"' for name in columns[table])
            values = ", ".join(f":{name}" for name in columns[table])
            row = {**before[table][-1], **changed}
            row = {name: json.dumps(each) if isinstance(each, dict) else each for name, each in row.items()}
            db.execute(text(f"INSERT INTO warmtransfer_{table} ({names}) VALUES ({values})"), row)
        db.execute(text("UPDATE warmtransfer_outbox SET lease_owner = 'old', lease_until = 5 WHERE id = 900"))
    assert open_store(released).load("new") is not None


@pytest.fixture
def office(url: str, tmp_path: Path) -> Iterator[Office]:
    """A desk of today that takes up the calls; the carrier says that every leg is up."""
    made = Office(tmp_path, url=url, leg=LegState.UP, find_leg="", find_participant="", find_room="CF1")
    yield made
    made.close()


def test_a_process_of_today_takes_the_calls_up_and_dials_nobody_twice(office: Office) -> None:
    up = {call.id for call in office.store.calls(limit=100, live=True)}
    office.desk.start()
    eventually(lambda: not office.store.open_orders() and not office.desk.busy(), 20.0)
    dialled = [kwargs["to"] for name, _, kwargs in office.carrier.said if name == "dial"]
    assert "+15550100009" not in dialled  # who may have been: after a look, the next in line is rung
    assert {call.id for call in office.store.calls(limit=100, live=True)} == up
