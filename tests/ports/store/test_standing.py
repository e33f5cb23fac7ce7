"""How it stands with the tables and with those who serve them; old calls are forgotten by one of them."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.ports.store.databases import create, creating, database
from warmtransfer.core.call import Call, Stage
from warmtransfer.ports.store.leases import LEASE
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Decision, Store
from warmtransfer.ports.store.tables import LOCK_PRUNE

MINE, OTHER = Owner("AC1", "+15550100000"), Owner("AC2", "+15550100077")
Opening = Callable[..., Store]


def held(call: Call | None) -> Decision:
    """Its stream comes to the process that decides."""
    assert call is not None
    return Decision(call, None, call, (), holds=True)


def test_every_process_is_known_with_what_it_holds(postgres_url: str, open_store: Opening) -> None:
    one, two = open_store(postgres_url, owner=MINE), open_store(postgres_url, owner=MINE)
    assert one.leases
    assert two.leases
    one.leases.beat("here", 1)
    two.leases.beat("here", 0)
    create(one, "c1", stage=Stage.AI)
    one.decide("c1", held)
    create(one, "over", stage=Stage.AI)
    one.decide("over", held)
    create(one, "over", stage=Stage.OVER)
    two.leases.leaving = True
    two.leases.beat("here", 0)
    standing = one.standing()
    first, second = standing.members
    assert standing.lacks == ""
    assert (first.id, first.host, first.pid) == (one.leases.me, socket.gethostname(), os.getpid())
    assert (first.calls, first.streams, first.leaving) == (1, 1, False)
    assert (second.id, second.calls, second.streams, second.leaving) == (two.leases.me, 0, 0, True)
    assert all(0.0 <= each.lease_age < LEASE for each in standing.members)
    assert all(abs(each.since - time.time()) < 60.0 for each in standing.members)
    assert first.since < second.since
    two.leases.leave()
    assert [each.id for each in one.standing().members] == [first.id]


def test_one_process_counts_its_calls(url: str, open_store: Opening) -> None:
    store = open_store(url, owner=MINE)
    create(store, "c1", stage=Stage.AI)
    create(store, "c2", stage=Stage.OVER)
    assert replace(store.standing(), members=()).calls == 1


@pytest.mark.parametrize("gone", ["TABLE warmtransfer_transcript", "a column"])
def test_tables_that_are_not_as_expected_are_told(url: str, store: Store, gone: str) -> None:
    assert store.standing().lacks == ""
    with database(url) as db:
        dropped = "ALTER TABLE warmtransfer_attempt DROP COLUMN sip" if gone == "a column" else f"DROP {gone}"
        db.execute(text(dropped))
    lacks = store.standing().lacks
    assert lacks.startswith(
        "the column warmtransfer_attempt.sip" if gone == "a column" else "the column warmtransfer_transcript."
    )
    assert lacks.endswith("is not there")


def test_a_look_that_succeeds_does_not_hide_what_failed(store: Store) -> None:
    store._failed = (time.monotonic(), "it was locked")
    store.standing()
    assert store.trouble() == "it was locked"
    store.calls()
    assert store.trouble() == ""


def test_old_calls_are_forgotten_by_one_process_at_a_time(postgres_url: str, open_store: Opening) -> None:
    one, two = open_store(postgres_url, owner=MINE), open_store(postgres_url, owner=MINE)
    create(one, "old", stage=Stage.OVER, at=10.0)
    with database(postgres_url) as db:
        db.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_PRUNE}, hashtext('{MINE}'))"))
        assert two.prune(20.0) is None
        assert open_store(postgres_url, owner=Owner("AC2", "+15550100077")).prune(20.0) == 0, (
            "others have their own"
        )
    assert one.load("old") is not None
    assert two.prune(20.0) == 1


def test_a_call_that_is_being_decided_is_neither_waited_for_nor_forgotten(
    postgres_url: str, open_store: Opening
) -> None:
    store = open_store(postgres_url, owner=MINE)
    for call_id in ("busy", "old"):
        store.decide(call_id, creating(call_id, stage=Stage.OVER, at=10.0))
    with database(postgres_url) as db:
        db.execute(text("SELECT id FROM warmtransfer_call WHERE id = 'busy' FOR UPDATE"))
        began = time.monotonic()
        assert store.prune(20.0) == 1
        assert time.monotonic() - began < 2.0
    assert [call.id for call in store.calls()] == ["busy"]
