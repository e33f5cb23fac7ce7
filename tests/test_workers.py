"""Several processes of `wsgi.py` on one port, on PostgreSQL: a parent starts and ends them."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from tests.calls.world import free_port
from tests.desk.parts import eventually
from tests.postgres import Postgres, own_server, schema
from tests.test_config import GOOD
from tests.test_leaving import MOST, PROMPT, call, ends
from tests.test_serving import Process, Twilio
from warmtransfer import leaving, parent, worker

#: Who ask for one thing after another.
ASKING = ("one", "another")
HUMANS = '[[human]]\nname = "sam"\nnumber = "+15550100001"\n'


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server of this module's own."""
    with own_server() as found:
        yield found


@pytest.fixture
def own(postgres: Postgres) -> str:
    """The address of a database without calls: nobody takes up another test's."""
    return schema(postgres.url, f"test_{secrets.token_hex(4)}")


@pytest.fixture
def hole() -> Iterator[str]:
    """Where requests are taken and never answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


class Family(Process):
    """A parent, and the workers that it has."""

    def pids(self) -> dict[int, int]:
        """The process of each worker that serves, by its number."""
        running: dict[int, int] = {}
        for line in self.log.read_text().splitlines():
            words = line.partition("parent: worker ")[2].split()
            if words and "is started: process" in line:
                running[int(words[0])] = int(words[-1])
            elif words and "serves" not in words:
                running.pop(int(words[0]), None)
        return running

    def serving(self, count: int = 2) -> Family:
        """This, once so many workers serve."""
        eventually(lambda: self.log.read_text().count(" serves\n") >= count, 30)
        return self

    def says_again(self, words: str, times: int) -> None:
        """Wait until the log has these words so often."""
        eventually(lambda: self.log.read_text().count(words) >= times, 15)

    def health(self) -> requests.Response:
        """What one of them says of all."""
        return requests.get(f"http://127.0.0.1:{self.port}/warmtransfer/health", timeout=5)

    def tree(self) -> list[psutil.Process]:
        """The parent and whoever it has started."""
        return [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]


def none_left(processes: list[psutil.Process]) -> bool:
    """Whether none of them runs any more."""
    return not [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


Start = Callable[..., Family]


@pytest.fixture
def start(tmp_path: Path, own: str) -> Iterator[Start]:
    """Starts `wsgi.py` with two workers."""
    begun: list[Family] = []
    seen: list[psutil.Process] = []

    def run(*command: str, **more: str) -> Family:
        port = free_port()
        environment = {
            **GOOD,
            "PORT": str(port),
            "WEB_CONCURRENCY": "2",
            "DATABASE_URL": own,
            "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
            "WARMTRANSFER_REALTIME_URL": "ws://127.0.0.1:9/v1/realtime",
            "WARMTRANSFER_REST_TIMEOUT": "30",
            **more,
        }
        begun.append(Family(tmp_path, list(command or ["wsgi.py"]), port, **environment))
        return begun[-1]

    yield run
    for each in begun:
        with contextlib.suppress(psutil.NoSuchProcess):
            seen += each.tree()
        each.close()
    for process in seen:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


# Serving --------------------------------------------------------------------------------------------


def test_a_worker_that_ends_is_started_again_and_whoever_asks_meanwhile_is_answered(start: Start) -> None:
    family = start().serving()
    before = family.pids()
    with asking(family) as answers:
        os.kill(before[1], signal.SIGKILL)
        family.says("worker 1 was killed by SIGKILL; it is started again in 0.5 s")
        family.serving(3)
        lost = answers.count(0)
        for serving, (number, pid) in enumerate(family.pids().items(), 4):
            os.kill(pid, signal.SIGTERM)
            family.says(f"worker {number} has ended as it was told; it is started again", 15)
            family.serving(serving)
    assert lost <= len(ASKING), "more was lost than what was in its hands"
    assert answers.count(0) == lost
    assert answers.count(503) <= 2 * len(ASKING), "who leaves took connections that another could have taken"
    after = {*family.pids().values()}
    assert len(after) == 2
    assert not after & {*before.values()}
    eventually(lambda: {each["pid"] for each in family.health().json()["processes"]} == after)
    assert ends(family) < PROMPT
    assert family.process.returncode == 0
    told = family.log.read_text()
    assert "Traceback" not in told
    assert all(f"worker {number}: told to end" in told for number in (1, 2))


@contextlib.contextmanager
def asking(family: Family) -> Iterator[list[int]]:
    """Somebody asks all the time, on a new connection each time; the statuses, 0 for no answer."""
    answers: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.05):
            try:
                answers.append(family.health().status_code)
            except requests.RequestException:
                answers.append(0)

    asks = [threading.Thread(target=ask, name=name) for name in ASKING]
    for each in asks:
        each.start()
    try:
        yield answers
    finally:
        over.set()
        for each in asks:
            each.join(10)
    assert len(answers) > 10


def test_a_worker_whose_loop_stands_still_is_ended_and_it_is_said_where_it_stood(start: Start) -> None:
    family = start("-m", "tests.hanging", "hub").serving()
    before = {*family.pids().values()}
    with contextlib.suppress(requests.RequestException):
        requests.get(f"http://127.0.0.1:{family.port}/hang", timeout=10)
    family.says("was killed by SIGABRT; it is started again in 0.5 s")
    family.serving(3)
    told = family.log.read_text()
    assert told.count("has stood still for 2 s") == 1
    assert "in in_the_system" in told
    assert len(before & {*family.pids().values()}) == 1, "the one that went round was ended too"


def test_a_worker_that_cannot_even_be_told_to_end_is_killed(start: Start) -> None:
    family = start("-m", "tests.hanging", "hub").serving()
    os.kill(family.pids()[2], signal.SIGSTOP)
    family.says("worker 2 was killed by SIGKILL; it is started again in 0.5 s")
    family.serving(3)


# Ending ---------------------------------------------------------------------------------------------


def test_a_worker_that_is_stopped_keeps_no_connection_and_nobody_from_ending(start: Start, hole: str) -> None:
    """The host signals every process itself, besides: that is no second signal."""
    family = start(TWILIO_API_BASE_URL=hole).serving()
    call(Twilio(family.port))
    everybody = family.tree()
    os.kill(family.pids()[1], signal.SIGSTOP)
    assert [family.health().status_code for _ in range(20)] == [200] * 20
    os.kill(family.pids()[2], signal.SIGTERM)
    family.says("worker 2: told to end")
    assert leaving.CLOSING < ends(family) < MOST
    assert family.process.returncode == 1
    told = family.log.read_text()
    assert "1 workers are killed" in told
    assert "worker 2 was" not in told
    eventually(lambda: none_left(everybody))


def test_a_second_signal_ends_all_at_once(start: Start, hole: str) -> None:
    family = start(TWILIO_API_BASE_URL=hole).serving()
    call(Twilio(family.port))
    everybody = family.tree()
    family.process.send_signal(signal.SIGTERM)
    family.says("parent: told to end")
    assert ends(family, signal.SIGINT) < 1.0
    assert family.process.returncode == 1
    assert none_left(everybody)


def test_workers_whose_parent_was_killed_end_and_leave_the_port(start: Start) -> None:
    family = start()
    family.serving(1)  # the other one is being started
    eventually(lambda: len(family.tree()) == 3)
    everybody = family.tree()
    family.process.kill()
    family.process.wait()
    # The one that is being started hears of it when it has been, on a busy machine late.
    eventually(lambda: none_left(everybody), 30)
    with socket.create_server(("0.0.0.0", family.port)):
        pass


# Not starting ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"TWILIO_APP_SID": "x", "PORT": "many"}, "TWILIO_APP_SID is wrong"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing"}, "no database at 127.0.0.1"),
    ],
)
def test_what_is_wrong_is_said_once_and_ends_it(start: Start, wrong: dict[str, str], sentence: str) -> None:
    family = start(**wrong)
    assert family.process.wait(20) == 2
    assert family.log.read_text().count(sentence) == 1


def test_a_port_that_is_taken_ends_it(start: Start) -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:
        family = start(PORT=str(taken.getsockname()[1]))
        assert family.process.wait(20) == 2
    assert "Address already in use" in family.log.read_text()


def test_a_worker_that_cannot_be_configured_any_more_is_not_started_for_ever(
    start: Start, tmp_path: Path
) -> None:
    humans = tmp_path / "humans.toml"
    humans.write_text(HUMANS)
    family = start(WARMTRANSFER_HUMANS=str(humans)).serving()
    humans.write_text("humans = 1")
    os.kill(family.pids()[1], signal.SIGKILL)
    family.says("worker 1 is not started again: as it is configured now it cannot serve", 15)
    assert family.health().status_code == 200, "the other one serves on"
    os.kill(family.pids()[2], signal.SIGKILL)
    assert family.process.wait(20) == 2
    assert family.log.read_text().count("is not started again") == 2


def test_one_that_crashes_again_and_again_is_started_later_and_later() -> None:
    pauses = [parent.pause_after(crashes) for crashes in range(1, 12)]
    assert pauses[:4] == [0.5, 1.0, 2.0, 4.0]
    assert pauses[-1] == parent.AGAIN_MOST


def test_the_parent_waits_for_its_workers_and_is_gone_in_ten_seconds() -> None:
    assert leaving.MOST + leaving.ALARM < parent.END_SECONDS
    assert parent.END_SECONDS + parent.ALARM < MOST


# How many -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wished", "database", "count", "why"),
    [
        ("", "postgres://h/d", 1, ""),
        ("1", "postgres://h/d", 1, ""),
        ("2", "postgres://h/d", 2, ""),
        (" 4 ", "postgresql+psycopg://h/d", 4, ""),
        ("2", "sqlite:///calls.db", 1, "one process can use"),
        ("2", "", 1, "one process can use"),
        ("auto", "postgres://h/d", 1, "no number from 1 to 64"),
        ("65", "postgres://h/d", 1, "no number from 1 to 64"),
        ("0", "postgres://h/d", 1, "no number from 1 to 64"),
        ("²", "postgres://h/d", 1, "no number from 1 to 64"),
    ],
)
def test_as_many_serve_as_are_wished_for_or_one_that_says_why(
    wished: str, database: str, count: int, why: str
) -> None:
    environ = {"WEB_CONCURRENCY": wished, "DATABASE_URL": database}
    assert worker.wanted(environ) == count
    said = worker.alone(environ)
    assert why in said
    assert bool(said) == bool(why)
    assert worker.wanted({**environ, worker.MARK: "1:3:4:1"}) == 1
