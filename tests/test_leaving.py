"""SIGTERM: nothing new is begun, what runs is finished, and the process is gone in time, whatever hangs."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
import pytest
import requests

from tests.calls.world import free_port
from tests.desk.parts import eventually
from tests.postgres import Postgres
from tests.test_config import GOOD
from tests.test_serving import Process, Twilio
from tests.web.site import CALLER, PUBLIC, ROOM, signature

#: Seconds in which the process has to be gone, whatever hangs.
MOST = 10.0
#: Seconds in which it has to be gone when nothing does, on a busy machine.
PROMPT = 4.0
WANTED = {"From": CALLER, "To": GOOD["TWILIO_NUMBER"], "CallStatus": "ringing"}

Start = Callable[..., Process]


@pytest.fixture
def hole() -> Iterator[str]:
    """Where requests are taken and never answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `wsgi.py`, or another command, and waits until it serves."""
    begun: list[Process] = []

    def run(*command: str, **more: str) -> Process:
        port = free_port()
        environment = {
            **GOOD,
            "PORT": str(port),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'calls.sqlite3'}",
            "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
            "WARMTRANSFER_REALTIME_URL": "ws://127.0.0.1:9/v1/realtime",
            "WARMTRANSFER_REST_TIMEOUT": "30",
            **more,
        }
        begun.append(Process(tmp_path, list(command or ["wsgi.py"]), port, **environment))
        return begun[-1].ready()

    yield run
    for each in begun:
        if each.process.poll() is None:
            each.process.kill()
        each.close()


def ends(server: Process, how: signal.Signals = signal.SIGTERM) -> float:
    """Seconds from the signal to the end."""
    began = time.monotonic()
    server.process.send_signal(how)
    server.process.wait(20)
    return time.monotonic() - began


def call(here: Twilio) -> str:
    """A call whose caller is in the room: its AI's leg is ordered. Its id."""
    arrived = here.post("/voice", **WANTED)
    call_id = arrived.text.partition(">wt-")[2].partition("<")[0]
    assert call_id
    news = {"ConferenceSid": ROOM, "FriendlyName": f"wt-{call_id}", "StatusCallbackEvent": "participant-join"}
    assert here.post(f"/room/{call_id}", **news, ParticipantLabel="caller").status_code == 204
    return call_id


