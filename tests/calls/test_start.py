"""What is wrong from the first second, and what comes from somebody who is not Twilio."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.calls.story import HELLO, KIM, SAM, Row, Story, human
from tests.calls.world import PUBLIC, World
from warmtransfer.simulator.wire import sign

STAY: Row = {"wait": 100}
TAKES = ({"until": "heard:A call for"}, {"press": "1"}, {"wait": 1}, {"say": "kim-hello"}, STAY)


@pytest.fixture
def settings() -> dict[str, str]:
    """An app that takes one call at a time."""
    return {"WARMTRANSFER_MAX_CALLS": "1"}


@pytest.fixture
def world(world: World) -> Iterator[World]:
    """The world, its model as it was."""
    yield world
    world.model(clear=True)


# No model -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "arg"), [("http", 401), ("http", 500), ("tcp", True), ("handshake", 90)], ids=str
)
def test_a_model_that_cannot_be_had_brings_a_human(story: Story, fault: str, arg: object) -> None:
    story.world.model(fault=fault, arg=arg, times=0)
    story.world.phones(human(SAM, "busy"), human(KIM, {"after": 0.5}, *TAKES))
    story.phone(STAY)
    story.leg("joined", "human-2", 120)
    assert story.app_call()["handoff"]["source"] == "model_down"
    story.hang_up()
    assert [each["outcome"] for each in story.ends()["attempts"]] == ["busy", "accepted"]


def test_a_human_whom_the_carrier_refuses_to_dial_is_passed_over(story: Story) -> None:
    story.world.model(fault="http", arg=401, times=0)
    story.world.control("PUT", "/faults", ["rest=refuse:21211;match=POST Calls;times=1"])
    story.world.phones(human(SAM, "busy"), human(KIM, {"after": 0.5}, *TAKES))
    story.phone(STAY)
    story.leg("joined", "human-2", 120)
    story.hang_up()
    assert [each["outcome"] for each in story.ends()["attempts"]] == ["unreachable", "accepted"]


# Too many calls -------------------------------------------------------------------------------------


def test_one_call_too_many_hears_so_and_the_next_is_served_again(story: Story) -> None:
    other, third = Story(story.world), Story(story.world)
    story.phone(STAY)
    story.stage("ai", 30)
    other.phone(STAY)
    other.note("say", 20, leg="caller", text="all our lines are busy")
    other.wait(
        "the end",
        lambda r: r["kind"] == "leg" and r["event"] == "ended" and r["call_sid"] == other.caller_sid,
        30,
    )
    assert story.app_call()["stage"] == "ai"
    story.hang_up()
    story.ends()
    third.phone(STAY)
    third.stage("ai", 30)
    third.hang_up()
    third.ends()


# Not Twilio -----------------------------------------------------------------------------------------


def signed(world: World, path: str, form: Row, token: str = "") -> requests.Response:
    """Post a form as Twilio would, signed with its token or another."""
    url = f"{PUBLIC}/warmtransfer{path}"
    headers = {"X-Twilio-Signature": sign(token or world.keys["TWILIO_AUTH_TOKEN"], url, form.items())}
    return posted(world, path, form, headers)


def posted(world: World, path: str, form: Row, headers: dict[str, str]) -> requests.Response:
    local = f"http://127.0.0.1:{world.port}/warmtransfer{path}"
    return world.web.post(local, data=form, headers=headers, timeout=10)


def stream(world: World, token: str = "") -> ClientConnection:
    """A socket opened as Twilio would, signed with its token or another."""
    signature = sign(
        token or world.keys["TWILIO_AUTH_TOKEN"], f"{PUBLIC.replace('http', 'ws')}/warmtransfer/media"
    )
    return connect(
        f"ws://127.0.0.1:{world.port}/warmtransfer/media",
        additional_headers={"X-Twilio-Signature": signature},
        compression=None,
        open_timeout=10,
    )


def token_in(document: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', document)
    assert found, document
    return found[1]


def start(token: str) -> list[str]:
    """The first messages of a stream with this token."""
    about = {
        "accountSid": "AC1", "streamSid": "MZ1", "callSid": "CA1", "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"token": token},
    }  # fmt: skip
    return [
        json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}),
        json.dumps({"event": "start", "sequenceNumber": "1", "start": about, "streamSid": "MZ1"}),
    ]


def closed(socket: ClientConnection) -> int:
    """The close code of a socket, once the other side has closed it; what it sends before is read away."""
    try:
        while True:
            socket.recv(timeout=10)
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else 1006


def test_what_twilio_did_not_sign_is_refused_and_changes_nothing(story: Story) -> None:
    story.phone(HELLO, STAY)
    story.note("speech", 30, who="ai")
    story.stage("ai")
    before = story.greeted().app_call()
    here = story.call_id
    room = {"FriendlyName": f"wt-{here}", "ConferenceSid": "CF" + "0" * 32}
    leave = {**room, "StatusCallbackEvent": "participant-leave", "ParticipantLabel": "caller"}
    over = {"CallSid": story.caller_sid, "CallStatus": "completed"}
    forged = {"/voice": {"CallSid": "CA" + "0" * 32}, "/status": over, f"/room/{here}": leave,
              f"/caller/{here}/next": over, f"/ai/{here}/1/after": {"CallStatus": "in-progress"},
              f"/human/{here}/1/gate": {"Digits": "1"}}  # fmt: skip
    good = signed(story.world, "/status", {"CallSid": "CA1", "CallStatus": "completed"})
    assert good.status_code == 204, "the client signs as Twilio does"
    for path, form in forged.items():
        assert posted(story.world, path, form, {}).status_code == 403
        assert posted(story.world, path, form, {"X-Twilio-Signature": "x" * 27 + "="}).status_code == 403
        assert signed(story.world, path, form, token="another-account's").status_code == 403
        elsewhere = {"X-Twilio-Signature": good.request.headers["X-Twilio-Signature"]}
        assert posted(story.world, path, form, elsewhere).status_code == 403
    with pytest.raises(InvalidStatus, match="403"):
        stream(story.world, token="another-account's")
    after = story.app_call()
    passing = {"transcript": [], "journal": [], "billed": {}}  # the greeting is noted, and time goes by
    assert {**after, **passing} == {**before, **passing}
    # What the app finds itself when it looks after the call from time to time, and nothing else.
    more = {row["event"] for row in after["journal"][len(before["journal"]) :]}
    assert more <= {"TimedOut", "CallerPresent", "AIJoined", "AIIdle"}, more
    assert before["journal"]
    story.hang_up()
    story.ends()


def test_a_token_opens_one_stream(story: Story) -> None:
    story.phone(HELLO, STAY)
    story.note("speech", 30, who="ai")
    asked = story.wait("the AI's document", lambda r: r["kind"] == "webhook" and r["url"].endswith("/ai"))
    for token in (token_in(asked["body"]), "made-up.token", ""):
        with stream(story.world) as second:
            for message in start(token):
                second.send(message)
            assert closed(second) in (1000, 1006, 1008)
    assert story.app_call()["stage"] == "ai"
    assert story.joins("ai-1") == 1
    story.hang_up()
    story.ends()


@pytest.mark.parametrize(
    ("message", "code"),
    [('{"event": "media", "media": {"payload": "', 1003), ("x" * 100_000, 1009), (b"\x00\x01", 1003)],
    ids=["malformed", "oversized", "binary"],
)
def test_a_message_no_stream_sends_ends_that_stream_and_the_call_goes_on(
    story: Story, message: str | bytes, code: int
) -> None:
    """The client takes the AI's stream over, as if Twilio had begun it anew, and sends the message."""
    story.phone(HELLO, STAY)
    story.note("speech", 30, who="ai")
    offered = signed(story.world, f"/ai/{story.app_call()['id']}/1/after", {"CallStatus": "in-progress"})
    with stream(story.world) as other:
        for each in [*start(token_in(offered.text)), message]:
            other.send(each)
        assert closed(other) == code
    story.note("speech", 60, who="ai", text="sorry")
    story.stage("ai", 30)
    story.hang_up()
    story.ends()
    assert story.joins("caller") == 1
