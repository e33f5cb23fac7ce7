"""A trial account: whom it may call and be called by, what is heard before the TwiML, how long it lasts."""

from __future__ import annotations

import asyncio

import pytest

from tests.simulator.app import CALLER, KIM, PUBLIC, SAM, world
from tests.simulator.sdk import ask, refused
from warmtransfer.simulator.twiml.trial import MESSAGE

PHONES = [{"number": SAM, "answer": {"after": 1}}, {"number": KIM, "answer": {"after": 1}}]


def test_a_trial_account_dials_verified_numbers_alone() -> None:
    """By calls, participants and `<Dial>`; not for applications, nor for the account's own number."""

    async def story() -> None:
        pages = {"/voice": f'<Dial action="/after"><Number>{KIM}</Number></Dial>', "/ai": "<Pause/>"}
        verified = frozenset({CALLER, SAM})
        async with world(pages, phones=PHONES, trial=True, verified=verified) as net:
            own = {"from_": net.account.number}
            placed = {**own, "twiml": "<Response/>"}
            status, code, text = await ask(net, lambda c: refused(lambda: c.calls.create(to=KIM, **placed)))
            assert (status, code) == (400, 21219)
            assert KIM in text
            assert "verified" in text
            added = await ask(net, lambda c: refused(
                lambda: c.conferences("wt-1").participants.create(to=KIM, **own)))  # fmt: skip
            assert added[1] == 21219
            app = f"app:{net.account.app_sid}"
            assert await ask(net, lambda c: c.conferences("wt-1").participants.create(to=app, **own).call_sid)
            assert await ask(net, lambda c: c.calls.create(to=SAM, **placed).sid)
            await net.ended(await net.phone())
            assert net.app.forms("/after")[0]["DialCallStatus"] == "failed"
            assert net.rows("note", event="error", code=21219)
            await net.control("PUT", "/account", {"trial": False})
            assert await ask(net, lambda c: c.calls.create(to=KIM, **placed).sid)
            await net.quiet()

    asyncio.run(story())


def test_the_message_of_a_trial_is_heard_before_the_twiml_and_a_key_ends_it() -> None:
    async def story() -> None:
        pages = {"/voice": "<Say>Hello.</Say>", "/human": "<Say>Hello.</Say>"}
        verified = frozenset({CALLER, SAM})
        async with world(pages, phones=PHONES, trial=True, verified=verified) as net:
            sid = await net.phone({"until": "heard:trial account"}, {"wait": 1}, {"press": "5"})
            await net.ended(sid)
            assert [r["text"] for r in net.rows("note", event="say")] == [MESSAGE, "Hello."]
            assert [r["whole"] for r in net.rows("note", event="speech")] == [False, True]
            assert net.app.forms("/voice")[0]["CallStatus"] == "in-progress"
            made = await ask(net, lambda c: c.calls.create(
                to=SAM, from_=net.account.number, url=f"{PUBLIC}/human"))  # fmt: skip
            await net.ended(made.sid)
            assert [r["text"] for r in net.rows("note", event="say")][2:] == [MESSAGE, "Hello."]
            assert net.rows("note", event="speech")[2]["whole"] is True

    asyncio.run(story())


def test_a_trial_that_wants_a_key_hangs_up_without_one() -> None:
    async def story() -> None:
        verified = frozenset({CALLER})
        laws = {"trial_message": "wants_key"}
        async with world({"/voice": "<Hangup/>"}, laws=laws, trial=True, verified=verified) as net:
            await net.ended(await net.phone())
            assert net.app.forms("/voice") == []
            await net.ended(await net.phone({"until": "heard-end:trial account"}, {"press": "1"}))
            assert len(net.app.forms("/voice")) == 1

    asyncio.run(story())


@pytest.mark.parametrize(("law", "status"), [("verified", "failed"), ("anyone", "completed")])
def test_a_law_says_who_may_phone_a_trial(law: str, status: str) -> None:
    async def story() -> None:
        async with world({"/voice": "<Hangup/>"}, laws={"trial_caller": law}, trial=True) as net:
            assert (await net.ended(await net.phone()))["status"] == status

    asyncio.run(story())


def test_a_trial_has_one_number_and_ten_minutes_a_call() -> None:
    async def story() -> None:
        pages = {"/voice": "<Pause length='900'/>"}
        verified = frozenset({CALLER})
        async with world(pages, speed=400, trial=True, verified=verified) as net:
            bought = await ask(
                net, lambda c: refused(lambda: c.incoming_phone_numbers.create(area_code="415"))
            )
            assert bought[:2] == (400, 10002)
            sid = await net.phone({"wait": 900})
            await net.ended(sid, timeout=900)
            assert net.network.calls[sid].seconds == pytest.approx(600, abs=20)
            assert net.rows("note", event="warning", code=13805)

    asyncio.run(story())
