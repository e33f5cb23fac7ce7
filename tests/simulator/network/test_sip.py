"""`sip:` addresses: dialled by REST and <Sip>, known by user and host, refusing with their own codes."""

from __future__ import annotations

import asyncio

import pytest

from tests.simulator.app import PUBLIC, SAM, Page, room, world
from tests.simulator.sdk import ask, refused
from warmtransfer.simulator.network.addresses import headers_of, outcome_of, phone_at, sip_fits
from warmtransfer.simulator.phones.scripts import reaction

DESK = "sip:desk@pbx.example.test"
PHONES = [{"number": DESK, "answer": {"after": 1}, "steps": [{"say": "sam-hello"}]}]


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        (DESK, True), ("sips:desk@pbx.example.test:5061;transport=tls", True), ("sip:pbx.example.test", True),
        ("sip:+15550100001@10.0.0.1:5060;edge=dublin?X-Route=7&X-Who=a%20b", True),
        ("sip:", False), ("sip:desk@", False), ("sip:de sk@example.test", False), ("tel:5", False),
        (f"sip:{'x' * 250}@a.test", False), ("sip:desk@example.test:port", False),
    ],
)  # fmt: skip
def test_an_address_is_written_as_one(address: str, fits: bool) -> None:
    assert sip_fits(address) is fits


@pytest.mark.parametrize(
    ("address", "known"),
    [
        (DESK, DESK), ("sip:desk@PBX.example.test:5060;transport=tcp?X-A=1", DESK),
        ("sips:desk@pbx.example.test", DESK), ("SIP:desk@pbx.example.test", "SIP:desk@pbx.example.test"),
        ("client:kim", "client:kim"), (SAM, SAM), ("sip:pbx.example.test", "sip:pbx.example.test"),
    ],
)  # fmt: skip
def test_a_phone_is_known_by_user_and_host(address: str, known: str) -> None:
    assert phone_at(address) == known


def test_headers_are_those_that_may_be_sent() -> None:
    assert headers_of(f"{DESK}?X-Route=7&Via=me&User-to-User=0A%3Bencoding%3Dhex&x-who=a%20b") == {
        "X-Route": "7", "User-to-User": "0A;encoding=hex", "x-who": "a b",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "status"), [(486, "busy"), (600, "busy"), (480, "no-answer"), (603, "failed"), (503, "failed")]
)
def test_a_refusals_code_says_what_becomes_of_the_leg(code: int, status: str) -> None:
    async def story() -> None:
        assert outcome_of(code) == status
        pages: dict[str, Page] = {
            "/voice": f'<Dial action="/after"><Sip>{DESK};transport=tcp</Sip></Dial>', "/after": "<Hangup/>",
        }  # fmt: skip
        async with world(pages, phones=[{"number": DESK, "answer": {"sip": code}}]) as net:
            await net.ended(await net.phone({"wait": 60}))
            after = net.app.forms("/after")[0]
            assert (after["DialCallStatus"], after["DialSipResponseCode"]) == (status, str(code))
            assert after["DialSipCallId"].endswith("@0.0.0.0")

    asyncio.run(story())


@pytest.mark.parametrize("code", [200, 399, 700, "486", None])
def test_a_phone_refuses_with_a_code_that_refuses(code: object) -> None:
    with pytest.raises(ValueError, match="400 to 699"):
        reaction({"number": DESK, "answer": {"sip": code}})


def test_rest_calls_a_sip_address_and_tells_its_news() -> None:
    async def story() -> None:
        async with world(phones=PHONES) as net:
            made = await ask(net, lambda c: c.calls.create(
                to=f"{DESK}:5060;transport=tcp?X-Route=7", from_="shop", status_callback=f"{PUBLIC}/over",
                sip_auth_username="shop", sip_auth_password="secret-of-the-desk",
                twiml="<Response><Pause length='2'/></Response>"))  # fmt: skip
            assert (made.to, made._from) == (f"{DESK}:5060;transport=tcp", "shop")
            over = await net.callback(path="/over", CallStatus="completed")
            assert (over["To"], over["SipResponseCode"]) == (f"{DESK}:5060;transport=tcp", "200")
            assert "ToCountry" not in over
            (row,) = net.rows("leg", event="dialled")
            assert row["sip_headers"] == {"X-Route": "7"}
            assert "secret-of-the-desk" not in "".join(net.sim.trace.lines_since(0))

    asyncio.run(story())


def test_what_is_no_address_is_refused() -> None:
    async def story() -> None:
        async with world() as net:
            wrong = await ask(net, lambda c: refused(
                lambda: c.calls.create(to="sip:de sk@a", from_="shop", twiml="<Response/>")))  # fmt: skip
            assert wrong[:2] == (400, 21211)

    asyncio.run(story())


def test_a_sip_phone_is_bridged_with_the_caller() -> None:
    async def story() -> None:
        keys = 'username="u" password="top-secret-word"'
        noun = f'<Sip {keys} statusCallback="/sip">desk@pbx.example.test</Sip>'
        pages: dict[str, Page] = {
            "/voice": f'<Dial action="/after" timeLimit="5">{noun}</Dial>', "/after": "<Hangup/>",
        }  # fmt: skip
        async with world(pages, phones=PHONES) as net:
            await net.ended(await net.phone({"wait": 60}))
            after = net.app.forms("/after")[0]
            assert (after["DialCallStatus"], after["DialSipResponseCode"]) == ("completed", "200")
            assert (await net.callback(path="/sip"))["To"] == DESK
            assert net.rows("note", event="bridge")
            assert "top-secret-word" not in "".join(net.sim.trace.lines_since(0))

    asyncio.run(story())


def test_a_noun_that_is_no_address_is_passed_over() -> None:
    async def story() -> None:
        pages: dict[str, Page] = {
            "/voice": '<Dial action="/after"><Sip>not one</Sip></Dial>', "/after": "<Hangup/>",
        }  # fmt: skip
        async with world(pages) as net:
            await net.ended(await net.phone({"wait": 60}))
            assert net.app.forms("/after")[0]["DialCallStatus"] == "failed"
            assert [r["code"] for r in net.rows("note", event="error")] == [13243]

    asyncio.run(story())


def test_a_sip_phone_is_added_to_a_conference() -> None:
    async def story() -> None:
        pages: dict[str, Page] = {"/voice": room("caller", endConferenceOnExit="true")}
        async with world(pages, phones=PHONES) as net:
            await net.phone({"wait": 60})
            await net.until("leg", event="joined", label="caller")
            made = await ask(net, lambda c: c.conferences("wt-1").participants.create(
                from_=net.account.number, to=f"{DESK}?X-Route=7", label="desk", beep="false"))  # fmt: skip
            await net.until("leg", event="joined", label="desk")
            assert net.network.calls[made.call_sid].extra == ()

    asyncio.run(story())
