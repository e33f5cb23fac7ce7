"""The carrier port, through the real SDK: what goes over the wire, and what each failure becomes."""

from __future__ import annotations

import logging
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses
import urllib3.exceptions as url3

from warmtransfer.core.legs import Ended, Leg, LegState
from warmtransfer.errors import (
    CarrierBusy,
    CarrierError,
    CarrierGone,
    CarrierRefused,
    CarrierTaken,
    CarrierUnsure,
)
from warmtransfer.ports.carrier.rest import Account, Carrier

AC = "AC" + "0" * 32
AP = "AP" + "1" * 32
CF = "CF" + "2" * 32
CA = "CA" + "3" * 32
ROOT = f"/2010-04-01/Accounts/{AC}"
API = f"https://api.twilio.com{ROOT}"
ROOM_EVENTS = ["start", "end", "join", "leave", "hold", "modify", "announcement"]
LEG_EVENTS = ["initiated", "ringing", "answered", "completed"]
NUMBER = "+15550100001"

ACTIONS: dict[str, Callable[[Carrier], Any]] = {
    "add_ai": lambda carrier: carrier.add_ai(
        room=CF,
        app_sid=AP,
        parameters={"call": "c1", "room": "wt-c1 &x"},
        label="ai-1",
        from_="+15550100000",
        room_callback="https://app.example/room/c1#rc=5&rp=all",
        time_limit=3600,
    ),
    "dial": lambda carrier: carrier.dial(
        to=NUMBER,
        from_="+15550100000",
        url="https://app.example/human/c1/1",
        status_callback="https://app.example/human/c1/1/status",
        amd_callback="https://app.example/human/c1/1/amd",
        ring=25.4,
        time_limit=3600,
    ),
    "add_human": lambda carrier: carrier.add_human(
        room=CF,
        to=NUMBER,
        from_="+15550100000",
        label="human-1",
        status_callback="https://app.example/human/c1/1/status",
        amd_callback="https://app.example/human/c1/1/amd",
        room_callback="https://app.example/room/c1",
        wait_url="https://app.example/human/c1/1/wait",
        ring=20,
        time_limit=3600,
    ),
    "end_call": lambda carrier: carrier.end_call(CA),
    "move_call": lambda carrier: carrier.move_call(CA, "https://app.example/next"),
    "remove": lambda carrier: carrier.remove(CF, "ai-1"),
    "announce": lambda carrier: carrier.announce(CF, CA, "https://app.example/comfort"),
    "hold": lambda carrier: carrier.hold(CF, CA, "https://app.example/hold"),
    "release": lambda carrier: carrier.release(CF, CA),
    "end_room": lambda carrier: carrier.end_room(CF),
    "find_room": lambda carrier: carrier.find_room("wt-c1"),
    "find_participant": lambda carrier: carrier.find_participant(CF, "caller"),
    "people": lambda carrier: carrier.people(CF),
    "open_rooms": lambda carrier: carrier.open_rooms(),
    "number_called": lambda carrier: carrier.number_called(CA),
    "leg": lambda carrier: carrier.leg(CA),
    "incoming": lambda carrier: carrier.incoming(NUMBER),
    "find_child": lambda carrier: carrier.find_child(CA, NUMBER),
    "find_call": lambda carrier: carrier.find_call(NUMBER, 1_000_000_000.0),
}
#: The SDK gives no code for lists.
LISTS = ("find_room", "find_call", "find_child", "incoming", "people", "open_rooms")
CREATES = ("add_ai", "dial", "add_human")
NAMES_SOMETHING = (
    "add_ai",
    "add_human",
    "end_call",
    "move_call",
    "remove",
    "announce",
    "hold",
    "release",
    "end_room",
)


@pytest.fixture
def carrier() -> Carrier:
    return Carrier(Account(AC, "token"))


@pytest.fixture
def api() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def answer(api: responses.RequestsMock, **how: Any) -> None:
    """Answer every request to the account in this way."""
    for method in ("GET", "POST", "DELETE"):
        api.add(method, re.compile(re.escape(API) + ".*"), **how)


