"""The log on the terminal: a line a leg, request, refusal and warning, and none of it on stdout."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulator.app import KIM, SAM, world
from tests.simulator.test_control import fetch
from warmtransfer.simulator.log import line_for, logging_to


def test_a_call_a_refusal_and_a_warning_have_a_line_each() -> None:
    """What happened can be read without the trace."""
    shown: list[str] = []

    async def story() -> None:
        async with world({"/voice": "<Echo/><Pause length='1'/>"}, phones=[{"number": SAM}]) as net:
            net.sim.trace.watch(logging_to(shown.append))
            await net.ended(await net.phone())
            await net.rest("POST", "Calls", To="", From=net.account.number)
            await net.rest("POST", "Calls", To=KIM, From=net.account.number, Twiml="<Response/>")
            await net.quiet()

    asyncio.run(story())
    text = "".join(shown)
    assert all(line.endswith("\n") and "\n" not in line[:-1] for line in shown)
    for part in (
        "leg      caller dialled +15550123456 -> +15550100000", "request  POST /voice 200 ringing",
        "leg      caller ended: completed", "request  POST /status 204 completed",
        "refusal  POST Calls 400 21201", "rest     POST Calls 201",
        "warning  <Echo> in <Response> is not simulated", f"warning  there is no phone at {KIM}",
    ):  # fmt: skip
        assert part in text, text


@pytest.mark.parametrize("evil", ["\x1b[2J", "\n", "\r", "\x07", "\u202e"])
def test_no_control_character_reaches_the_terminal(evil: str) -> None:
    """A caller's number or a path may hold anything."""
    row = {"t": 1.0, "kind": "leg", "event": "dialled", "label": f"a{evil}b", "from": evil, "to": evil}
    assert evil not in line_for(row)


@pytest.mark.parametrize("quiet", [True, False])
def test_the_log_is_on_stderr_unless_it_is_not_wanted(quiet: bool, tmp_path: Path) -> None:
    """stdout has its one line of JSON, whatever stderr shows."""
    command = [
        sys.executable, "-m", "warmtransfer.simulator", "--port", "0", "--app", "http://127.0.0.1:9/x",
        "--speed", "20", *(["--quiet"] if quiet else []),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        told = json.loads(process.stdout.readline())
        sid = fetch(told["control_url"] + "/calls", {"steps": [{"hangup": True}]})["call_sid"]
        fetch(f"{told['control_url']}/calls/{sid}/wait?timeout=60")
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        assert process.stdout.read() == ""
        shown = process.stderr.read()
        assert ("leg      caller dialled" in shown) is not quiet
        assert (f"telephones in the browser: {told['phones_url']}\n" in shown) is not quiet


def test_a_telephone_that_comes_or_leaves_has_a_line() -> None:
    row = {"t": 1.0, "kind": "note", "event": "handset", "number": KIM, "what": "has left"}
    assert line_for(row).split(maxsplit=1)[1] == f"handset  {KIM} has left"
