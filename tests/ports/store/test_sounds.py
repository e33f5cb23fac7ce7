"""Who listens where, and pieces of sound on their way between processes: for seconds, and in no log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.ports.store.databases import database
from warmtransfer.ports.store import sounds
from warmtransfer.ports.store.opening import upgraded
from warmtransfer.ports.store.sounds import Sounds
from warmtransfer.ports.store.store import Store

Open = Callable[..., Store]


@pytest.fixture
def two(postgres_url: str, open_store: Open) -> tuple[Sounds, Sounds]:
    """Two processes on one database."""
    return Sounds(open_store(postgres_url)), Sounds(open_store(postgres_url))


def count(url: str, table: str) -> int:
    with database(url) as db:
        return int(db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_with_sqlite_there_is_nobody_else(tmp_path: Path, open_store: Open) -> None:
    assert Sounds(open_store(f"sqlite:///{tmp_path / 'calls.sqlite3'}")).me == ""


def test_others_see_who_wants_to_listen_and_we_do_not_count_ourselves(two: tuple[Sounds, Sounds]) -> None:
    here, there = two
    there.want(["c1", "c2"])
    there.want(["c1"])
    here.want(["c3"])
    assert here.wanted() == {"c1", "c2"}
    assert there.wanted() == {"c3"}


def test_a_wish_that_is_not_renewed_is_none(
    two: tuple[Sounds, Sounds], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = two
    monkeypatch.setattr(sounds, "WISH", -0.1)
    there.want(["c1"])
    assert here.wanted() == frozenset()


def test_pieces_come_in_their_order_and_once_and_those_of_other_calls_do_not(
    two: tuple[Sounds, Sounds],
) -> None:
    here, there = two
    here.put([("c1", "a"), ("c2", "x"), ("c1", "b")])
    here.put([("c1", "c")])
    got = there.take({"c1": 0})
    assert [(call_id, piece) for call_id, _, piece in got] == [("c1", "a"), ("c1", "b"), ("c1", "c")]
    assert there.take({"c1": got[1][1]}) == [got[2]]
    assert there.take({"c1": got[2][1], "c2": got[2][1]}) == []
    assert [piece for _, _, piece in there.take({"c1": got[2][1], "c2": 0})] == ["x"]


def test_what_is_old_is_heard_by_nobody_and_kept_by_nobody(
    postgres_url: str, two: tuple[Sounds, Sounds], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = two
    here.put([("c1", "a")])
    monkeypatch.setattr(sounds, "STALE", 0.0)
    assert there.take({"c1": 0}) == []
    with database(postgres_url) as db:
        db.execute(text("UPDATE warmtransfer_sound SET at = at - 10"))
    here.put([("c1", "b")])
    assert count(postgres_url, "warmtransfer_sound") == 1, "whoever writes next deletes it"
    with database(postgres_url) as db:
        db.execute(text("UPDATE warmtransfer_sound SET at = at - 10"))
    there.want(["c1"])
    with database(postgres_url) as db:
        db.execute(text("UPDATE warmtransfer_listener SET until = until - 20"))
    there.sweep()
    assert [count(postgres_url, f"warmtransfer_{name}") for name in ("sound", "listener")] == [0, 0]


@pytest.mark.parametrize("again", [False, True])
def test_sound_is_in_no_write_ahead_log(postgres_url: str, again: bool) -> None:
    if again:  # made anew, because somebody has dropped it
        with database(postgres_url) as db:
            db.execute(text("DROP TABLE warmtransfer_sound"))
        upgraded(postgres_url)
    with database(postgres_url) as db:
        how = "SELECT relpersistence FROM pg_class WHERE oid = 'warmtransfer_sound'::regclass"
        assert db.execute(text(how)).scalar() == "u"
