"""The command itself, as a process: ready line, rows, faults, and its end."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.simulator.model.client import Client, Json, live
from warmtransfer.simulator.model.__main__ import main

COMMAND = (sys.executable, "-m", "warmtransfer.simulator.model", "--port", "0")


@asynccontextmanager
async def running(*options: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, Json]]:
    """The process and its ready line."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, *options, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 24
    )
    assert process.stdout is not None
    try:
        yield process, json.loads(await asyncio.wait_for(process.stdout.readline(), 30))
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def rest(process: asyncio.subprocess.Process) -> list[Json]:
    """The rows up to the end of the process, which must come soon."""
    assert process.stdout is not None
    data = await asyncio.wait_for(process.stdout.read(), 10)
    assert await asyncio.wait_for(process.wait(), 5) == 0
    return [json.loads(line) for line in data.splitlines()]


@pytest.mark.parametrize("how", ["stdin", "SIGTERM"])
def test_it_serves_reports_and_ends_when_told(how: str) -> None:
    @live
    async def story() -> None:
        epoch = time.monotonic() - 50
        options = (
            "--ears",
            "match",
            "--speed",
            "4",
            "--epoch",
            repr(epoch),
            "--key",
            "sk-1",
            "--model",
            "own",
        )
        async with running(*options) as (process, ready):
            assert ready["ready"] is True
            assert ready["url"] == f"ws://127.0.0.1:{ready['port']}/v1/realtime"
            async with aiohttp.ClientSession() as http:
                headers = {"Authorization": "Bearer sk-1"}
                client = Client(await http.ws_connect(ready["url"] + "?model=own", headers=headers))
                await client.update()
                await client.send("response.create")
                await client.until("response.done")
                assert len(client.audio()) > 16000
                if how == "stdin":
                    assert process.stdin is not None
                    process.stdin.close()
                else:
                    process.send_signal(signal.SIGTERM)
                assert await client.close_code() == 1001
            rows = await rest(process)
        assert {row["kind"] for row in rows} == {"realtime", "note"}
        sent = [row["msg"] for row in rows if row.get("dir") == "server"]
        assert sent == client.events
        assert all(195 < row["t"] < 500 for row in rows)
        speech = next(row for row in rows if row.get("event") == "speech")
        assert (speech["who"], speech["session"]) == ("ai", client.events[0]["session"]["id"])

    story()


@live
async def test_without_frames_it_reports_all_but_the_sound() -> None:
    rows, usual = {}, ("--ears", "match", "--speed", "20", "--model", "own")
    for options in ((), ("--no-frames",)):
        async with running(*usual, *options) as (process, ready):
            async with aiohttp.ClientSession() as http:
                headers = {"Authorization": "Bearer sk-1"}
                client = Client(await http.ws_connect(ready["url"] + "?model=own", headers=headers))
                await client.update()
                await client.send("input_audio_buffer.append", audio="//8=")
                await client.send("response.create")
                await client.until("response.done")
            process.send_signal(signal.SIGTERM)
            rows[options] = [row["msg"]["type"] for row in await rest(process) if row["kind"] == "realtime"]
    sound = {"input_audio_buffer.append", "response.output_audio.delta"}
    assert sound < set(rows[()])
    assert set(rows[("--no-frames",)]) == set(rows[()]) - sound


@live
async def test_it_listens_with_the_recogniser_by_default_and_leaves_no_process_behind() -> None:
    async with running() as (process, ready):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(children) == 1
        process.send_signal(signal.SIGTERM)
        await rest(process)
        assert not Path(f"/proc/{children[0]}").exists()
        assert ready["port"] > 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--fault", "model=flood:1"), "unknown fault 'flood'"),
        (("--fault", "model=stall:1;often=2"), "unknown key 'often'"),
        (("--rules", "nowhere.json"), "nowhere.json"),
        (("--ears", "none"), "invalid choice"),
    ],
)
def test_wrong_options_are_named_with_exit_code_2(
    options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(options))
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
