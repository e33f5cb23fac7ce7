"""The store, on real SQLite files and a real PostgreSQL."""

from __future__ import annotations

import itertools
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import text

from tests.core.stories import Story
from tests.ports.store.databases import create, creating, database, fault
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Attempt, Call, Outcome, Stage, Style
from warmtransfer.errors import StoreBusy, WarmTransferError
from warmtransfer.ports.store.records import Line
from warmtransfer.ports.store.store import Decision, Store

T = TypeVar("T")
ROOT = Path(__file__).parents[3]
_serial = itertools.count(1)


def bump(call: Call | None) -> Decision:
    """Count one lap: the smallest decision that leaves its mark in every table."""
    assert call is not None
    attempt = Attempt(call.laps + 1, 1, "sam", "+15550100001", Style.SCREEN)
    after = replace(call, laps=call.laps + 1, attempts=(*call.attempts, attempt), at=call.at + 1)
    return Decision(call, ev.HumanRang(1, "CA1"), after, (do.EndAI(k=1), do.EndHuman(n=1)))


def together(jobs: list[Callable[[], T]]) -> list[T]:
    """Run these at the same moment; what each gave."""
    gate = threading.Barrier(len(jobs))

    def waiting(job: Callable[[], T]) -> T:
        gate.wait(10)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(waiting, jobs))


# One decision ---------------------------------------------------------------------------------------


def test_a_whole_story_is_remembered_fact_by_fact(store: Store) -> None:
    story = Story()
    facts = [
        ev.CallArrived("CAcaller", "+15550109999", "+15550100000"),
        ev.CallerJoined("wt-c1", "CF1", "CAcaller"),
        ev.AIAsked(1, "token"),
        ev.StreamUp(1),
        ev.AIUp(1),
        ev.HandoffAsked("tool", "sam", "billing", "Wants a person."),
        ev.HumanDialled(1, "CAsam"),
        ev.HumanEnded(1, "busy", "486", "CAsam"),
        ev.HumanDialled(2, "CAkim"),
        ev.HumanAnswered(2, "CAkim"),
        ev.HumanDeclined(2, Outcome.DECLINED),
        ev.HumanRang(1, "CAlate"),
        ev.HumanEnded(2, "completed", "", "CAkim"),
        ev.CallerLeft("CF1", "participant_hung_up"),
    ]
    told: list[tuple[str, str, str, tuple[do.Order, ...]]] = []
    for fact in facts:
        before = story.call

        def decide(known: Call | None, fact: ev.Event = fact, before: Call = before) -> Decision:
            assert (known or Call(id="c1")) == before
            story.tell(fact)
            return Decision(before, fact, story.call, story.last)

        saved = store.decide("c1", decide)
        assert saved is not None
        assert saved.call == story.call
        assert tuple(order for _, order in saved.orders) == story.last
        told.append((type(fact).__name__, before.stage, story.call.stage, story.last))
        assert store.load("c1") == story.call

    assert story.call.stage is Stage.OVER
    rows = store.journal("c1")
    assert [(r.event, r.before, r.after, tuple(o.order for o in r.orders)) for r in rows] == told
    told_of = [{name: value for name, value in fact.to_dict().items() if name != "token"} for fact in facts]
    assert [row.data for row in rows] == told_of
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert [order for _, order in store.open_orders("c1")] == story.given
    assert store.legs_to("+15550100001") == {"CAsam"}


def test_no_decision_saves_nothing(store: Store) -> None:
    assert store.decide("c1", lambda call: None) is None
    assert store.load("c1") is None


def test_a_decision_without_a_fact_is_saved_and_not_journalled(store: Store) -> None:
    create(store, "c1", news="hello")
    found = store.load("c1")
    assert found is not None
    assert found.news == "hello"
    assert store.journal("c1") == []


def test_an_error_while_deciding_leaves_everything_as_it_was(store: Store) -> None:
    before = create(store, "c1", laps=5)

    def failing(call: Call | None) -> Decision:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.decide("c1", failing)
    assert store.load("c1") == before
    assert store.journal("c1") == []
    assert store.decide("c1", bump) is not None, "the lock was not given back"


