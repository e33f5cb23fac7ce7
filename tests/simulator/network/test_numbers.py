"""Calls use what was set over REST: each number its own webhook, fallback, callback or application."""

from __future__ import annotations

import asyncio
from urllib.parse import unquote

import pytest
from aiohttp import web
from twilio.rest import Client

from tests.simulator.app import CALLER, PUBLIC, SAM, Page, Seen, World, world
from tests.simulator.sdk import ask, refused

DESK, SHOP, LONDON = "+14155550100", "+15550100008", "+442079460100"


def broken(seen: Seen) -> web.Response:
    """An application with a fault."""
    return web.Response(status=500)


def test_a_whole_call_comes_in_at_a_number_that_was_bought_and_set_over_rest() -> None:
    """Its webhook by GET, its fallback, its callback; the account's first number keeps its own."""

    def provision(client: Client) -> None:
        number = client.incoming_phone_numbers.create(phone_number=DESK)
        number.update(
            voice_url=f"{PUBLIC}/desk", voice_method="GET", voice_fallback_url=f"{PUBLIC}/lost",
            status_callback=f"{PUBLIC}/desk-status",
        )  # fmt: skip

    async def story() -> None:
        pages: dict[str, Page] = {
            "/desk": "<Say>This is the front desk.</Say>", "/voice": "<Say>This is the first number.</Say>",
        }  # fmt: skip
        async with world(pages) as net:
            await ask(net, provision)
            sid = await net.phone({"until": "heard:front desk"}, to=DESK)
            assert (await net.ended(sid))["status"] == "completed"
            await net.quiet()
            (asked,) = [s for s in net.app.seen if s.path == "/desk"]
            assert "To=%2B14155550100" in asked.query
            assert asked.form == {}
            assert [f["CallStatus"] for f in net.app.forms("/desk-status", To=DESK)] == ["completed"]
            assert net.app.forms("/status") == []
            assert net.rows("note", event="speech", text="This is the front desk.")[0]["whole"]
            shown = (await net.rest("GET", f"Calls/{sid}"))[1]
            held = net.network.holdings.number(DESK)
            assert held is not None
            assert shown["phone_number_sid"] == held.sid
            await net.ended(await net.phone())
            assert len(net.app.forms("/voice", To=net.account.number)) == 1
            assert "error" in await net.control("POST", "/calls", {"to": "+15550109999"})

    asyncio.run(story())


@pytest.mark.parametrize(
    ("page", "code"),
    [(broken, "11200"), (lambda seen: web.Response(text="<Response><Say>", content_type="text/xml"), "12100"),
     (lambda seen: web.Response(body=b"x", content_type="video/mp4"), "12300"),
     ("<Dial><Conference waitUrl='/w'></Conference></Dial><Redirect>/gone</Redirect>", "11200")],
)  # fmt: skip
def test_the_fallback_answers_when_the_voice_url_fails_and_is_told_why(page: Page, code: str) -> None:
    """By its own method, however it fails: an error, no TwiML, a wrong type, a later document."""

    async def story() -> None:
        pages: dict[str, Page] = {
            "/voice": page,
            "/gone": broken,
            "/lost": "<Say>Somebody will call you.</Say>",
        }
        async with world(pages, fallback_url=f"{PUBLIC}/lost") as net:
            (number,) = (await net.rest("GET", "IncomingPhoneNumbers"))[1]["incoming_phone_numbers"]
            assert (number["voice_fallback_url"], number["voice_fallback_method"]) == (
                f"{PUBLIC}/lost",
                "POST",
            )
            await net.ended(await net.phone())
            (told,) = net.app.forms("/lost")
            assert told["ErrorCode"] == code
            assert told["ErrorUrl"].startswith(f"{PUBLIC}/")
            await net.rest("POST", f"IncomingPhoneNumbers/{number['sid']}", VoiceFallbackMethod="GET")
            await net.ended(await net.phone())
            assert f"ErrorCode={code}" in [s for s in net.app.seen if s.path == "/lost"][1].query

    asyncio.run(story())


def test_a_fallback_that_fails_too_is_an_apology_and_the_end() -> None:
    async def story() -> None:
        async with world({"/voice": broken, "/lost": broken}, fallback_url=f"{PUBLIC}/lost") as net:
            assert (await net.ended(await net.phone()))["status"] == "completed"
            assert [s.path for s in net.app.seen][:2] == ["/voice", "/lost"]
            assert any("application error" in r["text"] for r in net.rows("note", event="say"))

    asyncio.run(story())


