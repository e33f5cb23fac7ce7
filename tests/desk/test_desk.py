"""The desk decides one fact at a time, saves it, and has it done."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.core.stories import RULES
from tests.desk.parts import Office, eventually
from tests.ports.store.databases import database
from warmtransfer import errors
from warmtransfer.core import events as ev
from warmtransfer.core.call import AIState, Call, Outcome, Stage
from warmtransfer.core.legs import LegState
from warmtransfer.core.rules import Rules
from warmtransfer.core.step import step
from warmtransfer.desk.desk import UnknownCall
from warmtransfer.ports.store.store import Decision

ARRIVAL = ev.CallArrived("CAcaller", "+15550109999", "+15550100000")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, speed=20.0)
    yield made
    made.close()


def talking(office: Office) -> str:
    """A call that the AI has; its id."""
    call = office.desk.arrive(ARRIVAL)
    office.desk.post(call.id, ev.CallerJoined(call.room, "CF1", "CAcaller"))
    office.carrier.wait("add_ai")
    token = office.desk.offer(call.id, 1).ai.token
    assert office.desk.admit(token) == (call.id, 1)
    assert office.desk.post(call.id, ev.AIUp(1)).stage is Stage.AI
    return call.id


def test_a_repeated_voice_webhook_is_the_same_call(office: Office) -> None:
    assert office.desk.arrive(ARRIVAL).id == office.desk.arrive(ARRIVAL).id


def test_a_decision_is_saved_before_its_order_is_carried_out(tmp_path: Path) -> None:
    seen: list[Stage] = []
    office = Office(tmp_path)
    office.carrier.answers["add_ai"] = lambda **_: seen.append(office.store.calls()[0].stage) or "CAai1"
    try:
        call = office.desk.arrive(ARRIVAL)
        office.desk.post(call.id, ev.CallerJoined(call.room, "CF1", "CAcaller"))
        eventually(lambda: seen)
        assert seen == [Stage.CONNECTING]
    finally:
        office.close()


def test_every_decision_is_in_the_journal_with_its_orders(office: Office) -> None:
    call_id = talking(office)
    office.desk.ask(call_id, "api", summary="An order.")
    eventually(lambda: not office.store.open_orders(call_id))
    rows = office.store.journal(call_id)
    assert [row.event for row in rows if row.orders] == [
        "CallArrived",
        "CallerJoined",
        "AIUp",
        "HandoffAsked",
    ]
    assert (rows[-1].before, rows[-1].after) in {("ai", "ringing"), ("ringing", "ringing")}


def test_a_token_admits_one_stream_once(office: Office) -> None:
    call = office.desk.arrive(ARRIVAL)
    office.desk.post(call.id, ev.CallerJoined(call.room, "CF1", "CAcaller"))
    token = office.desk.offer(call.id, 1).ai.token
    admitted: list[object] = []
    ask = [threading.Thread(target=lambda: admitted.append(office.desk.admit(token))) for _ in range(8)]
    for thread in ask:
        thread.start()
    for thread in ask:
        thread.join()
    assert sorted(str(each) for each in admitted).count("None") == 7


@pytest.mark.parametrize("token", ["", "nonsense", "abc.def", "\x00.x"])
def test_a_wrong_token_admits_nobody(office: Office, token: str) -> None:
    assert office.desk.admit(token) is None


def test_an_unknown_call_is_refused(office: Office) -> None:
    with pytest.raises(UnknownCall):
        office.desk.post("nobody", ev.AIUp(1))


def test_a_slow_request_to_the_carrier_delays_no_decision_and_no_end(office: Office) -> None:
    call_id = talking(office)
    free = threading.Event()
    office.carrier.answers["dial"] = lambda **_: free.wait(10) and "CAhuman1"
    office.desk.ask(call_id, "api")
    office.carrier.wait("dial")
    office.desk.post(call_id, ev.CallerLeft("CF1", "participant_hung_up"))
    office.carrier.wait("end_call")
    free.set()
    args, _ = office.carrier.wait("end_call", times=2)
    assert args == ("CAhuman1",)


def test_timers_go_off_and_survive_a_restart(tmp_path: Path) -> None:
    office = Office(tmp_path, speed=1.0)
    call = office.desk.arrive(ARRIVAL)
    office.close()
    office = Office(tmp_path, speed=20.0)
    try:
        office.desk.start()
        args, _ = office.carrier.wait("find_room")
        assert args == (call.room,)
    finally:
        office.close()


def test_a_dial_that_a_crash_left_open_is_looked_for_and_not_repeated(tmp_path: Path) -> None:
    office = Office(tmp_path)
    call_id = talking(office)
    at = office.clock.now()

    def saved_and_no_more(call: Call | None) -> Decision | None:
        assert call is not None
        after, orders = step(call, ev.HandoffAsked("api"), at, RULES)
        return Decision(call, ev.HandoffAsked("api"), after, orders)

    office.store.decide(call_id, saved_and_no_more)
    office.close()
    office = Office(tmp_path, speed=20.0, find_call="CAhuman1")
    try:
        office.desk.start()
        office.carrier.wait("find_call")
        eventually(lambda: not office.store.open_orders(call_id))
        assert "dial" not in office.carrier.names()
        call = office.store.load(call_id)
        assert call is not None
        assert call.attempts[0].call_sid == "CAhuman1"
    finally:
        office.close()


def test_what_another_release_has_stored_ends_nothing(tmp_path: Path) -> None:
    """A call in a stage that we do not know, and an order that we cannot carry out, beside one of ours."""
    office = Office(tmp_path)
    call_id = talking(office)
    theirs = office.desk.arrive(ev.CallArrived("CAtheirs", "+15550109998", "+15550100000"))
    assert theirs is not None
    office.close()
    with database(f"sqlite:///{tmp_path / 'calls.sqlite3'}") as db:
        state = json.dumps(theirs.to_dict() | {"stage": "dreaming"})
        db.execute(
            text("UPDATE warmtransfer_call SET stage = 'dreaming', state = :state WHERE id = :id"),
            {"state": state, "id": theirs.id},
        )
        db.execute(
            text(
                'INSERT INTO warmtransfer_outbox (call_id, "order", at, done_at) VALUES (:id, :order, 1, 0)'
            ),
            {"id": call_id, "order": '{"order": "SingToCaller"}'},
        )
    office = Office(tmp_path, speed=20.0, leg=LegState.UP)
    try:
        office.desk.start()
        call = office.desk.call(call_id)
        assert call is not None
        assert call.stage is Stage.RETURNING
        with pytest.raises(UnknownCall):
            office.desk.post(theirs.id, ev.RoomLost("CF9"))
        again = office.desk.arrive(ev.CallArrived("CAtheirs", "+15550109998", "+15550100000"))
        assert again is not None
        assert again.id != theirs.id
    finally:
        office.close()


def test_a_call_of_an_earlier_process_is_looked_after_and_its_words_recalled(tmp_path: Path) -> None:
    office = Office(tmp_path)
    call_id = talking(office)
    office.desk.heard(call_id, "caller", "Where is my order?")
    eventually(lambda: office.store.transcript(call_id))
    office.close()
    office = Office(tmp_path, speed=20.0, leg=LegState.UP)
    try:
        office.desk.start()
        assert office.switchboard.wait("recall")[0] == (call_id, [("caller", "Where is my order?")])
        office.carrier.wait("leg", times=2)
        call = office.desk.call(call_id)
        assert call is not None
        assert call.stage is Stage.RETURNING
    finally:
        office.close()


@pytest.mark.parametrize(
    ("fault", "dials", "outcome"),
    [
        (errors.CarrierRefused("no", status=400, code=21211), 2, Outcome.UNREACHABLE),
        (errors.CarrierUnsure("perhaps", status=500), 2, Outcome.ERROR),
    ],
)
def test_a_dial_that_fails_is_never_repeated(
    tmp_path: Path, fault: errors.CarrierError, dials: int, outcome: Outcome
) -> None:
    office = Office(tmp_path, speed=20.0)
    office.carrier.answers["dial"] = [fault, "CAhuman2"]
    try:
        call_id = talking(office)
        office.desk.ask(call_id, "api")
        _, second = office.carrier.wait("dial", times=dials)
        assert second["to"] == "+15550100002"
        call = office.store.load(call_id)
        assert call is not None
        assert call.attempts[0].outcome is outcome
    finally:
        office.close()


def test_a_dial_that_was_too_early_is_repeated_after_a_moment(tmp_path: Path) -> None:
    office = Office(tmp_path, speed=20.0)
    office.carrier.answers["dial"] = [errors.CarrierBusy("429", status=429, code=20429), "CAhuman1"]
    try:
        call_id = talking(office)
        office.desk.ask(call_id, "api")
        _, again = office.carrier.wait("dial", times=2)
        assert again["to"] == "+15550100001"
        eventually(lambda: (office.store.load(call_id) or office).attempts[0].call_sid == "CAhuman1")  # type: ignore[union-attr]
    finally:
        office.close()


def test_a_fact_that_nobody_repeats_waits_for_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timer goes off once, and a server that is being restarted refuses at once."""
    office = Office(tmp_path, speed=50.0)
    try:
        call_id = talking(office)
        decide, tries, back = office.store.decide, [0], threading.Event()

        def refused(*args: Any, **kwargs: Any) -> Any:
            tries[0] += 1
            if not back.is_set():
                raise errors.StoreBusy("the database cannot be had")
            return decide(*args, **kwargs)

        monkeypatch.setattr(office.store, "decide", refused)
        office.desk.post_later(call_id, ev.CallerLeft("CF1", "participant_hung_up"))
        eventually(lambda: tries[0] > 7)
        back.set()
        eventually(lambda: (office.store.load(call_id) or Call("")).stage is Stage.OVER)
    finally:
        office.close()