def test_an_attempt_is_kept_up_to_date_for_questions_across_calls(url: str, store: Store) -> None:
    sam = Attempt(1, 1, "sam", "+15550100001", Style.SCREEN)
    create(store, "c1", attempts=(sam,))
    create(store, "c1", attempts=(replace(sam, outcome=Outcome.BUSY, ended=True, ended_at=9.0, sip="486"),))
    with database(url) as db:
        rows = db.execute(text("SELECT call_id, n, outcome, ended_at, sip FROM warmtransfer_attempt")).all()
    assert [tuple(row) for row in rows] == [("c1", 1, "busy", 9.0, "486")]


def test_what_the_database_refuses_is_not_saved_and_not_quoted(store: Store) -> None:
    create(store, "c1")
    with pytest.raises(WarmTransferError) as caught:
        store.decide("c2", creating("c1", caller="+15550109999", news="a secret"))
    assert not isinstance(caught.value, StoreBusy)
    assert "15550109999" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("words", ["no\0thing", "half a pair \ud83d", "müßig 🎧", "x" * 100_000, "'; --"])
def test_any_words_can_be_kept(store: Store, words: str) -> None:
    create(store, "c1", news=words, caller_sid=words[:60])
    found = store.load("c1")
    assert found is not None
    assert found.news == words
    store.add_lines([("c1", 1.5, "caller", words)])
    [line] = store.transcript("c1")
    assert line.text == words.replace("\0", " ").replace("\ud83d", "?")


# Together -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 3])
def test_decisions_on_one_call_come_one_after_the_other(
    url: str, open_store: Callable[..., Store], workers: int
) -> None:
    stores = [open_store(url, workers), open_store(url, workers)]
    create(stores[0], "c1")

    def several(store: Store) -> Callable[[], list[int]]:
        return lambda: [decided(store.decide("c1", bump, 20.0)).laps for _ in range(8)]

    seen = together([several(store) for store in stores for _ in range(3)])
    assert sorted(itertools.chain(*seen)) == list(range(1, 49))
    rows = stores[1].journal("c1")
    assert [row.at for row in rows] == [float(n) for n in range(1, 49)]
    assert len(stores[1].open_orders("c1")) == 96
    assert len({order_id for order_id, _ in stores[1].open_orders()}) == 96


def decided(saved: Any) -> Call:
    assert saved is not None
    call: Call = saved.call
    return call


def test_one_of_many_creates_a_call_and_the_others_find_it(
    url: str, open_store: Callable[..., Store]
) -> None:
    stores = [open_store(url) for _ in range(4)]
    found: list[bool] = []

    def arrive(call: Call | None) -> Decision:
        found.append(call is not None)
        return Decision(call or Call(id="c1"), None, call or Call(id="c1"), ())

    together([lambda store=store: store.decide("c1", arrive, 20.0) for store in stores])  # type: ignore[misc]
    assert sorted(found) == [False, True, True, True]


def test_many_calls_at_once_lose_nothing(url: str, open_store: Callable[..., Store]) -> None:
    stores = [open_store(url), open_store(url)]

    def work(store: Store, first: int) -> Callable[[], None]:
        def several() -> None:
            for n in range(first, first + 10):
                create(store, f"many{n}", started_at=float(n))
                for _ in range(3):
                    store.decide(f"many{n}", bump, 20.0)

        return several

    together([work(stores[n % 2], n * 10) for n in range(4)])
    assert [call.id for call in stores[0].calls(limit=100)] == [f"many{n}" for n in reversed(range(40))]
    assert {call.laps for call in stores[1].calls(limit=100)} == {3}
    assert all(len(stores[0].journal(f"many{n}")) == 3 for n in range(40))


@pytest.fixture
def held(url: str, open_store: Callable[..., Store]) -> Iterator[None]:
    """Call c1 is being decided elsewhere for as long as the test runs."""
    other = open_store(url)
    create(other, "c1")
    begun, over = threading.Event(), threading.Event()

    def hold(call: Call | None) -> None:
        begun.set()
        over.wait(20)

    thread = threading.Thread(target=other.decide, args=("c1", hold))
    thread.start()
    assert begun.wait(10)
    yield
    over.set()
    thread.join(10)