def sent(api: responses.RequestsMock) -> tuple[str, str, dict[str, list[str]]]:
    """Method, path and form of the only request."""
    assert len(api.calls) == 1, [call.request.url for call in api.calls]
    request = api.calls[0].request
    body = request.body or ""
    form: dict[str, list[str]] = {}
    text = body.decode() if isinstance(body, bytes) else str(body)
    for key, value in parse_qsl(text, keep_blank_values=True):
        form.setdefault(key, []).append(value)
    return str(request.method), urlsplit(str(request.url)).path, form


def one(**form: str) -> dict[str, list[str]]:
    return {key: [value] for key, value in form.items()}


IN_A_ROOM = one(
    Beep="false",
    EarlyMedia="false",
    StartConferenceOnEnter="false",
    EndConferenceOnExit="false",
    JitterBufferSize="small",
    ConferenceStatusCallbackMethod="POST",
) | {"ConferenceStatusCallbackEvent": ROOM_EVENTS}


# What is sent ---------------------------------------------------------------------------------------


def test_the_ai_is_added_to_the_room_without_beep_music_delay_or_power_over_it(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"call_sid": CA, "conference_sid": CF, "status": "queued"}, status=201)
    assert ACTIONS["add_ai"](carrier) == CA
    assert sent(api)[:2] == ("POST", f"{ROOT}/Conferences/{CF}/Participants.json")
    assert sent(api)[2] == IN_A_ROOM | one(
        To=f"app:{AP}?call=c1&room=wt-c1%20%26x",
        From="+15550100000",
        Label="ai-1",
        Timeout="15",
        TimeLimit="3600",
        WaitUrl="",
        ConferenceStatusCallback="https://app.example/room/c1#rc=5&rp=all",
    )


def test_the_ais_own_status_is_asked_for_only_when_wanted(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"call_sid": CA}, status=201)
    carrier.add_ai(
        room=CF,
        app_sid=AP,
        parameters={},
        label="ai-2",
        from_="+15550100000",
        room_callback="https://app.example/room",
        status_callback="https://app.example/ai",
        time_limit=60,
    )
    form = sent(api)[2]
    assert form["To"] == [f"app:{AP}"]
    assert form["StatusCallback"] == ["https://app.example/ai"]
    assert form["StatusCallbackEvent"] == LEG_EVENTS


def test_a_human_is_dialled_on_a_leg_of_their_own_with_asynchronous_machine_detection(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"sid": CA, "status": "queued", "date_created": None}, status=201)
    assert ACTIONS["dial"](carrier) == CA
    assert sent(api)[:2] == ("POST", f"{ROOT}/Calls.json")
    assert sent(api)[2] == one(
        To=NUMBER,
        From="+15550100000",
        Url="https://app.example/human/c1/1",
        Method="POST",
        Timeout="25",
        TimeLimit="3600",
        StatusCallback="https://app.example/human/c1/1/status",
        StatusCallbackMethod="POST",
        MachineDetection="Enable",
        AsyncAmd="true",
        AsyncAmdStatusCallback="https://app.example/human/c1/1/amd",
        AsyncAmdStatusCallbackMethod="POST",
    ) | {"StatusCallbackEvent": LEG_EVENTS}


def test_an_announced_human_is_added_muted_and_without_the_fields_that_participants_do_not_know(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"call_sid": CA}, status=201)
    assert ACTIONS["add_human"](carrier) == CA
    assert sent(api)[:2] == ("POST", f"{ROOT}/Conferences/{CF}/Participants.json")
    assert sent(api)[2] == IN_A_ROOM | one(
        To=NUMBER,
        From="+15550100000",
        Label="human-1",
        Muted="true",
        Timeout="20",
        TimeLimit="3600",
        WaitUrl="https://app.example/human/c1/1/wait",
        WaitMethod="POST",
        StatusCallback="https://app.example/human/c1/1/status",
        StatusCallbackMethod="POST",
        MachineDetection="Enable",
        AmdStatusCallback="https://app.example/human/c1/1/amd",
        AmdStatusCallbackMethod="POST",
        ConferenceStatusCallback="https://app.example/room/c1",
    ) | {"StatusCallbackEvent": LEG_EVENTS}


