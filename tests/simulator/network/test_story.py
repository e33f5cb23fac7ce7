"""Whole calls through the simulated network: a small application on loopback, real phones, real audio."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from typing import Any

import numpy as np
from aiohttp import web

from tests.simulator.app import CALLER, PUBLIC, SAM, Page, Seen, World, room, world
from warmtransfer.simulator.sound.audio import encode, loudness, tone

HELLO = tone(1.0, 700)


async def speak_once(socket: web.WebSocketResponse) -> None:
    """An AI that says one tone and then listens."""
    async for message in socket:
        event = json.loads(message.data)
        if event["event"] == "start":
            media = {"payload": base64.b64encode(encode(HELLO)).decode()}
            sid = event["streamSid"]
            await socket.send_json({"event": "media", "streamSid": sid, "media": media})
            await socket.send_json({"event": "mark", "streamSid": sid, "mark": {"name": "said"}})


PAGES = {
    "/voice": room("caller", endConferenceOnExit="true"),
    "/ai": '<Connect action="/ai-end"><Stream url="wss://app.example.test/media">'
    '<Parameter name="token" value="one-time"/></Stream></Connect>',
    "/human": '<Gather numDigits="1" action="/gate" actionOnEmptyResult="true">'
    "<Say>A call for Sam. Press 1 to take the call.</Say></Gather><Hangup/>",
    "/gate": room("human-1") + "<Say>The caller has hung up.</Say>",
    "/ai-end": "<Hangup/>",
    "/after": "<Say>The caller has hung up.</Say><Hangup/>",
}
PHONES = [
    {
        "number": SAM,
        "answer": {"after": 2.0},
        "steps": [{"until": "heard:press 1"}, {"wait": 1}, {"press": "1"}],
    }
]


async def add_ai(net: World, name: str = "wt-1", **more: str) -> tuple[int, dict[str, str]]:
    """Adds the AI's leg as the product does."""
    return await net.rest(
        "POST", f"Conferences/{name}/Participants", To=f"app:{net.account.app_sid}?call=abc",
        From=net.account.number, Label="ai-1", Beep="false", WaitUrl="", EarlyMedia="false",
        EndConferenceOnExit="false", **more,
    )  # fmt: skip


async def dial_sam(net: World) -> str:
    """Dials the human as the product does."""
    status, made = await net.rest(
        "POST", "Calls", To=SAM, From=net.account.number, Url=f"{PUBLIC}/human", Timeout="20",
        StatusCallback=f"{PUBLIC}/leg", StatusCallbackEvent=["initiated", "ringing", "answered", "completed"],
    )  # fmt: skip
    assert status == 201
    return str(made["sid"])


