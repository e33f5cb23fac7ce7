"""Several processes on one PostgreSQL decide as one, and go on for one that is gone."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.core.stories import RULES
from tests.desk.parts import Office, eventually
from tests.ports.store.databases import database
from tests.postgres import Postgres, own_server, schema
from warmtransfer.core import events as ev
from warmtransfer.core.call import AIState, Call, Stage
from warmtransfer.core.legs import Ended
from warmtransfer.core.step import step
from warmtransfer.desk.desk import Desk
from warmtransfer.errors import StoreBusy
from warmtransfer.ports.store.leases import Given
from warmtransfer.ports.store.store import Decision, Saved, Store, here

ARRIVAL = ev.CallArrived("CAcaller", "+15550109999", "+15550100000")
_serial = itertools.count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with own_server() as found:
        yield found


@pytest.fixture
def url(server: Postgres) -> str:
    """The address of an empty database."""
    return schema(server.url, f"desk_{os.getpid()}_{next(_serial)}")


@pytest.fixture
def offices(url: str, tmp_path: Path) -> Iterator[list[Office]]:
    """Two desks that serve side by side."""
    made = [Office(tmp_path, url=url, find_room="", leg="") for _ in range(2)]
    for office in made:
        office.desk.start()
    yield made
    for office in made:
        office.close()


class Doomed:
    """A process that decides, and is gone before it has done any of what it ordered."""

    def __init__(self, url: str) -> None:
        self.store = Store(url, here)
        assert self.store.leases is not None
        self.leases = self.store.leases
        self.leases.beat("elsewhere")

    def decides(self, call_id: str, *events: ev.Event, holds: bool = False) -> Saved:
        """Save what these facts lead to."""
        for event in events:

            def fn(call: Call | None, event: ev.Event = event) -> Decision:
                known = call or Call(id=call_id)
                return Decision(known, event, *step(known, event, time.time(), RULES), holds=holds)

            saved = self.store.decide(call_id, fn)
        assert saved is not None
        return saved

    def takes_a_call(self, call_id: str) -> None:
        """A caller whom the AI has, on a stream of this process."""
        self.decides(
            call_id,
            ARRIVAL,
            ev.CallerJoined(f"wt-{call_id}", "CF1", "CAcaller"),
            ev.AIAdded(1, "CAai1"),
            ev.AIAsked(1, f"{call_id}.token"),
        )
        self.decides(call_id, ev.StreamUp(1), ev.AIUp(1), holds=True)
        self.store.orders_done([(number, "done") for number, _ in self.store.open_orders(call_id)])


@pytest.fixture
def doomed(url: str) -> Iterator[Doomed]:
    made = Doomed(url)
    yield made
    made.store.close()


def at_once(jobs: list[Callable[[], Any]]) -> list[Any]:
    """What each gave, all begun at the same moment."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        gate.wait(10)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def talking(first: Desk, second: Desk, sid: str = "CAcaller") -> str:
    """A call that the AI has, every fact of which another process heard; the second has the stream."""
    call = first.arrive(ev.CallArrived(sid, "+15550109999", "+15550100000"))
    assert call is not None
    second.post(call.id, ev.CallerJoined(call.room, "CF1", sid))
    token = first.offer(call.id, 1).ai.token
    assert second.admit(token) == (call.id, 1)
    assert first.post(call.id, ev.AIUp(1)).stage is Stage.AI
    return call.id


def done_by_all(offices: list[Office], name: str) -> int:
    """How often this was asked of the carrier, by any of them."""
    return sum(office.carrier.names().count(name) for office in offices)


def events(office: Office, call_id: str) -> list[str]:
    return [row.event for row in office.store.journal(call_id)]


# Who decides ----------------------------------------------------------------------------------------


def test_a_token_admits_one_stream_once_whichever_process_it_reaches(offices: list[Office]) -> None:
    call = offices[0].desk.arrive(ARRIVAL)
    assert call is not None
    offices[1].desk.post(call.id, ev.CallerJoined(call.room, "CF1", "CAcaller"))
    token = offices[0].desk.offer(call.id, 1).ai.token
    admitted = at_once([lambda d=each.desk: d.admit(token) for each in offices * 4])
    assert [each for each in admitted if each] == [(call.id, 1)]


def test_a_voice_webhook_that_reaches_two_processes_at_once_is_one_call(offices: list[Office]) -> None:
    calls = at_once([lambda d=each.desk: d.arrive(ARRIVAL) for each in offices * 4])
    assert len({call.id for call in calls}) == 1