@pytest.mark.parametrize(("ring", "timeout"), [(1, "5"), (25.6, "26"), (9999, "600")])
def test_ring_seconds_stay_within_what_twilio_takes(
    carrier: Carrier, api: responses.RequestsMock, ring: float, timeout: str
) -> None:
    answer(api, json={"sid": CA}, status=201)
    carrier.dial(
        to=NUMBER,
        from_="+15550100000",
        url="https://a.example",
        status_callback="https://a.example",
        amd_callback="https://a.example",
        ring=ring,
        time_limit=60,
    )
    assert sent(api)[2]["Timeout"] == [timeout]


@pytest.mark.parametrize(
    ("action", "method", "path", "form"),
    [
        ("end_call", "POST", f"/Calls/{CA}.json", one(Status="completed")),
        ("move_call", "POST", f"/Calls/{CA}.json", one(Url="https://app.example/next", Method="POST")),
        ("remove", "DELETE", f"/Conferences/{CF}/Participants/ai-1.json", {}),
        (
            "announce",
            "POST",
            f"/Conferences/{CF}/Participants/{CA}.json",
            one(AnnounceUrl="https://app.example/comfort", AnnounceMethod="POST"),
        ),
        (
            "hold",
            "POST",
            f"/Conferences/{CF}/Participants/{CA}.json",
            one(Hold="true", HoldUrl="https://app.example/hold", HoldMethod="POST"),
        ),
        (
            "release",
            "POST",
            f"/Conferences/{CF}/Participants/{CA}.json",
            one(Hold="false", Muted="false"),
        ),
        ("end_room", "POST", f"/Conferences/{CF}.json", one(Status="completed")),
    ],
)
def test_each_order_is_one_request(
    carrier: Carrier,
    api: responses.RequestsMock,
    action: str,
    method: str,
    path: str,
    form: dict[str, list[str]],
) -> None:
    if method == "DELETE":
        answer(api, status=204)
    else:
        answer(api, json={"sid": CA, "call_sid": CA})
    assert ACTIONS[action](carrier) is None
    assert sent(api) == (method, ROOT + path, form)


# Questions ------------------------------------------------------------------------------------------


def test_a_room_is_found_by_name_and_an_ended_one_is_not(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"conferences": []})
    answer(api, json={"conferences": [{"sid": CF, "status": "in-progress"}]})
    assert carrier.find_room("wt-c1") == CF
    asked = [call.request.params for call in api.calls]  # type: ignore[attr-defined]
    assert {each["FriendlyName"] for each in asked} == {"wt-c1"}
    assert [each["Status"] for each in asked] == ["init", "in-progress"]


def test_no_room_is_an_empty_answer(carrier: Carrier, api: responses.RequestsMock) -> None:
    answer(api, json={"conferences": []})
    assert carrier.find_room("wt-c1") == ""


def test_a_participant_is_found_by_label(carrier: Carrier, api: responses.RequestsMock) -> None:
    answer(api, json={"call_sid": CA, "label": "caller"})
    assert carrier.find_participant(CF, "caller") == CA
    assert sent(api)[:2] == ("GET", f"{ROOT}/Conferences/{CF}/Participants/caller.json")


def test_the_people_in_a_room_are_known_by_label(carrier: Carrier, api: responses.RequestsMock) -> None:
    legs = [{"call_sid": CA, "label": "caller"}, {"call_sid": "CA" + "4" * 32, "label": None}]
    answer(api, json={"participants": legs})
    assert carrier.people(CF) == {"caller": CA, "": "CA" + "4" * 32}
    assert sent(api)[:2] == ("GET", f"{ROOT}/Conferences/{CF}/Participants.json")


def test_open_rooms_are_those_in_progress_and_those_about_to_be(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"conferences": [{"sid": CF, "friendly_name": "wt-c1"}]})
    assert carrier.open_rooms() == ["wt-c1", "wt-c1"]
    asked = [call.request.params["Status"] for call in api.calls]  # type: ignore[attr-defined]
    assert asked == ["init", "in-progress"]


