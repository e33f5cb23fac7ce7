"""Signatures, the host map, webhooks and their repeats, the order of callbacks, laws and faults by name."""

from __future__ import annotations

import asyncio
import json
import random

import pytest
from aiohttp import web

from tests.simulator.app import PUBLIC, SAM, Seen, room, world
from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.network.laws import LAW_TEXT, LAWS, Fault, LawError, Laws
from warmtransfer.simulator.network.webhooks import Overrides
from warmtransfer.simulator.trace import REDACTED, Trace, redact_headers
from warmtransfer.simulator.wire import HostMap, sign, signed_url


@pytest.mark.parametrize(
    ("url", "form", "signature"),
    [
        (
            "https://mycompany.com/myapp.php?foo=1&bar=2",
            [("CallSid", "CA1234567890ABCDE"), ("Digits", "1234"), ("From", "+14158675309"),
             ("To", "+18005551212"), ("Caller", "+14158675309")],
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
        ),
        (
            "https://mycompany.com/myapp.php?foo=1&bar=2",
            [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"),
             ("Digits", "1234")],
            "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
        ),
    ],
)  # fmt: skip
def test_signatures_are_twilios(url: str, form: list[tuple[str, str]], signature: str) -> None:
    """Names and distinct values are sorted behind the URL (docs/usage/security)."""
    assert sign("12345", url, form) == signature
    assert sign("12345", url + "#rc=5", form) == signature
    assert sign("12345", url.replace("com/", "com:443/"), form) == signature


def test_plain_http_keeps_its_port_in_the_signature() -> None:
    """Only https drops user and port."""
    assert signed_url("http://u:p@h.test:81/a?b=1#c") == "http://h.test:81/a?b=1"
    assert signed_url("wss://u:p@h.test:81/a") == "wss://h.test/a"


def test_the_host_map_serves_http_and_sockets() -> None:
    """A public origin leads to the local one, its wss to ws; others stay."""
    hosts = HostMap({"https://a.test": "http://127.0.0.1:5000/"})
    assert hosts.local("https://a.test/x?y=%20#rc=1") == "http://127.0.0.1:5000/x?y=%20"
    assert hosts.local("wss://a.test/media") == "ws://127.0.0.1:5000/media"
    assert hosts.local("https://b.test/x") == "https://b.test/x"


@pytest.mark.parametrize(
    ("fragment", "rc", "rp", "rt"),
    [
        ("", 1, {"ct"}, 15000),
        ("#rc=5&rp=all", 5, {"4xx", "5xx", "ct", "rt"}, 15000),
        ("#rc=9&rp=5xx,rt&rt=2000", 1, {"5xx", "rt"}, 2000),
        ("#rt=99999", 1, {"ct"}, 15000),
    ],
)
def test_connection_overrides_are_read_from_the_fragment(
    fragment: str, rc: int, rp: set[str], rt: int
) -> None:
    """Counts and times outside their range keep the default."""
    found = Overrides.of("https://a.test/x" + fragment)
    assert (found.rc, set(found.rp), found.rt) == (rc, rp, rt)


def test_a_repeated_webhook_carries_the_same_token() -> None:
    """`#rc=3&rp=5xx` repeats a 502 under one idempotency token until it is answered."""

    async def story() -> None:
        tries = iter([502, 502, 200])

        def flaky(_: object) -> web.Response:
            status = next(tries)
            text = "<Response><Hangup/></Response>"
            return web.Response(status=status, text=text, content_type="text/xml")

        async with world({"/voice": flaky}, voice_url=f"{PUBLIC}/voice#rc=3&rp=5xx") as net:
            assert (await net.ended(await net.phone()))["status"] == "completed"
            asked = [s for s in net.app.seen if s.path == "/voice"]
            assert len(asked) == 3
            assert len({s.headers["I-Twilio-Idempotency-Token"] for s in asked}) == 1
            assert net.rows("note", event="error") == []

    asyncio.run(story())


def test_a_voice_webhook_is_given_fifteen_seconds() -> None:
    """A slower answer is an application error, 11205, in simulated seconds."""

    async def story() -> None:
        over = asyncio.Event()

        async def slow(_: object) -> str:
            await over.wait()
            return "<Hangup/>"

        async with world({"/voice": slow}, speed=30) as net:
            await net.ended(await net.phone())
            over.set()
            assert [r["code"] for r in net.rows("note", event="error")] == [11205]
            assert 14.9 < net.rows("webhook", error="no answer in time")[0]["t"] < 18

    asyncio.run(story())


