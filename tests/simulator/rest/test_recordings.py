"""Recordings: of a call, a <Dial>, a conference; begun, rested, ended, told of, fetched, removed."""

from __future__ import annotations

import asyncio
import io
import wave
from typing import Any

import numpy as np
import pytest
from twilio.rest import Client

from tests.simulator.app import KIM, PUBLIC, SAM, Page, World, room, world
from tests.simulator.sdk import ask, refused
from warmtransfer.simulator.sound.audio import loudness

TALKS: list[dict[str, Any]] = [{"say": "where-order"}] * 30
PHONES = [{"number": SAM, "answer": {"after": 1}, "steps": [{"wait": 2}, {"say": "sam-hello"}]}]
#: Answers, and says nothing.
QUIET = '<Gather timeout="60"/>'
ALL = ["in-progress", "completed", "absent"]


async def sound(net: World, sid: str, query: str = "") -> list[Any]:
    """The samples of each channel of a recording's WAV file."""
    path = f"/2010-04-01/Accounts/{net.account.sid}/Recordings/{sid}.wav{query}"
    async with net.http.get(net.sim.url + path) as got:
        assert got.status == 200
        with wave.open(io.BytesIO(await got.read())) as file:
            assert (file.getframerate(), file.getsampwidth()) == (8000, 2)
            raw = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
            return list(raw.reshape(-1, file.getnchannels()).T)


async def seconds(net: World, count: float) -> None:
    """Lets simulated time pass in which a call talks."""
    await net.sim.clock.sleep(count)


def test_a_call_is_recorded_rested_and_stopped_by_rest() -> None:
    async def story() -> None:
        async with world({"/voice": QUIET}) as net:
            sid = await net.phone(*TALKS)
            await net.until("leg", event="answered")
            made = await ask(net, lambda c: c.calls(sid).recordings.create(
                recording_status_callback=f"{PUBLIC}/kept", recording_status_callback_event=ALL,
                recording_channels="dual"))  # fmt: skip
            assert (made.status, made.source, made.channels) == ("in-progress", "StartCallRecordingAPI", 2)
            assert (made.call_sid, made.duration) == (sid, None)
            await seconds(net, 4)
            current = await ask(net, lambda c: c.calls(sid).recordings("Twilio.CURRENT").update(
                status="paused", pause_behavior="skip"))  # fmt: skip
            assert (current.sid, current.status) == (made.sid, "paused")
            await seconds(net, 20)
            assert (await ask(net, lambda c: c.calls(sid).recordings(made.sid).update("in-progress"))).status
            await seconds(net, 2)
            ended = await ask(net, lambda c: c.calls(sid).recordings(made.sid).update("stopped"))
            assert ended.status == "stopped"
            form = await net.callback(path="/kept", RecordingStatus="completed")
            assert [f["RecordingStatus"] for f in net.app.forms("/kept")] == ["in-progress", "completed"]
            assert (form["CallSid"], form["RecordingSid"], form["ErrorCode"]) == (sid, made.sid, "0")
            assert (form["RecordingChannels"], form["RecordingTrack"]) == ("2", "both")
            assert form["RecordingSource"] == "StartCallRecordingAPI"
            said, heard = await sound(net, made.sid)
            assert 5 <= len(said) / 8000 < 20, "the pause is left out"
            assert form["RecordingDuration"] == str(round(len(said) / 8000))
            assert loudness(said) > -40 > loudness(heard)
            (mono,) = await sound(net, made.sid, "?RequestedChannels=1")
            assert loudness(mono) > -40
            assert (await ask(net, lambda c: refused(
                lambda: c.calls(sid).recordings(made.sid).update("paused"))))[:2] == (400, 21220)  # fmt: skip
            current_again = await ask(net, lambda c: refused(
                lambda: c.calls(sid).recordings("Twilio.CURRENT").update("paused")))  # fmt: skip
            assert current_again[:2] == (404, 20404)

    asyncio.run(story())


def test_a_pause_is_silence_unless_it_is_to_be_skipped() -> None:
    async def story() -> None:
        async with world({"/voice": QUIET}) as net:
            sid = await net.phone(*TALKS)
            await net.until("leg", event="answered")
            made = await ask(net, lambda c: c.calls(sid).recordings.create(recording_track="inbound"))
            await ask(net, lambda c: c.calls(sid).recordings(made.sid).update("paused"))
            began = net.sim.clock.now()
            await seconds(net, 8)
            rested = net.sim.clock.now() - began
            await net.control("POST", f"/calls/{sid}/hangup")
            await net.until("recording", sid=made.sid, status="completed")
            (said,) = await sound(net, made.sid)
            assert len(said) / 8000 > rested - 1
            assert loudness(said[-6 * 8000 :]) < -90

    asyncio.run(story())


