"""The REST API: statuses, bodies and error codes, by hand and through Twilio's own SDK."""

from __future__ import annotations

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.simulator.app import CALLER, KIM, PUBLIC, SAM, World, room, world
from tests.simulator.sdk import sdk

PAGES = {"/voice": room("caller", endConferenceOnExit="true"), "/human": "<Pause length='300'/>"}
PHONES = [{"number": SAM, "answer": {"after": 1}}, {"number": KIM, "answer": {"after": 90}}]


async def started(net: World) -> tuple[str, str]:
    """Phones in and adds Sam; returns the Conference SID and the caller's leg once they are together."""
    caller = await net.phone({"wait": 500})
    joined = await net.callback(StatusCallbackEvent="participant-join")
    status, _ = await net.rest(
        "POST",
        "Conferences/wt-1/Participants",
        To=SAM,
        From=net.account.number,
        Label="human-1",
        Beep="false",
    )
    assert status == 201
    await net.callback(StatusCallbackEvent="conference-start")
    return joined["ConferenceSid"], caller


def test_the_python_sdk_works_against_it() -> None:
    """Calls, conferences and participants through twilio-python with nothing but another host."""

    def use(client: Client, net: World, sid: str, caller: str) -> None:
        assert client.conferences(sid).fetch().status == "in-progress"
        assert [c.sid for c in client.conferences.list(friendly_name="wt-1", status="in-progress")] == [sid]
        assert {p.label for p in client.conferences(sid).participants.list()} == {"caller", "human-1"}
        human = client.conferences(sid).participants("human-1").fetch()
        assert (human.status, human.muted, human.hold) == ("connected", False, False)
        assert client.conferences(sid).participants("human-1").update(muted=True).muted is True
        made = client.conferences("wt-1").participants.create(
            to=KIM, from_=net.account.number, label="human-2", timeout=20, wait_url="", beep="false",
            status_callback=f"{PUBLIC}/leg", status_callback_event=["answered", "completed"],
        )  # fmt: skip
        assert (made.status, made.conference_sid, made.label) == ("queued", sid, "human-2")
        assert client.conferences(sid).participants("human-2").delete() is True
        call = client.calls(caller).fetch()
        assert (call.status, call.direction, call.to) == ("in-progress", "inbound", net.account.number)
        dialled = client.calls.create(
            to=KIM, from_=net.account.number, twiml="<Response><Hangup/></Response>"
        )
        assert (dialled.status, dialled.direction) == ("queued", "outbound-api")
        assert client.calls(dialled.sid).update(status="completed").status == "canceled"
        assert client.applications(net.account.app_sid).fetch().voice_url == f"{PUBLIC}/ai"
        assert client.incoming_phone_numbers.list()[0].phone_number == net.account.number
        assert client.api.accounts(net.account.sid).fetch().status == "active"
        with pytest.raises(TwilioRestException) as gone:
            client.conferences(sid).participants("nobody").fetch()
        assert (gone.value.status, gone.value.code) == (404, 20404)
        assert client.calls(caller).update(status="completed").status == "completed"
        client.http_client.session.close()

    async def story() -> None:
        async with world(PAGES, phones=PHONES) as net:
            sid, caller = await started(net)
            await asyncio.to_thread(use, sdk(net), net, sid, caller)
            await net.quiet()
            assert (await net.rest("GET", f"Conferences/{sid}"))[1]["status"] == "completed"

    asyncio.run(story())


