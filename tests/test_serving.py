"""Connections that say nothing, or nonsense, cost others nothing: shown on the real server."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import resource
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.calls.world import ROOT, free_port
from tests.test_config import GOOD
from tests.web.site import CALLER, PUBLIC, ROOM, signature
from warmtransfer.visible import Plain

GET = b"GET / HTTP/1.1\r\nHost: warmtransfer.test\r\n"
HALF = b"POST /warmtransfer/voice HTTP/1.1\r\nHost: warmtransfer.test\r\nX-Fill"


class Process:
    """A server in a process of its own, and the sockets that a test has opened to it."""

    def __init__(self, folder: Path, command: list[str], port: int, files: int = 0, **more: str) -> None:
        self.port = port
        self.log = folder / "server.log"
        self.sockets: list[socket.socket] = []

        def fewer() -> None:
            if files:
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, stderr=log, env={**os.environ, **more}, preexec_fn=fewer
            )

    def ready(self) -> Process:
        """This, once it takes connections."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            time.sleep(0.02)
        raise AssertionError(self.log.read_text())

    def open(self, data: bytes = b"") -> socket.socket:
        """A connection that has sent this."""
        found = socket.create_connection(("127.0.0.1", self.port), 10)
        self.sockets.append(found)
        found.sendall(data)
        return found

    def says(self, words: str, seconds: float = 5.0) -> str:
        """The log, once it holds these words."""
        end = time.monotonic() + seconds
        while words not in (text := self.log.read_text()):
            assert time.monotonic() < end, text
            time.sleep(0.02)
        return text

    def close(self) -> None:
        """End the process, and every socket."""
        for each in self.sockets:
            each.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def answer(sock: socket.socket) -> bytes:
    """The first line of the answer, read whole; b"" for a connection that is closed without a word."""
    sock.settimeout(10)
    head = b""
    with contextlib.suppress(ConnectionError):
        while b"\r\n\r\n" not in head and (byte := sock.recv(1)):
            head += byte
        length = re.search(rb"(?i)content-length: ([0-9]+)", head)
        left = int(length[1]) if length else 0
        while left and (some := sock.recv(left)):
            left -= len(some)
    return head.partition(b"\r\n")[0]


def ended(sock: socket.socket) -> float:
    """Seconds until the other side has ended this connection; what it sends before is read away."""
    sock.settimeout(10)
    begun = time.monotonic()
    with contextlib.suppress(ConnectionError):
        while sock.recv(65536):
            pass
    return time.monotonic() - begun


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """The tiny app with short limits."""
    port = free_port()
    process = Process(tmp_path_factory.mktemp("small"), ["-m", "tests.served", str(port)], port)
    try:
        yield process.ready()
    finally:
        process.close()


@pytest.fixture
def server(small: Process) -> Iterator[Process]:
    """The tiny app, nobody else connected."""
    yield small
    for each in small.sockets:
        each.close()
    small.sockets.clear()


# Silence --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET",
        GET,
        b"POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345",
        b"POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12",
    ],
    ids=["nothing", "half a line", "half a head", "half a body", "half a chunk"],
)
def test_a_half_request_is_ended_after_its_time(server: Process, said: bytes) -> None:
    assert 0.3 < ended(server.open(said)) < 3.0


def test_a_head_that_comes_byte_by_byte_gains_no_time(server: Process) -> None:
    slow = server.open()
    begun = time.monotonic()
    with contextlib.suppress(OSError):
        for each in GET * 10:
            slow.sendall(bytes([each]))
            time.sleep(0.05)  # a byte every 50 ms is what is tested
    assert time.monotonic() - begun < 3.0


def test_a_kept_connection_is_ended_when_no_request_follows_and_twilios_is_kept(server: Process) -> None:
    strangers, known = server.open(GET + b"\r\n"), server.open(GET.replace(b"/ ", b"/signed ") + b"\r\n")
    assert answer(strangers) == answer(known) == b"HTTP/1.1 200 OK"
    assert 0.5 < ended(strangers) < 4.0
    known.sendall(GET + b"\r\n")
    assert answer(known) == b"HTTP/1.1 200 OK"


def test_a_request_on_a_kept_connection_has_the_time_of_a_first_one(server: Process) -> None:
    known = server.open(GET.replace(b"/ ", b"/signed ") + b"\r\n")
    assert answer(known) == b"HTTP/1.1 200 OK"
    known.sendall(b"GET")
    assert ended(known) < 3.0


def test_an_answer_that_nobody_takes_is_given_up(server: Process) -> None:
    sock = server.open(GET.replace(b"/ ", b"/much ") + b"\r\n")
    time.sleep(2.0)  # not reading is what is tested
    sock.settimeout(10)
    got = 0
    with contextlib.suppress(ConnectionError):
        while some := sock.recv(1 << 20):
            got += len(some)
    assert got < 20_000_000


def test_one_address_keeps_so_many_silent_connections_and_the_oldest_go_first(server: Process) -> None:
    first = server.open(b"GET")
    others = [server.open(b"GET") for _ in range(30)]
    assert ended(first) < 0.5
    assert "one address" in server.says("say nothing")
    others[-1].sendall(b" / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer(others[-1]) == b"HTTP/1.1 200 OK"


# Nonsense -------------------------------------------------------------------------------------------

NONSENSE = {
    "101 headers": GET + b"".join(b"X-%d: 1\r\n" % n for n in range(101)) + b"\r\n",
    "a long header": GET + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
    "large headers": GET + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 2000) for n in range(90)) + b"\r\n",
    "a long line": b"GET /" + b"y" * 20_000 + b" HTTP/1.1\r\n\r\n",
    "a bad port": b"GET / HTTP/1.1\r\nHost: x:99999\r\n\r\n",
    "a bad address": b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
    "a NUL in the path": b"GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n",
    "a NUL in a header": b"GET / HTTP/1.1\r\nHost: a\0\r\n\r\n",
    "a bad version": b"GET / HTTP/x.y\r\nHost: a\r\n\r\n",
    "a bad length": b"POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
    "a bad chunk": b"POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a bad trailer": b"POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\x01\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xff" * 40 + b"\r\n\r\n",
    "a large body": b"POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n",
}