def test_a_dead_application_is_tried_again() -> None:
    """A refused connection is repeated once by default, then noted."""

    async def story() -> None:
        async with world(voice_url="http://127.0.0.1:9/voice") as net:
            await net.ended(await net.phone())
            assert len(net.rows("webhook", url="http://127.0.0.1:9/voice")) == 2

    asyncio.run(story())


@pytest.mark.parametrize("law", ["in_order", "late", "twice", "shuffled", "lost:1"])
def test_callbacks_come_as_the_law_says(law: str) -> None:
    """In order, late, twice with one token, out of order, or never; documents always come."""

    async def story() -> None:
        phones = [{"number": SAM, "answer": {"after": 1}, "steps": [{"wait": 1}, {"hangup": True}]}]
        pages = {"/voice": room("caller", endConferenceOnExit="true")}
        async with world(pages, laws={"callbacks": law}, phones=phones, speed=10) as net:
            caller = await net.phone({"until": "left:human-1"}, {"hangup": True})
            await net.until("leg", event="joined", label="caller")
            await net.rest(
                "POST", "Conferences/wt-1/Participants", To=SAM, From=net.account.number, Label="human-1",
                Beep="false",
            )  # fmt: skip
            await net.ended(caller)
            await net.quiet()
            numbers = [int(f["SequenceNumber"]) for f in net.app.forms("/conf")]
            first = next(iter(net.rows("leg", event="joined")))["t"]
            if law == "in_order":
                assert numbers == [1, 2, 3, 4, 5, 6]
            elif law == "late":
                assert sorted(numbers) == [1, 2, 3, 4, 5, 6]
                got = [r["t"] for r in net.rows("webhook") if r["url"].endswith("/conf")]
                assert min(got) - first >= 2
            elif law == "twice":
                tokens = [s.headers["I-Twilio-Idempotency-Token"] for s in net.app.seen if s.path == "/conf"]
                assert sorted(numbers) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
                assert len(set(tokens)) == 6
            elif law == "shuffled":
                assert sorted(numbers) == [1, 2, 3, 4, 5, 6]
                assert numbers != sorted(numbers)
            else:
                assert numbers == []
                assert len(net.rows("note", event="law", answer="lost")) == 7

    asyncio.run(story())


def test_in_order_means_one_after_the_other() -> None:
    """The next callback of a conference is sent when the one before it has been answered."""

    async def story() -> None:
        answer, open_, most = asyncio.Event(), [0], [0]

        async def slow(_: Seen) -> web.Response:
            open_[0] += 1
            most[0] = max(most[0], open_[0])
            await answer.wait()
            open_[0] -= 1
            return web.Response(status=204)

        async with world({"/voice": room("caller"), "/conf": slow}) as net:
            await net.ended(await net.phone({"until": "joined:caller"}, {"wait": 1}, {"hangup": True}))
            assert (most[0], len(net.app.forms("/conf"))) == (1, 1)
            answer.set()
            await net.quiet()
            assert (most[0], net.app.events()[-1]) == (1, "conference-end")

    asyncio.run(story())


@pytest.mark.parametrize("law", ["action", "next_verb", "leg_ends"])
@pytest.mark.parametrize("trouble", ["failed_stream", "dropped_stream"])
def test_a_stream_in_trouble_goes_on_as_the_law_says(law: str, trouble: str) -> None:
    """A stream that is refused, or breaks, leads to the action, to the next verb, or to the leg's end."""
    fault = "stream=refuse;times=0" if trouble == "failed_stream" else "stream=drop_after:2"

    async def story() -> None:
        pages = {
            "/voice": '<Connect action="/on"><Stream url="/media" statusCallback="/news"/></Connect>'
            "<Say>Next.</Say>",
            "/on": "<Say>Action.</Say>",
        }
        async with world(pages, laws={trouble: law}, faults=[fault]) as net:

            async def listen(socket: web.WebSocketResponse) -> None:
                async for _ in socket:
                    pass

            net.app.media = listen
            await net.ended(await net.phone())
            said = [r["text"] for r in net.rows("note", event="speech")]
            assert said == {"action": ["Action."], "next_verb": ["Next."], "leg_ends": []}[law]
            await net.quiet()
            events = [f["StreamEvent"] for f in net.app.forms("/news")]
            assert events == (["stream-started"] if trouble == "dropped_stream" else []) + ["stream-error"]

    asyncio.run(story())


