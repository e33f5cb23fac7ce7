"""What each failure of the carrier's API becomes, through the real SDK and over a real connection."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests
import responses
import urllib3.exceptions as url3

from tests.ports.carrier.asking import (
    AC,
    ACTIONS,
    CREATES,
    LISTS,
    NAMES_SOMETHING,
    NUMBER,
    ROOT,
    answer,
    failure,
)
from warmtransfer.errors import (
    CarrierBusy,
    CarrierError,
    CarrierGone,
    CarrierRefused,
    CarrierUnsure,
)
from warmtransfer.ports.carrier.rest import Account, Carrier

# Failures -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (429, 20429, CarrierBusy),
        (400, 21211, CarrierRefused),
        (401, 20003, CarrierRefused),
        (405, 20004, CarrierRefused),
        (500, 20500, CarrierUnsure),
        (503, 20503, CarrierUnsure),
        (408, 0, CarrierUnsure),
    ],
)
def test_an_answer_says_what_to_do_next(
    carrier: Carrier,
    api: responses.RequestsMock,
    action: str,
    status: int,
    code: int,
    kind: type[CarrierError],
) -> None:
    answer(api, json={"code": code, "message": "no", "status": status}, status=status)
    fault = failure(carrier, action)
    assert type(fault) is kind
    assert fault.status == status
    if action not in LISTS:
        assert fault.code == code
    assert len(api.calls) == 1, "a request was repeated"


@pytest.mark.parametrize("action", NAMES_SOMETHING)
@pytest.mark.parametrize(("status", "code"), [(404, 20404), (400, 16099), (400, 16022), (400, 21220)])
def test_what_is_over_already_is_gone(
    carrier: Carrier, api: responses.RequestsMock, action: str, status: int, code: int
) -> None:
    answer(api, json={"code": code, "message": "over", "status": status}, status=status)
    fault = failure(carrier, action)
    assert type(fault) is CarrierGone
    assert (fault.status, fault.code) == (status, code)


@pytest.mark.parametrize("action", ["dial", "find_room", "find_call"])
def test_where_nothing_can_be_over_not_found_is_a_refusal(
    carrier: Carrier, api: responses.RequestsMock, action: str
) -> None:
    answer(api, json={"code": 20404, "message": "no such account", "status": 404}, status=404)
    assert type(failure(carrier, action)) is CarrierRefused


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    "fault",
    [
        requests.ReadTimeout(),
        requests.ConnectionError(
            url3.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))
        ),
        requests.exceptions.ChunkedEncodingError(),
    ],
    ids=["timeout", "reset", "half an answer"],
)
def test_after_sending_nobody_knows(
    carrier: Carrier, api: responses.RequestsMock, action: str, fault: Exception
) -> None:
    answer(api, body=fault)
    assert type(failure(carrier, action)) is CarrierUnsure
    assert len(api.calls) == 1, "a request was repeated"


@pytest.mark.parametrize("action", CREATES)
@pytest.mark.parametrize("body", ["<html>502</html>", "{}", "[1]", '{"sid": null, "call_sid": 7}'])
def test_success_that_names_no_leg_is_not_believed(
    carrier: Carrier, api: responses.RequestsMock, action: str, body: str
) -> None:
    answer(api, body=body, status=201)
    assert type(failure(carrier, action)) is CarrierUnsure


def test_an_error_without_twilios_body_keeps_its_status(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, body="<html>bad gateway</html>", status=502)
    fault = failure(carrier, "dial")
    assert (type(fault), fault.status, fault.code) == (CarrierUnsure, 502, 0)


def test_an_error_in_the_newer_form_is_read_too(carrier: Carrier, api: responses.RequestsMock) -> None:
    body = {"type": "https://x.example/20429", "title": "Too many", "status": 429, "code": 20429}
    answer(api, json=body, status=429)
    assert type(failure(carrier, "dial")) is CarrierBusy


def test_an_untrusted_certificate_is_a_refusal(carrier: Carrier, api: responses.RequestsMock) -> None:
    bad = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    reason = url3.MaxRetryError(None, "/", url3.SSLError(bad))  # type: ignore[arg-type]
    answer(api, body=requests.exceptions.SSLError(reason))
    assert type(failure(carrier, "dial")) is CarrierRefused


# Over a real connection -----------------------------------------------------------------------------


class Silent(BaseHTTPRequestHandler):
    """Takes a request, counts it, and answers only when the test is over."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        seen, over = self.server.story  # type: ignore[attr-defined]
        seen.append(self.path)
        over.wait(20)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_a_request_that_is_not_answered_in_time_is_unsure_and_was_sent_once() -> None:
    server = HTTPServer(("127.0.0.1", 0), Silent)
    seen: list[str] = []
    over = threading.Event()
    server.story = (seen, over)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        carrier = Carrier(Account(AC, "token"), f"http://127.0.0.1:{server.server_port}", timeout=0.3)
        assert type(failure(carrier, "dial")) is CarrierUnsure
    finally:
        over.set()
        server.shutdown()
        thread.join(5)
        server.server_close()
    assert seen == [f"{ROOT}/Calls.json"]


def test_a_refused_connection_sent_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        carrier = Carrier(Account(AC, "token"), f"http://127.0.0.1:{taken.getsockname()[1]}", timeout=2.0)
        assert type(failure(carrier, "dial")) is CarrierBusy


def test_a_host_that_does_not_resolve_was_sent_nothing() -> None:
    carrier = Carrier(Account(AC, "token"), "http://nowhere.invalid", timeout=2.0)
    assert type(failure(carrier, "dial")) is CarrierBusy


def test_an_address_that_is_none_is_refused() -> None:
    assert type(failure(Carrier(Account(AC, "token"), "http://["), "dial")) is CarrierRefused


# What is logged -------------------------------------------------------------------------------------


def test_a_refusal_says_what_to_do(carrier: Carrier, api: responses.RequestsMock) -> None:
    answer(api, json={"code": 21218, "message": "no", "status": 400}, status=400)
    fault = failure(carrier, "dial")
    assert "TWILIO_APP_SID" in fault.advice
    assert fault.advice in str(fault)


def test_wrong_credentials_say_what_to_do_without_a_body_too(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, body="", status=401)
    assert "TWILIO_AUTH_TOKEN" in failure(carrier, "dial").advice


@pytest.mark.parametrize("action", ["dial", "find_call"])
@pytest.mark.parametrize(
    "how",
    [
        {"json": {"code": 21211, "message": f"{NUMBER} is not valid", "status": 400}, "status": 400},
        {"body": requests.ConnectionError(f"https://api.twilio.com/Calls.json?To={NUMBER}")},
        {"body": "nonsense"},
    ],
    ids=["refused", "broken", "unreadable"],
)
def test_no_log_line_and_no_exception_holds_a_number(
    carrier: Carrier,
    api: responses.RequestsMock,
    caplog: pytest.LogCaptureFixture,
    action: str,
    how: dict[str, Any],
) -> None:
    caplog.set_level(logging.INFO)
    answer(api, **how)
    fault = failure(carrier, action)
    logging.getLogger("test").error("as a caller might", exc_info=fault)
    assert "5550100001" not in caplog.text
    assert "5550100001" not in str(fault)
