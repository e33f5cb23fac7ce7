"""The recording proxy in front of a server that could be the real one."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from tests.simulator.model.client import Client, Json, Served, live, serving
from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.model.proxy import Proxy, redacted, sendable
from warmtransfer.simulator.model.report import Report


@asynccontextmanager
async def recording(served: Served) -> AsyncIterator[tuple[str, io.StringIO]]:
    """A proxy in front of the server; its URL and its trace."""
    out = io.StringIO()
    report = Report(Clock(), out)
    runner = web.AppRunner(Proxy(served.url + "/v1/realtime", report).app(), shutdown_timeout=2.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", out
    finally:
        await runner.cleanup()
        report.close()


async def through(served: Served, url: str, key: str = "sk-secret-1") -> Client:
    """A session opened through the proxy."""
    headers = {"Authorization": f"Bearer {key}"}
    return Client(await served.http.ws_connect(f"{url}/v1/realtime?model=gpt-realtime-2.1", headers=headers))


def rows(out: io.StringIO) -> list[Json]:
    return [json.loads(text) for text in out.getvalue().splitlines()]


@live
async def test_both_ways_are_relayed_and_recorded_and_the_key_passes_through() -> None:
    async with serving(key="sk-secret-1") as served, recording(served) as (url, out):
        client = await through(served, url)
        await client.update()
        await client.send("response.create")
        done = await client.until("response.done")
        async with served.http.get(url + "/control/state") as answer:
            assert len((await answer.json())["sessions"]) == 1
        await client.ws.close()
    recorded = rows(out)
    sent = [row["msg"] for row in recorded if row.get("dir") == "server"]
    assert sent[: len(client.events)] == client.events
    assert [row["msg"]["type"] for row in recorded if row.get("dir") == "client"] == [
        "session.update",
        "response.create",
    ]
    speech = next(row for row in recorded if row.get("event") == "speech")
    assert speech["text"] == done["response"]["output"][0]["content"][0]["transcript"]
    assert "sk-secret-1" not in out.getvalue()


@live
async def test_the_close_code_of_the_server_reaches_the_app() -> None:
    async with serving(faults=("model=close:1011",)) as served, recording(served) as (url, _):
        client = await through(served, url)
        await client.send("response.create")
        assert await client.close_code() == 1011


@live
async def test_an_abrupt_end_of_the_server_is_abrupt_for_the_app() -> None:
    async with serving(faults=("model=close:1006",)) as served, recording(served) as (url, _):
        client = await through(served, url)
        await client.send("response.create")
        assert await client.close_code() == 1006


def test_a_target_without_a_path_gets_the_path_of_the_app() -> None:
    report = Report(Clock(), io.StringIO())
    request = make_mocked_request("GET", "/v1/realtime?model=m")
    assert Proxy("wss://example.test/", report).target_for(request) == "wss://example.test/v1/realtime"
    assert Proxy("wss://example.test/x/rt", report).target_for(request) == "wss://example.test/x/rt"
    report.close()


@live
async def test_a_refused_upgrade_is_passed_back() -> None:
    async with serving(faults=("model=http:429",)) as served, recording(served) as (url, out):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await through(served, url)
        assert refusal.value.status == 429
    assert [row["status"] for row in rows(out) if row.get("event") == "refused"] == [429]


def test_secrets_inside_messages_are_redacted() -> None:
    message = {"session": {"tools": [{"type": "mcp", "authorization": "token", "headers": {"X-Key": "k"}}]}}
    shown = redacted(message)["session"]["tools"][0]
    assert shown == {"type": "mcp", "authorization": "[redacted]", "headers": "[redacted]"}


@pytest.mark.parametrize(
    ("seen", "sent"), [(1011, 1011), (1005, 1000), (1006, 1000), (None, 1000), (4000, 4000)]
)
def test_only_codes_that_may_stand_in_a_frame_are_sent(seen: int | None, sent: int) -> None:
    assert sendable(seen) == sent