def handshake(port: int) -> bytes:
    """The status line that a signed handshake of a stream gets."""
    url = f"wss://{PUBLIC.partition('://')[2]}/warmtransfer/media"
    head = (
        "GET /warmtransfer/media HTTP/1.1\r\nHost: warmtransfer.test\r\n"
        f"X-Twilio-Signature: {signature(url)}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), 5) as sock:
        sock.sendall(head.encode())
        return sock.recv(4096).partition(b"\r\n")[0]


def healthy(server: Process) -> bool:
    """Whether it answers."""
    try:
        return requests.get(f"http://127.0.0.1:{server.port}/warmtransfer/health", timeout=1).ok
    except requests.RequestException:
        return False


def leaving(server: Process) -> Process:
    """The same, once it has been told to end and has begun to."""
    server.process.send_signal(signal.SIGTERM)
    server.says("told to end")
    return server


# Nothing hangs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_process_without_calls_ends_at_once_and_well(start: Start, how: signal.Signals) -> None:
    server = start()
    assert ends(server, how) < PROMPT
    assert server.process.returncode == 0
    told = server.log.read_text()
    assert "Traceback" not in told
    assert "hangs" not in told


def test_a_connection_is_ended_behind_its_answer_and_health_says_why(start: Start, hole: str) -> None:
    server = start(TWILIO_API_BASE_URL=hole)
    call(Twilio(server.port))
    leaving(server)
    health = requests.get(f"http://127.0.0.1:{server.port}/warmtransfer/health", timeout=5)
    assert (health.status_code, health.json()["leaving"]) == (503, True)
    assert health.headers["Connection"] == "close"


def test_a_child_that_is_told_to_end_does_so_and_we_do_not(start: Start) -> None:
    server = start("-m", "tests.hanging", "hub")
    answer = requests.get(f"http://127.0.0.1:{server.port}/fork", timeout=5)
    child = psutil.Process(int(answer.text))
    child.terminate()
    eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
    assert healthy(server)
    assert "told to end" not in server.log.read_text()
    assert ends(server) < PROMPT


# What is asked meanwhile ----------------------------------------------------------------------------


def test_who_asks_for_something_new_is_kept_for_the_next_process(start: Start, hole: str) -> None:
    server = start(TWILIO_API_BASE_URL=hole)
    known = Twilio(server.port)
    call_id = call(known)
    leaving(server)
    new = Twilio(server.port).post("/voice", **WANTED).text
    for text, path in (
        (new, "/voice"),
        (known.post(f"/ai/{call_id}/1/after", CallStatus="in-progress").text, f"/ai/{call_id}/1/after"),
    ):
        assert "/sounds/ring.wav</Play>" in text
        assert f"{path}?" in text.partition("<Redirect")[2]
        assert "#rc=5" in text
    assert "<Stream" not in new
    assert handshake(server.port) == b"HTTP/1.1 503 SERVICE UNAVAILABLE"
    assert f">wt-{call_id}<" in known.post("/voice", **WANTED).text, "a caller we have is not sent away"
    assert "ring.wav" in known.post(f"/caller/{call_id}/wait").text


def test_a_fact_that_comes_while_we_leave_is_decided(start: Start, hole: str, tmp_path: Path) -> None:
    server = start(TWILIO_API_BASE_URL=hole)
    here = Twilio(server.port)
    call_id = call(here)
    leaving(server)
    assert here.post("/status", CallStatus="completed").status_code == 204
    server.process.wait(20)
    with contextlib.closing(sqlite3.connect(tmp_path / "calls.sqlite3")) as db:
        stages = db.execute("select stage from warmtransfer_call where id = ?", (call_id,)).fetchall()
    assert stages == [("over",)]


# Something hangs ------------------------------------------------------------------------------------


def test_a_rest_request_that_hangs_keeps_no_process_and_its_order_is_left_to_the_next(
    start: Start, hole: str, tmp_path: Path
) -> None:
    server = start(TWILIO_API_BASE_URL=hole)
    call(Twilio(server.port))
    assert ends(server) < MOST
    assert "the next process takes them up" in server.log.read_text()
    with contextlib.closing(sqlite3.connect(tmp_path / "calls.sqlite3")) as db:
        left = [row[0] for row in db.execute('select "order" from warmtransfer_outbox where done_at = 0')]
    assert any("AddAI" in each for each in left)


def test_an_order_in_flight_is_finished(start: Start, tmp_path: Path) -> None:
    """It takes two seconds, and the process stays for it."""
    with slow_carrier(2.0) as (url, asked):
        server = start(TWILIO_API_BASE_URL=url)
        call(Twilio(server.port))
        assert asked.wait(10)
        assert 1.0 < ends(server) < MOST
    assert server.process.returncode == 0
    with contextlib.closing(sqlite3.connect(tmp_path / "calls.sqlite3")) as db:
        facts = [row[0] for row in db.execute("select event from warmtransfer_journal")]
    assert "AIAdded" in facts


@contextlib.contextmanager
def slow_carrier(seconds: float) -> Iterator[tuple[str, threading.Event]]:
    """A carrier that takes so long to make a leg; where it is, and whether it has been asked to."""
    asked = threading.Event()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.tell(200, {"conferences": []})

        def do_POST(self) -> None:
            asked.set()
            time.sleep(seconds)  # being slow is what it is for
            self.tell(201, {"call_sid": "CA" + "1" * 32, "label": "ai-1"})

        def tell(self, status: int, what: object) -> None:
            body = json.dumps(what).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


def test_a_database_that_stays_locked_keeps_no_process(start: Start, tmp_path: Path, hole: str) -> None:
    server = start(TWILIO_API_BASE_URL=hole, WARMTRANSFER_REST_TIMEOUT="1")
    call(Twilio(server.port))
    with contextlib.closing(sqlite3.connect(tmp_path / "calls.sqlite3")) as db:
        db.execute("BEGIN EXCLUSIVE")
        assert ends(server) < MOST


def test_a_database_that_does_not_answer_keeps_no_process(start: Start, tmp_path: Path, hole: str) -> None:
    (tmp_path / "postgres").mkdir(mode=0o700)
    postgres = Postgres(tmp_path / "postgres")
    try:
        server = start(TWILIO_API_BASE_URL=hole, DATABASE_URL=postgres.url)
        here = Twilio(server.port)
        call_id = call(here)
        pid = int((tmp_path / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
        all_of_it = [psutil.Process(pid), *psutil.Process(pid).children()]
        for each in all_of_it:
            each.suspend()
        try:
            asking = threading.Thread(target=_post_in_vain, args=(here, call_id))
            asking.start()
            assert ends(server) < MOST
            asking.join(10)
        finally:
            for each in all_of_it:
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.resume()
    finally:
        postgres.stop()


def _post_in_vain(here: Twilio, call_id: str) -> None:
    with contextlib.suppress(requests.RequestException):
        here.post(f"/caller/{call_id}/next", CallStatus="in-progress")


@pytest.mark.parametrize("what", ["thread", "hub"])
def test_what_never_returns_keeps_no_process(start: Start, what: str) -> None:
    server = start("-m", "tests.hanging", what)
    if what == "hub":
        server.open(b"GET /hang HTTP/1.1\r\nHost: a\r\n\r\n")
        eventually(lambda: not healthy(server))
    assert ends(server) < MOST
    assert "something hangs" in server.log.read_text()


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(start: Start, hole: str, second: signal.Signals) -> None:
    server = start(TWILIO_API_BASE_URL=hole)
    call(Twilio(server.port))
    leaving(server)
    assert server.process.poll() is None
    assert ends(server, second) < 1.0


def test_a_signal_while_it_starts_is_heard(start: Start, tmp_path: Path) -> None:
    """The database is locked, so that the start takes as long as it may."""
    server = start()
    ends(server)
    with contextlib.closing(sqlite3.connect(tmp_path / "calls.sqlite3")) as db:
        db.execute("BEGIN EXCLUSIVE")
        again = start()
        assert ends(again) < MOST