def test_a_caller_is_handed_from_an_ai_to_a_human() -> None:
    """The whole happy path, with sound, callbacks, and nothing left at the end."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES) as net:
            net.app.media = speak_once
            caller = await net.phone({"until": "joined:human-1"}, {"wait": 3}, {"hangup": True})
            joined = await net.callback(StatusCallbackEvent="participant-join", ParticipantLabel="caller")
            status, ai = await add_ai(net)
            assert (status, ai["status"], ai["label"]) == (201, "queued", "ai-1")
            assert ai["conference_sid"] == joined["ConferenceSid"]
            await net.callback(StatusCallbackEvent="participant-join", ParticipantLabel="ai-1")
            played = await net.sim.trace.wait(
                lambda r: r["kind"] == "stream" and r["msg"]["event"] == "mark", 60, 0
            )
            assert played["msg"]["mark"]["name"] == "said"
            human = await dial_sam(net)
            await net.callback(StatusCallbackEvent="participant-join", ParticipantLabel="human-1")
            status, _ = await net.rest("DELETE", f"Conferences/{joined['ConferenceSid']}/Participants/ai-1")
            assert status == 204
            assert (await net.ended(caller))["status"] == "completed"
            await net.ended(human)
            state = await net.quiet()
            assert (state["legs"], state["rooms"], state["streams"]) == ([], [], [])
            check_callbacks(net)
            check_sound(net, caller)

    asyncio.run(story())


def check_callbacks(net: World) -> None:
    """The order, the numbers and the fields of what the application was told."""
    assert net.app.events() == [
        "participant-join", "participant-join", "conference-start", "participant-join", "participant-leave",
        "participant-leave", "participant-leave", "conference-end",
    ]  # fmt: skip
    forms = net.app.forms("/conf")
    assert [f["SequenceNumber"] for f in forms] == [str(n) for n in range(1, 9)]
    removed, left, dropped = [f for f in forms if f["StatusCallbackEvent"] == "participant-leave"]
    assert removed["ReasonParticipantLeft"] == "participant_updated_via_api"
    assert (left["ParticipantLabel"], left["ReasonParticipantLeft"]) == ("caller", "participant_hung_up")
    assert left["ParticipantCallStatus"] == "completed"
    assert dropped["ReasonParticipantLeft"] == "moderator_ended_conference"
    end = forms[-1]
    assert end["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert end["ParticipantLabelEndingConference"] == "caller"
    legs = net.app.forms("/leg")
    assert [f["CallStatus"] for f in legs] == ["initiated", "ringing", "in-progress", "completed"]
    assert [f["SequenceNumber"] for f in legs] == ["0", "1", "2", "3"]
    assert net.app.forms("/status", CallStatus="completed")[0]["From"] == CALLER
    assert {f["CallStatus"] for f in net.app.forms("/after")} == {"completed", "in-progress"}


def check_sound(net: World, caller: str) -> None:
    """The caller heard the AI's tone, and only about its length of it."""
    heard = net.heard(caller)
    frames = heard[: len(heard) // 160 * 160].reshape(-1, 160)
    loud = [loudness(f) > -30 for f in frames]
    assert 45 <= sum(loud) <= 60, sum(loud)
    part = frames[np.array(loud)].ravel()[160:-160].astype(float)
    peak = np.argmax(np.abs(np.fft.rfft(part))) * 8000 / len(part)
    assert abs(peak - 700) < 10


def test_the_stream_carries_the_token_and_the_application_legs_own_sid() -> None:
    """start.callSid is the SID of the application's webhook: by default not the participant's."""

    async def story() -> None:
        for law, same in (("different", False), ("same", True)):
            async with world(PAGES, laws={"app_sid": law}) as net:
                net.app.media = speak_once
                await net.phone({"wait": 200})
                await net.callback(StatusCallbackEvent="participant-join")
                _, ai = await add_ai(net)
                row = await net.sim.trace.wait(
                    lambda r: r["kind"] == "stream" and r["msg"]["event"] == "start", 30, 0
                )
                asked = net.app.forms("/ai")[0]
                assert row["msg"]["start"]["callSid"] == asked["CallSid"]
                assert row["msg"]["start"]["customParameters"] == {"token": "one-time"}
                assert (asked["CallSid"] == ai["call_sid"]) is same
                assert asked["call"] == "abc"
                assert asked["To"] == f"app:{net.account.app_sid}"
                status, fetched = await net.rest("GET", f"Calls/{asked['CallSid']}")
                assert (status, fetched["status"]) == (200, "in-progress")

    asyncio.run(story())


def test_a_stream_the_application_closes_goes_on_with_the_action() -> None:
    """After the server closes the socket the action's document decides."""

    async def hang_up_soon(socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if json.loads(message.data)["event"] == "media":
                break
        await socket.close()

    async def story() -> None:
        pages = {**PAGES, "/voice": PAGES["/ai"], "/ai-end": "<Say>Goodbye then.</Say>"}
        async with world(pages) as net:
            net.app.media = hang_up_soon
            caller = await net.phone()
            await net.ended(caller)
            assert net.app.forms("/ai-end")[0]["CallStatus"] == "in-progress"
            assert net.rows("note", event="speech", text="Goodbye then.")[0]["whole"] is True

    asyncio.run(story())


def test_speed_ten_holds_with_six_calls_at_once() -> None:
    """Six callers with an AI each need less than one core at ten times the speed, application included."""

    async def story() -> None:
        named: dict[str, Page] = {
            **PAGES,
            "/voice": lambda seen: room("caller", seen.form["CallSid"], endConferenceOnExit="true"),
        }
        async with world(named, speed=10) as net:
            net.app.media = speak_once
            callers = [
                await net.phone({"wait": 30}, {"hangup": True}, from_=f"+1555012000{n}") for n in range(6)
            ]
            for sid in callers:
                await net.callback(StatusCallbackEvent="participant-join", CallSid=sid)
                assert (await add_ai(net, sid))[0] == 201
            began, used, ticks = net.sim.clock.now(), time.process_time(), net.network.engine.ticks
            for sid in callers:
                await net.ended(sid)
            used = time.process_time() - used
            heard = (net.network.engine.ticks - ticks) * 0.02
            assert heard > 10, "the audio stood still"
            assert used < 0.9 * heard / 10, (used, heard, net.sim.clock.now() - began)
            await net.quiet()

    asyncio.run(story())


def test_a_copy_of_the_sound_goes_out_one_way() -> None:
    """<Start><Stream> sends the tracks it names while the TwiML goes on, and <Stop> ends it."""

    async def story() -> None:
        pages = {
            "/voice": '<Start><Stream name="tap" url="/media" track="both_tracks" statusCallback="/news"/>'
            "</Start>"
            "<Say>This call is copied.</Say><Stop><Stream name='tap'/></Stop><Pause length='1'/>"
        }
        async with world(pages) as net:
            got: list[dict[str, Any]] = []

            async def listen(socket: web.WebSocketResponse) -> None:
                got.extend([json.loads(message.data) async for message in socket])

            net.app.media = listen
            await net.ended(await net.phone({"say": "Yes."}))
            await net.quiet()
            assert got[1]["start"]["tracks"] == ["inbound", "outbound"]
            assert {m["media"]["track"] for m in got if m["event"] == "media"} == {"inbound", "outbound"}
            assert got[-1]["event"] == "stop"
            events = [f["StreamEvent"] for f in net.app.forms("/news")]
            assert events == ["stream-started", "stream-stopped"]

    asyncio.run(story())


def test_keys_reach_the_stream_of_the_leg_that_pressed_them() -> None:
    """dtmf is sent to a bidirectional stream of the same leg."""

    async def story() -> None:
        async with world({**PAGES, "/voice": PAGES["/ai"]}) as net:
            net.app.media = speak_once
            await net.phone({"wait": 3}, {"press": "7"}, {"wait": 1}, {"hangup": True})
            row = await net.sim.trace.wait(
                lambda r: r["kind"] == "stream" and r["msg"]["event"] == "dtmf", 60, 0
            )
            assert row["msg"]["dtmf"] == {"track": "inbound_track", "digit": "7"}
            await net.quiet()
            assert net.app.forms("/ai-end")[0]["CallStatus"] == "completed"
            sent = [r["msg"]["event"] for r in net.rows("stream", dir="twilio")]
            assert (sent[-1], sent.count("stop")) == ("stop", 1)

    asyncio.run(story())


def test_a_caller_who_leaves_before_the_answer_is_only_seen_by_the_number() -> None:
    """The number's status callback is the one sign of it; the document that comes too late is not run."""

    async def story() -> None:
        over = asyncio.Event()

        async def slow(_: Seen) -> str:
            await over.wait()
            return PAGES["/voice"]

        async with world({"/voice": slow}) as net:
            sid = await net.phone()
            await net.until("leg", event="ringing")
            while not net.app.forms("/voice"):
                await asyncio.sleep(0.01)
            await net.control("POST", f"/calls/{sid}/hangup")
            over.set()
            state = await net.quiet()
            assert (state["legs"], state["rooms"]) == ([], [])
            assert [f["CallStatus"] for f in net.app.forms("/status")] == ["no-answer"]
            assert net.app.forms("/conf") == []
            assert [r["status"] for r in net.rows("webhook") if r["url"].endswith("/voice")] == [200]

    asyncio.run(story())


def test_a_star_leaves_the_conference_when_it_may() -> None:
    """hangupOnStar ends the Dial but not the leg; without it the key does nothing."""

    async def story() -> None:
        for star, events in (("true", 1), ("false", 0)):
            page = PAGES["/voice"].replace("<Dial", f'<Dial hangupOnStar="{star}"')
            async with world({"/voice": page, "/after": "<Say>Back again.</Say>"}) as net:
                sid = await net.phone(
                    {"until": "joined:caller"}, {"press": "*"}, {"wait": 5}, {"hangup": True}
                )
                await net.ended(sid)
                assert len(net.rows("note", event="speech", text="Back again.")) == events

    asyncio.run(story())


def test_time_limits_end_legs() -> None:
    """TimeLimit of a REST leg ends the leg; timeLimit of a Dial ends the Dial."""

    async def story() -> None:
        page = PAGES["/voice"].replace("<Dial", '<Dial timeLimit="4"')
        async with world(
            {"/voice": page, "/after": "<Hangup/>", "/human": "<Pause length='60'/>"}, phones=PHONES
        ) as net:
            caller = await net.phone()
            _, made = await net.rest(
                "POST", "Calls", To=SAM, From=net.account.number, Url=f"{PUBLIC}/human", TimeLimit="3"
            )
            await net.ended(caller)
            await net.ended(made["sid"])
            assert 3 <= int((await net.rest("GET", f"Calls/{made['sid']}"))[1]["duration"]) <= 4
            assert 3 <= int((await net.rest("GET", f"Calls/{caller}"))[1]["duration"]) <= 6

    asyncio.run(story())


def test_new_twiml_takes_a_leg_out_of_its_stream() -> None:
    """The socket gets its stop, the action is not asked, and the new words are heard whole."""

    async def story() -> None:
        async with world({**PAGES, "/voice": PAGES["/ai"]}) as net:
            net.app.media = speak_once
            caller = await net.phone()
            await net.sim.trace.wait(lambda r: r["kind"] == "stream" and r["msg"]["event"] == "mark", 60, 0)
            words = "<Response><Say>Now something else.</Say></Response>"
            assert (await net.rest("POST", f"Calls/{caller}", Twiml=words))[0] == 200
            await net.ended(caller)
            assert net.rows("note", event="speech", text="Now something else.")[0]["whole"] is True
            assert net.app.forms("/ai-end") == []
            assert [r["msg"]["event"] for r in net.rows("stream", dir="twilio")].count("stop") == 1

    asyncio.run(story())