@pytest.mark.parametrize(
    ("path", "form", "status", "code"),
    [
        ("Calls", {}, 400, 21201),
        ("Calls", {"To": "sam", "From": "+15550100000", "Url": PUBLIC}, 400, 21211),
        ("Calls", {"To": "+15550100000", "From": "+15550100000", "Url": PUBLIC}, 400, 21211),
        ("Calls", {"To": SAM, "Url": PUBLIC}, 400, 21213),
        ("Calls", {"To": SAM, "From": "me", "Url": PUBLIC}, 400, 21212),
        ("Calls", {"To": SAM, "From": CALLER, "Url": PUBLIC}, 400, 21210),
        ("Calls", {"To": SAM, "From": "+15550100000"}, 400, 21205),
        ("Calls", {"To": SAM, "From": "+15550100000", "Url": "/relative"}, 400, 21205),
        ("Calls", {"To": SAM, "From": "+15550100000", "Url": PUBLIC, "Timeout": "soon"}, 400, 20001),
        ("Calls", {"To": SAM, "From": "+15550100000", "Twiml": "<Response>"}, 400, 12100),
        (
            "Calls",
            {
                "To": SAM,
                "From": "+15550100000",
                "Url": PUBLIC,
                "MachineDetection": "Enable",
                "AsyncAmd": "true",
            },
            400,
            21262,
        ),
        ("Calls/CA0", {"Status": "completed"}, 404, 20404),
        ("Conferences/wt-9/Participants", {"To": "app:AP0", "From": "+15550100000"}, 400, 21218),
        ("Conferences/wt-9/Participants", {"To": SAM, "From": "+15550100000", "Timeout": "2"}, 400, 20001),
        ("Conferences/wt-9/Participants", {"To": SAM, "From": "+15550100000", "Label": "a/b"}, 400, 16024),
        ("Conferences/wt-9/Participants/ai-1", {"Muted": "true"}, 405, 20004),
        ("Conferences/CF" + "0" * 32, {"Status": "completed"}, 404, 20404),
        ("Addresses", {}, 404, 20404),
    ],
)
def test_refusals_have_their_code_and_body(path: str, form: dict[str, str], status: int, code: int) -> None:
    """Each refusal is a JSON body of code, message, more_info and status, and nothing happens."""

    async def story() -> None:
        async with world() as net:
            answer = await net.rest("POST", path, **form)
            assert answer[0] == status
            assert set(answer[1]) == {"code", "message", "more_info", "status"}
            assert (answer[1]["code"], answer[1]["status"]) == (code, status)
            assert answer[1]["more_info"].endswith(f"/{code}")
            assert net.network.state()["legs"] == []
            assert net.network.state()["rooms"] == []

    asyncio.run(story())


def test_wrong_credentials_are_401() -> None:
    """No key, a wrong token and a foreign account are refused."""

    async def story() -> None:
        async with world() as net:
            url = f"{net.sim.url}/2010-04-01/Accounts/{net.account.sid}/Calls.json"
            for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer x"}):
                async with net.http.get(url, headers=headers) as got:
                    assert got.status == 401
                    assert (await got.json())["code"] == 20003

    asyncio.run(story())


def test_participant_actions_need_a_conference_in_progress() -> None:
    """While a conference is `init` an update or delete is 16099; afterwards the participant is gone."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES) as net:
            caller = await net.phone({"wait": 500})
            sid = (await net.callback(StatusCallbackEvent="participant-join"))["ConferenceSid"]
            for method in ("POST", "DELETE"):
                status, body = await net.rest(method, f"Conferences/{sid}/Participants/caller")
                assert (status, body["code"]) == (400, 16099)
            await net.rest("POST", f"Calls/{caller}", Status="completed")
            await net.quiet()
            assert (await net.rest("DELETE", f"Conferences/{sid}/Participants/caller"))[0] == 404
            status, body = await net.rest(
                "POST", f"Conferences/{sid}/Participants", To=SAM, From=net.account.number
            )
            assert (status, body["code"]) == (400, 16022)
            status, body = await net.rest("POST", f"Calls/{caller}", Status="completed")
            assert (status, body["code"]) == (400, 21220)

    asyncio.run(story())


def test_a_label_is_used_once() -> None:
    """A second participant with a live label is 16026, also while the first one still rings."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES) as net:
            await net.phone({"wait": 500})
            await net.callback(StatusCallbackEvent="participant-join")
            form = {"To": KIM, "From": net.account.number, "Label": "human-1"}
            assert (await net.rest("POST", "Conferences/wt-1/Participants", **form))[0] == 201
            status, body = await net.rest("POST", "Conferences/wt-1/Participants", **form)
            assert (status, body["code"]) == (400, 16026)

    asyncio.run(story())


