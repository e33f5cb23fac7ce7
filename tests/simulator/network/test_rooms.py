"""Conferences: hold, mute, announcements, waiting, endings, and the laws about them."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest
from aiohttp import web

from tests.simulator.app import KIM, PUBLIC, SAM, World, room, world
from warmtransfer.simulator.sound.audio import hold_music, loudness, tone, wav_bytes

PAGES: dict[str, Any] = {
    "/voice": room("caller", endConferenceOnExit="true"),
    "/tone": lambda _: web.Response(body=wav_bytes(tone(1.0, 900)), content_type="audio/wav"),
    "/play": "<Play>/tone</Play><Pause length='1'/>",
    "/loop": "<Play>/tone</Play><Redirect/>",
}
PHONES = [{"number": SAM, "answer": {"after": 1}}, {"number": KIM, "answer": {"after": 60}}]


async def together(net: World, *steps: Any, **more: Any) -> tuple[str, str, str]:
    """Brings a caller and Sam together; returns the Conference SID and both legs."""
    caller = await net.phone(*steps or ({"wait": 900},))
    sid = (await net.callback(StatusCallbackEvent="participant-join"))["ConferenceSid"]
    form = {"To": SAM, "From": net.account.number, "Label": "human-1", "Beep": "false", **more}
    status, made = await net.rest("POST", f"Conferences/{sid}/Participants", **form)
    assert status == 201
    await net.callback(StatusCallbackEvent="conference-start")
    return sid, caller, made["call_sid"]


def pitch(pcm: Any) -> float:
    """Returns the strongest frequency in the part that sounds."""
    frames = pcm[: len(pcm) // 160 * 160].reshape(-1, 160)
    loud = frames[[loudness(f) > -40 for f in frames]].ravel().astype(float)
    return float(np.argmax(np.abs(np.fft.rfft(loud))) * 8000 / len(loud)) if len(loud) else 0.0


@pytest.mark.parametrize("law", ["heard", "removed"])
def test_the_others_hear_a_key_that_one_presses_in_the_room_or_do_not(law: str) -> None:
    """Whoever presses is heard as a telephone sounds, unless the network takes the tones out."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES, laws={"room_keys": law}) as net:
            presses = {"until": "joined:human-1"}, {"wait": 0.5}, {"press": "*"}, {"wait": 900}
            _, _, human = await together(net, *presses)
            pressed = await net.sim.trace.wait(lambda row: row.get("event") == "press", 60, 0)
            found = 0.0
            for _ in range(10 if law == "removed" else 200):
                await net.sim.clock.sleep(0.3)
                found = found or pitch(net.heard(human, pressed["t"] - 0.1))
                if found:
                    break
            assert (min(abs(found - each) for each in (941, 1209)) < 30) is (law == "heard")

    asyncio.run(story())


@pytest.mark.parametrize("law", ["private", "all"])
def test_an_announcement_reaches_who_the_law_says(law: str) -> None:
    """A participant's announcement is heard by that participant alone, or by everyone."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES, laws={"announcement": law}) as net:
            sid, caller, human = await together(net)
            status, _ = await net.rest(
                "POST", f"Conferences/{sid}/Participants/human-1", AnnounceUrl=f"{PUBLIC}/play"
            )
            assert status == 200
            ended = await net.callback(StatusCallbackEvent="announcement-end")
            assert (ended["AnnounceUrl"], ended["CallSid"]) == (f"{PUBLIC}/play", human)
            began = net.rows("webhook", url=f"{PUBLIC}/play")[0]["t"]
            assert abs(pitch(net.heard(human, began)) - 900) < 10
            assert (pitch(net.heard(caller, began)) > 0) is (law == "all")

    asyncio.run(story())


def test_an_announcement_into_the_room_reaches_everyone() -> None:
    """A conference's AnnounceUrl is heard by all, and its end names no participant."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES) as net:
            sid, caller, human = await together(net)
            await net.rest("POST", f"Conferences/{sid}", AnnounceUrl=f"{PUBLIC}/tone")
            ended = await net.callback(StatusCallbackEvent="announcement-end")
            assert "CallSid" not in ended
            for leg in (caller, human):
                assert (
                    abs(pitch(net.heard(leg, net.rows("webhook", url=f"{PUBLIC}/tone")[0]["t"])) - 900) < 10
                )

    asyncio.run(story())


