"""Running for days: what ended is let go, on a fast clock, and what runs stays."""

from __future__ import annotations

import asyncio
import gc
import json
from pathlib import Path

import pytest

from tests.simulator.app import Page, World, room, world
from warmtransfer.simulator.network.calls import Call
from warmtransfer.simulator.network.rooms import Room
from warmtransfer.simulator.sound.engine import Recorder

KEEP = 4.0
PAGES: dict[str, Page] = {
    "/voice": lambda seen: room("caller", name=seen.form["CallSid"]),
    "/record": "<Record maxLength='1' timeout='1' action='/after'/>",
    "/after": "<Hangup/>",
}


def held(net: World) -> dict[str, int]:
    """How much is kept of calls, ended or not."""
    network, services = net.network, net.network.services
    gc.collect()
    alive = [type(each) for each in gc.get_objects()]
    return {
        "calls": len(network.calls), "rooms": len(network.rooms), "rows": len(net.sim.trace.lines),
        "jars": len(services.webhooks._jars), "callbacks": len(services.callbacks._last),
        "clips": len(services.recordings.kept), "tasks": network.tasks.count,
        "Call": alive.count(Call), "Room": alive.count(Room), "Recorder": alive.count(Recorder),
    }  # fmt: skip


async def calls(net: World, count: int, *, last: bool = True) -> None:
    """So many calls one after the other, each through a conference; then quiet, if they are the last."""
    for _ in range(count):
        await net.ended(await net.phone({"until": "joined:caller"}, {"wait": 0.5}, {"hangup": True}))
    if last:
        await net.quiet()


async def let_go(net: World) -> None:
    """Waits until the last call has been let go."""

    async def gone() -> None:
        while net.network.calls:
            await net.sim.clock.sleep(0.2)

    await net.sim.clock.wait_for(gone(), 10 * KEEP)


def test_many_calls_leave_as_little_as_few() -> None:
    """After ten calls and after forty more, nothing of any of them is kept."""

    async def story() -> None:
        async with world(PAGES, speed=40.0, keep=KEEP) as net:
            await calls(net, 10)
            await let_go(net)
            few = held(net)
            await calls(net, 40)
            await let_go(net)
            many = held(net)
            assert few["rows"] < 60
            assert many["rows"] < 60
            assert {**few, "rows": 0} == {**many, "rows": 0}
            assert (many["calls"], many["Call"], many["rooms"], many["Recorder"]) == (0, 0, 0, 0)
            assert (many["jars"], many["callbacks"], many["clips"]) == (0, 0, 0)

    asyncio.run(story())


def test_a_recording_is_let_go_with_its_call() -> None:
    """What `<Record>` kept goes too."""

    async def story() -> None:
        async with world({**PAGES, "/voice": "<Redirect>/record</Redirect>"}, speed=40.0, keep=KEEP) as net:
            await net.ended(await net.phone({"say": "where-order"}, {"wait": 30}))
            assert held(net)["clips"] == 1
            await let_go(net)
            assert held(net)["clips"] == 0

    asyncio.run(story())


def test_a_running_call_keeps_its_rows_and_itself_while_others_go() -> None:
    """Rows since its beginning stay; the numbers of rows go on after others were let go."""

    async def story() -> None:
        async with world(PAGES, speed=40.0, keep=KEEP) as net:
            await calls(net, 5)
            await let_go(net)
            long = await net.phone({"wait": 500})
            await calls(net, 5, last=False)
            await net.sim.clock.sleep(3 * KEEP)
            assert set(net.network.calls) == {long}
            rows = list(net.sim.trace.rows())
            assert any(r.get("call_sid") == long and r.get("event") == "dialled" for r in rows)
            count = net.sim.trace.count
            assert net.sim.trace.gone > 0
            async with net.http.get(f"{net.sim.url}/simulator/trace?since={count - 2}") as got:
                assert len((await got.text()).splitlines()) >= 2
                assert int(got.headers["X-Next"]) >= count
            async with net.http.get(f"{net.sim.url}/simulator/trace?since=0") as got:
                assert int(got.headers["X-First"]) == net.sim.trace.gone

    asyncio.run(story())


@pytest.mark.parametrize("keep", [0.0, KEEP])
def test_the_file_keeps_every_row_and_zero_keeps_everything(keep: float, tmp_path: Path) -> None:
    """`--keep` is about memory: trace.jsonl is whole; 0 lets nothing go."""

    async def story() -> None:
        async with world(PAGES, speed=40.0, keep=keep, out=tmp_path) as net:
            await calls(net, 3)
            await net.sim.clock.sleep(3 * KEEP)
            assert (len(net.network.calls) == 0) is bool(keep)
            assert net.sim.trace.gone == 0 or keep
            count = net.sim.trace.count
        rows = [json.loads(line) for line in (tmp_path / "trace.jsonl").read_text().split("\n") if line]
        assert len(rows) >= count
        assert sum(r["kind"] == "leg" and r["event"] == "ended" for r in rows) == 3

    asyncio.run(story())