def test_the_number_a_call_was_made_to(carrier: Carrier, api: responses.RequestsMock) -> None:
    answer(api, json={"sid": CA, "to": NUMBER})
    assert carrier.number_called(CA) == NUMBER


@pytest.mark.parametrize("silent", ["muted", "hold"])
def test_a_participant_who_cannot_talk_is_not_found_talking(
    carrier: Carrier, api: responses.RequestsMock, silent: str
) -> None:
    answer(api, json={"call_sid": CA, "muted": False, "hold": False, silent: True})
    assert carrier.find_participant(CF, "human-1", talking=True) == ""
    assert carrier.find_participant(CF, "human-1") == CA


def test_a_label_that_is_in_the_room_already_is_told_apart(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    answer(api, json={"code": 16026, "message": "in use", "status": 400}, status=400)
    assert type(failure(carrier, "add_ai")) is CarrierTaken


@pytest.mark.parametrize(
    ("status", "leg"),
    [
        ("queued", LegState.COMING),
        ("ringing", LegState.COMING),
        ("in-progress", LegState.UP),
        ("a-new-word", LegState.COMING),
        ("completed", Ended.COMPLETED),
        ("busy", Ended.BUSY),
        ("failed", Ended.FAILED),
        ("no-answer", Ended.NO_ANSWER),
        ("canceled", Ended.CANCELLED),
    ],
)
def test_where_a_leg_is_is_said_in_our_own_words(
    carrier: Carrier, api: responses.RequestsMock, status: str, leg: Leg
) -> None:
    answer(api, json={"sid": CA, "status": status})
    assert carrier.leg(CA) is leg
    assert sent(api)[:2] == ("GET", f"{ROOT}/Calls/{CA}.json")


@pytest.mark.parametrize("action", ["find_participant", "leg", "number_called"])
@pytest.mark.parametrize(("status", "code"), [(404, 20404), (400, 16022), (400, 16099)])
def test_looking_for_what_is_gone_finds_nothing(
    carrier: Carrier, api: responses.RequestsMock, action: str, status: int, code: int
) -> None:
    answer(api, json={"code": code, "message": "gone", "status": status}, status=status)
    assert ACTIONS[action](carrier) == ""


def found(carrier: Carrier, api: responses.RequestsMock, *calls: dict[str, Any], **options: Any) -> str:
    """What `find_call` makes of this list, for a dial at 09:00:10 UTC on 23 November 2026."""
    answer(api, json={"calls": list(calls)})
    return carrier.find_call(NUMBER, 1795424410.4, **options)


def made(sid: str, when: str | None, direction: str = "outbound-api") -> dict[str, Any]:
    date = f"Mon, 23 Nov 2026 {when} +0000" if when else None
    return {"sid": sid, "date_created": date, "direction": direction, "status": "ringing"}


@pytest.mark.parametrize(
    ("status", "duration", "found"),
    [
        ("in-progress", None, (LegState.UP, True)),
        ("ringing", None, (LegState.COMING, False)),
        ("completed", "12", (Ended.COMPLETED, True)),
        ("no-answer", "0", (Ended.NO_ANSWER, False)),
    ],
)
def test_a_leg_that_a_document_dialled_is_found_by_its_parent(
    carrier: Carrier, api: responses.RequestsMock, status: str, duration: str | None, found: tuple[Leg, bool]
) -> None:
    answer(api, json={"calls": [{"sid": "CAchild", "status": status, "duration": duration}]})
    assert carrier.find_child(CA, NUMBER) == ("CAchild", *found)
    assert api.calls[0].request.params["ParentCallSid"] == CA  # type: ignore[attr-defined]
    assert api.calls[0].request.params["To"] == NUMBER  # type: ignore[attr-defined]


def test_a_document_that_dialled_nobody_has_no_child(carrier: Carrier, api: responses.RequestsMock) -> None:
    answer(api, json={"calls": []})
    assert carrier.find_child(CA, NUMBER) == ("", LegState.UNKNOWN, False)


def test_a_dial_is_found_by_number_time_and_direction(carrier: Carrier, api: responses.RequestsMock) -> None:
    calls = [made("CAin", "09:00:12", "inbound"), made("CAnew", "09:00:10"), made("CAold", "08:59:59")]
    assert found(carrier, api, *calls) == "CAnew"
    assert api.calls[0].request.params["To"] == NUMBER  # type: ignore[attr-defined]


def test_an_older_call_to_the_same_number_is_not_taken_for_ours(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    assert found(carrier, api, made("CAold", "08:59:59")) == ""


def test_a_call_that_belongs_to_somebody_else_is_passed_over(
    carrier: Carrier, api: responses.RequestsMock
) -> None:
    calls = [made("CAtheirs", "09:00:12"), made("CAours", "09:00:11")]
    assert found(carrier, api, *calls, known={"CAtheirs"}) == "CAours"


def test_a_call_without_a_date_is_a_new_one(carrier: Carrier, api: responses.RequestsMock) -> None:
    assert found(carrier, api, made("CAqueued", None)) == "CAqueued"


# Where to, and as whom ------------------------------------------------------------------------------


def test_another_host_gets_the_same_requests(api: responses.RequestsMock) -> None:
    carrier = Carrier(Account(AC, "token"), base_url="http://127.0.0.1:4010/")
    api.add("POST", f"http://127.0.0.1:4010{ROOT}/Calls/{CA}.json", json={"sid": CA})
    carrier.end_call(CA)
    assert sent(api)[1] == f"{ROOT}/Calls/{CA}.json"


@pytest.mark.parametrize(
    ("account", "pair"),
    [
        (Account(AC, "token"), (AC, "token")),
        (Account(AC, "token", "SK" + "4" * 32, "secret"), ("SK" + "4" * 32, "secret")),
    ],
)
def test_requests_are_signed_by_the_key_when_there_is_one(
    api: responses.RequestsMock, account: Account, pair: tuple[str, str]
) -> None:
    answer(api, json={"sid": CA})
    Carrier(account).end_call(CA)
    wanted = requests.Request("GET", "https://x.example", auth=pair).prepare().headers["Authorization"]
    assert api.calls[0].request.headers["Authorization"] == wanted
    assert AC in str(api.calls[0].request.url)


def test_secrets_are_not_in_an_accounts_repr() -> None:
    assert "hush" not in repr(Account(AC, "hush", "SK1", "hush"))


@pytest.mark.parametrize("action", ["end_call", "move_call", "end_room", "leg", "remove"])
def test_an_empty_sid_never_becomes_a_request_to_the_whole_collection(
    carrier: Carrier, api: responses.RequestsMock, action: str
) -> None:
    answer(api, json={"sid": CA})
    arguments = {"move_call": ("", "https://x.example"), "remove": (CF, "")}.get(action, ("",))
    with pytest.raises(CarrierRefused):
        getattr(carrier, action)(*arguments)
    assert not api.calls


# Failures -------------------------------------------------------------------------------------------


def failure(carrier: Carrier, action: str) -> CarrierError:
    with pytest.raises(CarrierError) as caught:
        ACTIONS[action](carrier)
    return caught.value


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


LOUD = [(20003, "AUTH_TOKEN"), (20005, "ACCOUNT_SID"), (21210, "TWILIO_NUMBER"), (21218, "APP_SID")]


@pytest.mark.parametrize(("code", "key"), LOUD)
def test_the_deployments_own_fault_is_one_loud_line_that_names_the_key(
    carrier: Carrier, api: responses.RequestsMock, caplog: pytest.LogCaptureFixture, code: int, key: str
) -> None:
    answer(api, json={"code": code, "message": "no", "status": 401}, status=401)
    failure(carrier, "dial")
    [line] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert key in line.getMessage()


def test_wrong_credentials_are_loud_without_a_body_too(
    carrier: Carrier, api: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    answer(api, body="", status=401)
    failure(carrier, "dial")
    assert "TWILIO_AUTH_TOKEN" in caplog.text


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
