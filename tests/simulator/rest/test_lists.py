"""Lists: filters by date and status, links that keep the filters, and fields that are all there."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.simulator.app import KIM, SAM, World, room, world
from tests.simulator.rest.test_rest import PAGES, PHONES, sdk, started
from warmtransfer.simulator.network.account import Account
from warmtransfer.simulator.network.taking import Taking, Wanted
from warmtransfer.simulator.rest.dates import filter_by
from warmtransfer.simulator.rest.errors import RestError
from warmtransfer.simulator.rest.forms import Params

NOON = datetime(2026, 2, 12, 12, 0, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("query", "passes"),
    [
        ([], True),
        ([("StartTime", "2026-02-12")], True),
        ([("StartTime", "2026-02-11")], False),
        ([("StartTime<", "2026-02-12")], True),
        ([("StartTime<", "2026-02-11")], False),
        ([("StartTime>", "2026-02-12")], True),
        ([("StartTime>", "2026-02-13")], False),
        ([("StartTime>", "2026-02-11"), ("StartTime<", "2026-02-13")], True),
        ([("StartTime>", "2026-02-12T12:00:01Z")], False),
        ([("StartTime>", "2026-02-12T12:00:00Z")], True),
        ([("StartTime<", "2026-02-12T11:59:59+00:00")], False),
        ([("StartTime<", "2026-02-12T13:00:00+01:00")], True),
        ([("StartTime", "2026-02-12T12:00:00Z")], True),
    ],
)
def test_a_time_passes_the_filters_that_twilio_documents(query: list[tuple[str, str]], passes: bool) -> None:
    """A day counts as a whole at both ends, a moment to the second, in any zone."""
    assert filter_by(Params(query), "StartTime")(NOON) is passes


def test_what_never_started_passes_no_filter_and_a_bad_date_is_refused() -> None:
    """A leg that never started has no start; a date that is none is 20001 before anything is compared."""
    assert not filter_by(Params([("StartTime>", "2020-01-01")]), "StartTime")(None)
    for text in ("yesterday", "12/02/2026", "2026-13-01"):
        with pytest.raises(RestError) as caught:
            filter_by(Params([("EndTime<", text)]), "EndTime")
        assert caught.value.code == 20001


def test_the_sdks_date_filters_and_paging_choose_calls() -> None:
    """`start_time_after` and its like work through the SDK, over several pages."""

    async def story() -> None:
        async with world({"/voice": lambda seen: room(seen.form["CallSid"][-6:])}) as net:
            sids = [await net.phone({"wait": 500}) for _ in range(3)]
            for sid in sids:
                await net.until("leg", event="answered", call_sid=sid)
            await net.callback(StatusCallbackEvent="conference-start")
            client = sdk(net)
            now = datetime.now(UTC)
            hour = timedelta(hours=1)

            def use() -> None:
                found = client.calls.list(start_time_after=now - hour, page_size=1)
                assert {call.sid for call in found} == set(sids)
                assert client.calls.list(start_time_after=now + hour) == []
                assert len(client.calls.list(start_time_before=now + hour, status="in-progress")) == 3
                assert client.calls.list(start_time_before=now - hour) == []
                assert client.calls.list(end_time_after=now - hour) == []
                today = now.date()
                assert len(client.conferences.list(date_created=today)) == 1
                assert len(client.conferences.list(date_created_after=today, status="in-progress")) == 1
                assert client.conferences.list(date_updated_before=today - timedelta(days=2)) == []

            await asyncio.to_thread(use)
            status, page = await net.rest("GET", "Calls", **{"StartTime>": "2020-01-01", "PageSize": "2"})
            assert (status, "StartTime%3E=2020-01-01" in page["next_page_uri"]) == (200, True)
            assert (await net.rest("GET", "Calls", StartTime="soon"))[0] == 400
            assert (await net.rest("GET", "Conferences", DateCreated="2026-02-12T12:00:00Z"))[0] == 400
            await net.rest("GET", "Calls", Colour="blue")
            assert any("Colour" in r["text"] for r in net.rows("note", event="warning"))

    asyncio.run(story())


def test_conferences_without_a_status_are_those_in_progress() -> None:
    """The list shows running conferences; waiting and ended ones are asked for by their status."""

    async def story() -> None:
        async with world(PAGES, phones=PHONES) as net:
            sid, caller = await started(net)
            assert [c["sid"] for c in (await net.rest("GET", "Conferences"))[1]["conferences"]] == [sid]
            await net.control("POST", f"/calls/{caller}/hangup")
            await net.ended(caller)
            assert (await net.rest("GET", "Conferences"))[1]["conferences"] == []
            ended = (await net.rest("GET", "Conferences", Status="completed"))[1]["conferences"]
            assert [c["sid"] for c in ended] == [sid]
            assert (await net.rest("GET", "Conferences", Status="over"))[0] == 400

    asyncio.run(story())


async def more_resources(net: World, sid: str) -> dict[str, str]:
    """A recording of a call and of a conference, and somebody who waits in a queue; each by its module."""
    call = next(iter(net.network.rooms[sid].members))
    taking = net.network.calls[call].record(Wanted("StartCallRecordingAPI"))
    whole = Taking(net.network.services, Wanted("Conference"), conference_sid=sid)
    assert taking is not None
    queue = net.network.queues.make("support")
    queue.enter(net.network.calls[call])
    return {
        "recording": f"Recordings/{taking.recording.sid}",
        "call.recording": f"Calls/{call}/Recordings/{taking.recording.sid}",
        "conference.recording": f"Conferences/{sid}/Recordings/{whole.recording.sid}",
        "queue": f"Queues/{queue.sid}",
        "queue.member": f"Queues/{queue.sid}/Members/Front",
    }


def test_resources_have_every_field_that_the_sdk_reads() -> None:
    """Numbers, applications, conferences, recordings, queues lack none; participants carry `queue_time`."""

    def read_by(module: str) -> set[str]:
        found = importlib.import_module(f"twilio.rest.api.v2010.account.{module}")
        return set(re.findall(r'payload\.get\(\s*"(\w+)"', inspect.getsource(found)))

    async def story() -> None:
        async with world(PAGES, phones=PHONES) as net:
            sid, _ = await started(net)
            account = net.account
            shown = {
                "incoming_phone_number": f"IncomingPhoneNumbers/{account.number_sid}",
                "application": f"Applications/{account.app_sid}",
                "conference": f"Conferences/{sid}",
                "conference.participant": f"Conferences/{sid}/Participants/human-1",
                **await more_resources(net, sid),
            }
            for module, path in shown.items():
                resource = (await net.rest("GET", path))[1]
                assert read_by(module) <= set(resource), path
            member = (await net.rest("GET", shown["conference.participant"]))[1]
            assert member["queue_time"] == "0"
            listed = (await net.rest("GET", f"Conferences/{sid}/Participants"))[1]["participants"]
            assert all("queue_time" in each for each in listed)

    asyncio.run(story())


def test_a_request_that_only_the_simulator_lacks_is_called_its_own_gap() -> None:
    """The 404 of a missing route says that it is not the application's fault; so does the trace."""

    async def story() -> None:
        async with world() as net:
            status, answer = await net.rest("GET", "Addresses")
            assert (status, answer["code"]) == (404, 20404)
            assert "Not simulated" in answer["message"]
            assert "its own gap" in answer["message"]
            assert any("GET Addresses" in r["text"] for r in net.rows("note", event="warning"))
            status, answer = await net._ask("GET", "/v2/PhoneNumbers/1", {})  # as lookups.twilio.com has it
            assert (status, answer["code"], "its own gap" in answer["message"]) == (404, 20404, True)
            status, answer = await net.rest("GET", "Calls/CA" + "0" * 32)
            assert (status, "gap" in answer["message"]) == (404, False)

    asyncio.run(story())


def test_a_number_that_nobody_has_says_how_to_give_it_a_phone() -> None:
    """Dialling it fails, and one warning holds the command that would set a phone."""

    async def story() -> None:
        async with world({"/voice": room("caller")}, phones=[{"number": SAM}]) as net:
            _, made = await net.rest(
                "POST", "Calls", To=KIM, From=net.account.number, Twiml="<Response><Hangup/></Response>"
            )
            await net.until("leg", event="ended", call_sid=made["sid"], status="failed")
            text = next(r["text"] for r in net.rows("note", event="warning"))
            assert KIM in text
            assert "PUT" in text
            assert "/simulator/phones" in text

    asyncio.run(story())


def test_the_account_looks_like_one_of_twilios() -> None:
    """Tokens have their 32 characters, SIDs their 34."""
    account = Account()
    assert len(account.token) == len(account.key_secret) == 32
    assert {len(sid) for sid in (account.sid, account.key_sid, account.app_sid, account.number_sid)} == {34}