def test_a_number_that_an_application_answers_has_the_applications_settings_alone() -> None:
    def provision(client: Client) -> None:
        app = client.applications.create(
            friendly_name="shop", voice_url=f"{PUBLIC}/shop", status_callback=f"{PUBLIC}/shop-status"
        )
        number = client.incoming_phone_numbers.list(phone_number=SHOP)[0]
        number.update(voice_url=f"{PUBLIC}/voice", voice_application_sid=app.sid)

    async def story() -> None:
        async with world({"/shop": "<Hangup/>"}, numbers=(SHOP,)) as net:
            await ask(net, provision)
            await net.ended(await net.phone(to=SHOP))
            await net.quiet()
            assert [s.path for s in net.app.seen] == ["/shop", "/shop-status"]

    asyncio.run(story())


def test_an_application_that_is_dialled_answers_with_what_was_set_over_rest() -> None:
    """As a participant by `app:AP…`, with its fallback; as a call's `ApplicationSid`, with its callback."""

    def provision(client: Client, net: World) -> str:
        app = client.applications.create(friendly_name="ai", voice_url=f"{PUBLIC}/ai-1", voice_method="GET")
        to, own = f"app:{app.sid}?call=abc", net.account.number
        client.conferences("wt-1").participants.create(
            to=to, from_=own, label="ai-1", end_conference_on_exit=True
        )
        app.update(voice_url=f"{PUBLIC}/gone", voice_fallback_url=f"{PUBLIC}/ai-2", voice_method="POST")
        client.conferences("wt-2").participants.create(to=to, from_=own, label="ai-2")
        app.update(status_callback=f"{PUBLIC}/ai-status")
        client.calls.create(to=SAM, from_=own, application_sid=app.sid)
        nobody = "AP" + "0" * 32
        added = client.conferences("wt-1").participants
        assert refused(lambda: added.create(to=f"app:{nobody}", from_=own))[:2] == (400, 21218)
        assert refused(lambda: client.calls.create(to=SAM, from_=own, application_sid=nobody))[1] == 21218
        return str(app.sid)

    async def story() -> None:
        pages: dict[str, Page] = {"/ai-1": "<Pause/>", "/gone": broken, "/ai-2": "<Pause/>"}
        async with world(pages, phones=[{"number": SAM, "answer": {"after": 1}}]) as net:
            sid = await ask(net, lambda client: provision(client, net))
            await net.quiet()
            (first,) = [s for s in net.app.seen if s.path == "/ai-1"]
            assert f"To=app:{sid}" in unquote(first.query)
            assert "call=abc" in first.query
            assert {f["To"] for f in net.app.forms("/ai-2", ErrorCode="11200")} == {f"app:{sid}", SAM}
            assert [f["CallStatus"] for f in net.app.forms("/ai-status", To=SAM)] == ["completed"]

    asyncio.run(story())


def test_a_number_without_voice_takes_no_calls() -> None:
    async def story() -> None:
        async with world({"/voice": "<Hangup/>"}, numbers=(f"{SHOP}=sms",)) as net:
            assert (await net.ended(await net.phone(to=SHOP)))["status"] == "failed"
            assert any("takes no calls" in r["text"] for r in net.rows("note", event="error"))
            assert net.app.seen == []

    asyncio.run(story())


def test_a_caller_id_is_verified_by_the_code_that_somebody_enters() -> None:
    """Until then calls from it are refused; then it may be shown, is listed, and can be given up."""

    async def story() -> None:
        phones = [{"number": CALLER, "answer": {"after": 1}}]
        async with world(phones=phones) as net:
            own = net.account.number
            placed = {"to": SAM, "from_": CALLER, "twiml": "<Response/>"}
            assert (await ask(net, lambda c: refused(lambda: c.calls.create(**placed))))[1] == 21210
            made = await ask(net, lambda c: c.validation_requests.create(
                CALLER, friendly_name="home", status_callback=f"{PUBLIC}/verified"))  # fmt: skip
            assert (made.phone_number, made.friendly_name, len(made.validation_code)) == (CALLER, "home", 6)
            await net.until("leg", event="answered", call_sid=made.call_sid)
            await net.control("POST", f"/calls/{made.call_sid}/press", {"digits": made.validation_code})
            told = await net.callback(path="/verified")
            assert (told["VerificationStatus"], told["To"]) == ("success", CALLER)
            (listed,) = await ask(net, lambda c: c.outgoing_caller_ids.list(phone_number=CALLER))
            assert (listed.sid, listed.friendly_name) == (told["OutgoingCallerIdSid"], "home")
            assert await ask(net, lambda c: c.outgoing_caller_ids.list(friendly_name="x")) == []
            assert await ask(net, lambda c: c.calls.create(**placed).sid)
            again = await ask(net, lambda c: refused(lambda: c.validation_requests.create(CALLER)))
            assert again[:2] == (400, 21450)
            for number, code in ((own, 21449), ("sam", 21217)):
                assert (await ask(net, lambda c, n=number: refused(
                    lambda: c.validation_requests.create(n))))[1] == code  # fmt: skip
            late = await ask(net, lambda c: refused(lambda: c.validation_requests.create(SAM, call_delay=99)))
            assert late[1] == 21454
            renamed = await ask(net, lambda c: c.outgoing_caller_ids(listed.sid).update(friendly_name="desk"))
            assert renamed.friendly_name == "desk"
            assert await ask(net, lambda c: c.outgoing_caller_ids(listed.sid).delete())
            assert (await ask(net, lambda c: refused(c.outgoing_caller_ids(listed.sid).fetch)))[1] == 20404

    asyncio.run(story())


