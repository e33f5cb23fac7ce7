"""Every order and question that the carrier's port knows, and what it sent for one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from warmtransfer.errors import CarrierError
from warmtransfer.ports.carrier.rest import Carrier

AC = "AC" + "0" * 32
AP = "AP" + "1" * 32
CF = "CF" + "2" * 32
CA = "CA" + "3" * 32
ROOT = f"/2010-04-01/Accounts/{AC}"
API = f"https://api.twilio.com{ROOT}"
ROOM_EVENTS = ["start", "end", "join", "leave", "hold", "modify", "announcement"]
LEG_EVENTS = ["initiated", "ringing", "answered", "completed"]
NUMBER = "+15550100001"
OURS = "+15550100000"

ACTIONS: dict[str, Callable[[Carrier], Any]] = {
    "add_ai": lambda carrier: carrier.add_ai(
        room=CF,
        app_sid=AP,
        parameters={"call": "c1", "room": "wt-c1 &x"},
        label="ai-1",
        from_=OURS,
        room_callback="https://app.example/room/c1#rc=5&rp=all",
        time_limit=3600,
    ),
    "dial": lambda carrier: carrier.dial(
        to=NUMBER,
        from_=OURS,
        url="https://app.example/human/c1/1",
        status_callback="https://app.example/human/c1/1/status",
        amd_callback="https://app.example/human/c1/1/amd",
        ring=25.4,
        time_limit=3600,
    ),
    "add_human": lambda carrier: carrier.add_human(
        room=CF,
        to=NUMBER,
        from_=OURS,
        label="human-1",
        status_callback="https://app.example/human/c1/1/status",
        amd_callback="https://app.example/human/c1/1/amd",
        room_callback="https://app.example/room/c1",
        wait_url="https://app.example/human/c1/1/wait",
        ring=20,
        time_limit=3600,
    ),
    "text": lambda carrier: carrier.text(
        to=NUMBER,
        from_=OURS,
        body="A call for Sam. https://app.example/my/c/1",
        seconds=55,
        status_callback="https://app.example/human/c1/1/card",
    ),
    "end_call": lambda carrier: carrier.end_call(CA),
    "limit_call": lambda carrier: carrier.limit_call(CA, 90),
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
    "picked_up": lambda carrier: carrier.picked_up(CA),
    "find_call": lambda carrier: carrier.find_call(NUMBER, OURS, 1_000_000_000.0),
}
#: The SDK gives no code for lists.
LISTS = ("find_room", "find_call", "find_child", "incoming", "people", "open_rooms")
CREATES = ("add_ai", "dial", "add_human", "text")
NAMES_SOMETHING = (
    "add_ai",
    "add_human",
    "end_call",
    "limit_call",
    "move_call",
    "remove",
    "announce",
    "hold",
    "release",
    "end_room",
)


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


def failure(carrier: Carrier, action: str) -> CarrierError:
    with pytest.raises(CarrierError) as caught:
        ACTIONS[action](carrier)
    return caught.value
