"""Several apps on one database: each sees its own calls, and calls of an older release find their app."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.ports.store.databases import create, creating, database
from tests.ports.store.test_opening import run
from tests.ports.store.test_store import bump, together
from warmtransfer.core.call import Call, Stage
from warmtransfer.core.search import Search
from warmtransfer.ports.store.opening import upgraded
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Decision, Store, here

MINE, OTHER = Owner("AC1", "+15550100000"), Owner("AC2", "+15550100077")
SAME_ACCOUNT = Owner("AC1", "+15550100078")
Opening = Callable[..., Store]


def ids(calls: list[Call]) -> list[str]:
    """What the calls are called."""
    return [each.id for each in calls]


def counted(store: Store) -> int:
    """How many calls at once a new caller finds: the least limit that lets them in, which is then undone."""

    class LetInError(Exception):
        """Nothing is saved."""

    def let_in() -> Decision:
        raise LetInError

    for most in range(10):
        try:
            store.arrive("CA9", most + 1, let_in)
        except LetInError:
            return most
    raise AssertionError("nobody is let in")


@pytest.mark.parametrize("other", [OTHER, SAME_ACCOUNT], ids=["another account", "another number"])
def test_calls_of_another_owner_are_as_good_as_absent(url: str, open_store: Opening, other: Owner) -> None:
    mine, theirs = open_store(url, owner=MINE), open_store(url, owner=other)
    create(mine, "c1", caller_sid="CA1", started_at=1.0)
    create(theirs, "c2", caller_sid="CA2", started_at=2.0)
    for live in (False, True):
        assert ids(mine.calls(live=live)) == ["c1"]
        assert ids(theirs.calls(live=live)) == ["c2"]
    assert mine.load("c2") is None
    assert mine.by_caller("CA2") is None
    assert counted(mine) == 1
    assert mine.arrive("CA2", 1, lambda: creating("c3")(None)) is None, "theirs was given, or one was made"
    assert mine.decide("c2", lambda call: bump(call) if call else None) is None
    assert theirs.load("c2") == Call(id="c2", caller_sid="CA2", started_at=2.0)


def test_only_an_owners_own_calls_are_forgotten(url: str, open_store: Opening) -> None:
    mine, theirs = open_store(url, owner=MINE), open_store(url, owner=OTHER)
    create(mine, "c1", stage=Stage.OVER, at=10.0)
    create(theirs, "c2", stage=Stage.OVER, at=10.0)
    assert mine.prune(20.0) == 1
    assert ids(mine.calls()) == []
    assert ids(theirs.calls()) == ["c2"]


def test_without_an_owner_all_calls_are_there_and_told_whose(url: str, open_store: Opening) -> None:
    create(open_store(url, owner=MINE), "c1", started_at=1.0)
    create(open_store(url, owner=OTHER), "c2", started_at=2.0)
    everyone = open_store(url)
    found = [(each.id, owner) for each, owner in everyone.search(Search())]
    assert found == [("c2", str(OTHER)), ("c1", str(MINE))]
    assert everyone.owner("c1") == "AC1 +15550100000"
    assert everyone.owner("c9") == ""
    assert counted(everyone) == 2


def older(url: str, open_store: Opening) -> None:
    """Make of the database what a release without owners has left, with calls to two numbers."""
    store = open_store(url)
    create(store, "c1", called=MINE.number, started_at=1.0)
    create(store, "c2", called=OTHER.number, started_at=2.0)
    run(
        url,
        "DROP INDEX ix_warmtransfer_call_live",
        "ALTER TABLE warmtransfer_call DROP COLUMN owner",
        "ALTER TABLE warmtransfer_attempt DROP COLUMN digits",
        "DROP TABLE warmtransfer_alembic_version",
    )
    if url.startswith("postgres"):  # an app does it itself with a file
        upgraded(url)


def test_calls_of_a_release_without_owners_belong_to_the_number_they_came_to(
    url: str, open_store: Opening
) -> None:
    older(url, open_store)
    mine = open_store(url, owner=MINE)
    assert ids(mine.calls(live=True)) == ["c1"]
    assert mine.decide("c1", bump) is not None
    with database(url) as db:
        kept = {each.id: each.owner for each in db.execute(text("SELECT id, owner FROM warmtransfer_call"))}
    assert kept == {"c1": "AC1 +15550100000", "c2": ""}
    assert ids(open_store(url, owner=OTHER).calls(live=True)) == ["c2"]


def test_a_call_that_an_older_release_keeps_while_we_run_is_known_by_its_id(
    url: str, open_store: Opening
) -> None:
    """While processes are replaced one by one, the old ones still save calls, and any may get the news."""
    mine = open_store(url, owner=MINE)
    mine.open()
    create(open_store(url), "c1", caller_sid="CA1", called=MINE.number)
    create(open_store(url), "c2", caller_sid="CA2", called=OTHER.number)
    assert mine.load("c1") is not None
    assert mine.by_caller("CA1") is not None
    assert mine.load("c2") is None
    assert mine.by_caller("CA2") is None


def test_who_only_reads_sees_what_is_not_claimed_yet_and_claims_nothing(
    url: str, open_store: Opening
) -> None:
    create(open_store(url), "c1", called=MINE.number)
    create(open_store(url), "c2", called=OTHER.number)
    reader = Store(url, here, owner=MINE, reading=True)
    assert ids(reader.calls()) == ["c1"]
    reader.close()
    assert [owner for _, owner in open_store(url).search(Search())] == ["", ""]


def test_two_apps_may_open_an_older_database_at_the_same_moment(url: str, open_store: Opening) -> None:
    older(url, open_store)
    owners = [MINE, OTHER, MINE, OTHER]
    stores = [open_store(url, owner=owner) for owner in owners]
    together([store.open for store in stores])
    assert [ids(store.calls()) for store in stores] == [["c1"], ["c2"], ["c1"], ["c2"]]


def test_the_live_calls_of_an_owner_are_found_by_an_index(url: str, open_store: Opening) -> None:
    """At every arrival the calls at once are counted, and thirty days of calls must not be read for that."""
    mine = open_store(url, owner=MINE)
    for n in range(300):
        mine.decide(f"c{n}", creating(f"c{n}", stage=Stage.OVER if n else Stage.AI, started_at=float(n)))
    prefix = "EXPLAIN QUERY PLAN" if url.startswith("sqlite") else "SET enable_seqscan = off; EXPLAIN"
    live = "owner = 'AC1 +15550100000' AND (stage <> 'over' OR alarm_at > 0)"
    questions = [
        f"SELECT count(*) FROM warmtransfer_call WHERE {live} AND stage <> 'over'",
        f"SELECT state FROM warmtransfer_call WHERE {live} ORDER BY started_at DESC, id DESC LIMIT 1000",
    ]
    with database(url) as db:
        for question in questions:
            *before, explain = prefix.split("; ")
            for statement in before:
                db.execute(text(statement))
            plan = "\n".join(str(row) for row in db.execute(text(f"{explain} {question}")))
            assert "ix_warmtransfer_call_live" in plan, plan
            assert "TEMP B-TREE" not in plan
    assert counted(mine) == 1


def test_a_process_takes_up_only_its_own_owners_calls(url: str, open_store: Opening) -> None:
    gone, mine, theirs = (open_store(url, owner=each) for each in (MINE, MINE, OTHER))
    if gone.leases is None or mine.leases is None or theirs.leases is None:
        assert url.startswith("sqlite"), "PostgreSQL is shared"
        return
    create(gone, "c1", stage=Stage.AI, alarm_at=5.0)
    gone.decide("c1", lambda call: bump(call))
    mine.leases.beat("here")
    assert theirs.leases.take() == []
    assert theirs.leases.overdue(10.0) == []
    assert [each.id for each in mine.leases.overdue(10.0)] == ["c1"]
    assert mine.leases.take() == [("c1", True)]
    assert mine.leases.take() == []
    given = mine.leases.given("c1")
    assert given is not None
    assert [taken for _, _, taken in given.orders] == [1, 1]
