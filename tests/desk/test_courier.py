"""Events on their way to a real receiver here, from SQLite and PostgreSQL, by one process and two."""

from __future__ import annotations

import logging
import multiprocessing
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desk.parts import eventually
from tests.ports.store.test_mailbox import begun, kept
from tests.postgres import Postgres, own_server, schema
from tests.receiving import KEY, Got, Inbox, receiving
from warmtransfer.desk import courier
from warmtransfer.desk.courier import Courier, Patience
from warmtransfer.errors import StoreBusy
from warmtransfer.ports.receiver import Answer, Receiver
from warmtransfer.ports.store.mailbox import Letter, Which
from warmtransfer.ports.store.store import Store, here

#: Quick enough for a test, and in the proportions of the real ones.
QUICK = Patience(pauses=(0.05, 0.1, 0.2), most=60.0, lease=10.0, look=0.05)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with own_server() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/calls.db"
    made: Postgres = request.getfixturevalue("server")
    return schema(made.url, f"courier_{os.getpid()}_{time.monotonic_ns()}")


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with receiving() as found:
        yield found


Begin = Callable[..., tuple[Store, Courier]]


@pytest.fixture
def begin(url: str, inbox: Inbox) -> Iterator[Begin]:
    """Starts couriers as separate processes would."""
    begun: list[tuple[Store, Courier]] = []

    def beginning(patience: Patience = QUICK, seconds: float = 5.0) -> tuple[Store, Courier]:
        store = Store(url, here, tells=True)
        made = Courier(store.mailbox, Receiver(inbox.url, (KEY,), patience=seconds).send, patience)
        made.start()
        begun.append((store, made))
        return store, made

    yield beginning
    inbox.freed.set()
    for store, made in begun:
        made.stop()
        store.close()


def in_order(inbox: Inbox, *calls: str) -> bool:
    """Whether every call was told whole and in its order; what comes again counts once."""
    return all(list(dict.fromkeys(inbox.types(call))) == ["call.started", "call.over"] for call in calls)


def test_every_event_comes_once_signed_and_in_the_order_of_its_call(begin: Begin, inbox: Inbox) -> None:
    store, made = begin()
    calls = [f"c{n}" for n in range(10)]
    begun(store, *calls)
    inbox.wait(20)
    made.stop()
    assert len(inbox.got) == 20
    assert len({each.id for each in inbox.got}) == 20
    assert in_order(inbox, *calls)
    assert all(each.signed() for each in inbox.got)
    assert {state for _, state in kept(store)} == {"delivered"}


def test_two_processes_keep_the_order_of_each_call(begin: Begin, inbox: Inbox) -> None:
    store, _ = begin()
    begin()
    refused: set[str] = set()

    def once(got: Got) -> int:
        """Everything is refused the first time."""
        if got.id in refused:
            return 200
        refused.add(got.id)
        return 500

    inbox.wish = once
    calls = [f"c{n}" for n in range(8)]
    begun(store, *calls)
    eventually(lambda: {state for _, state in kept(store)} == {"delivered"}, 20.0)
    assert in_order(inbox, *calls)
    assert len(inbox.got) == 32


def test_while_one_calls_event_is_refused_those_of_others_arrive(begin: Begin, inbox: Inbox) -> None:
    inbox.wish = lambda got: 500 if got.call == "c1" else 200
    store, _ = begin()
    begun(store, "c1", "c2", "c3")
    eventually(lambda: len(inbox.types("c2")) == len(inbox.types("c3")) == 2)
    eventually(lambda: len(inbox.types("c1")) >= 3)
    assert set(inbox.types("c1")) == {"call.started"}
    inbox.wish = lambda _got: 200
    eventually(lambda: "call.over" in inbox.types("c1"))


def test_a_receiver_that_hangs_has_few_events_at_once_and_none_is_lost(begin: Begin, inbox: Inbox) -> None:
    inbox.wish = lambda _got: "hang"
    store, _ = begin(seconds=30.0)  # nobody gives up before they are let go
    calls = [f"c{n}" for n in range(courier.AT_ONCE + 4)]
    began = time.monotonic()
    begun(store, *calls)
    assert time.monotonic() - began < 5.0  # decisions go on as ever
    inbox.wait(courier.AT_ONCE)
    assert inbox.most <= courier.AT_ONCE
    inbox.wish = lambda _got: 200
    inbox.freed.set()
    eventually(lambda: {state for _, state in kept(store)} == {"delivered"}, 20.0)
    assert in_order(inbox, *calls)


def test_a_receiver_that_was_away_is_told_everything_when_it_is_back(begin: Begin, inbox: Inbox) -> None:
    store, _ = begin(Patience(pauses=(0.2, 600.0), most=6000.0, look=0.05))
    inbox.close()
    calls = ["c1", "c2", "c3"]
    begun(store, *calls)
    # Each has been tried twice, and would now wait for ten minutes.
    eventually(lambda: [each.tries for each in store.mailbox.kept(Which()) if each.tries] == [2, 2, 2], 20.0)
    assert {each.result for each in store.mailbox.kept(Which()) if each.tries} == {"nobody listens there"}
    with receiving(inbox.port) as back:
        begun(store, "c4")  # whose event is the first to meet somebody
        eventually(lambda: {state for _, state in kept(store)} == {"delivered"}, 20.0)
        assert in_order(back, *calls, "c4")