def test_a_call_made_by_rest_is_recorded_from_its_answer_and_says_where_at_its_end() -> None:
    async def story() -> None:
        async with world(phones=PHONES) as net:
            made = await ask(net, lambda c: c.calls.create(
                to=SAM, from_=net.account.number, record=True,
                twiml="<Response><Pause length='6'/></Response>",
                recording_status_callback=f"{PUBLIC}/kept", status_callback=f"{PUBLIC}/over",
                recording_track="inbound", trim="trim-silence"))  # fmt: skip
            over = await net.callback(path="/over", CallStatus="completed")
            form = await net.callback(path="/kept", RecordingStatus="completed")
            assert form["RecordingSource"] == "OutboundAPI"
            fields = ("RecordingUrl", "RecordingSid", "RecordingDuration")
            assert [over[name] for name in fields] == [form[name] for name in fields]
            (said,) = await sound(net, form["RecordingSid"])
            assert 1 < len(said) / 8000 < 4, "silence at both ends is cut off"
            (kept,) = await ask(net, lambda c: c.calls(made.sid).recordings.list())
            assert (kept.sid, kept.status, kept.duration) == (
                form["RecordingSid"], "completed", form["RecordingDuration"]
            )  # fmt: skip

    asyncio.run(story())


@pytest.mark.parametrize(
    ("record", "channels", "rings"),
    [("record-from-answer", 1, False), ("record-from-ringing-dual", 2, True), ("true", 1, False)],
)
def test_a_dial_is_recorded_and_its_action_told(record: str, channels: int, rings: bool) -> None:
    async def story() -> None:
        pages: dict[str, Page] = {
            "/voice": f'<Dial action="/after" timeLimit="6" record="{record}" '
            f'recordingStatusCallback="/kept">{SAM}</Dial>',
            "/after": "<Hangup/>",
        }
        async with world(pages, phones=PHONES) as net:
            sid = await net.phone(*TALKS)
            await net.ended(sid)
            form = await net.callback(path="/kept", RecordingStatus="completed")
            assert (form["CallSid"], form["RecordingSource"]) == (sid, "DialVerb")
            assert net.app.forms("/after")[0]["RecordingUrl"] == form["RecordingUrl"]
            sides = await sound(net, form["RecordingSid"])
            assert len(sides) == channels
            assert all(loudness(side) > -40 for side in sides)
            longer = len(sides[0]) / 8000 > 6.8
            assert longer is rings
            assert not [r for r in net.rows("note", event="warning") if "record" in r["text"]]

    asyncio.run(story())


def test_who_hangs_up_within_a_recorded_dial_has_its_action_told_where_it_is() -> None:
    async def story() -> None:
        dial = f'<Dial action="/after" record="record-from-answer">{SAM}</Dial>'
        async with world({"/voice": dial}, phones=PHONES) as net:
            await net.ended(await net.phone({"wait": 5}, {"hangup": True}))
            form = await net.callback(path="/after")
            assert form["RecordingUrl"].startswith(f"{net.sim.url}/2010-04-01/Accounts/AC")

    asyncio.run(story())


@pytest.mark.parametrize("law", ["parent_first", "child_first"])
def test_which_leg_of_a_dial_is_the_first_channel_is_a_law(law: str) -> None:
    async def story() -> None:
        dial = f'<Dial timeLimit="6" record="record-from-answer-dual">{SAM}</Dial>'
        async with world({"/voice": dial}, phones=PHONES, laws={"dial_channels": law}) as net:
            await net.ended(await net.phone({"wait": 60}))
            row = await net.until("recording", status="completed")
            sides = await sound(net, row["sid"])
            speaks = [loudness(side) > -40 for side in sides]
            assert speaks == ([False, True] if law == "parent_first" else [True, False])

    asyncio.run(story())