def test_a_wrong_code_or_nobody_verifies_nothing() -> None:
    async def story() -> None:
        phones = [{"number": CALLER, "answer": {"after": 1}, "steps": [{"wait": 2}, {"press": "0000000000"}]}]
        async with world(phones=phones) as net:
            for number in (CALLER, SAM):
                told = {"PhoneNumber": number, "StatusCallback": f"{PUBLIC}/verified"}
                assert (await net.rest("POST", "OutgoingCallerIds", **told))[0] == 200
                form = await net.callback(path="/verified", To=number)
                assert form["VerificationStatus"] == "failed"
                assert "OutgoingCallerIdSid" not in form
            assert (await net.rest("GET", "OutgoingCallerIds"))[1]["outgoing_caller_ids"] == []

    asyncio.run(story())


def test_a_leg_that_is_given_another_document_has_the_fallback_that_comes_with_it() -> None:
    async def story() -> None:
        pages: dict[str, Page] = {"/voice": "<Say>Hello.</Say><Pause length='300'/>", "/gone": broken}
        async with world(pages) as net:
            sid = await net.phone()
            await net.until("note", event="verb", verb="Pause")
            other = {"url": f"{PUBLIC}/gone", "fallback_url": f"{PUBLIC}/lost", "fallback_method": "GET"}
            await ask(net, lambda client: client.calls(sid).update(**other))
            await net.ended(sid)
            assert "ErrorCode=11200" in next(s.query for s in net.app.seen if s.path == "/lost")

    asyncio.run(story())


def test_a_webhook_says_where_caller_and_number_are_and_who_calls_when_that_is_looked_up() -> None:
    """By the area code, or as the call is given; the name only to a number with the look-up on."""

    async def story() -> None:
        async with world({"/voice": "<Hangup/>"}, numbers=(DESK,)) as net:
            calls = [
                {"from": "+12065550142", "to": DESK, "name": "PAT SMITH"},
                {"from": LONDON, "place": {"city": "CAMDEN", "zip": "NW1"}, "name": "PAT SMITH"},
                {"from": "+18835100123"},
            ]
            (desk,) = await ask(net, lambda c: c.incoming_phone_numbers.list(phone_number=DESK))
            await ask(net, lambda c: desk_set(c, desk.sid))
            for asked in calls:
                answer = await net.control("POST", "/calls", asked)
                await net.ended(answer["call_sid"])
            first, second, third = net.app.forms("/voice")
            parts = ("City", "State", "Zip", "Country")
            assert [first[f"From{part}"] for part in parts] == ["SEATTLE", "WA", "98101", "US"]
            assert [first[f"Called{part}"] for part in parts] == ["SAN FRANCISCO", "CA", "94102", "US"]
            assert [second[f"Caller{part}"] for part in parts] == ["CAMDEN", "", "NW1", "GB"]
            assert [second[f"To{part}"] for part in parts] == ["", "", "", "US"]
            assert [third[f"From{part}"] for part in parts] == ["", "", "", "US"]
            assert (first["CallerName"], "CallerName" in second) == ("PAT SMITH", False)
            assert "error" in await net.control("POST", "/calls", {"place": {"planet": "Mars"}})

    def desk_set(client: Client, sid: str) -> None:
        client.incoming_phone_numbers(sid).update(voice_url=f"{PUBLIC}/voice", voice_caller_id_lookup=True)

    asyncio.run(story())
