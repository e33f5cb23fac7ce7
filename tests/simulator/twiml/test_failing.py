"""A document that cannot be had in mid-call: each answer of the law, and what Twilio then says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from tests.simulator.app import SAM, Page, world
from warmtransfer.simulator.twiml.documents import APOLOGY

GATHER = '<Gather timeout="1" action="/dead" actionOnEmptyResult="true"/><Say>One moment.</Say>'
PHONE = {"number": SAM, "answer": {"after": 0.5}, "steps": [{"wait": 1}, {"hangup": True}]}
REDIRECT = "<Redirect>/dead</Redirect><Say>Never said.</Say>"


@pytest.mark.parametrize(
    ("law", "document", "fallback", "said"),
    [
        ("fallback", GATHER, True, ["Plan B."]),
        ("fallback", GATHER, False, [APOLOGY]),
        ("fallback", REDIRECT, True, ["Plan B."]),
        ("next_verb", GATHER, True, ["One moment."]),
        ("next_verb", REDIRECT, True, [APOLOGY]),
        ("next_verb", GATHER.partition("<Say>")[0], True, [APOLOGY]),
        ("leg_ends", GATHER, True, [APOLOGY]),
    ],
)
def test_a_call_under_way_goes_on_as_the_law_says(
    law: str, document: str, fallback: bool, said: list[str]
) -> None:
    """To the fallback URL, the next verb, or Twilio's own words; a redirect never comes back."""

    async def story() -> None:
        pages: dict[str, Page] = {
            "/voice": document,
            "/dead": lambda _: web.Response(status=502),
            "/plan-b": "<Say>Plan B.</Say>",
        }
        url = "https://app.example.test/plan-b" if fallback else ""
        async with world(pages, laws={"failed_document": law}, fallback_url=url) as net:
            await net.ended(await net.phone())
            assert [row["text"] for row in net.rows("note", event="speech", who="network")] == said
            assert net.rows("note", event="law", law="failed_document")[0]["answer"] == law

    asyncio.run(story())


@pytest.mark.parametrize("law", ["fallback", "next_verb", "leg_ends"])
def test_the_first_document_of_a_call_has_its_fallback_under_every_law(law: str) -> None:
    """That much is documented."""

    async def story() -> None:
        pages: dict[str, Page] = {
            "/voice": lambda _: web.Response(status=502),
            "/plan-b": "<Say>Plan B.</Say>",
        }
        url = "https://app.example.test/plan-b"
        async with world(pages, laws={"failed_document": law}, fallback_url=url) as net:
            await net.ended(await net.phone())
            assert net.rows("note", event="speech", text="Plan B.")

    asyncio.run(story())


def test_a_fallback_that_twilio_hosts_needs_no_application(tmp_path: Path) -> None:
    """`file:` is a document kept by the network itself; one that is not there is an error like any other."""

    async def story() -> None:
        kept = tmp_path / "fallback.xml"
        kept.write_text("<Response><Say>Hosted elsewhere.</Say></Response>")
        pages: dict[str, Page] = {"/voice": lambda _: web.Response(status=502)}
        async with world(pages, fallback_url=kept.as_uri()) as net:
            await net.ended(await net.phone())
            assert net.rows("note", event="speech", text="Hosted elsewhere.")
        async with world(pages, fallback_url=kept.as_uri() + ".not") as net:
            await net.ended(await net.phone())
            assert net.rows("note", event="speech", text=APOLOGY)

    asyncio.run(story())


@pytest.mark.parametrize(("law", "rung"), [("allowed", True), ("refused", False)])
def test_an_applications_leg_dials_out_or_goes_on(law: str, rung: bool) -> None:
    """Where it may not, its document goes on with the next verb."""

    async def story() -> None:
        pages: dict[str, Page] = {"/ai": f"<Dial>{SAM}</Dial><Say>Nobody came.</Say>"}
        async with world(pages, laws={"app_dials": law}, phones=[PHONE]) as net:
            to = f"app:{net.account.app_sid}"
            await net.rest("POST", "Conferences/wt-1/Participants", From=net.account.number, To=to)
            await net.until("note", event="speech", text="Nobody came.")
            assert bool(net.rows("leg", event="answered", label=SAM)) is rung

    asyncio.run(story())


#: What follows a stream whose application has died, said into the room by the leg's own document.
COMPANY = "<Pause length='1'/><Say>One moment.</Say>"
STREAM = "<Stream url='wss://app.example.test/media'/></Connect>"
WITH, WITHOUT = f"<Connect action='/dead'>{STREAM}{COMPANY}", f"<Connect>{STREAM}{COMPANY}"
#: By dropped_stream and failed_document: what the room hears with an action, and without one. Only where the
#: leg ends with its stream does it hear nothing, of either; without, it never hears Twilio's own words.
HEARD = {
    ("action", "fallback"): ([APOLOGY], ["One moment."]),
    ("action", "next_verb"): (["One moment."], ["One moment."]),
    ("action", "leg_ends"): ([APOLOGY], ["One moment."]),
    ("next_verb", "fallback"): (["One moment."], ["One moment."]),
    ("next_verb", "next_verb"): (["One moment."], ["One moment."]),
    ("next_verb", "leg_ends"): (["One moment."], ["One moment."]),
    ("leg_ends", "fallback"): ([], []),
    ("leg_ends", "next_verb"): ([], []),
    ("leg_ends", "leg_ends"): ([], []),
}


@pytest.mark.parametrize(("dropped", "document"), list(HEARD))
@pytest.mark.parametrize("action", [True, False], ids=["with", "without"])
def test_a_stream_is_better_left_without_an_action(dropped: str, document: str, action: bool) -> None:
    """Compared by what is heard after the application's death, under every answer of the laws."""

    async def story() -> None:
        async def hold(socket: web.WebSocketResponse) -> None:
            async for _ in socket:
                pass

        pages: dict[str, Page] = {
            "/ai": WITH if action else WITHOUT,
            "/dead": lambda _: web.Response(status=502),
        }
        laws = {"dropped_stream": dropped, "failed_document": document}
        async with world(pages, laws=laws, faults=["stream=drop_after:1"]) as net:
            net.app.media = hold
            to = f"app:{net.account.app_sid}"
            await net.rest("POST", "Conferences/wt-1/Participants", From=net.account.number, To=to)
            await net.until("leg", event="ended")
            heard = [row["text"] for row in net.rows("note", event="speech", who="network")]
            assert heard == HEARD[dropped, document][0 if action else 1]

    asyncio.run(story())
