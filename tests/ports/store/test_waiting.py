"""The line for a human in the database: who is in it, in which order, and whom a new caller comes after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import text

from tests.core.stories import KIM, RULES, SAM
from tests.ports.store.databases import database
from tests.ports.store.test_claims import NOW, asks, over, talking, tell
from tests.ports.store.test_store import together
from warmtransfer.core import events as ev
from warmtransfer.core.call import Stage
from warmtransfer.core.legs import Ended
from warmtransfer.core.plans import Plan
from warmtransfer.core.rules import Rules
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Store
from warmtransfer.ports.store.waiting import ANYBODY

Open = Callable[..., Store]
NUMBERS = (SAM.number, KIM.number)
ONLY = Rules(humans=(SAM,))


def line(store: Store, at: float = NOW) -> list[str]:
    """Who waits, the first one first."""
    return [each.call_id for each in store.known(NUMBERS, at).line]


def stage(store: Store, call_id: str) -> Stage:
    call = store.load(call_id)
    assert call is not None
    return call.stage


def busy(store: Store, rules: Rules = ONLY) -> None:
    """Sam talks with a caller."""
    assert asks(store, talking(store, "c0"), rules=rules) == ["sam"]
    tell(store, "c0", ev.HumanDialled(1, "CAhuman1"), ev.HumanAnswered(1, "CAhuman1"),
         ev.HumanAccepted(1), ev.HumanJoined(1, "CF1", "CAhuman1"), rules=rules)  # fmt: skip


def waits(store: Store, *call_ids: str, rules: Rules = ONLY) -> None:
    """These come one after the other, ten seconds apart, and wait."""
    for n, call_id in enumerate(call_ids, 1):
        assert asks(store, talking(store, call_id), at=NOW + 10.0 * n, rules=rules) == []
        assert stage(store, call_id) is Stage.WAITING


def test_who_waits_is_in_the_line_by_the_time_of_first_asking(store: Store) -> None:
    assert not store.ask(ANYBODY)
    busy(store)
    waits(store, "c2", "c1", "c3")
    assert line(store) == ["c2", "c1", "c3"]
    places = [call.waits.number for call in map(store.load, ("c2", "c1", "c3")) if call]
    assert places == [1, 2, 3]


def test_whoever_leaves_hangs_up_or_is_called_in_is_in_the_line_no_more(store: Store) -> None:
    busy(store)
    waits(store, "c1", "c2", "c3")
    tell(store, "c1", ev.LineLeft("words"), rules=ONLY)
    tell(store, "c2", ev.CallerLeft("CF1"), rules=ONLY)
    assert line(store) == ["c3"]
    tell(store, "c0", ev.HumanLeft(1, "CF1"), over(1), at=NOW + 60.0, rules=ONLY)
    tell(store, "c3", ev.TurnCame(), at=NOW + 61.0, rules=ONLY)
    assert (stage(store, "c3"), line(store), store.ask(ANYBODY)) == (Stage.RINGING, [], [])


def test_a_new_caller_and_a_later_one_do_not_overtake_whoever_has_waited_longest(store: Store) -> None:
    busy(store)
    waits(store, "c1", "c2")
    tell(store, "c0", ev.HumanLeft(1, "CF1"), over(1), at=NOW + 60.0, rules=ONLY)
    tell(store, "c2", ev.TurnCame(), at=NOW + 61.0, rules=ONLY)
    assert asks(store, talking(store, "c9"), at=NOW + 61.5, rules=ONLY) == []
    assert line(store) == ["c1", "c2", "c9"]
    tell(store, "c1", ev.TurnCame(), at=NOW + 62.0, rules=ONLY)
    assert (stage(store, "c1"), line(store)) == (Stage.RINGING, ["c2", "c9"])


def test_whoever_was_called_in_for_nothing_waits_on_where_they_were(store: Store) -> None:
    """Sam declines the one who has waited longest, while Kim is on the phone."""
    busy(store, RULES)
    assert asks(store, talking(store, "c00")) == ["kim"]
    waits(store, "c1", "c2", rules=RULES)
    tell(store, "c0", ev.HumanLeft(1, "CF1"), over(1), at=NOW + 60.0)
    tell(store, "c1", ev.TurnCame(), ev.HumanDialled(1, "CAhuman1"), at=NOW + 61.0)
    tell(store, "c1", over(1, Ended.BUSY), at=NOW + 65.0)
    assert line(store) == ["c1", "c2"]
    call = store.load("c1")
    assert call is not None
    assert (call.waits.since, call.waits.phones) == (NOW + 10.0, (KIM.number,))


def test_twenty_who_ask_and_are_called_in_at_once_share_two_humans_in_the_order_of_the_line(
    url: str, open_store: Open
) -> None:
    """Whoever asks, and however often: those who are rung are the two who have waited longest."""
    stores = [open_store(url, 4) for _ in range(1 if url.startswith("sqlite") else 2)]
    rules = Rules(humans=(SAM, KIM), plans=(Plan(line_length=99),))
    for busy_one in ("b1", "b2"):
        asks(stores[0], talking(stores[0], busy_one), rules=rules)
    waiting = [f"c{n:02}" for n in range(10)]
    waits(stores[0], *waiting, rules=rules)
    for busy_one in ("b1", "b2"):
        tell(stores[0], busy_one, over(1, Ended.CANCELLED), ev.CallerLeft("CF1"), at=NOW + 200.0, rules=rules)
    for n in range(10):
        talking(stores[0], f"new{n}")
    jobs = [
        lambda n=n: tell(stores[n % len(stores)], f"c{9 - n:02}", ev.TurnCame(), at=NOW + 201.0, rules=rules)
        for n in range(10)
    ]
    jobs += [
        lambda n=n: asks(stores[n % len(stores)], f"new{n}", at=NOW + 201.0, rules=rules) for n in range(10)
    ]
    together(jobs)
    rung = {call.id for call in stores[0].calls(100) if call.stage is Stage.RINGING}
    assert rung <= {"c00", "c01"}, "nobody else"
    for call_id in waiting:
        tell(stores[-1], call_id, ev.TurnCame(), at=NOW + 202.0, rules=rules)
    rung = {call.id for call in stores[0].calls(100) if call.stage is Stage.RINGING}
    assert rung == {"c00", "c01"}
    assert len(line(stores[0])) == 18


def test_a_department_with_a_higher_priority_is_called_first(store: Store) -> None:
    both = replace(SAM, departments=("urgent",))
    rules = Rules(humans=(both,), plans=(Plan("urgent", priority=2),))
    busy(store, rules)
    waits(store, "c1", rules=rules)
    assert asks(store, talking(store, "c2"), at=NOW + 50.0, rules=rules, target="urgent") == []
    assert line(store) == ["c2", "c1"]


def test_a_row_that_an_older_release_has_left_behind_holds_nobody_back(store: Store, url: str) -> None:
    busy(store)
    waits(store, "c1")
    with database(url) as db:
        db.execute(text("UPDATE warmtransfer_call SET stage = 'ai' WHERE id = 'c1'"))
    assert line(store) == []
    tell(store, "c0", ev.HumanLeft(1, "CF1"), over(1), at=NOW + 60.0, rules=ONLY)
    assert asks(store, talking(store, "c2"), at=NOW + 61.0, rules=ONLY) == ["sam"]


def test_forgetting_a_call_forgets_its_place(store: Store, url: str) -> None:
    busy(store)
    waits(store, "c1")
    with database(url) as db:
        db.execute(text("UPDATE warmtransfer_call SET stage = 'over', alarm_at = 0 WHERE id = 'c1'"))
    assert store.prune(NOW + 1e6) == 1
    assert store.ask(ANYBODY) == []


def test_how_long_the_last_calls_took_is_known_by_telephone(store: Store) -> None:
    busy(store)
    tell(store, "c0", ev.HumanLeft(1, "CF1"), over(1), at=NOW + 180.0, rules=ONLY)
    assert asks(store, talking(store, "c1"), at=NOW + 200.0, rules=ONLY) == ["sam"]
    waits(store, "c2")
    assert store.known(NUMBERS, NOW + 200.0).talks == {SAM.number: (180.0,)}


def test_each_deployment_calls_in_its_own_and_sees_all(postgres_url: str, open_store: Open) -> None:
    one, two = Owner("AC1", "+15550100000"), Owner("AC2", "+15550100077")
    mine, theirs = (open_store(postgres_url, owner=owner) for owner in (one, two))
    busy(mine)
    waits(mine, "c1")
    waits(theirs, "c2")
    found = {each.call_id: each.ours for each in mine.known(NUMBERS, NOW).line}
    assert found == {"c1": True, "c2": False}
