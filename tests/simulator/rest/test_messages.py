"""Text messages: sent over REST with their news, written by phones, answered by TwiML, refused."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from twilio.rest import Client

from tests.simulator.app import CALLER, KIM, PUBLIC, SAM, Page, World, twiml, world
from tests.simulator.sdk import ask, refused
from warmtransfer.simulator.network.messages import Message
from warmtransfer.simulator.twiml.grammar import TwimlError
from warmtransfer.simulator.twiml.messaging import read

OWN, OTHER = "+15550100009", "+15550100000"
ABLE = {"numbers": (f"{OWN}=voice+sms",)}


async def texted(net: World, body: str, **more: object) -> str:
    """Somebody writes; returns the message's SID."""
    answer = await net.control("POST", "/messages", {"from": CALLER, "to": OWN, "body": body, **more})
    return str(answer["message_sid"])


def test_a_message_is_sent_and_its_way_told() -> None:
    def use(client: Client) -> str:
        made = client.messages.create(to=SAM, from_=OWN, body="Hello", status_callback=f"{PUBLIC}/sent")
        assert (made.status, made.direction, made.num_segments) == ("queued", "outbound-api", "1")
        assert made.date_sent is None
        return str(made.sid)

    async def story() -> None:
        async with world(phones=[{"number": KIM, "answer": "failed"}], **ABLE) as net:
            sid = await ask(net, use)
            await net.callback(path="/sent", MessageStatus="delivered")
            told = net.app.forms("/sent", MessageSid=sid)
            assert [f["MessageStatus"] for f in told] == ["sent", "delivered"]
            assert {(f["From"], f["To"], f["SmsSid"]) for f in told} == {(OWN, SAM, sid)}
            fetched = await ask(net, lambda c: c.messages(sid).fetch())
            assert (fetched.status, fetched.body) == ("delivered", "Hello")
            assert fetched.date_sent is not None
            lost = await ask(net, lambda c: c.messages.create(to=KIM, from_=OWN, body="x").sid)
            await net.until("message", sid=lost, status="undelivered")
            assert (await ask(net, lambda c: c.messages(lost).fetch())).error_code == 30003
            assert [m.sid for m in await ask(net, lambda c: c.messages.list(to=SAM))] == [sid]
            assert len(await ask(net, lambda c: c.messages.list(from_=OWN, page_size=1))) == 2
            blanked = await ask(net, lambda c: c.messages(sid).update(body=""))
            assert blanked.body == ""
            assert await ask(net, lambda c: c.messages(sid).delete())
            assert (await ask(net, lambda c: refused(c.messages(sid).fetch)))[:2] == (404, 20404)

    asyncio.run(story())


def test_somebody_writes_and_is_answered() -> None:
    async def story() -> None:
        reply = '<Message statusCallback="/sent"><Body>Got it.</Body></Message>'
        reply += '<Redirect method="GET">/more</Redirect>'
        pages: dict[str, Page] = {"/text": reply, "/more": f'<Message to="{KIM}">Look here.</Message>'}
        async with world(pages, **ABLE) as net:
            (number,) = await ask(net, lambda c: c.incoming_phone_numbers.list(phone_number=OWN))
            await ask(net, lambda c: c.incoming_phone_numbers(number.sid).update(sms_url=f"{PUBLIC}/text"))
            sid = await texted(net, "Where is it? 😀")
            await net.callback(path="/sent", MessageStatus="delivered")
            await net.quiet()
            asked = net.app.forms("/text")[0]
            assert (asked["From"], asked["To"], asked["Body"]) == (CALLER, OWN, "Where is it? 😀")
            assert (asked["MessageSid"], asked["NumMedia"], asked["SmsStatus"]) == (sid, "0", "received")
            kept = (await net.control("GET", "/messages"))["messages"]
            assert [(m["direction"], m["to"], m["body"], m["status"]) for m in kept] == [
                ("inbound", OWN, "Where is it? 😀", "received"),
                ("outbound-reply", CALLER, "Got it.", "delivered"),
                ("outbound-reply", KIM, "Look here.", "delivered"),
            ]
            assert [r["status"] for r in net.rows("message", to=CALLER)] == ["queued", "sent", "delivered"]

    asyncio.run(story())