def test_calls_at_once_are_counted_over_all_processes(offices: list[Office]) -> None:
    callers = [ev.CallArrived(f"CA{number}", "+15550109999", "+15550100000") for number in range(24)]
    doors = [office.desk for office in offices] * 12
    answers = at_once([lambda d=d, c=c: d.arrive(c) for d, c in zip(doors, callers, strict=True)])
    assert len([call for call in answers if call]) == 20


def test_one_human_is_called_at_a_time_whichever_process_hears_of_it(offices: list[Office]) -> None:
    """Asked for at both, several times and at once; and the end of the first told at both, several times."""
    call_id = talking(offices[0].desk, offices[1].desk)
    at_once([lambda d=each.desk: d.ask(call_id, "api") for each in offices * 4])
    eventually(lambda: done_by_all(offices, "dial"))
    assert len(offices[0].store.load(call_id).attempts) == 1  # type: ignore[union-attr]
    ended = ev.HumanEnded(1, Ended.BUSY, "486", "CAhuman1")
    at_once([lambda d=each.desk: d.post(call_id, ended) for each in offices * 4])
    eventually(lambda: done_by_all(offices, "dial") == 2)
    eventually(lambda: not offices[0].store.open_orders(call_id))
    assert done_by_all(offices, "dial") == 2
    dialled = [args["to"] for office in offices for name, _, args in office.carrier.said if name == "dial"]
    assert sorted(dialled) == ["+15550100001", "+15550100002"]


# Whose turn it is -----------------------------------------------------------------------------------

GAP = 0.4


@pytest.fixture
def paced(url: str, tmp_path: Path) -> Iterator[list[Office]]:
    """Two desks whose carrier makes five legs in two seconds."""
    made = [Office(tmp_path, url=url, cps=1 / GAP, find_room="", leg="") for _ in range(2)]
    for office in made:
        office.desk.start()
    yield made
    for office in made:
        office.close()


def test_new_legs_of_all_processes_keep_one_pace_and_humans_go_first(paced: list[Office]) -> None:
    call_id = talking(paced[0].desk, paced[1].desk)
    eventually(lambda: done_by_all(paced, "add_ai"))
    calls = [
        desk.arrive(ev.CallArrived(f"CA{n}", "+15550109999", "+15550100000"))
        for n, desk in enumerate([paced[0].desk, paced[1].desk] * 4)
    ]
    for n, call in enumerate(calls):
        assert call is not None
        paced[n % 2].desk.post(call.id, ev.CallerJoined(call.room, f"CF{n}", f"CA{n}"))
    paced[0].desk.ask(call_id, "api")
    eventually(lambda: done_by_all(paced, "add_ai") == 9, 20.0)
    legs = sorted(at for office in paced for at in office.carrier.times("add_ai", "dial"))
    gaps = [after - before for before, after in itertools.pairwise(legs)]
    assert min(gaps) > GAP - 0.1, gaps
    [dialled] = [at for office in paced for at in office.carrier.times("dial")]
    assert legs.index(dialled) < 5, "it came last of all"
    waits = [row.data for call in calls if call for row in paced[0].store.journal(call.id)]
    waits = [data for data in waits if "seconds" in data]
    assert len(waits) >= 6
    assert max(data["seconds"] for data in waits) > 4 * GAP
    for call in calls:
        assert call is not None
        after = paced[1].store.load(call.id)
        assert after is not None
        assert (after.ai.k, after.ai.losses) == (1, ()), "a leg that waits is no leg that was lost"


def test_a_process_that_is_gone_while_its_legs_wait_holds_nobody_up(
    paced: list[Office], doomed: Doomed
) -> None:
    line = doomed.store.line
    assert line.ask([900.0], 1.0) == (0.0,)
    assert line.ask([900.0], 1.0) > (0.0,)
    began = time.monotonic()
    talking(paced[0].desk, paced[1].desk)
    eventually(lambda: done_by_all(paced, "add_ai"))
    assert 0.8 < time.monotonic() - began < 5.0


def test_a_call_that_another_process_keeps_locked_is_busy_after_a_bounded_wait(
    offices: list[Office], url: str
) -> None:
    call_id = talking(offices[0].desk, offices[1].desk)
    with database(url) as db:
        db.execute(text("SELECT * FROM warmtransfer_call FOR UPDATE"))
        began = time.monotonic()
        with pytest.raises(StoreBusy):
            offices[0].desk.post(call_id, ev.CallerPresent("CF1"))
        assert 2.5 < time.monotonic() - began < 6.0
    offices[0].desk.post(call_id, ev.CallerPresent("CF1"))