def test_hold_plays_its_document_to_one_and_tells() -> None:
    """On hold only the held leg hears the hold document, round and round, until it is taken back."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES) as net:
            sid, caller, human = await together(net)
            path = f"Conferences/{sid}/Participants/human-1"
            _, held = await net.rest("POST", path, Hold="true", HoldUrl=f"{PUBLIC}/loop", HoldMethod="POST")
            assert held["hold"] is True
            row = await net.until("leg", event="held")
            while len(net.rows("webhook", url=f"{PUBLIC}/loop")) < 3:
                await net.sim.clock.sleep(0.2)
            _, back = await net.rest("POST", path, Hold="false")
            assert back["hold"] is False
            await net.callback(StatusCallbackEvent="participant-unhold")
            assert net.app.events()[-2:] == ["participant-hold", "participant-unhold"]
            assert abs(pitch(net.heard(human, row["t"])) - 900) < 10
            assert pitch(net.heard(caller, row["t"])) == 0

    asyncio.run(story())


def test_other_verbs_on_hold_are_13238() -> None:
    """A hold document with Gather is an apology and a code."""

    async def story() -> None:
        async with world({**PAGES, "/bad": "<Gather/>"}, phones=PHONES) as net:
            sid, _, _ = await together(net)
            await net.rest(
                "POST", f"Conferences/{sid}/Participants/human-1", Hold="true", HoldUrl=f"{PUBLIC}/bad"
            )
            assert (await net.until("note", event="error"))["code"] == 13238

    asyncio.run(story())


def test_a_muted_participant_is_not_heard() -> None:
    """Muting tells once, and silences."""

    async def story() -> None:
        steps = [{"until": "joined:human-1"}, {"wait": 2}, {"say": "One two three four five six seven."}]
        phones = [{"number": SAM, "answer": {"after": 1}, "steps": steps}]
        async with world(PAGES, phones=phones) as net:
            sid, caller, _ = await together(net)
            path = f"Conferences/{sid}/Participants/human-1"
            for _ in range(2):
                assert (await net.rest("POST", path, Muted="true"))[1]["muted"] is True
            said = await net.until("note", event="speech", who="human-1")
            await net.callback(StatusCallbackEvent="participant-mute")
            assert net.app.events().count("participant-mute") == 1
            assert pitch(net.heard(caller, said["start"])) == 0

    asyncio.run(story())


@pytest.mark.parametrize("law", ["music", "nothing"])
def test_the_last_one_left_hears_what_the_law_says(law: str) -> None:
    """After the others have gone, the caller hears the wait document again, or nothing."""

    async def story() -> None:
        pages = {**PAGES, "/voice": room("caller", waitUrl="/loop", endConferenceOnExit="true")}
        async with world(pages, phones=PHONES, laws={"lone_participant": law}) as net:
            sid, caller, _ = await together(net)
            await net.rest("DELETE", f"Conferences/{sid}/Participants/human-1")
            gone = await net.until("leg", event="left", label="human-1")
            await net.sim.clock.sleep(4)
            assert (pitch(net.heard(caller, gone["t"] + 0.1)) > 0) is (law == "music")

    asyncio.run(story())


def test_stock_music_plays_where_no_wait_url_is_given() -> None:
    """Without a waitUrl the lone participant hears the network's tune; with an empty one, nothing."""

    async def story() -> None:
        stock = '<Dial><Conference beep="false">wt-1</Conference></Dial>'
        for page, loud in ((stock, True), (PAGES["/voice"], False)):
            async with world({"/voice": page}) as net:
                caller = await net.phone({"wait": 3}, {"hangup": True})
                await net.ended(caller)
                assert (pitch(net.heard(caller)) > 0) is loud
        assert len(hold_music()) > 8000

    asyncio.run(story())