def test_a_call_token_lends_the_callers_number() -> None:
    """From may be the incoming caller's number only with that call's CallToken."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES) as net:
            await net.phone({"wait": 500})
            await net.callback(StatusCallbackEvent="participant-join")
            token = net.app.forms("/voice")[0]["CallToken"]
            form = {"To": SAM, "From": CALLER}
            assert (await net.rest("POST", "Conferences/wt-1/Participants", **form))[1]["code"] == 21210
            assert (await net.rest("POST", "Conferences/wt-1/Participants", **form, CallToken=token))[
                0
            ] == 201

    asyncio.run(story())


def test_new_legs_leave_at_the_accounts_calls_per_second() -> None:
    """The second leg within a second waits in line, and the reply says how long."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES, cps=1.0, speed=5) as net:
            made = [
                (await net.rest("POST", "Calls", To=SAM, From=net.account.number, Url=f"{PUBLIC}/human"))[1]
                for _ in range(3)
            ]
            assert int(made[0]["queue_time"]) == 0
            assert 500 < int(made[1]["queue_time"]) <= 1000 < int(made[2]["queue_time"]) <= 2000
            queued = await net.until("note", event="queued", call_sid=made[2]["sid"])
            assert queued["seconds"] == pytest.approx(int(made[2]["queue_time"]) / 1000, abs=0.002)
            starts = [(await net.until("leg", event="dialled", call_sid=m["sid"]))["t"] for m in made]
            assert starts[1] - starts[0] > 0.9
            assert starts[2] - starts[1] > 0.9

    asyncio.run(story())


def test_unknown_parameters_are_ignored_loudly() -> None:
    """A parameter that the resource does not have changes nothing and is noted."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES) as net:
            status, _ = await net.rest(
                "POST",
                "Conferences/wt-1/Participants",
                To=SAM,
                From=net.account.number,
                Url=PUBLIC,
                AsyncAmd="true",
            )
            assert status == 201
            notes = net.rows("note", event="warning")
            assert ["AsyncAmd", "Url"] in [n.get("parameters") for n in notes]
            assert 21263 in [n.get("code") for n in notes]

    asyncio.run(story())


def test_a_call_updated_with_new_twiml_leaves_its_conference() -> None:
    """The leg runs the new document; the room hears participant_updated_via_api."""

    async def story() -> None:
        pages = {**PAGES, "/voice": room("caller"), "/elsewhere": "<Say>You are elsewhere now.</Say>"}
        async with world(pages, phones=PHONES) as net:
            sid, caller = await started(net)
            status, _ = await net.rest("POST", f"Calls/{caller}", Url=f"{PUBLIC}/elsewhere")
            assert status == 200
            left = await net.callback(StatusCallbackEvent="participant-leave", CallSid=caller)
            assert left["ReasonParticipantLeft"] == "participant_updated_via_api"
            assert left["ParticipantCallStatus"] == "in-progress"
            await net.ended(caller)
            assert net.rows("note", event="speech", text="You are elsewhere now.")[0]["whole"] is True
            assert net.app.forms("/after") == []
            assert (await net.rest("GET", f"Conferences/{sid}/Participants/caller"))[0] == 404

    asyncio.run(story())


@pytest.mark.parametrize(
    ("fault", "status", "made"),
    [
        ("rest=429;match=POST Calls;times=1", 429, 0),
        ("rest=500;match=POST Calls;times=1", 500, 0),
        ("rest=500_after;match=POST Calls;times=1", 500, 1),
        ("rest=refuse:21214;match=POST Calls;times=1", 400, 0),
    ],
)
def test_faults_strike_once_where_they_are_aimed(fault: str, status: int, made: int) -> None:
    """A fault answers for the matching request, before or after the work, as often as it says."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES, faults=[fault]) as net:
            form = {"To": SAM, "From": net.account.number, "Url": f"{PUBLIC}/human"}
            assert (await net.rest("GET", "Calls"))[0] == 200
            assert (await net.rest("POST", "Calls", **form))[0] == status
            assert len(net.network.live()) == made
            assert (await net.rest("POST", "Calls", **form))[0] == 201
            assert len(net.network.live()) == made + 1

    asyncio.run(story())


def test_a_request_can_be_done_and_never_answered() -> None:
    """timeout_after does the work and lets the client wait."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES, faults=["rest=timeout_after;match=POST Calls;times=1"]) as net:
            form = {"To": SAM, "From": net.account.number, "Url": f"{PUBLIC}/human"}
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(net.rest("POST", "Calls", **form), 0.5)
            assert len(net.network.live()) == 1
            assert net.rows("rest", method="POST")[0]["status"] == 0

    asyncio.run(story())