@pytest.mark.parametrize(("attributes", "channels"), [("", 2), ('channels="mono" track="inbound"', 1)])
def test_twiml_starts_a_recording_that_goes_on_behind_it(attributes: str, channels: int) -> None:
    async def story() -> None:
        pages: dict[str, Page] = {
            "/voice": f'<Start><Recording {attributes} recordingStatusCallback="/kept"/></Start>'
            "<Redirect>/on</Redirect>",
            "/on": '<Gather timeout="4"/>',
        }
        async with world(pages) as net:
            sid = await net.phone(*TALKS)
            await net.ended(sid)
            form = await net.callback(path="/kept", RecordingStatus="completed")
            assert (form["RecordingSource"], form["CallSid"]) == ("StartCallRecordingTwiML", sid)
            assert len(await sound(net, form["RecordingSid"])) == channels

    asyncio.run(story())


def test_twiml_stops_the_recording_that_it_names() -> None:
    async def story() -> None:
        page = (
            '<Start><Recording name="a"/></Start><Start><Recording name="b"/></Start><Gather timeout="3"/>'
            '<Stop><Recording name="a"/></Stop><Gather timeout="3"/>'
        )
        async with world({"/voice": page}) as net:
            await net.ended(await net.phone(*TALKS))
            await net.quiet()
            first, second = net.network.services.recordings.kept.values()
            assert first.duration is not None
            assert second.duration is not None
            assert first.duration < second.duration

    asyncio.run(story())


def test_a_conference_is_recorded_from_its_start_without_the_music() -> None:
    async def story() -> None:
        extra = {"record": "record-from-start", "recordingStatusCallback": "/kept", "waitUrl": ""}
        pages: dict[str, Page] = {"/voice": room("caller", endConferenceOnExit="true", **extra)}
        async with world(pages, phones=PHONES) as net:
            sid = await net.phone({"wait": 4}, *TALKS)
            await net.until("leg", event="joined", label="caller")
            await seconds(net, 6)
            assert net.rows("recording") == []
            name = net.network.rooms[next(iter(net.network.rooms))].sid
            await ask(net, lambda c: c.conferences(name).participants.create(
                from_=net.account.number, to=SAM, label="sam", beep="false"))  # fmt: skip
            await net.until("recording", status="in-progress")
            current = await ask(net, lambda c: c.conferences(name).recordings("Twilio.CURRENT").fetch())
            assert (current.conference_sid, current.source) == (name, "Conference")
            await ask(net, lambda c: c.conferences(name).recordings(current.sid).update("paused"))
            await ask(net, lambda c: c.conferences(name).recordings(current.sid).update("in-progress"))
            await seconds(net, 5)
            await net.control("POST", f"/calls/{sid}/hangup")
            form = await net.callback(path="/kept", RecordingStatus="completed")
            assert (form["ConferenceSid"], form["RecordingSource"]) == (name, "Conference")
            assert "CallSid" not in form
            (mix,) = await sound(net, form["RecordingSid"])
            assert loudness(mix) > -40
            (kept,) = await ask(net, lambda c: c.conferences(name).recordings.list())
            assert (kept.sid, kept.call_sid, kept.status) == (current.sid, None, "completed")

    asyncio.run(story())


def test_a_participant_and_the_conference_are_recorded_as_rest_asks() -> None:
    async def story() -> None:
        pages: dict[str, Page] = {"/voice": room("caller", endConferenceOnExit="true")}
        async with world(pages, phones=PHONES) as net:
            sid = await net.phone(*TALKS)
            await net.until("leg", event="joined", label="caller")
            made = await ask(net, lambda c: c.conferences("wt-1").participants.create(
                from_=net.account.number, to=SAM, record=True, recording_status_callback=f"{PUBLIC}/own",
                conference_record="record-from-start", beep="false",
                conference_recording_status_callback=f"{PUBLIC}/whole",
                conference_recording_status_callback_event=["in-progress", "completed"]))  # fmt: skip
            await net.callback(path="/whole", RecordingStatus="in-progress")
            await seconds(net, 5)
            await net.control("POST", f"/calls/{sid}/hangup")
            own = await net.callback(path="/own", RecordingStatus="completed")
            whole = await net.callback(path="/whole", RecordingStatus="completed")
            assert (own["CallSid"], own["RecordingSource"]) == (made.call_sid, "OutboundAPI")
            assert whole["RecordingSource"] == "Conference"

    asyncio.run(story())