@pytest.mark.parametrize("law", ["cancelled_with_room", "survives"])
def test_a_ringing_leg_outlives_its_room_or_not(law: str) -> None:
    """When the caller leaves while a participant rings, its leg is cancelled, or rings on."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES, laws={"ringing_leg": law}) as net:
            sid, caller, _ = await together(net)
            _, late = await net.rest(
                "POST", f"Conferences/{sid}/Participants", To=KIM, From=net.account.number, Label="human-2",
                StatusCallback=f"{PUBLIC}/leg", Timeout="20",
            )  # fmt: skip
            await net.until("leg", event="ringing", label="human-2")
            await net.rest("POST", f"Calls/{caller}", Status="completed")
            await net.callback(StatusCallbackEvent="conference-end")
            call = (await net.rest("GET", f"Calls/{late['call_sid']}"))[1]
            assert call["status"] == ("canceled" if law == "cancelled_with_room" else "ringing")
            final = await net.callback(path="/leg", CallSid=late["call_sid"])
            assert final["CallStatus"] == ("canceled" if law == "cancelled_with_room" else "no-answer")

    asyncio.run(story())


@pytest.mark.parametrize("answer", ["busy", "no-answer", "failed"])
def test_a_participant_that_never_answers_leaves_without_a_join(answer: str) -> None:
    """participant-leave tells that adding failed, and why."""

    async def story() -> None:
        phones = [{"number": KIM, "answer": answer}]
        async with world(PAGES, phones=phones) as net:
            await net.phone({"wait": 900})
            sid = (await net.callback(StatusCallbackEvent="participant-join"))["ConferenceSid"]
            await net.rest(
                "POST", f"Conferences/{sid}/Participants", To=KIM, From=net.account.number, Label="human-1",
                Timeout="5",
            )  # fmt: skip
            left = await net.callback(StatusCallbackEvent="participant-leave")
            assert left["ReasonParticipantLeft"] == "participant_add_failed"
            assert left["ParticipantCallStatus"] == answer
            assert net.app.events().count("participant-join") == 1

    asyncio.run(story())


@pytest.mark.parametrize("law", ["at_answer", "at_ringing"])
def test_early_media_joins_when_the_law_says(law: str) -> None:
    """With EarlyMedia a join is told at the answer, or at the first ring, which the room then hears."""

    async def story() -> None:
        async with world(
            PAGES, phones=[{"number": SAM, "answer": {"after": 5}}], laws={"join_reported": law}
        ) as net:
            _, caller, human = await together(net, EarlyMedia="true")
            joined = (await net.until("leg", event="joined", label="human-1"))["t"]
            answered = (await net.until("leg", event="answered", label="human-1"))["t"]
            assert (joined < answered - 2) is (law == "at_ringing")
            early = net.heard(caller, joined)[: int((answered - joined) * 8000)]
            assert (pitch(early) > 0) is (law == "at_ringing")
            status, shown = await net.rest("GET", f"Calls/{human}")
            assert (status, shown["status"]) == (200, "in-progress")

    asyncio.run(story())


@pytest.mark.parametrize("law", ["same_room", "other_room"])
def test_a_leg_before_the_caller_makes_the_same_room_or_another(law: str) -> None:
    """A conference made by REST is the one the caller's <Dial> joins, or is left alone in its own."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES, laws={"early_rest_leg": law}) as net:
            _, made = await net.rest(
                "POST", "Conferences/wt-1/Participants", To=SAM, From=net.account.number, Label="human-1",
                Beep="false",
            )  # fmt: skip
            await net.until("leg", event="joined", label="human-1")
            await net.phone({"wait": 900})
            caller = await net.until("leg", event="joined", label="caller")
            assert (caller["conference_sid"] == made["conference_sid"]) is (law == "same_room")

    asyncio.run(story())


