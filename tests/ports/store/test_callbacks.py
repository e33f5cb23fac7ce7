"""Callbacks in real SQLite files and PostgreSQL: decided once, and taken over from the dead."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.core.callbacks.stories import CALLER, NOW
from tests.core.stories import RULES, SAM
from tests.ports.store.databases import create
from tests.ports.store.test_claims import asks, claimed, talking
from tests.ports.store.test_claims import tell as rung
from warmtransfer.core import call
from warmtransfer.core import events as ev_call
from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks import orders as do
from warmtransfer.core.callbacks.callback import Callback, Stage
from warmtransfer.core.callbacks.limits import Limits
from warmtransfer.core.callbacks.step import taken
from warmtransfer.core.event import Event
from warmtransfer.core.legs import Ended
from warmtransfer.desk.callbacks import decided
from warmtransfer.ports.store import again
from warmtransfer.ports.store import callbacks as kept
from warmtransfer.ports.store.callbacks import Callbacks, Changed
from warmtransfer.ports.store.forgetting import StillLive
from warmtransfer.ports.store.mailbox import Which
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Store, here

Open = Callable[..., Store]
LIMITS = Limits()


def promise(callbacks: Callbacks, call_id: str = "c1", **fields: str) -> Callback:
    """A callback that was promised in this call, due now."""

    def decide(found: Callback | None, know: kept.Know) -> kept.Made:
        new = Callback(found.id if found else f"b-{call_id}", call_id=call_id, **{"number": CALLER, **fields})  # type: ignore[arg-type]
        return taken(new, NOW, RULES, LIMITS), (), ()

    changed = callbacks.take(call_id, decide, 20.0)
    assert changed is not None
    return changed.after


def tell(callbacks: Callbacks, callback_id: str, event: Event, at: float = NOW) -> Changed | None:
    """Have this decided as the desk has."""
    return callbacks.decide(
        callback_id,
        lambda found, know: decided(found, event, at, RULES, LIMITS, know) if found else None,
        20.0,
    )


def begin(callbacks: Callbacks, callback_id: str) -> Changed:
    """Its time has come."""
    found = callbacks.load(callback_id)
    assert found is not None
    changed = tell(callbacks, callback_id, ev.TimedOut(found.stage, found.alarm))
    assert changed is not None
    return changed


def test_one_call_promises_one_callback_and_a_second_word_changes_it(store: Store) -> None:
    callbacks = Callbacks(store)
    first = promise(callbacks, about="her order")
    again = promise(callbacks, about="an invoice")
    assert again.id == first.id
    assert [each.about for each in callbacks.of_call("c1")] == ["an invoice"]
    assert callbacks.listed() == [again]


def test_all_of_them_are_reached_page_by_page(store: Store) -> None:
    """Also those that were promised in the same moment."""
    callbacks = Callbacks(store)
    every = {promise(callbacks, f"c{n}").id for n in range(5)}
    seen: list[str] = []
    after, sizes = None, []
    while True:
        found, after = callbacks.page(2, after=after)
        seen += [each.id for each in found]
        sizes.append(len(found))
        if after is None:
            break
    assert (sizes, len(seen), {*seen}) == ([2, 2, 1], 5, every)
    assert seen == [each.id for each in callbacks.listed()]


def test_what_is_due_is_found_with_the_time_of_the_next(store: Store) -> None:
    callbacks = Callbacks(store)
    promised = promise(callbacks)
    assert callbacks.due(NOW - 1) == []
    assert callbacks.due(NOW) == [promised]
    assert callbacks.next_at() == NOW
    tell(callbacks, promised.id, ev.Cancelled("cli"))
    assert (callbacks.due(NOW), callbacks.next_at()) == ([], 0.0)
    assert callbacks.counted() == {"cancelled": 1}


def test_two_processes_that_look_at_once_ring_one_human_once(url: str, open_store: Open) -> None:
    both = [Callbacks(open_store(url)) for _ in range(2)]
    promised = promise(both[0])
    alarm = ev.TimedOut(promised.stage, promised.alarm)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda each: tell(each, promised.id, alarm), both))
    dialled = [order for each in found if each for _, order in each.orders]
    assert [type(order) for order in dialled] == [do.Dial]
    now = both[0].load(promised.id)
    assert now is not None
    assert [leg.name for leg in now.legs] == ["sam"]


def test_an_order_of_a_process_that_is_gone_is_taken_over_by_one_other(url: str, open_store: Open) -> None:
    dead = Callbacks(open_store(url))
    promised = promise(dead)
    (order_id, _), = begin(dead, promised.id).orders
    assert dead.mine(order_id)
    others = [Callbacks(open_store(url)) for _ in range(2)]
    taken_over = [left for each in others for left in each.left()]
    assert [left.id for left in taken_over][:1] == [order_id]
    assert not dead.mine(order_id), "who was only away does not dial any more"
    last = others[-1] if others[-1].mine(order_id) else others[0]
    last.order_done(order_id, "unsure")
    assert [each.left() for each in others] == [[], []]


def test_who_is_rung_for_a_callback_is_not_rung_for_a_call_and_the_other_way_round(
    store: Store, url: str
) -> None:
    callbacks = Callbacks(store)
    promised = promise(callbacks)
    begin(callbacks, promised.id)
    assert claimed(url) == [(SAM.number, 0, promised.id)]
    assert asks(store, talking(store, "c1"), at=NOW) == ["kim"]
    second = promise(callbacks, "c2")
    changed = begin(callbacks, second.id)
    assert (changed.after.stage, changed.after.legs) == (Stage.WAITING, ()), "both have their hands full"
    tell(callbacks, promised.id, ev.LegEnded(1, Ended.BUSY, call_sid="CA1"))
    assert (SAM.number, 0, promised.id) not in claimed(url)


def test_forgetting_a_number_forgets_its_callbacks_unless_one_is_tried(store: Store, url: str) -> None:
    callbacks = Callbacks(store)
    promised = promise(callbacks)
    begin(callbacks, promised.id)
    with pytest.raises(StillLive):
        store.within(lambda db: kept.erased(db, CALLER, []))
    tell(callbacks, promised.id, ev.LegEnded(1, Ended.BUSY))
    tell(callbacks, promised.id, ev.LegEnded(2, Ended.BUSY))
    store.within(lambda db: kept.erased(db, CALLER, []))
    assert callbacks.listed() == []


def test_a_call_is_not_forgotten_while_its_callback_waits(store: Store) -> None:
    create(store, "c1", stage=call.Stage.OVER, at=NOW)
    callbacks = Callbacks(store)
    promised = promise(callbacks)
    assert store.prune(NOW + 1) == 0
    tell(callbacks, promised.id, ev.Cancelled("cli"))
    assert store.prune(NOW + 1) == 1
    assert callbacks.listed() == []


def test_another_owners_callbacks_are_as_good_as_absent(url: str, open_store: Open) -> None:
    mine = Callbacks(open_store(url, owner=Owner("AC1", "+15550100000")))
    theirs = Callbacks(open_store(url, owner=Owner("AC1", "+15550100009")))
    promised = promise(mine)
    begin(mine, promised.id)
    assert theirs.load(promised.id) is None
    assert (theirs.due(NOW + 999), theirs.listed(), theirs.left()) == ([], [], [])


def test_legs_that_are_known_are_told_from_one_that_is_looked_for(store: Store) -> None:
    callbacks = Callbacks(store)
    promised = promise(callbacks)
    begin(callbacks, promised.id)
    tell(callbacks, promised.id, ev.LegMade(1, "CA1"))
    assert callbacks.legs_to(SAM.number) == {"CA1"}


def test_hosts_systems_are_told_of_one_that_is_taken_and_of_its_end(url: str) -> None:
    store = Store(url, here, owner=Owner("AC1", "+15550100000"), tells=True)
    callbacks = Callbacks(store)
    promised = promise(callbacks, about="her order")
    tell(callbacks, promised.id, ev.Cancelled("cli"))
    events = [json.loads(each.body) for each in store.mailbox.kept(Which(call_id="c1"))]
    assert [each["type"] for each in events] == ["callback.taken", "callback.ended"]
    assert [each["data"]["sequence"] for each in events] == [1, 2]
    assert [each["data"]["callback"]["stage"] for each in events] == ["waiting", "cancelled"]
    assert events[0]["data"]["callback"]["about"] == "her order"
    store.close()


def test_forgetting_a_number_leaves_no_event_of_it_with_another_callers_call(url: str) -> None:
    """Somebody has asked for her husband to be rung back: what was told of it is about him."""
    store = Store(url, here, owner=Owner("AC1", "+15550100000"), tells=True)
    promise(Callbacks(store), "c1")
    promise(Callbacks(store), "c2", number="+15550100078")
    store.within(lambda db: kept.erased(db, CALLER, []))
    assert [each.call_id for each in store.mailbox.kept(Which())] == ["c2"]
    store.close()


def test_who_phones_again_is_on_the_line_and_has_been_with_somebody_once_one_has_joined(store: Store) -> None:
    talking(store, "c2")
    assert again.on_line(store, CALLER)
    assert not again.on_line(store, "+15550109998")
    assert again.talked(store, CALLER, 0.0) == []
    rung(store, "c2", ev_call.HandoffAsked("tool"), ev_call.HumanDialled(1, "CA1"))
    rung(store, "c2", ev_call.HumanAnswered(1, "CA1"), ev_call.HumanAccepted(1))
    rung(store, "c2", ev_call.HumanJoined(1, "CF1", "CA1"), at=90_000.0)
    assert [each.id for each in again.talked(store, CALLER, 89_999.0)] == ["c2"]
    assert again.talked(store, CALLER, 90_000.0) == []
    rung(store, "c2", ev_call.CallerLeft(why="completed"), at=90_100.0)
    assert not again.on_line(store, CALLER)