def test_a_failing_application_has_its_fallback_asked() -> None:
    async def story() -> None:
        pages: dict[str, Page] = {
            "/text": lambda seen: web.Response(status=500),
            "/lost": lambda seen: web.Response(text="Sorry.", content_type="text/plain"),
        }
        async with world(pages, **ABLE) as net:
            app = await ask(net, lambda c: c.applications.create(
                sms_url=f"{PUBLIC}/text", sms_fallback_url=f"{PUBLIC}/lost"))  # fmt: skip
            (number,) = await ask(net, lambda c: c.incoming_phone_numbers.list(phone_number=OWN))
            await ask(net, lambda c: c.incoming_phone_numbers(number.sid).update(sms_application_sid=app.sid))
            await texted(net, "Hello", media=[f"{PUBLIC}/picture"])
            row = await net.until("message", direction="outbound-reply", status="delivered")
            assert row["body"] == "Sorry."
            told = net.app.forms("/lost")[0]
            assert (told["ErrorCode"], told["NumMedia"]) == ("11200", "1")
            assert told["MediaUrl0"] == f"{PUBLIC}/picture"

    asyncio.run(story())


def test_who_writes_stop_is_written_to_no_more_until_start() -> None:
    async def story() -> None:
        async with world({"/text": "<Message>Still here.</Message>"}, **ABLE) as net:
            (number,) = await ask(net, lambda c: c.incoming_phone_numbers.list(phone_number=OWN))
            await ask(net, lambda c: c.incoming_phone_numbers(number.sid).update(sms_url=f"{PUBLIC}/text"))
            sent = {"to": CALLER, "from_": OWN, "body": "Hello"}
            await texted(net, " stop ")
            await net.until("note", event="error", code=21610)
            assert (await ask(net, lambda c: refused(lambda: c.messages.create(**sent))))[:2] == (400, 21610)
            await texted(net, "START")
            assert await ask(net, lambda c: c.messages.create(**sent).sid)
            await net.quiet()

    asyncio.run(story())


def test_what_twilio_refuses_of_a_message_is_refused_with_its_code() -> None:
    async def story() -> None:
        fine = {"To": SAM, "From": OWN, "Body": "x"}
        cases = [
            ({"To": ""}, 21604), ({"From": ""}, 21603), ({"Body": ""}, 21602), ({"Body": "x" * 1601}, 21617),
            ({"To": "sam"}, 21211), ({"From": OTHER}, 21606), ({"From": CALLER}, 21606),
            ({"StatusCallback": "/relative"}, 21609),
        ]  # fmt: skip
        async with world(**ABLE) as net:
            for change, code in cases:
                status, answer = await net.rest("POST", "Messages", **{**fine, **change})
                assert (status, answer["code"]) == (400, code), change
            assert "error" in await net.control("POST", "/messages", {"to": OTHER, "body": "x"})
            await net.control("PUT", "/account", {"trial": True, "verified": [SAM]})
            assert (await net.rest("POST", "Messages", **{**fine, "To": KIM}))[1]["code"] == 21608
            assert (await net.rest("POST", "Messages", **fine))[1]["body"].endswith("trial account - x")

    asyncio.run(story())


@pytest.mark.parametrize(
    ("body", "segments"),
    [("x" * 160, 1), ("x" * 161, 2), ("€" * 80, 1), ("€" * 81, 2), ("ł" * 70, 1), ("ł" * 71, 2)],
)
def test_a_message_takes_as_many_parts_as_its_alphabet_asks_for(body: str, segments: int) -> None:
    assert Message("SM1", "inbound", CALLER, OWN, body, "received").segments == segments


def test_what_does_not_belong_in_an_answer_is_a_warning_or_an_error() -> None:
    text = twiml("<Say>Hello.</Say><Message colour='red'>Yes.</Message>").text or ""
    replies, following, warnings = read(text, PUBLIC, "text/xml")
    assert ([r.body for r in replies], following) == (["Yes."], None)
    assert len(warnings) == 2
    assert read(" ", PUBLIC, "text/xml") == ([], None, [])
    for body, kind, code in (("<Response>", "text/xml", 12100), ("<Say/>", "text/xml", 12100),
                             ("x", "video/mp4", 12300), ("x" * 70000, "text/xml", 11750)):  # fmt: skip
        with pytest.raises(TwimlError) as raised:
            read(body, PUBLIC, kind)
        assert raised.value.code == code


def test_messages_are_let_go_with_the_calls_of_their_time() -> None:
    async def story() -> None:
        async with world(keep=20, **ABLE) as net:
            sid = await texted(net, "Hello")
            while (await net.rest("GET", f"Messages/{sid}"))[0] == 200:
                assert net.sim.clock.now() < 60, "it is still kept"
                await net.sim.clock.sleep(1)
            assert net.sim.clock.now() > 20

    asyncio.run(story())


def test_a_number_that_takes_no_messages_is_told_which_option_lets_it() -> None:
    async def story() -> None:
        async with world() as net:
            own = net.account.number
            status, answer = await net.rest("POST", "Messages", To=SAM, From=own, Body="x")
            assert (status, answer["code"]) == (400, 21606)
            told = [row["text"] for row in net.rows("note", event="warning")]
            assert any(f"--numbers {own}=voice+sms" in text for text in told), told

    asyncio.run(story())
