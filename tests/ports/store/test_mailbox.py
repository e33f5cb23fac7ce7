"""Events for the host's systems, kept on real SQLite files and PostgreSQL, and by two processes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.core.stories import Story
from tests.ports.store.databases import create, database
from tests.ports.store.test_store import together
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage
from warmtransfer.core.step import step
from warmtransfer.errors import StoreBusy
from warmtransfer.ports.store.forgetting import CallerFile
from warmtransfer.ports.store.mailbox import Kept, Which
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.records import Decision
from warmtransfer.ports.store.store import Store, here

Open = Callable[..., Store]
ARRIVED = ev.CallArrived("CAcaller", "+15550109999", "+15550100000")


@pytest.fixture
def store(url: str, open_store: Open) -> Store:
    made = open_store(url, tells=True)
    made.open()
    return made


def tell(store: Store, call_id: str, *facts: ev.Event) -> None:
    """Have these decided and saved, one after the other."""
    rules = Story().rules
    for fact in facts:
        store.decide(
            call_id,
            lambda call, fact=fact: Decision(  # type: ignore[misc]
                call or Call(id=call_id), fact, *step(call or Call(id=call_id), fact, 1796000000.25, rules)
            ),
            20.0,
        )


def begun(store: Store, *call_ids: str) -> None:
    """Calls with two events each: started, and over."""
    for call_id in call_ids:
        tell(store, call_id, ARRIVED, ev.CallerLeft())


def kept(store: Store, call_id: str = "") -> list[tuple[str, str]]:
    return [(each.type, each.state) for each in store.mailbox.kept(Which(call_id))]


def body(event: Kept) -> dict[str, object]:
    found: dict[str, object] = json.loads(event.body)
    return found


# Writing --------------------------------------------------------------------------------------------


def test_an_event_is_kept_with_the_decision_that_it_tells_of(store: Store) -> None:
    tell(store, "c1", ARRIVED)
    [event] = store.mailbox.kept(Which("c1"))
    assert event.id == "msg_c1_1"
    told = body(event)
    assert told["type"] == "call.started"
    assert told["version"] == 1
    assert told["timestamp"] == "2026-11-30T00:53:20.250Z"
    assert told["data"] == {
        "sequence": 1,
        "call": {
            "id": "c1",
            "caller": "+15550109999",
            "called": "+15550100000",
            "stage": "arriving",
            "outcome": None,
            "callback": None,
            "started_at": 1796000000.25,
            "ended_at": None,
        },
    }


def test_a_decision_that_is_not_saved_is_not_told_of(store: Store) -> None:
    def fails(call: Call | None) -> Decision:
        after, _ = step(Call(id="c1"), ARRIVED, 5.0, Story().rules)
        return Decision(Call(id="c1"), ARRIVED, replace(after, caller=object()), ())  # type: ignore[arg-type]

    with pytest.raises(AttributeError):
        store.decide("c1", fails)
    assert store.mailbox.kept(Which()) == []


def test_nothing_is_kept_where_nobody_is_to_be_told(url: str, open_store: Open) -> None:
    silent = open_store(url)
    tell(silent, "c1", ARRIVED)
    assert silent.mailbox.kept(Which()) == []


def test_words_that_no_database_takes_are_told_without_what_it_cannot(store: Store) -> None:
    strange = ev.CallArrived("CAcaller", "\ud800\0Zoë", "+15550100000")
    tell(store, "c1", strange)
    [event] = store.mailbox.kept(Which("c1"))
    assert json.loads(event.body)["data"]["call"]["caller"] == "?\0Zoë"


# Order ----------------------------------------------------------------------------------------------


def test_of_one_call_only_the_oldest_may_be_sent_and_of_others_theirs(store: Store) -> None:
    begun(store, "c1", "c2")
    first = store.mailbox.take(9)
    assert [(each.id, each.type) for each in first] == [
        ("msg_c1_1", "call.started"),
        ("msg_c2_1", "call.started"),
    ]
    assert store.mailbox.take(9) == []
    store.mailbox.delivered(first[0], "HTTP 200")
    assert [each.id for each in store.mailbox.take(9)] == ["msg_c1_2"]


def test_what_waits_to_be_sent_again_keeps_its_own_call_back_and_no_other(store: Store) -> None:
    begun(store, "c1", "c2")
    [one, two] = store.mailbox.take(9)
    store.mailbox.waits(one, "HTTP 500", 60.0, False)
    store.mailbox.delivered(two, "HTTP 200")
    assert [each.id for each in store.mailbox.take(9)] == ["msg_c2_2"]
    found = store.mailbox.undelivered()
    assert (found.waiting, found.result, found.given_up) == (1, "HTTP 500", 0)
    assert 0 < time.time() - found.since < 60


def test_what_is_given_up_lets_its_call_go_on(store: Store) -> None:
    begun(store, "c1")
    [one] = store.mailbox.take(9)
    store.mailbox.give_up(one, "HTTP 410")
    assert [each.id for each in store.mailbox.take(9)] == ["msg_c1_2"]
    assert store.mailbox.undelivered().given_up == 1


def test_who_met_nobody_need_not_wait_once_somebody_answers(store: Store) -> None:
    begun(store, "c1", "c2", "c3")
    [one, two, three] = store.mailbox.take(9)
    store.mailbox.waits(one, "nobody listens there", 3600.0, True)
    store.mailbox.waits(two, "HTTP 500", 3600.0, False)
    assert store.mailbox.take(9) == []
    store.mailbox.delivered(three, "HTTP 200")
    assert [each.id for each in store.mailbox.take(9)] == ["msg_c1_1", "msg_c3_2"]


# Processes ------------------------------------------------------------------------------------------


def test_of_several_processes_one_has_an_event_until_its_lease_runs_out(url: str, open_store: Open) -> None:
    here_, there = open_store(url, tells=True), open_store(url, tells=True)
    begun(here_, "c1")
    before = time.time()
    [lost] = here_.mailbox.take(9, lease=60.0)
    assert there.mailbox.take(9) == []
    with database(url) as db:
        until = db.execute(text("SELECT until FROM warmtransfer_event WHERE n = 1")).scalar_one()
        assert before + 59 < until < time.time() + 61
        db.execute(text("UPDATE warmtransfer_event SET until = until - 60 WHERE n = 1"))
    again = there.mailbox.take(9)
    assert [each.id for each in again] == [lost.id]
    assert again[0].body == lost.body
    # The one that was too late changes nothing of what the other has.
    here_.mailbox.delivered(lost, "HTTP 200")
    assert kept(here_, "c1")[0] == ("call.started", "open")
    there.mailbox.delivered(again[0], "HTTP 200")
    assert kept(here_, "c1")[0] == ("call.started", "delivered")


def test_two_who_take_at_the_same_moment_never_take_the_same(url: str, open_store: Open) -> None:
    stores = [open_store(url, tells=True) for _ in range(2)]
    begun(stores[0], *(f"c{n}" for n in range(12)))

    def some(store: Store) -> Callable[[], list[str]]:
        return lambda: [each.id for _ in range(4) for each in store.mailbox.take(3)]

    taken = together([some(store) for store in stores])
    assert sorted(taken[0] + taken[1]) == sorted(f"msg_c{n}_1" for n in range(12))


def test_events_of_another_number_are_left_to_its_processes(url: str, open_store: Open) -> None:
    ours = open_store(url, owner=Owner("AC1", "+15550100000"), tells=True)
    theirs = open_store(url, owner=Owner("AC1", "+15550100009"), tells=True)
    begun(ours, "c1")
    assert theirs.mailbox.take(9) == []
    assert theirs.mailbox.kept(Which()) == []
    assert theirs.mailbox.replay(Which("c1")) == 0
    assert len(ours.mailbox.take(9)) == 1


# Again, and never again -----------------------------------------------------------------------------


def test_what_is_replayed_comes_anew_in_its_order_as_it_was(store: Store) -> None:
    begun(store, "c1", "c2")
    before = {each.id: each.body for each in store.mailbox.kept(Which())}
    while letters := store.mailbox.take(9):
        for each in letters:
            store.mailbox.delivered(each, "HTTP 200")
    assert store.mailbox.replay(Which("c1")) == 2
    again = []
    while letters := store.mailbox.take(9):
        again += letters
        store.mailbox.delivered(letters[0], "HTTP 200")
    assert [(each.id, each.tries) for each in again] == [("msg_c1_1", 0), ("msg_c1_2", 0)]
    assert {each.id: each.body for each in again}.items() <= before.items()


def test_a_replay_is_narrowed_by_time_and_state_and_leaves_what_is_on_its_way(store: Store) -> None:
    begun(store, "c1")
    [one] = store.mailbox.take(9)
    assert store.mailbox.replay(Which(since=1.0)) == 1
    store.mailbox.give_up(one, "HTTP 410")
    assert store.mailbox.replay(Which(since=1796000001.0)) == 0
    assert store.mailbox.replay(Which(state="delivered")) == 0
    assert store.mailbox.replay(Which(state="given_up")) == 1


def test_a_caller_who_is_forgotten_is_in_no_event(url: str, open_store: Open) -> None:
    begun(open_store(url, tells=True), "c1", "c2")
    with database(url) as db:
        db.execute(text("UPDATE warmtransfer_call SET state = '{}', caller = 'x' WHERE id = 'c2'"))
        db.execute(text("UPDATE warmtransfer_call SET alarm_at = 0"))
    records = CallerFile(url, here)
    try:
        call = records.load("c1")
        assert call is not None
        settled = replace(call, alarm_at=0.0)
        records.decide("c1", lambda _call: Decision(settled, None, settled, ()))
        assert records.forget("+15550109999") == 1
        assert {each.call_id for each in records.mailbox.kept(Which())} == {"c2"}
    finally:
        records.close()


def test_events_whose_call_an_older_release_has_forgotten_are_swept_away(store: Store, url: str) -> None:
    begun(store, "c1")
    create(store, "c2", stage=Stage.AI)
    tell(store, "c2", ev.CallerLeft())
    with database(url) as db:
        db.execute(text("DELETE FROM warmtransfer_call WHERE id = 'c1'"))
    assert store.prune(0.0) == 0
    assert {each.call_id for each in store.mailbox.kept(Which())} == {"c2"}


def test_while_the_database_cannot_be_had_it_says_so(url: str, open_store: Open) -> None:
    if url.startswith("postgres"):
        pytest.skip("a server's locks are of rows")
    store = open_store(url, tells=True)
    begun(store, "c1")
    with database(url) as db:
        db.execute(text("BEGIN IMMEDIATE"))
        with pytest.raises(StoreBusy):
            store.mailbox.take(9)