def test_a_process_that_stands_still_in_a_decision_gives_the_call_up(offices: list[Office], url: str) -> None:
    """PostgreSQL ends its transaction: nothing of it is saved, and others decide."""
    call_id = talking(offices[0].desk, offices[1].desk)
    entered, free = threading.Event(), threading.Event()

    def stand(call: Call | None) -> None:
        entered.set()
        free.wait(20)

    stuck = Store(url, here)
    with ThreadPoolExecutor(1) as pool:
        frozen = pool.submit(stuck.decide, call_id, stand)
        assert entered.wait(10)
        end = time.monotonic() + 12
        while True:
            try:
                offices[0].desk.post(call_id, ev.CallerPresent("CF1"))
                break
            except StoreBusy:
                assert time.monotonic() < end
        free.set()
        assert isinstance(frozen.exception(10), StoreBusy)
    stuck.close()


# Who does what --------------------------------------------------------------------------------------


def test_every_order_is_done_once_by_one_process_whoever_heard_the_fact(offices: list[Office]) -> None:
    call_id = talking(offices[0].desk, offices[1].desk)
    offices[0].desk.ask(call_id, "api")
    eventually(lambda: done_by_all(offices, "dial"))
    offices[1].desk.post(call_id, ev.HumanAnswered(1, "CAhuman1"))
    offices[0].desk.post(call_id, ev.HumanAccepted(1))
    offices[1].desk.post(call_id, ev.HumanJoined(1, "CF1", "CAhuman1"))
    offices[0].desk.post(call_id, ev.LineHeard(1))
    eventually(lambda: done_by_all(offices, "remove"))
    offices[0].desk.post(call_id, ev.CallerLeft("CF1", "participant_hung_up"))
    eventually(lambda: not offices[0].store.open_orders(call_id))
    assert {name: done_by_all(offices, name) for name in ("add_ai", "dial", "remove")} == {
        "add_ai": 1,
        "dial": 1,
        "remove": 1,
    }


def test_the_process_that_has_the_stream_speaks_whoever_decides(offices: list[Office]) -> None:
    first, second = offices
    call_id = talking(first.desk, second.desk)
    assert second.switchboard.wait("speak", seconds=3.0)[0][0] == call_id
    assert second.switchboard.names().count("recall") == 1
    first.switchboard.wait("leave", seconds=3.0)
    first.desk.ask(call_id, "api")
    eventually(lambda: done_by_all(offices, "dial"))
    first.desk.post(call_id, ev.HumanEnded(1, "busy", "486", "CAhuman1"))
    second.switchboard.wait("speak", times=2, seconds=3.0)
    assert "speak" not in first.switchboard.names()
    followed = [args[0].stage for name, args, _ in second.switchboard.said if name == "follow"]
    assert Stage.RINGING in followed
    eventually(lambda: not first.store.open_orders(call_id))


def test_what_is_to_be_done_in_one_lane_waits_for_what_another_process_does_there(
    offices: list[Office],
) -> None:
    first, second = offices
    call_id = talking(first.desk, second.desk)
    eventually(lambda: not first.store.open_orders(call_id))
    free = threading.Event()
    first.carrier.answers["end_call"] = lambda *_: free.wait(10)
    first.desk.post(call_id, ev.AIAdded(7, "CAstray1"))
    first.carrier.wait("end_call")
    second.desk.post(call_id, ev.AIAdded(8, "CAstray2"))
    first.switchboard.wait("follow")
    assert "end_call" not in second.carrier.names()
    free.set()
    first.carrier.wait("end_call", times=2)
    ended = [args for name, args, _ in first.carrier.said if name == "end_call"]
    assert ended == [("CAstray1",), ("CAstray2",)]
    eventually(lambda: not first.store.open_orders(call_id))
    assert "end_call" not in second.carrier.names()


