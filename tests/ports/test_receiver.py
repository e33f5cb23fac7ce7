"""One event to a real receiver on this machine: signed, bounded in time, and judged by its answer."""

from __future__ import annotations

import base64
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.receiving import KEY, Inbox, receiving
from warmtransfer.ports.receiver import Receiver, signature

BODY = '{"type":"test","data":{"name":"Zoë"}}'


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with receiving() as found:
        yield found


def test_an_event_is_posted_as_it_is_with_its_id_its_time_and_its_signature(inbox: Inbox) -> None:
    answer = Receiver(inbox.url, (KEY,), now=lambda: 1796000000.9).send("msg_c1_1", BODY)
    assert (answer.taken, answer.told) == (True, "HTTP 200")
    [got] = inbox.got
    assert got.path == "/events?from=calls"
    assert got.body == BODY.encode()
    assert got.headers["content-type"] == "application/json"
    assert (got.id, got.headers["webhook-timestamp"]) == ("msg_c1_1", "1796000000")
    assert got.headers["webhook-signature"] == "v1,6JZXyAKy+1a8p9DqluCAwsR9CpELMT7cFb0xntfoGZk="


def test_the_signature_is_what_openssl_makes_of_id_time_and_body() -> None:
    # The value above is also what the scheme's own library (standardwebhooks 1.1.0) gives.
    signed = f"msg_c1_1.1796000000.{BODY}".encode()
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{KEY.hex()}", "-binary"]
    try:
        digest = subprocess.run(command, input=signed, capture_output=True, check=True).stdout
    except FileNotFoundError:
        pytest.skip("there is no openssl here")
    given = signature((KEY,), "msg_c1_1", "1796000000", BODY.encode())
    assert given == "v1," + base64.b64encode(digest).decode()


def test_while_one_secret_replaces_another_either_is_enough(inbox: Inbox) -> None:
    old = b"o" * 24
    assert Receiver(inbox.url, (KEY, old)).send("msg_c1_1", BODY).taken
    [got] = inbox.got
    assert got.signed(KEY)
    assert got.signed(old)
    assert not got.signed(b"x" * 24)


@pytest.mark.parametrize("status", [201, 204, 299])
def test_any_answer_of_2xx_takes_it(inbox: Inbox, status: int) -> None:
    inbox.wish = lambda _got: status
    assert Receiver(inbox.url, (KEY,)).send("msg_c1_1", BODY).taken


@pytest.mark.parametrize(
    ("status", "gone", "unreached"),
    [(400, False, False), (404, False, False), (410, True, False), (500, False, False), (502, False, True)],
)
def test_any_other_answer_does_not(inbox: Inbox, status: int, gone: bool, unreached: bool) -> None:
    inbox.wish = lambda _got: status
    answer = Receiver(inbox.url, (KEY,)).send("msg_c1_1", BODY)
    assert (answer.taken, answer.told) == (False, f"HTTP {status}")
    assert (answer.gone, answer.unreached) == (gone, unreached)


def test_a_redirect_is_an_answer_that_is_not_followed(inbox: Inbox) -> None:
    inbox.wish = lambda _got: 307
    answer = Receiver(inbox.url, (KEY,)).send("msg_c1_1", BODY)
    assert not answer.taken
    assert "redirect, which is not followed" in answer.told
    assert len(inbox.got) == 1


def test_it_is_asked_again_as_late_as_the_answer_wants(inbox: Inbox) -> None:
    inbox.wish = lambda _got: 503
    assert Receiver(inbox.url, (KEY,)).send("msg_c1_1", BODY).after == 7.0


@pytest.mark.parametrize("deed", ["hang", "drip"])
def test_an_answer_that_does_not_end_in_time_is_none_however_it_trickles(inbox: Inbox, deed: str) -> None:
    inbox.wish = lambda _got: deed
    began = time.monotonic()
    answer = Receiver(inbox.url, (KEY,), patience=0.4).send("msg_c1_1", BODY)
    assert (answer.taken, answer.told, answer.unreached) == (False, "no answer within 0.4 s", True)
    assert time.monotonic() - began < 3.0


def test_of_an_endless_body_no_more_is_read_than_is_needed(inbox: Inbox) -> None:
    inbox.wish = lambda _got: "endless"
    assert Receiver(inbox.url, (KEY,), patience=5.0).send("msg_c1_1", BODY).taken


@pytest.mark.parametrize("deed", ["drop", "nonsense"])
def test_a_connection_that_breaks_or_speaks_no_http_is_no_answer(inbox: Inbox, deed: str) -> None:
    inbox.wish = lambda _got: deed
    answer = Receiver(inbox.url, (KEY,)).send("msg_c1_1", BODY)
    assert not answer.taken
    assert answer.unreached
    assert answer.told.startswith("the connection is lost (")


def test_nobody_there_is_said_in_words_that_name_neither_address_nor_event() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    answer = Receiver(f"http://127.0.0.1:{port}/key=abc", (KEY,)).send("msg_c1_1", BODY)
    assert answer.told == "nobody listens there"
    unknown = Receiver("https://no-such-host.invalid/", (KEY,)).send("msg_c1_1", BODY)
    assert unknown.told == "the name of the host is not known"


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(*_certificate(tmp_path))
    with receiving(trust=trust) as inbox:
        answer = Receiver(inbox.url, (KEY,)).send("msg_c1_1", BODY)
        assert answer.told.startswith("the certificate is not valid: ")
        assert not inbox.got
        known = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        assert Receiver(inbox.url, (KEY,), trust=known).send("msg_c1_1", BODY).taken


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that this machine has signed itself, and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "1"]
    try:
        subprocess.run([*command, "-keyout", key, "-out", cert], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl here")
    return cert, key