def test_an_event_is_given_up_loudly_at_last_and_its_call_goes_on(
    begin: Begin, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.wish = lambda got: 500 if got.told["type"] == "call.started" else 200
    with caplog.at_level(logging.INFO, logger="warmtransfer"):
        store, _ = begin(Patience(pauses=(0.05,), most=0.3, look=0.05))
        begun(store, "c1")
        eventually(lambda: kept(store) == [("call.started", "given_up"), ("call.over", "delivered")])
    [line] = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
    assert re.fullmatch(
        r"event msg_c1_1 \(call\.started\) is given up after \d+ tries \(HTTP 500\): put the receiver right, "
        r"then `flask warmtransfer events --state given_up --replay`",
        line,
    )
    assert store.mailbox.replay(Which(state="given_up")) == 1
    inbox.wish = lambda _got: 200
    eventually(lambda: {state for _, state in kept(store)} == {"delivered"})


def test_who_wants_no_more_is_not_asked_again(begin: Begin, inbox: Inbox) -> None:
    inbox.wish = lambda _got: 410
    store, _ = begin()
    begun(store, "c1")
    eventually(lambda: {state for _, state in kept(store)} == {"given_up"})
    assert len(inbox.got) == 2


# Processes that die ---------------------------------------------------------------------------------


def send_and_die(url: str, to: str, patience: Patience) -> None:
    """Kill this process between an event's arrival and the note of it."""
    store = Store(url, here, tells=True)
    receiver = Receiver(to, (KEY,))

    def dying(event_id: str, body: str) -> Answer:
        assert receiver.send(event_id, body).taken
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    Courier(store.mailbox, dying, patience).start()
    threading.Event().wait(30)


def test_who_dies_between_sending_and_noting_has_it_sent_again_with_the_same_id(
    url: str, begin: Begin, inbox: Inbox
) -> None:
    store = Store(url, here, tells=True)
    begun(store, "c1")
    short = Patience(QUICK.pauses, QUICK.most, 0.5, QUICK.look)
    dead = multiprocessing.get_context("spawn").Process(target=send_and_die, args=(url, inbox.url, short))
    dead.start()
    dead.join(30)
    assert dead.exitcode == -signal.SIGKILL
    assert [each.id for each in inbox.got] == ["msg_c1_1"]
    begin()
    [first, again, last] = inbox.wait(3)
    assert (again.id, again.body) == (first.id, first.body)
    assert last.id == "msg_c1_2"
    assert again.signed()
    store.close()


# Patience -------------------------------------------------------------------------------------------


class Mail:
    """A mailbox that fails as it is told, and notes what is asked of it."""

    def __init__(self, *letters: Letter) -> None:
        self.letters = list(letters)
        self.noted: list[tuple[str, float]] = []
        self.busy = 0

    def take(self, most: int, lease: float = 0.0) -> list[Letter]:
        if self.busy:
            self.busy -= 1
            raise StoreBusy("the database is away")
        taken, self.letters = self.letters[:most], self.letters[most:]
        return taken

    def delivered(self, letter: Letter, result: str) -> None:
        self.noted.append(("delivered", 0.0))

    def waits(self, letter: Letter, result: str, pause: float, unreached: bool) -> None:
        self.noted.append(("waits", pause))

    def give_up(self, letter: Letter, result: str) -> None:
        self.noted.append(("given up", 0.0))


def letter(tries: int = 0, age: float = 0.0) -> Letter:
    return Letter(1, "c1", 1, "call.started", "{}", tries, age, "holder")


def noted(mail: Mail, answer: Answer) -> tuple[str, float]:
    """What is noted of the one letter that there is."""
    made = Courier(mail, lambda *_: answer, Patience(look=0.01))
    made.start()
    eventually(lambda: mail.noted)
    made.stop()
    return mail.noted[0]


@pytest.mark.parametrize("tries", range(len(courier.PAUSES) + 3))
def test_pauses_grow_from_seconds_to_hours_and_never_two_alike(tries: int) -> None:
    usual = courier.PAUSES[min(tries, len(courier.PAUSES) - 1)]
    what, pause = noted(Mail(letter(tries)), Answer(False, "HTTP 500"))
    assert what == "waits"
    assert 0.8 * usual <= pause <= 1.2 * usual
    assert Patience().pause(letter(tries), 0.0) != Patience().pause(letter(tries), 0.0)


def test_a_receiver_may_ask_for_a_longer_pause() -> None:
    assert noted(Mail(letter()), Answer(False, "HTTP 429", after=900.0)) == ("waits", 900.0)


def test_three_days_after_the_first_try_it_is_enough() -> None:
    tries = 30
    assert noted(Mail(letter(tries, age=2 * 86400.0)), Answer(False, "HTTP 500"))[0] == "waits"
    assert noted(Mail(letter(tries, age=3 * 86400.0 - 60)), Answer(False, "HTTP 500"))[0] == "given up"


def test_while_the_database_is_away_events_wait_and_are_sent_afterwards() -> None:
    mail = Mail(letter())
    mail.busy = 3
    assert noted(mail, Answer(True, "HTTP 200")) == ("delivered", 0.0)
    assert mail.busy == 0


def test_nothing_runs_any_more_when_it_was_stopped() -> None:
    before: set[Any] = set(threading.enumerate())
    made = Courier(Mail(letter()), lambda *_: Answer(True, "HTTP 200"), Patience())
    made.start()
    made.start()
    made.stop()
    assert set(threading.enumerate()) <= before