@pytest.mark.parametrize("wanted", [True, False])
def test_a_wish_for_a_human_waits_for_the_database_while_it_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: bool
) -> None:
    office = Office(tmp_path, speed=50.0)
    try:
        call_id = talking(office)
        decide, away, still = office.store.decide, threading.Event(), threading.Event()
        tries: list[bool] = []
        settled: list[Call | None] = []
        away.set()
        still.set()

        def refused(*args: Any, **kwargs: Any) -> Any:
            tries.append(True)
            if away.is_set():
                raise errors.StoreBusy("the database cannot be had")
            return decide(*args, **kwargs)

        monkeypatch.setattr(office.store, "decide", refused)
        wish = ("tool", "", "wants a person", "Ada, invoice \ud83d")
        office.desk.ask_later(call_id, wish, still.is_set, settled.append)
        eventually(lambda: len(tries) > 3)
        if not wanted:
            still.clear()
            assert eventually(lambda: settled) == [None]
        away.clear()
        if wanted:
            office.carrier.wait("dial")
            assert [call.stage for call in eventually(lambda: settled) if call] == [Stage.RINGING]
        assert len(settled) == 1
        assert office.carrier.names().count("dial") == int(wanted)
    finally:
        office.close()


def test_a_wish_for_a_human_of_a_call_that_is_gone_is_settled(office: Office) -> None:
    settled: list[Call | None] = []
    office.desk.ask_later("unknown", ("tool", "", "", ""), lambda: True, settled.append)
    assert eventually(lambda: settled) == [None]