def test_an_order_that_is_done_while_it_is_looked_at_is_not_done_again(
    offices: list[Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = offices
    call_id = talking(first.desk, second.desk)
    eventually(lambda: not first.store.open_orders(call_id))
    free, seen = threading.Event(), threading.Event()
    first.carrier.answers["end_call"] = lambda *_: free.wait(10)
    first.desk.post(call_id, ev.AIAdded(7, "CAstray"))
    first.carrier.wait("end_call")
    leases = first.store.leases
    assert leases is not None
    [(number, _)] = leases.waiting()
    read = leases.given

    def given(call_id: str) -> Given | None:
        found = read(call_id)
        free.set()
        eventually(lambda: not first.desk.holds(number))
        seen.set()
        return found

    monkeypatch.setattr(leases, "given", given)
    first.desk.look(call_id)
    assert seen.wait(10)
    eventually(lambda: not first.desk.busy())
    assert first.carrier.names().count("end_call") == 1


# Who goes on ----------------------------------------------------------------------------------------


def test_a_process_that_is_gone_is_noticed_and_its_call_taken_up_by_one(
    offices: list[Office], doomed: Doomed
) -> None:
    doomed.takes_a_call("c1")
    began = time.monotonic()
    eventually(lambda: "Restarted" in events(offices[0], "c1"))
    assert time.monotonic() - began < 5.5
    eventually(lambda: not offices[0].store.open_orders("c1"))
    assert events(offices[0], "c1").count("Restarted") == 1
    assert sum(office.switchboard.names().count("prepare") for office in offices) == 1
    call = offices[0].desk.call("c1")
    assert call is not None
    assert call.ai.state is not AIState.UP


def test_a_dial_that_a_gone_process_left_is_looked_for_and_never_repeated(
    offices: list[Office], doomed: Doomed
) -> None:
    doomed.takes_a_call("c1")
    doomed.decides("c1", ev.HandoffAsked("api"))
    for office in offices:
        office.carrier.answers["find_call"] = "CAhuman1"
    eventually(lambda: done_by_all(offices, "find_call"), 15.0)
    eventually(lambda: (offices[0].desk.call("c1") or Call("")).attempts[0].call_sid == "CAhuman1")
    assert done_by_all(offices, "dial") == 0
    assert done_by_all(offices, "find_call") == 1


def test_an_end_that_a_gone_process_left_is_done_by_another_once(
    offices: list[Office], doomed: Doomed
) -> None:
    talking(offices[0].desk, offices[1].desk)
    [call] = offices[0].desk.calls()
    eventually(lambda: not offices[0].store.open_orders(call.id))
    doomed.decides(call.id, ev.AIAdded(7, "CAstray"))
    eventually(lambda: done_by_all(offices, "end_call"))
    eventually(lambda: not offices[0].store.open_orders(call.id))
    assert done_by_all(offices, "end_call") == 1
    assert "Restarted" not in events(offices[0], call.id), "its stream is with a process that lives"


def test_an_alarm_goes_off_once_although_who_armed_it_is_gone(offices: list[Office], doomed: Doomed) -> None:
    talking(offices[0].desk, offices[1].desk)
    [call] = offices[0].desk.calls()
    eventually(lambda: not offices[0].store.open_orders(call.id))
    armed = doomed.decides(call.id, ev.RoomLost("CF1")).call
    assert armed.alarm_at
    eventually(lambda: "TimedOut" in events(offices[0], call.id), 20.0)
    after = offices[0].desk.call(call.id)
    assert after is not None
    eventually(lambda: not offices[0].desk.busy() and not offices[1].desk.busy())
    assert events(offices[0], call.id).count("TimedOut") == 1
    assert after.alarm > armed.alarm


def test_who_was_counted_as_gone_neither_repeats_orders_nor_keeps_the_stream(
    offices: list[Office], url: str
) -> None:
    first, second = offices
    call_id = talking(first.desk, second.desk)
    second.switchboard.answers["calls"] = [[call_id]]
    with database(url) as db:
        db.execute(text("UPDATE warmtransfer_call SET holder = ''"))
        db.execute(text("DELETE FROM warmtransfer_process"))
    eventually(lambda: "Restarted" in events(first, call_id))
    with database(url) as db:
        holder = db.execute(text("SELECT holder FROM warmtransfer_call")).scalar()
    loser = next(each for each in offices if each.store.leases and each.store.leases.me != holder)
    if loser is second:
        second.switchboard.wait("leave", seconds=3.0)
    assert events(first, call_id).count("Restarted") == 1


def test_a_process_that_leaves_hands_its_streams_calls_over_while_it_finishes_its_work(
    offices: list[Office],
) -> None:
    """It still says that it is there: nobody would miss it, and nobody asks where its streams are."""
    first, second = offices
    call_id = talking(first.desk, second.desk)
    second.desk.leave()
    eventually(lambda: "Restarted" in events(first, call_id), 3.0)
    first.switchboard.wait("recall", seconds=3.0)
    second.desk.post(call_id, ev.CallerPresent("CF1"))
    assert events(first, call_id).count("Restarted") == 1


def test_a_process_that_ends_hands_its_calls_over_without_being_missed(
    offices: list[Office], url: str, tmp_path: Path
) -> None:
    third = Office(tmp_path, url=url, find_room="", leg="")
    third.desk.start()
    call_id = talking(offices[0].desk, third.desk)
    third.close()
    began = time.monotonic()
    eventually(lambda: "Restarted" in events(offices[0], call_id))
    assert time.monotonic() - began < 2.5
