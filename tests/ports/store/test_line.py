"""The line of legs that wait, on both databases: one for all processes, and over a restart."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

from sqlalchemy import text

from tests.ports.store.databases import database
from tests.ports.store.test_store import together
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Store

GAP = 0.15
Open = Callable[..., Store]


def when_it_came(store: Store) -> float:
    """The moment of this one's turn."""
    began = time.monotonic()
    while left := store.line.ask([time.monotonic() - began], GAP)[0]:
        time.sleep(left)
    return time.monotonic()


def test_turns_are_a_gap_apart_whoever_asks_and_none_is_lost(url: str, open_store: Open) -> None:
    # SQLite is for one process.
    stores = [open_store(url) for _ in range(1 if url.startswith("sqlite") else 5)]
    for store in stores:
        store.open()
    began = time.monotonic()
    came = sorted(
        itertools.chain.from_iterable(
            together([lambda s=store: [when_it_came(s) for _ in range(3)] for store in stores])
        )
    )
    # Each is seen when its answer has come, which a busy machine makes later, and never sooner.
    early = [n for n, at in enumerate(came) if at - began < n * GAP - 0.01]
    assert not early, [at - began for at in came]
    assert len(came) == 3 * len(stores)


def test_the_first_two_processes_ever_make_one_line(url: str, open_store: Open) -> None:
    stores = [open_store(url) for _ in range(4)]
    for store in stores:
        store.open()
    first = together([lambda s=store: s.line.ask([0.0], 60.0)[0] for store in stores])
    assert first.count(0.0) == 1
    assert sorted(first)[1] > 50.0


def test_the_pace_holds_over_a_restart(url: str, open_store: Open) -> None:
    before = open_store(url)
    assert before.line.ask([0.0], 20.0) == (0.0,)
    before.close()
    assert 15.0 < open_store(url).line.ask([0.0], 20.0)[0] <= 20.0


def test_accounts_have_lines_of_their_own_and_numbers_of_one_account_share_one(
    url: str, open_store: Open
) -> None:
    first, same, other = (
        open_store(url, owner=Owner(account, number))
        for account, number in (("AC1", "+15550100000"), ("AC1", "+15550100001"), ("AC2", "+15550100002"))
    )
    assert first.line.ask([0.0], 20.0) == (0.0,)
    assert other.line.ask([0.0], 20.0) == (0.0,)
    assert same.line.ask([0.0], 20.0)[0] > 15.0


def test_a_refusal_for_haste_holds_every_process(url: str, open_store: Open) -> None:
    open_store(url).line.hold(8.0)
    assert 6.0 < open_store(url).line.ask([0.0], GAP)[0] <= 8.0


def test_a_line_that_another_release_has_written_is_read(url: str, open_store: Open) -> None:
    store = open_store(url)
    store.line.hold(8.0)
    with database(url) as db:
        db.execute(text("""UPDATE warmtransfer_line SET line = '{"news": [1]}'"""))
    assert store.line.ask([0.0], GAP) == (0.0,)