@pytest.mark.usefixtures("held")
def test_a_locked_call_is_busy_after_the_wait(url: str, open_store: Callable[..., Store]) -> None:
    store = open_store(url)
    started = time.monotonic()
    with pytest.raises(StoreBusy):
        store.decide("c1", bump, 0.3)
    assert 0.25 < time.monotonic() - started < 3.0
    found = store.load("c1")
    assert found is not None, "reading waits for nobody"
    assert found.laps == 0


@pytest.mark.parametrize("empty", ["postgres"], indirect=True)
@pytest.mark.usefixtures("held")
def test_on_postgresql_other_calls_are_not_held_up(url: str, open_store: Callable[..., Store]) -> None:
    assert create(open_store(url), "c2").id == "c2"


# Killed ---------------------------------------------------------------------------------------------


def child(*arguments: str) -> str:
    """What `store_child.py` prints."""
    command = [sys.executable, "-m", "tests.ports.store.store_child", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_a_process_killed_at_any_step_leaves_the_old_state_or_the_new_one_whole(
    url: str, open_store: Callable[..., Store]
) -> None:
    killed = int(child("kill", url))
    assert killed >= 7, "begin, read, call, attempt, journal, two orders, commit"
    store = open_store(url)
    laps = []  # one lap in the old state, two in the new one
    for n in range(1, killed + 2):
        call = store.load(f"c{n}")
        assert call is not None
        assert len(call.attempts) == call.laps
        assert len(store.journal(call.id)) == call.laps
        assert len(store.open_orders(call.id)) == 2 * call.laps
        assert decided(store.decide(call.id, bump)).laps == call.laps + 1, "a lock was left behind"
        laps.append(call.laps)
    assert laps == sorted(laps)
    assert laps[0] == 1
    assert laps[-2:] == [2, 2], "killed after the commit, and not killed"


def test_under_gevent_a_wait_for_the_lock_holds_up_nobody_else(url: str) -> None:
    busy, laps = child("patched", url).splitlines()
    assert busy.split()[0] == "busy"
    assert int(busy.split()[1]) >= 8
    assert laps == "laps 2"


# Questions ------------------------------------------------------------------------------------------


def test_a_done_order_is_open_no_more_and_its_result_stands_in_the_journal(store: Store) -> None:
    create(store, "c1")
    saved = store.decide("c1", bump)
    assert saved is not None
    (first, _), (second, order) = saved.orders
    store.order_done(first, "done")
    assert store.open_orders("c1") == [(second, order)]
    assert store.open_orders("other") == []
    [row] = store.journal("c1")
    assert [(each.id, each.done_at, each.result) for each in row.orders] == [
        (first, 77.0, "done"),
        (second, 0.0, ""),
    ]


def test_a_caller_is_found_by_the_newest_of_their_calls(store: Store) -> None:
    create(store, "c1", caller_sid="CAone", started_at=1.0)
    create(store, "c2", caller_sid="CAone", started_at=2.0)
    create(store, "c0", caller_sid="CAtwo", started_at=3.0)
    found = store.by_caller("CAone")
    assert found is not None
    assert found.id == "c2"
    assert store.by_caller("CAthree") is None


def test_calls_are_listed_newest_first_and_live_ones_by_themselves(store: Store) -> None:
    create(store, "talking", stage=Stage.HUMAN, started_at=1.0)
    create(store, "over", stage=Stage.OVER, started_at=2.0)
    create(store, "ending", stage=Stage.OVER, started_at=3.0, alarm_at=9.0)
    assert [call.id for call in store.calls()] == ["ending", "over", "talking"]
    assert [call.id for call in store.calls(live=True)] == ["ending", "talking"]
    assert [call.id for call in store.calls(limit=1)] == ["ending"]


def test_words_stay_in_order_and_apart_by_call(store: Store) -> None:
    store.add_lines([("c1", 2.0, "ai", "Hello."), ("c2", 2.0, "ai", "Other."), ("c1", 3.0, "caller", "Hi.")])
    assert store.transcript("c1") == [Line(2.0, "ai", "Hello."), Line(3.0, "caller", "Hi.")]


def test_only_old_calls_that_are_over_are_forgotten_and_with_them_every_trace(store: Store) -> None:
    for call_id, stage, at in (
        ("old", Stage.OVER, 10.0),
        ("live", Stage.HUMAN, 10.0),
        ("new", Stage.OVER, 30.0),
    ):
        create(store, call_id)
        store.decide(call_id, bump)
        create(store, call_id, stage=stage, at=at)
        store.add_lines([(call_id, 1.0, "ai", "Hello.")])
    assert store.prune(20.0) == 1
    assert {call.id for call in store.calls()} == {"live", "new"}
    assert (store.journal("old"), store.transcript("old"), store.open_orders("old")) == ([], [], [])
    assert len(store.journal("live")) == 1


def test_what_was_stored_is_there_after_a_restart(url: str, open_store: Callable[..., Store]) -> None:
    first = open_store(url)
    call = create(first, "c1", laps=3)
    first.close()
    assert open_store(url).load("c1") == call


def test_a_file_is_made_by_what_is_asked_first_and_not_before(
    tmp_path: Path, open_store: Callable[..., Store]
) -> None:
    path = tmp_path / "later.sqlite3"
    store = open_store(f"sqlite:///{path}")
    assert not path.exists()
    assert store.calls() == []
    assert path.exists()


# A database that cannot be had ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://h/d", "postgres://h:port/d", "sqlite://", "sqlite:///:memory:"]
)
def test_an_address_that_cannot_be_used_is_refused_with_one_that_can(
    open_store: Callable[..., Store], url: str
) -> None:
    assert "sqlite" in fault(url, open_store)


