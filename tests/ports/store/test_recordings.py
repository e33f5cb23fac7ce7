"""Recordings in real SQLite files and PostgreSQL: seen to by one process at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from tests.ports.store.databases import create
from warmtransfer.core.call import Stage
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.recordings import LEASE, Recordings
from warmtransfer.ports.store.store import Store

Open = Callable[..., Store]
NOW = 50_000.0


def test_of_two_processes_one_has_it_and_the_other_when_that_has_died(url: str, open_store: Open) -> None:
    both = [Recordings(open_store(url)) for _ in range(2)]
    both[0].note("c1", "RE1", 7, NOW)
    both[1].note("c1", "RE1", 7, NOW)
    with ThreadPoolExecutor(2) as pool:
        found = [each for each in pool.map(lambda each: each.claim(NOW), both) if each]
    assert [(each.call_id, each.url, each.seconds, each.tries) for each in found] == [("c1", "RE1", 7, 1)]
    assert both[0].next_at() == NOW + LEASE
    again = both[1].claim(NOW + LEASE)
    assert again is not None
    assert again.tries == 2


def test_what_became_of_it_is_kept_and_nothing_more_is_due(store: Store) -> None:
    recordings = Recordings(store)
    recordings.note("c1", "RE1", 7, NOW)
    claimed = recordings.claim(NOW)
    assert claimed is not None
    done = replace(claimed, words="It is\0Mrs Lee.", kept="/tmp/c1.wav", told_at=NOW, next_at=0.0)
    recordings.save(done)
    assert recordings.of_call("c1") == [replace(done, words="It is Mrs Lee.")]
    assert (recordings.claim(NOW + 9_999.0), recordings.next_at()) == (None, 0.0)


def test_a_call_is_not_forgotten_before_its_recording_is_had_and_then_with_it(store: Store) -> None:
    create(store, "c1", stage=Stage.OVER, at=NOW)
    recordings = Recordings(store)
    recordings.note("c1", "RE1", 7, NOW)
    assert store.prune(NOW + 1) == 0
    claimed = recordings.claim(NOW)
    assert claimed is not None
    recordings.save(replace(claimed, next_at=0.0))
    assert store.prune(NOW + 1) == 1
    assert recordings.of_call("c1") == []


def test_another_owners_recordings_are_as_good_as_absent(url: str, open_store: Open) -> None:
    mine = Recordings(open_store(url, owner=Owner("AC1", "+15550100000")))
    theirs = Recordings(open_store(url, owner=Owner("AC1", "+15550100009")))
    mine.note("c1", "RE1", 7, NOW)
    assert (theirs.claim(NOW), theirs.of_call("c1"), theirs.next_at()) == (None, [], 0.0)
