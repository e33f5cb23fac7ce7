"""What is said of the database and of whoever serves it is said within a second, whatever hangs."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.desk.parts import eventually
from warmtransfer.desk import watch
from warmtransfer.desk.watch import PATIENCE, SILENT, Report, Watch
from warmtransfer.errors import ConfigError, StoreBusy
from warmtransfer.ports.store.records import Member, Standing

OTHER = Member("a", "web.2", 7, 1.0, 0.3, 4, 3, True)


class Records:
    """Answers what it was given, counts how often it was asked, and hangs for as long as it is held."""

    def __init__(self, answer: Callable[[], Standing]) -> None:
        self.answer = answer
        self.asked = 0
        self.free = threading.Event()
        self.free.set()

    def standing(self) -> Standing:
        """The answer, once nobody holds it back."""
        self.asked += 1
        self.free.wait(20)
        return self.answer()

    def trouble(self) -> str:
        """What strangers may know."""
        return "it will not do"


def over(records: Records) -> Watch:
    """A watch over these, in a process with two streams."""
    return Watch(records, lambda: 2, lambda: False)


@pytest.fixture
def hanging() -> Iterator[Records]:
    """A database that does not answer."""
    records = Records(lambda: Standing("", (OTHER,)))
    records.free.clear()
    yield records
    records.free.set()


def test_processes_that_the_database_knows_are_told() -> None:
    assert over(Records(lambda: Standing("", (OTHER,)))).report() == Report("", (OTHER,))
    assert over(Records(lambda: Standing("a column", (OTHER,)))).report().wrong == "a column"


def test_where_one_process_serves_it_tells_of_itself() -> None:
    (here,) = over(Records(lambda: Standing("", (), 5))).report().members
    assert (here.host, here.pid, here.calls, here.streams) == (socket.gethostname(), os.getpid(), 5, 2)
    assert not here.leaving
    assert abs(here.since - time.time()) < 60.0


def test_a_database_that_hangs_is_waited_for_once_and_asked_once(hanging: Records) -> None:
    watching = over(hanging)
    began = time.monotonic()
    for _ in range(5):
        report = watching.report()
        assert report.wrong == SILENT
        assert [each.pid for each in report.members] == [os.getpid()]
    assert time.monotonic() - began < PATIENCE + 0.25
    assert hanging.asked == 1
    hanging.free.set()
    eventually(lambda: watching.report() == Report("", (OTHER,)))


def fails(fault: Exception) -> Callable[[], Standing]:
    """An answer that is none."""

    def answer() -> Standing:
        raise fault

    return answer


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (StoreBusy("it cannot be had"), "it cannot be had"),
        (ConfigError(["host db.internal"]), "it will not do"),
    ],
)
def test_why_it_cannot_be_had_is_told_without_names(fault: Exception, said: str) -> None:
    report = over(Records(fails(fault))).report()
    assert report.wrong == said
    assert len(report.members) == 1


def test_whoever_asks_often_has_the_database_asked_once_a_second() -> None:
    records = Records(lambda: Standing("", (OTHER,)))
    watching = over(records)
    assert {watching.report() for _ in range(50)} == {Report("", (OTHER,))}
    assert records.asked == 1


def test_a_process_that_can_have_no_thread_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoThread(threading.Thread):
        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    monkeypatch.setattr(watch.threading, "Thread", NoThread)
    assert "no thread" in over(Records(lambda: Standing("", ()))).report().wrong
