"""A telephone's WebSocket, held by a client in Python, in real time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.simulator.app import CALLER, KIM, SAM, World, room, world
from tests.simulator.browser.client import strength, telephone
from warmtransfer.simulator.browser import handsets
from warmtransfer.simulator.sound.audio import load_wav, tone

OWN = "+15550100009"
JOIN = "https://app.example.test/join"
PAGES = {"/voice": room("caller"), "/join": room("human-1")}


def story(work: Callable[[World], Awaitable[None]], *, speed: float = 1.0, **more: Any) -> None:
    """A network at the speed of people."""

    async def whole() -> None:
        async with world(PAGES, speed=speed, **more) as net:
            await work(net)

    asyncio.run(whole())


def line(net: World, number: str) -> str:
    return f"{net.sim.url}/phones/{number}/line"


async def ring(net: World, to: str = SAM) -> str:
    status, answer = await net.rest("POST", "Calls", To=to, From=net.account.number, Url=JOIN)
    assert status == 201
    return str(answer["sid"])


def test_two_pages_talk_to_each_other_and_it_is_recorded(tmp_path: Any) -> None:
    async def work(net: World) -> None:
        here = telephone(net.http, line(net, CALLER)), telephone(net.http, line(net, SAM))
        async with here[0] as caller, here[1] as sam:
            await caller.do("call", to="")
            await caller.at("talking")
            await ring(net)
            await sam.at("ringing")
            assert sam.states[-1]["with"] == net.account.number
            await sam.do("answer")
            await sam.at("talking")
            await net.callback(StatusCallbackEvent="participant-join", ParticipantLabel="human-1")
            before = len(sam.heard), len(caller.heard)
            await asyncio.gather(caller.speak(tone(1.0, 500)), sam.speak(tone(1.0, 1500)))
            await sam.until(lambda: len(sam.heard) > before[0] + 60, "what the caller says")
            await caller.until(lambda: len(caller.heard) > before[1] + 60, "what Sam says")
            assert strength(sam.sound(), 500) > 0.9
            assert strength(caller.sound(), 1500) > 0.9
            await caller.do("hang up")
            await caller.at("idle")
            assert caller.states[-1]["why"] == "you"
            ended = await net.until("leg", event="ended", label="caller")
            await sam.do("hang up")
            await net.quiet()
        assert strength(load_wav(tmp_path / ended["wav"]), 1500) > 0.9
        assert strength(load_wav(tmp_path / ended["said_wav"]), 500) > 0.9

    story(work, out=tmp_path)


def test_a_page_replaces_the_script_of_its_number_until_it_leaves() -> None:
    async def work(net: World) -> None:
        async with telephone(net.http, line(net, SAM)) as sam:
            await sam.at("idle")
            first = await ring(net)
            await sam.at("ringing")
            await sam.do("decline")
            assert (await net.ended(first))["status"] == "busy"
        await net.until("note", event="handset", number=SAM, what="has left")
        second = await ring(net)
        await net.until("leg", event="answered", call_sid=second)
        await net.until("note", event="say", call_sid=second)

    story(work, phones=[{"number": SAM, "answer": {"after": 0.1}, "steps": [{"say": "sam-hello"}]}])


def test_a_call_waits_for_a_page_that_comes_back() -> None:
    async def work(net: World) -> None:
        async with telephone(net.http, line(net, CALLER)) as caller:
            await caller.do("call")
            await caller.at("talking")
            sid = caller.states[-1]["call_sid"]
        await net.until("note", event="handset", what="has lost its page")
        async with telephone(net.http, line(net, CALLER)) as again:
            await again.at("talking")
            assert again.states[-1]["call_sid"] == sid
            assert not net.network.calls[sid].over
            await again.until(lambda: len(again.heard) > 10, "sound")
            await again.do("hang up")
            await again.at("idle")

    story(work)


def test_a_call_whose_page_stays_away_is_hung_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handsets, "LINGER", 0.3)

    async def work(net: World) -> None:
        async with telephone(net.http, line(net, CALLER)) as caller:
            await caller.do("call")
            await caller.at("talking")
            sid = caller.states[-1]["call_sid"]
        assert (await net.ended(sid, 5))["status"] == "completed"
        assert net.network.phones.hands == {}

    story(work)


def test_a_second_page_takes_the_telephone_with_its_call() -> None:
    async def work(net: World) -> None:
        async with telephone(net.http, line(net, CALLER)) as first:
            await first.do("call")
            await first.at("talking")
            async with telephone(net.http, line(net, CALLER)) as second:
                await second.at("talking")
                await asyncio.wait_for(first.closed.wait(), 5)
                assert first.errors == ["another page has taken this telephone"]
                assert first.socket.close_code == 1008
                await second.do("hang up")
                await second.at("idle")

    story(work)


@pytest.mark.parametrize(
    ("speed", "number", "why"),
    [(2.0, SAM, "people talk at speed 1; this network runs at 2"), (1.0, "+0", "can be no telephone")],
)
def test_what_cannot_be_held_is_refused_with_the_reason(speed: float, number: str, why: str) -> None:
    async def work(net: World) -> None:
        async with telephone(net.http, line(net, number)) as page:
            await asyncio.wait_for(page.closed.wait(), 5)
            assert why in page.errors[0]
            assert net.network.phones.hands == {}

    story(work, speed=speed)


def test_the_networks_own_number_is_no_telephone() -> None:
    async def work(net: World) -> None:
        async with telephone(net.http, line(net, net.account.number)) as page:
            await asyncio.wait_for(page.closed.wait(), 5)
            assert "can be no telephone" in page.errors[0]

    story(work)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ('{"do": "dance"}', "a telephone cannot 'dance'"),
        ("no JSON", "Expecting value"),
        ("[]", "list indices"),
        ('{"do": "press"}', "keys"),
        ('{"do": "call", "to": "+15559999999"}', "the account has no number +15559999999"),
        ('{"do": "behave", "as": "parrot"}', "'parrot' is not a valid Behaviour"),
    ],
)
def test_what_no_telephone_does_is_an_error_and_the_line_stays(message: str, why: str) -> None:
    async def work(net: World) -> None:
        async with telephone(net.http, line(net, KIM)) as page:
            await page.socket.send_str(message)
            await page.until(lambda: page.errors, "an error")
            assert why in page.errors[0]
            await page.do("behave", **{"as": "mailbox"})
            await page.until(lambda: page.states[-1]["behaviour"] == "mailbox", "the mailbox")

    story(work)


def test_a_frame_of_another_length_is_an_error() -> None:
    async def work(net: World) -> None:
        async with telephone(net.http, line(net, CALLER)) as page:
            await page.do("call")
            await page.at("talking")
            await page.socket.send_bytes(b"\xff" * 161)
            await page.until(lambda: page.errors, "an error")
            assert "160 bytes" in page.errors[0]

    story(work)


def test_typed_words_are_spoken_into_the_line() -> None:
    async def work(net: World) -> None:
        async with telephone(net.http, line(net, CALLER)) as page:
            await page.do("call")
            await page.at("talking")
            await page.do("say", text="Hello.")
            row = await net.until("note", event="speech", call_sid=page.states[-1]["call_sid"])
            assert row["text"] == "Hello."

    story(work)


# who may


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Host": "rebound.example"},
        {"Host": "rebound.example", "Origin": "http://rebound.example"},
        {"X-Forwarded-For": "203.0.113.9"},
    ],
)
def test_foreign_pages_and_what_comes_from_far_are_refused(headers: dict[str, str]) -> None:
    async def work(net: World) -> None:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await net.http.ws_connect(line(net, SAM), headers=headers)
        assert refused.value.status == 403
        async with net.http.get(f"{net.sim.url}/phones", headers=headers) as page:
            assert page.status == 403
        assert net.network.phones.hands == {}

    story(work)


def test_the_link_lets_in_and_its_token_leaves_the_address() -> None:
    async def work(net: World) -> None:
        far = {"X-Forwarded-For": "203.0.113.9"}
        link = net.sim.pages.link(net.sim.url, SAM)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as device:
            async with device.get(link, headers=far) as page:
                assert page.status == 200
                assert page.url.path == f"/phones/{SAM}"
                assert not page.url.query
                (cookie,) = page.history[0].headers.getall("Set-Cookie")
                assert "HttpOnly" in cookie
                assert "SameSite=Lax" in cookie
            async with telephone(device, line(net, SAM), headers=far) as sam:
                await sam.at("idle")
            wrong = link[:-1] + ("a" if link[-1] != "a" else "b")
        async with net.http.get(wrong, headers=far) as page:
            assert page.status == 403
            assert net.sim.pages.access.token not in await page.text()

    story(work)


def test_the_token_is_in_no_trace() -> None:
    async def work(net: World) -> None:
        net.sim.trace.note("odd", text=net.sim.pages.access.token)
        assert net.sim.pages.access.token not in "".join(net.sim.trace.lines)

    story(work)




def test_a_message_is_seen_on_the_telephone_it_is_for_also_by_a_page_that_comes_later() -> None:
    async def text(net: World, to: str, body: str) -> None:
        form = {"To": to, "From": OWN, "Body": body, "ValidityPeriod": "50"}
        status, _ = await net.rest("POST", "Messages", **form)
        assert status == 201
        await net.until("message", body=body, status="delivered")

    async def work(net: World) -> None:
        async with telephone(net.http, line(net, SAM)) as sam:
            await sam.at("idle")
            await text(net, KIM, "For Kim.")
            await text(net, SAM, "A call for Sam. https://app.example.test/card")
            await sam.until(lambda: sam.texts, "a message")
            (told,) = sam.texts
            assert (told["from"], told["body"]) == (OWN, "A call for Sam. https://app.example.test/card")
            assert told["at"].startswith("http://127.0.0.1:"), "where that host really is"
            assert told["at"].endswith("/card")
        async with telephone(net.http, line(net, KIM)) as kim:
            await kim.until(lambda: kim.texts, "a message")
            assert [(each["body"], each["at"]) for each in kim.texts] == [("For Kim.", "")]
        assert "Ignored" not in str(net.rows("note", event="warning"))

    story(work, numbers=(f"{OWN}=voice+sms",))