def test_the_first_joiners_callback_wins_and_a_warning_says_so_of_the_others() -> None:
    """A later participant's URL and events are ignored; one with the same, or none, is told of nothing."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES) as net:
            await together(
                net,
                ConferenceStatusCallback=f"{PUBLIC}/other",
                ConferenceStatusCallbackEvent=["join", "leave"],
            )
            assert net.app.forms("/other") == []
            assert net.app.events() == ["participant-join", "participant-join", "conference-start"]
            (told,) = (row["text"] for row in net.rows("note", event="warning"))
            assert told.startswith("the statusCallback of who joins wt-1 later counts for nothing")
        async with world(PAGES, phones=PHONES) as net:
            await together(net)
            assert not list(net.rows("note", event="warning"))

    asyncio.run(story())


@pytest.mark.parametrize(
    ("law", "verdict"), [("prompt", "machine_start"), ("late", "machine_start"), ("prompt", "human")]
)
def test_machine_detection_reports(law: str, verdict: str) -> None:
    """AMD tells human from voicemail, soon or late by law."""

    async def story() -> None:
        answer: Any = {"after": 1} if verdict == "human" else {"voicemail": 1}
        phones = [{"number": SAM, "answer": answer}]
        async with world(PAGES, phones=phones, laws={"amd": law}) as net:
            await net.phone({"wait": 900})
            await net.callback(StatusCallbackEvent="participant-join")
            await net.rest(
                "POST", "Conferences/wt-1/Participants", To=SAM, From=net.account.number, Label="human-1",
                MachineDetection="Enable", AmdStatusCallback=f"{PUBLIC}/amd",
            )  # fmt: skip
            form = await net.callback(path="/amd")
            assert form["AnsweredBy"] == verdict
            assert (int(form["MachineDetectionDuration"]) > 5000) is (law == "late")

    asyncio.run(story())


def test_ending_a_conference_by_rest_ends_its_legs() -> None:
    """Status=completed: TwiML legs go on to their action, REST legs end, and the reason says so."""

    async def story() -> None:
        async with world({**PAGES, "/after": "<Hangup/>"}, phones=PHONES) as net:
            sid, caller, human = await together(net)
            status, body = await net.rest("POST", f"Conferences/{sid}", Status="completed")
            assert (status, body["status"]) == (200, "completed")
            end = await net.callback(StatusCallbackEvent="conference-end")
            assert end["ReasonConferenceEnded"] == "conference-ended-via-api"
            await net.ended(human)
            await net.ended(caller)
            assert net.app.forms("/after")[0]["CallStatus"] == "in-progress"
            reasons = {
                f["ReasonParticipantLeft"] for f in net.app.forms("/conf") if "ReasonParticipantLeft" in f
            }
            assert reasons == {"conference_ended_via_api"}

    asyncio.run(story())


@pytest.mark.parametrize(("what", "row"), [("mute", "muted"), ("hold", "held")])
def test_a_fault_of_a_room_mutes_or_holds_one_who_has_joined(what: str, row: str) -> None:
    """Nobody asked for it, and the caller is left alone."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES) as net:
            net.network.laws.put_faults([f"room={what}:2;match=human"])
            sid, _, human = await together(net)
            await net.callback(
                StatusCallbackEvent="participant-hold" if what == "hold" else "participant-mute"
            )
            _, people = await net.rest("GET", f"Conferences/{sid}/Participants")
            upset = {each["call_sid"]: each["muted"] or each["hold"] for each in people["participants"]}
            assert [sid for sid, wrong in upset.items() if wrong] == [human]
            (joined,) = net.rows("leg", event="joined", call_sid=human)
            (changed,) = net.rows("leg", event=row, call_sid=human)
            assert changed["t"] - joined["t"] >= 2.0

    asyncio.run(story())
