"""Tones that a leg is told to send after its answer."""

from __future__ import annotations

import asyncio

import pytest

from tests.simulator.app import PUBLIC, SAM, World, world

#: A menu that wants 1#2 and then hears the document to its end.
MENU = [
    {"number": SAM, "answer": {"after": 1.0}, "steps": [{"until": "keys:1#2", "timeout": 20}, {"press": "5"}]}
]
GATE = '<Gather numDigits="1" timeout="20" action="/gate"><Say>Who is there?</Say></Gather><Hangup/>'
PAGES = {"/human": GATE, "/gate": "<Hangup/>", "/voice": '<Dial><Number sendDigits="W1#w2" url="/human">'
         f"{SAM}</Number></Dial>"}  # fmt: skip


async def dial(net: World, digits: str) -> int:
    """A call with these tones; the status of the answer."""
    status, _ = await net.rest(
        "POST", "Calls", To=SAM, From=net.account.number, Url=f"{PUBLIC}/human", SendDigits=digits
    )
    return status


@pytest.mark.parametrize("law", ["before_document", "beside_document"])
@pytest.mark.parametrize("dialled", ["by REST", "by <Number>"])
def test_tones_are_heard_by_the_phone_that_answers(law: str, dialled: str) -> None:
    async def story() -> None:
        async with world(PAGES, phones=MENU) as net:
            await net.control("PUT", "/laws", {"tones": law})
            if dialled == "by REST":
                assert await dial(net, "W1#w2") == 201
            else:
                await net.phone({"wait": 30})
            sent = await net.sim.trace.wait(lambda row: row.get("event") == "tones", 60, 0)
            pressed = await net.sim.trace.wait(lambda row: row.get("event") == "press", 60, 0)
            spoken = await net.sim.trace.wait(lambda row: row.get("event") == "say", 60, 0)
            assert (sent["digits"], pressed["digit"]) == ("W1#w2", "5")
            assert (spoken["t"] > sent["t"]) is (law == "before_document")

    asyncio.run(story())


@pytest.mark.parametrize("digits", ["12a", "1,2", " 1", "w" * 33])
def test_tones_that_are_none_are_refused(digits: str) -> None:
    async def story() -> None:
        async with world(PAGES, phones=MENU) as net:
            assert await dial(net, digits) == 400
            assert await dial(net, "0123456789ABCD*#wW") == 201

    asyncio.run(story())