def test_a_caller_who_waits_hears_something_again_although_no_news_of_it_comes(office: Office) -> None:
    call_id = talking(office)
    office.carrier.answers["announce"] = errors.CarrierUnsure("perhaps", status=500)
    office.carrier.answers["dial"] = lambda **_: "CAhuman1"
    office.desk.ask(call_id, "api")
    office.desk.post(call_id, ev.ModelLost(1, "insufficient_quota", fatal=True))
    office.desk.post(call_id, ev.AILeft(1, "CF1"))
    office.carrier.wait("announce")
    office.carrier.answers["announce"] = ""
    office.carrier.wait("announce", times=4)


def test_looks_do_not_pile_up_behind_a_carrier_that_hangs(office: Office) -> None:
    """The timer of an arriving caller goes off every two seconds; one of the looks may take a minute."""
    free = threading.Event()
    office.carrier.answers["find_room"] = lambda *_: free.wait(10) and ""
    call = office.desk.arrive(ARRIVAL)
    office.carrier.wait("find_room")
    eventually(lambda: (office.store.load(call.id) or call).laps > 8)
    free.set()
    eventually(lambda: not office.store.open_orders(call.id))
    assert office.carrier.names().count("find_room") < 6


def test_what_was_said_is_kept(office: Office) -> None:
    call_id = talking(office)
    office.desk.heard(call_id, "caller", "where is my order")
    eventually(lambda: office.store.transcript(call_id))
    assert [(line.who, line.text) for line in office.store.transcript(call_id)] == [
        ("caller", "where is my order")
    ]


def test_watchers_see_every_change_in_order(office: Office) -> None:
    seen: list[str] = []
    office.desk.watch(lambda before, after, event: seen.append(type(event).__name__))
    talking(office)
    eventually(lambda: "AIUp" in seen)
    assert seen[:2] == ["CallArrived", "CallerJoined"]


def test_a_forgotten_room_is_ended(office: Office) -> None:
    office.carrier.answers["find_room"] = "CF9"
    office.desk.adopt("wt-forgotten")
    args, _ = office.carrier.wait("end_room")
    assert args == ("CF9",)


def test_nobody_to_ring_and_no_model_takes_a_message(tmp_path: Path) -> None:
    office = Office(tmp_path, rules=Rules(), speed=20.0)
    try:
        call_id = talking(office)
        office.desk.post(call_id, ev.ModelLost(1, "invalid_api_key", fatal=True))
        args, _ = office.carrier.wait("move_call")
        assert args[0] == "CAcaller"
        call = office.store.load(call_id)
        assert call is not None
        assert (call.stage, call.ai.state) == (Stage.MESSAGE, AIState.STREAMING)
    finally:
        office.close()


def test_a_slow_look_for_the_ai_after_a_restart_does_not_delay_the_callers_comfort(tmp_path: Path) -> None:
    """Both stood in one lane: a carrier that hangs answers kept comfort and end waiting for a minute."""
    office = Office(tmp_path)
    hangs = threading.Event()

    def status(sid: str) -> str:
        if sid == "CAai1":
            hangs.wait(60.0)
        return "in-progress"

    office.carrier.answers["call_status"] = status
    try:
        call_id = talking(office)
        office.desk.post(call_id, ev.AIAdded(1, "CAai1"))
        office.desk.post(call_id, ev.Restarted())
        office.carrier.wait("announce")
        assert not hangs.is_set()
    finally:
        hangs.set()
        office.close()