def test_a_missing_directory_is_named(open_store: Callable[..., Store], tmp_path: Path) -> None:
    assert f"{tmp_path}/none does not exist" in fault(f"sqlite:///{tmp_path}/none/calls.db", open_store)


def test_a_file_that_is_no_database_is_named(open_store: Callable[..., Store], tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("these are notes\n" * 100)
    assert "notes.txt cannot be written" in fault(f"sqlite:///{tmp_path}/notes.txt", open_store)


def test_a_database_that_may_only_be_read_is_named(open_store: Callable[..., Store], tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "calls.db").execute("CREATE TABLE other (x)").connection.close()
    url = f"sqlite:///file:{tmp_path}/calls.db?mode=ro&uri=true"
    assert "readonly" in fault(url, open_store).replace("read-only", "readonly")


def test_our_own_database_that_may_only_be_read_is_named(
    url: str, store: Store, open_store: Callable[..., Store], tmp_path: Path
) -> None:
    """A restored copy, a standby server, another user's file: all tables are there, nothing can be kept."""
    create(store, "c1")
    read_only = f"sqlite:///file:{tmp_path}/calls.db?mode=ro&uri=true"
    if url.startswith("postgres"):
        read_only = url.replace("options=", "options=-cdefault_transaction_read_only%3Don%20")
    assert re.search("read-?only", fault(read_only, open_store))


def test_a_database_that_is_busy_with_a_decision_is_opened_all_the_same(
    open_store: Callable[..., Store], tmp_path: Path
) -> None:
    create(open_store(f"sqlite:///{tmp_path}/calls.db"), "c1")
    with sqlite3.connect(tmp_path / "calls.db", isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        assert open_store(f"sqlite:///{tmp_path}/calls.db").load("c1") is not None
        db.execute("ROLLBACK")
    db.close()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_an_unreachable_server_is_named_without_the_password(
    open_store: Callable[..., Store], scheme: str
) -> None:
    said = fault(f"{scheme}://wt:hush@127.0.0.1:1/calls", open_store)
    assert "127.0.0.1" in said
    assert "hush" not in said


def test_sqlite_keeps_a_write_ahead_log(open_store: Callable[..., Store], tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/calls.db").open()
    with sqlite3.connect(tmp_path / "calls.db") as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


def test_a_missing_table_is_not_a_passing_trouble(url: str, store: Store) -> None:
    create(store, "c1")
    with database(url) as db:
        db.execute(text("DROP TABLE warmtransfer_journal"))
    with pytest.raises(WarmTransferError) as caught:
        store.journal("c1")
    assert not isinstance(caught.value, StoreBusy)


@pytest.mark.parametrize("empty", ["postgres"], indirect=True)
def test_connections_that_the_server_dropped_are_replaced(url: str, store: Store, postgres: str) -> None:
    create(store, "c1")
    with database(postgres) as db:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        db.execute(text(f"{others} AND backend_type = 'client backend'"))
    assert store.load("c1") is not None