def test_application_legs_may_be_free_of_pacing() -> None:
    """The law app_cps says whether app: legs take a turn."""

    async def story() -> None:
        for law, waits in (("counted", True), ("free", False)):
            async with world({"/ai": "<Pause length='60'/>"}, laws={"app_cps": law}, cps=1.0) as net:
                form = {"To": f"app:{net.account.app_sid}", "From": net.account.number}
                made = [(await net.rest("POST", "Conferences/x/Participants", **form))[1] for _ in range(2)]
                assert (int(made[1]["queue_time"]) > 0) is waits

    asyncio.run(story())


def test_laws_and_faults_are_known_by_name() -> None:
    """Every law has a text; unknown names and answers are refused with what exists."""
    assert set(LAW_TEXT) == set(LAWS)
    laws = Laws()
    for name, answers in LAWS.items():
        for answer in answers:
            laws.put(name, answer)
            assert laws[name] == answer
    laws.put("callbacks", "lost:0.25")
    assert (laws["callbacks"], laws.fraction("callbacks", 0.5)) == ("lost", 0.25)
    for name, answer in (("gravity", "up"), ("amd", "never"), ("callbacks", "lost:2"), ("amd", "late:1")):
        with pytest.raises(LawError):
            laws.put(name, answer)
    for text in ("rest=explode", "stream=", "weather=rain", "rest=500;when=now", "rest=500;times=x"):
        with pytest.raises(LawError):
            Fault.parse(text)


def test_faults_match_words_in_order_and_count() -> None:
    """`match` takes words in order, `times` ends, `chance` is seeded."""
    dice = random.Random(1)
    fault = Fault.parse("rest=500_after;match=POST Participants;times=2")
    assert not fault.strikes("GET Conferences/x/Participants", dice)
    assert [fault.strikes("POST Conferences/x/Participants", dice) for _ in range(3)] == [True, True, False]
    rare = Fault.parse("rest=429;chance=0.3;times=0")
    assert 200 < sum(rare.strikes("GET Calls", dice) for _ in range(1000)) < 400


def test_the_trace_keeps_secrets_out_and_time_in_order(tmp_path: object) -> None:
    """Tokens are replaced wherever they stand; late rows are in their place when the file is closed."""

    async def story() -> None:
        from pathlib import Path

        path = Path(str(tmp_path)) / "trace.jsonl"
        trace = Trace(Clock(), path, ["a-very-secret-token"])
        trace.write("note", event="b", text="it was a-very-secret-token.", at=2.0)
        trace.write("realtime", session="s", at=1.0)
        trace.close()
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        assert [r["t"] for r in rows] == [1.0, 2.0]
        assert rows[1]["text"] == f"it was {REDACTED}."
        assert redact_headers({"authorization": "x", "X-Twilio-Signature": "y"}) == {
            "authorization": REDACTED, "X-Twilio-Signature": "y",
        }  # fmt: skip

    asyncio.run(story())


def test_a_trace_without_sound_has_everything_but_the_frames() -> None:
    """Frames are nearly all rows there are; what tells of them (marks, starts, speech) stays."""
    trace, seen = Trace(Clock(), sound=False), list[object]()
    trace.watch(lambda row: seen.append(row.get("msg")))
    media = {"event": "media", "media": {"payload": "AAAA"}}
    kept = [{"event": "start"}, {"event": "mark"}, {"type": "response.output_audio.done"}]
    sound = [media, {"type": "input_audio_buffer.append"}, {"type": "response.output_audio.delta"}]
    for message in (*sound, *kept):
        trace.write("stream" if "event" in message else "realtime", sid="MZ1", msg=message)
    trace.write("leg", event="ended", call_sid="CA1")
    assert seen == [*kept, None]
    assert [row["kind"] for row in trace.rows()] == ["stream", "stream", "realtime", "leg"]