@pytest.mark.parametrize("what", NONSENSE)
def test_nonsense_is_refused_without_a_traceback(server: Process, what: str) -> None:
    before = len(server.log.read_text())
    got = answer(server.open(NONSENSE[what]))
    assert got[:13] in (b"HTTP/1.1 400 ", b"HTTP/1.1 413 ", b"HTTP/1.1 414 ", b""), got
    assert got or what == "TLS"
    told = server.log.read_text()[before:]
    assert "Traceback" not in told
    assert told.count("\n") <= 1
    assert answer(server.open(GET + b"\r\n")) == b"HTTP/1.1 200 OK"


def test_much_nonsense_is_one_line(server: Process) -> None:
    for _ in range(30):
        answer(server.open(NONSENSE["101 headers"]))
    assert server.says("no HTTP").count("a request that is no HTTP") == 1


def test_an_app_that_fails_is_told_by_kind_and_place_alone(server: Process) -> None:
    assert answer(server.open(GET.replace(b"/ ", b"/fail ") + b"\r\n")).startswith(b"HTTP/1.1 500")
    told = server.says("LookupError at ")
    assert "served.py:" in told
    assert "a secret" not in told


def test_a_body_that_the_app_leaves_is_not_read_and_ends_the_connection(server: Process) -> None:
    sock = server.open(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n12345")
    assert b"Connection: close" in sock.recv(65536)
    assert ended(sock) < 0.5


def test_a_line_of_the_log_moves_no_cursor() -> None:
    record = logging.LogRecord("x", logging.INFO, "x", 1, "from %s", ("\x1b[2J\r\n\x9b1m evil",), None)
    assert Plain("%(message)s").format(record) == r"from \x1b[2J\r\n\x9b1m evil"


# The ready app --------------------------------------------------------------------------------------


class Twilio:
    """Signed webhooks of one call, sent as Twilio sends them."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sid = "CA" + secrets.token_hex(16)

    def post(self, path: str, **form: str) -> requests.Response:
        """One webhook, on a new connection."""
        given = {"AccountSid": GOOD["TWILIO_ACCOUNT_SID"], "CallSid": self.sid, **form}
        sign = {"X-Twilio-Signature": signature(f"{PUBLIC}/warmtransfer{path}", given)}
        local = f"http://127.0.0.1:{self.port}/warmtransfer{path}"
        return requests.post(local, data=given, headers=sign, timeout=5)


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[Process]:
    """`wsgi.py` with as many files as hosts usually give, its carrier and its model out of reach."""
    port = free_port()
    environment = {
        **GOOD,
        "PORT": str(port),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'calls.sqlite3'}",
        "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
        "WARMTRANSFER_REALTIME_URL": "ws://127.0.0.1:9/v1/realtime",
        "WARMTRANSFER_REST_TIMEOUT": "1",
    }
    process = Process(tmp_path, ["wsgi.py"], port, files=1024, **environment)
    try:
        yield process.ready()
    finally:
        process.close()


@pytest.mark.parametrize("kind", ["half requests", "kept connections"])
def test_a_thousand_silent_connections_keep_nobody_waiting(ready: Process, kind: str) -> None:
    here = Twilio(ready.port)
    arrived = here.post("/voice", From=CALLER, To=GOOD["TWILIO_NUMBER"], CallStatus="ringing")
    call_id = arrived.text.partition(">wt-")[2].partition("<")[0]
    assert call_id
    slowest = 0.0
    for n in range(1050):
        sock = ready.open(HALF if kind == "half requests" else b"")
        if kind == "kept connections":
            sock.sendall(b"GET /warmtransfer/sounds/none.wav HTTP/1.1\r\nHost: a\r\n\r\n")
            with contextlib.suppress(OSError):
                assert answer(sock).startswith(b"HTTP/1.1 404")
        if n % 50 == 0:
            begun = time.monotonic()
            assert here.post(f"/caller/{call_id}/wait").status_code == 200
            slowest = max(slowest, time.monotonic() - begun)
    fresh = requests.get(f"http://127.0.0.1:{ready.port}/warmtransfer/health", timeout=5)
    assert fresh.json()["ok"] is True
    news = {"ConferenceSid": ROOM, "FriendlyName": f"wt-{call_id}", "StatusCallbackEvent": "participant-join"}
    assert here.post(f"/room/{call_id}", **news, ParticipantLabel="caller").status_code == 204
    assert slowest < 3.0
    assert "Traceback" not in ready.log.read_text()


def test_a_database_file_that_is_deleted_is_told_and_health_says_so(ready: Process, tmp_path: Path) -> None:
    here = Twilio(ready.port)
    assert here.post("/voice", From=CALLER, To=GOOD["TWILIO_NUMBER"], CallStatus="ringing").status_code == 200
    files = sorted(tmp_path.glob("calls.sqlite3*"))
    assert len(files) >= 2
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    for file in files:
        file.unlink()
    health = requests.get(f"http://127.0.0.1:{ready.port}/warmtransfer/health", timeout=5)
    assert health.status_code == 200
    assert (health.json()["ok"], health.json()["database"]) == (False, "the database file is gone")
    assert "was deleted while we had it open" in ready.says("database file")