def test_they_are_listed_page_by_page_and_removed() -> None:
    async def story() -> None:
        async with world({"/voice": QUIET}) as net:
            first, second = await net.phone(*TALKS), await net.phone(*TALKS)
            await net.until("leg", event="answered", call_sid=second)
            sids = [
                (await ask(net, lambda c, s=sid: c.calls(s).recordings.create())).sid  # type: ignore[misc]
                for sid in (first, second, second)
            ]
            await seconds(net, 2)
            assert (await ask(net, lambda c: refused(c.recordings(sids[0]).delete)))[:2] == (400, 21220)
            for sid in (first, second):
                await net.control("POST", f"/calls/{sid}/hangup")
            await net.quiet()

            def use(client: Client) -> None:
                listed = [each.sid for each in client.recordings.list(page_size=1)]
                assert listed == sids[::-1]
                assert [each.sid for each in client.recordings.list(call_sid=first)] == sids[:1]
                assert client.recordings.list(date_created_after="2999-01-01") == []
                gone = client.recordings(sids[0])
                assert gone.fetch().media_url.endswith(f"/Recordings/{sids[0]}")
                assert gone.delete()
                assert refused(gone.fetch)[:2] == (404, 20404)
                assert gone.fetch(include_soft_deleted=True).status == "deleted"
                assert len(client.recordings.list()) == 2
                assert len(client.recordings.list(include_soft_deleted=True)) == 3
                assert client.calls(second).recordings(sids[1]).delete()

            await ask(net, use)
            path = f"{net.sim.url}/2010-04-01/Accounts/{net.account.sid}/Recordings"
            async with net.http.get(f"{path}/{sids[0]}.wav") as got:
                assert got.status == 404
            async with net.http.get(f"{path}/{sids[2]}.mp3") as got:
                assert got.status == 404
                assert "not as MP3" in (await got.json())["message"]
            shown = (await net.control("GET", "/recordings"))["recordings"]
            assert [each["sid"] for each in shown] == sids

    asyncio.run(story())


@pytest.mark.parametrize(
    "form",
    [
        {"RecordingChannels": "quad"}, {"RecordingTrack": "all"}, {"Trim": "yes"},
        {"RecordingStatusCallbackEvent": "begun"}, {"RecordingStatusCallback": "nowhere"},
    ],
)  # fmt: skip
def test_what_a_recording_cannot_be_is_refused(form: dict[str, str]) -> None:
    async def story() -> None:
        async with world({"/voice": QUIET}) as net:
            sid = await net.phone({"wait": 9})
            await net.until("leg", event="answered")
            status, body = await net.rest("POST", f"Calls/{sid}/Recordings", **form)
            assert (status, body["code"]) in ((400, 20001), (400, 21205))
            status, body = await net.rest("POST", "Calls", To=KIM, From=net.account.number, Record="true",
                                          Twiml="<Response/>", **form)  # fmt: skip
            assert status == 400

    asyncio.run(story())


def test_a_call_that_is_not_answered_or_over_is_not_recorded() -> None:
    async def story() -> None:
        async with world({"/voice": "<Reject/>"}) as net:
            sid = await net.phone()
            await net.ended(sid)
            assert (await net.rest("POST", f"Calls/{sid}/Recordings"))[1]["code"] == 21220
            assert (await net.rest("GET", f"Calls/{sid}/Recordings"))[1]["recordings"] == []
            assert (await net.rest("POST", "Calls/CA0/Recordings"))[1]["code"] == 20404
            assert (await net.rest("GET", "Conferences/CF0/Recordings"))[1]["code"] == 20404

    asyncio.run(story())


def test_one_that_is_too_short_is_absent() -> None:
    async def story() -> None:
        async with world({"/voice": QUIET}) as net:
            sid = await net.phone()
            await net.until("leg", event="answered")
            told_of = {"RecordingStatusCallbackEvent": ALL, "RecordingStatusCallback": f"{PUBLIC}/kept"}
            made = (await net.rest("POST", f"Calls/{sid}/Recordings", **told_of))[1]
            await net.rest("POST", f"Calls/{sid}/Recordings/{made['sid']}", Status="stopped")
            told = await net.callback(path="/kept", RecordingStatus="absent")
            assert told["ErrorCode"] == "16101"
            shown = (await net.rest("GET", f"Recordings/{made['sid']}"))[1]
            assert (shown["status"], shown["error_code"]) == ("absent", 16101)

    asyncio.run(story())
