"""Queues: callers wait, hear and press, leave, are taken by whoever dials one, or moved by REST."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from twilio.rest import Client

from tests.simulator.app import PUBLIC, SAM, Page, Seen, World, world
from tests.simulator.sdk import ask, refused
from warmtransfer.simulator.sound.audio import loudness

STAYS: dict[str, Any] = {"wait": 300}
#: Sam phones the queue when he answers, by a call that REST makes.
AGENT = [{"number": SAM, "answer": {"after": 1}, "steps": [{"wait": 2}, {"say": "sam-hello"}, STAYS]}]
PAGES: dict[str, Page] = {
    "/voice": '<Enqueue action="/after" waitUrl="/wait">support</Enqueue><Say>Behind.</Say>',
    "/wait": "<Say>You are waiting.</Say><Pause length='4'/>",
    "/after": "<Hangup/>",
    "/agent": '<Dial action="/done" timeout="20"><Queue url="/whisper">support</Queue></Dial>',
    "/whisper": "<Say>You are being connected.</Say>",
    "/done": "<Hangup/>",
}


async def entered(net: World, *steps: dict[str, Any]) -> str:
    """Somebody phones and waits in the queue."""
    sid = await net.phone(*(steps or (STAYS,)))
    await net.until("queue", event="entered", call_sid=sid)
    return sid


async def agent(net: World, to: str = SAM) -> str:
    """Sam is phoned, and dials the queue when he answers."""
    call = {"to": to, "from_": net.account.number, "url": f"{PUBLIC}/agent"}
    return str((await ask(net, lambda c: c.calls.create(**call))).sid)


def test_who_waits_is_joined_with_who_dials_the_queue() -> None:
    async def story() -> None:
        async with world(PAGES, phones=AGENT) as net:
            first = await entered(net)
            await entered(net)
            sam = await agent(net)
            await net.until("queue", event="bridged", call_sid=first)
            since = net.sim.clock.now()
            await net.until("note", event="speech", who=SAM)
            assert loudness(net.heard(first, since)) > -40
            assert len(net.network.queues.named("support").members) == 1  # type: ignore[union-attr]
            await net.control("POST", f"/calls/{sam}/hangup")
            after = await net.callback(path="/after")
            assert (after["QueueResult"], after["CallSid"]) == ("bridged", first)
            assert after["QueueSid"].startswith("QU")
            assert after["QueueTime"].isdigit()
            whispered = net.app.forms("/whisper")[0]
            assert (whispered["CallSid"], whispered["DequeingCallSid"]) == (first, sam)
            assert whispered["QueueSid"] == after["QueueSid"]
            heard = [r["text"] for r in net.rows("note", event="speech", call_sid=first) if r.get("whole")]
            assert heard[-1] == "You are being connected."

    asyncio.run(story())


def test_who_waited_hangs_up_and_the_agent_goes_on() -> None:
    async def story() -> None:
        async with world(PAGES, phones=AGENT) as net:
            first = await entered(net)
            sam = await agent(net)
            await net.until("queue", event="bridged")
            await net.control("POST", f"/calls/{first}/hangup")
            done = await net.callback(path="/done")
            assert (done["DialCallStatus"], done["DialCallSid"]) == ("completed", first)
            assert done["CallSid"] == sam
            assert (await net.callback(path="/after"))["QueueResult"] == "bridged"
            await net.ended(sam)

    asyncio.run(story())


def test_an_agent_waits_for_somebody_to_come_and_then_for_nobody() -> None:
    async def story() -> None:
        async with world(PAGES, phones=AGENT) as net:
            net.network.queues.make("support")
            first_agent = await agent(net)
            await net.until("note", event="verb", verb="Dial")
            first = await entered(net)
            await net.until("queue", event="bridged", call_sid=first)
            await net.control("POST", f"/calls/{first_agent}/hangup")
            await agent(net)
            done = await net.callback(path="/done", DialCallStatus="no-answer")
            assert "DialCallSid" not in done

    asyncio.run(story())


def test_who_is_told_of_the_place_and_the_wait_and_may_leave() -> None:
    def waits(seen: Seen) -> str:
        return "<Leave/>" if int(seen.form["QueueTime"]) > 3 else "<Pause length='2'/>"

    async def story() -> None:
        async with world({**PAGES, "/wait": waits}) as net:
            first, second = await entered(net), await entered(net)
            told = [(await net.callback(path="/wait", CallSid=sid)) for sid in (first, second)]
            assert [each["QueuePosition"] for each in told] == ["1", "2"]
            assert told[1]["CurrentQueueSize"] == "2"
            assert (told[0]["MaxQueueSize"], told[0]["AvgQueueTime"]) == ("1000", "0")
            for sid in (first, second):
                after = await net.callback(path="/after", CallSid=sid)
                assert after["QueueResult"] == "leave"
            await net.quiet()
            assert len(net.app.forms("/wait", CallSid=first)) >= 3, "the document is asked for again"
            state = await net.control("GET", "/state")
            assert state["queues"] == []

    asyncio.run(story())


def test_without_an_action_the_next_verb_follows() -> None:
    async def story() -> None:
        plain = '<Enqueue waitUrl="/wait">support</Enqueue><Say>Behind.</Say>'
        async with world({**PAGES, "/voice": plain, "/wait": "<Leave/>"}) as net:
            await net.ended(await net.phone(STAYS))
            assert net.rows("note", event="speech", text="Behind.")

    asyncio.run(story())


def test_a_key_in_the_queue_leads_elsewhere_and_hanging_up_ends_it() -> None:
    async def story() -> None:
        pages: dict[str, Page] = {
            **PAGES, "/wait": '<Gather numDigits="1" action="/key" timeout="30"/>', "/key": "<Hangup/>",
        }  # fmt: skip
        async with world(pages) as net:
            sid = await entered(net, {"wait": 2}, {"press": "5"}, STAYS)
            await net.ended(sid)
            assert net.app.forms("/key")[0]["Digits"] == "5"
            assert (await net.callback(path="/after"))["QueueResult"] == "hangup"

    asyncio.run(story())


def test_who_hangs_up_while_waiting_is_a_hangup() -> None:
    async def story() -> None:
        async with world(PAGES) as net:
            sid = await entered(net, {"wait": 4}, {"hangup": True})
            await net.ended(sid)
            after = await net.callback(path="/after")
            assert (after["QueueResult"], after["CallStatus"]) == ("hangup", "completed")

    asyncio.run(story())


@pytest.mark.parametrize(("wait", "sounds"), [("", True), ('waitUrl=""', False)])
def test_music_or_silence_is_heard_without_a_document(wait: str, sounds: bool) -> None:
    async def story() -> None:
        async with world({"/voice": f"<Enqueue {wait}>support</Enqueue>"}) as net:
            sid = await entered(net)
            await net.sim.clock.sleep(4)
            assert (loudness(net.heard(sid)) > -50) is sounds

    asyncio.run(story())


@pytest.mark.parametrize(
    ("page", "result"),
    [
        ('<Enqueue action="/after" waitUrl="/wait"/>', "error"),
        (f'<Enqueue action="/after">{"x" * 65}</Enqueue>', "error"),
        ('<Enqueue action="/after" waitUrl="/dials">support</Enqueue>', "error"),
        ('<Enqueue action="/after">full</Enqueue>', "queue-full"),
    ],
)
def test_what_cannot_wait_is_told_why(page: str, result: str) -> None:
    async def story() -> None:
        async with world({**PAGES, "/voice": page, "/dials": f"<Dial>{SAM}</Dial>"}) as net:
            net.network.queues.make("full", 0)
            await net.ended(await net.phone(STAYS))
            assert (await net.callback(path="/after"))["QueueResult"] == result

    asyncio.run(story())


@pytest.mark.parametrize(("name", "code"), [("", 14212), ("x" * 65, 14213), ("nowhere", 0)])
def test_a_queue_that_is_not_there_fails_the_dial(name: str, code: int) -> None:
    async def story() -> None:
        page = f'<Dial action="/done"><Queue>{name}</Queue></Dial>'
        async with world({**PAGES, "/voice": page}) as net:
            await net.ended(await net.phone(STAYS))
            assert (await net.callback(path="/done"))["DialCallStatus"] == "failed"
            assert [r["code"] for r in net.rows("note", event="error")] == [code]

    asyncio.run(story())


def test_rest_makes_sets_shows_and_removes_queues() -> None:
    def use(client: Client) -> None:
        queue = client.queues.create("sales", max_size=7)
        assert (queue.friendly_name, queue.max_size, queue.current_size) == ("sales", 7, 0)
        assert queue.average_wait_time == 0
        assert refused(lambda: client.queues.create("sales"))[:2] == (400, 22003)
        assert refused(lambda: client.queues.create("big", max_size=5001))[:2] == (400, 20001)
        assert refused(lambda: client.queues.create("x" * 65))[:2] == (400, 20001)
        other = client.queues.create("other")
        assert refused(lambda: client.queues(other.sid).update(friendly_name="sales"))[:2] == (400, 22003)
        assert client.queues(other.sid).update(friendly_name="new", max_size=3).max_size == 3
        assert [each.friendly_name for each in client.queues.list(page_size=1)] == ["new", "sales"]
        assert client.queues(other.sid).delete()
        assert refused(client.queues(other.sid).fetch)[:2] == (404, 20404)
        assert refused(client.queues(queue.sid).members("Front").fetch)[:2] == (404, 20404)

    async def story() -> None:
        async with world() as net:
            await ask(net, use)

    asyncio.run(story())


def test_rest_takes_the_front_and_a_certain_call_out_and_gives_them_twiml() -> None:
    async def story() -> None:
        pages: dict[str, Page] = {**PAGES, "/new": "<Say>Somewhere else.</Say><Pause length='20'/>"}
        async with world(pages) as net:
            first, second, third = [await entered(net) for _ in range(3)]
            queue = net.network.queues.named("support")
            assert queue is not None

            def use(client: Client) -> None:
                members = client.queues(queue.sid).members
                assert [(m.call_sid, m.position) for m in members.list()] == [
                    (first, 1), (second, 2), (third, 3),
                ]  # fmt: skip
                assert refused(client.queues(queue.sid).delete)[:2] == (400, 20001)
                assert client.queues(queue.sid).members("Front").fetch().call_sid == first
                taken = client.queues(queue.sid).members("Front").update(url=f"{PUBLIC}/new")
                assert (taken.call_sid, taken.queue_sid) == (first, queue.sid)
                again = refused(lambda: client.queues(queue.sid).members(first).update(url=f"{PUBLIC}/new"))
                assert again[:2] == (400, 21220)
                assert client.queues(queue.sid).members(third).update(url=f"{PUBLIC}/new").call_sid == third
                assert client.queues(queue.sid).fetch().current_size == 1

            await ask(net, use)
            for sid in (first, third):
                await net.until("note", event="say", call_sid=sid, text="Somewhere else.")
                assert (await net.callback(path="/after", CallSid=sid))["QueueResult"] == "redirected"
            assert (await net.rest("POST", f"Queues/{queue.sid}/Members/Front"))[1]["code"] == 20001

    asyncio.run(story())


def test_who_is_joined_can_be_moved_away() -> None:
    async def story() -> None:
        async with world({**PAGES, "/new": "<Pause length='20'/>"}, phones=AGENT) as net:
            sid = await entered(net)
            await agent(net)
            await net.until("queue", event="bridged")
            await ask(net, lambda c: c.calls(sid).update(url=f"{PUBLIC}/new"))
            assert (await net.callback(path="/after"))["QueueResult"] == "redirected-from-bridged"
            assert (await net.callback(path="/done"))["DialCallStatus"] == "completed"

    asyncio.run(story())


def test_a_caller_who_leaves_in_the_whisper_leaves_the_agent_to_the_next() -> None:
    async def story() -> None:
        slow = {**PAGES, "/whisper": "<Pause length='10'/>"}
        async with world(slow, phones=AGENT) as net:
            first, second = await entered(net), await entered(net)
            await agent(net)
            await net.callback(path="/whisper", CallSid=first)
            await net.control("POST", f"/calls/{first}/hangup")
            await net.until("queue", event="bridged", call_sid=second)

    asyncio.run(story())


def test_a_dialled_queue_is_recorded_as_any_dial() -> None:
    async def story() -> None:
        page = '<Dial action="/done" record="record-from-answer-dual"><Queue>support</Queue></Dial>'
        async with world({**PAGES, "/agent": page}, phones=AGENT) as net:
            sid = await entered(net)
            await agent(net)
            await net.until("queue", event="bridged")
            await net.sim.clock.sleep(4)
            await net.control("POST", f"/calls/{sid}/hangup")
            assert "RecordingUrl" in await net.callback(path="/done")

    asyncio.run(story())


def test_leave_outside_of_a_queue_does_nothing() -> None:
    async def story() -> None:
        async with world({"/voice": "<Leave/><Say>On.</Say>"}) as net:
            await net.ended(await net.phone(STAYS))
            assert net.rows("note", event="speech", text="On.")
            assert "outside of a queue" in net.rows("note", event="warning")[0]["text"]

    asyncio.run(story())
