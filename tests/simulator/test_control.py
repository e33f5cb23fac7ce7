"""The control API and the command line, as other programs use them."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.app import SAM, room, world
from warmtransfer.simulator.__main__ import main
from warmtransfer.simulator.network.laws import LAWS


def test_the_state_shows_what_is_up() -> None:
    """Legs with label, status and room; rooms with members; then nothing."""

    async def story() -> None:
        async with world({"/voice": room("caller", endConferenceOnExit="true")}) as net:
            sid = await net.phone({"wait": 500})
            await net.callback(StatusCallbackEvent="participant-join")
            state = await net.control("GET", "/state")
            leg = state["legs"][0]
            assert (leg["label"], leg["call_sid"], leg["status"]) == ("caller", sid, "in-progress")
            assert leg["room"] == "wt-1"
            assert state["rooms"][0]["members"] == ["caller"]
            assert state["timers"] == 1
            await net.control("POST", f"/calls/{sid}/hangup")
            state = await net.quiet()
            assert [state[k] for k in ("legs", "rooms", "streams")] == [[], [], []]
            assert [state[k] for k in ("callbacks", "webhooks", "timers", "tasks")] == [0, 0, 0, 0]

    asyncio.run(story())


def test_laws_faults_and_phones_change_while_it_runs() -> None:
    """PUT sets them; what does not exist is a 400 with the reason."""

    async def story() -> None:
        async with world() as net:
            assert (await net.control("PUT", "/laws", {"amd": "late"}))["amd"] == "late"
            assert "gravity" in (await net.control("PUT", "/laws", {"gravity": "up"}))["error"]
            assert (await net.control("PUT", "/faults", ["rest=429"]))["faults"] == ["rest=429"]
            assert (await net.rest("GET", "Calls"))[0] == 429
            await net.control("PUT", "/faults", {"faults": []})
            assert (await net.rest("GET", "Calls"))[0] == 200
            assert await net.control("PUT", "/phones", [{"number": SAM, "answer": "busy"}]) == {"ok": True}
            assert "error" in await net.control("PUT", "/phones", [{"number": SAM, "answer": "maybe"}])
            assert "error" in await net.control("POST", "/calls", {"steps": [{"dance": True}]})
            assert net.network.live() == []
            assert "error" in await net.control("GET", "/calls/CA0/wait")

    asyncio.run(story())


def test_the_state_tells_which_laws_had_something_to_decide() -> None:
    """Those that a call has come to are counted, and no others."""

    async def story() -> None:
        phones = [{"number": SAM, "answer": {"after": 500}}]
        async with world({"/voice": room("caller", endConferenceOnExit="true")}, phones=phones) as net:
            assert (await net.control("GET", "/state"))["decided"] == {}
            sid = await net.phone({"wait": 500})
            joined = await net.callback(StatusCallbackEvent="participant-join")
            path = f"Conferences/{joined['ConferenceSid']}/Participants"
            await net.rest("POST", path, To=SAM, From=net.account.number, EarlyMedia="true", Label="human-1")
            await net.until("leg", event="ringing", label="human-1")
            assert "ringing_leg" not in (await net.control("GET", "/state"))["decided"]
            await net.control("POST", f"/calls/{sid}/hangup")
            await net.quiet()
            decided = (await net.control("GET", "/state"))["decided"]
            assert set(decided) == {"callbacks", "join_reported", "ringing_leg"}

    asyncio.run(story())


def test_a_wait_ends_at_its_status_or_its_timeout() -> None:
    """The long poll answers when the leg gets there, and says when it did not."""

    async def story() -> None:
        async with world({"/voice": "<Pause length='1'/><Say>Hello.</Say><Pause length='60'/>"}) as net:
            sid = await net.phone({"wait": 500})
            answer = await net.control("GET", f"/calls/{sid}/wait?status=in-progress&timeout=30")
            assert (answer["status"], answer["timed_out"]) == ("in-progress", False)
            answer = await net.control("GET", f"/calls/{sid}/wait?status=completed&timeout=2")
            assert (answer["status"], answer["timed_out"]) == ("in-progress", True)

    asyncio.run(story())


def test_a_person_can_be_played_by_hand() -> None:
    """Keys are pressed and the phone is put down over HTTP."""

    async def story() -> None:
        async with world(
            {"/voice": '<Gather numDigits="2" action="/got"/>', "/got": "<Pause length='60'/>"}
        ) as net:
            sid = await net.phone()
            await net.until("note", event="verb", verb="Gather")
            await net.control("POST", f"/calls/{sid}/press", {"digits": "42"})
            await net.until("note", event="verb", verb="Pause")
            assert net.app.forms("/got")[0]["Digits"] == "42"
            assert (await net.control("POST", f"/calls/{sid}/hangup"))["status"] == "completed"

    asyncio.run(story())


def test_a_person_on_the_line_goes_on_after_their_script() -> None:
    """Further steps come over HTTP; what no phone, or nobody, can do is a 400 with the reason."""

    async def story() -> None:
        async with world(
            {"/voice": '<Gather numDigits="2" action="/got"/>', "/got": "<Pause length='60'/>"}
        ) as net:
            sid = await net.phone({"press": "4"})
            await net.until("note", event="press", digit="4")
            await net.control("POST", f"/calls/{sid}/steps", [{"press": "2"}])
            await net.until("note", event="verb", verb="Pause")
            assert net.app.forms("/got")[0]["Digits"] == "42"
            assert "dance" in (await net.control("POST", f"/calls/{sid}/steps", [{"dance": 1}]))["error"]
            await net.control("POST", f"/calls/{sid}/steps", [{"wait": 0.1}, {"hangup": True}])
            await net.ended(sid)
            refused = await net.control("POST", f"/calls/{sid}/steps", [{"press": "1"}])
            assert "nobody is on the line" in refused["error"]

    asyncio.run(story())


def test_the_trace_is_read_as_it_grows() -> None:
    """`since` gives the rows from there on, as JSON lines."""

    async def story() -> None:
        async with world({"/voice": "<Hangup/>"}) as net:
            await net.ended(await net.phone())
            async with net.http.get(f"{net.sim.url}/simulator/trace?since=2") as got:
                rows = [json.loads(line) for line in (await got.text()).splitlines()]
                assert int(got.headers["X-Next"]) == 2 + len(rows)
            assert rows == list(net.sim.trace.rows(since=2))[: len(rows)]
            webhook = next(r for r in net.sim.trace.rows("webhook"))
            assert {"t", "kind", "method", "url", "headers", "form", "status", "body"} <= set(webhook)
            assert ["CallStatus", "ringing"] in webhook["form"]
            assert "X-Twilio-Signature" in webhook["headers"]

    asyncio.run(story())


def fetch(url: str, body: Any = None) -> Any:
    """Asks a control URL."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data), timeout=20) as got:
        return json.loads(got.read())


@pytest.mark.parametrize("how", ["SIGTERM", "quit"])
def test_the_command_says_where_it_is_and_ends_cleanly(how: str, tmp_path: Path) -> None:
    """One JSON line at the start; the end leaves a complete trace, recordings, and exit code 0."""
    command = [
        sys.executable, "-m", "warmtransfer.simulator", "--port", "0", "--app", "http://127.0.0.1:9/x",
        "--speed", "20", "--out", str(tmp_path), "--law", "amd=late",
        "--auth-token", "not-to-be-seen-anywhere",
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert {
            "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY", "TWILIO_API_SECRET",
            "TWILIO_APP_SID", "TWILIO_NUMBER", "TWILIO_API_BASE_URL", "port",
        } <= set(told)  # fmt: skip
        assert told["voice_url"] == "http://127.0.0.1:9/x/voice"
        assert fetch(told["control_url"] + "/state")["laws"]["amd"] == "late"
        sid = fetch(told["control_url"] + "/calls", {"steps": [{"wait": 500}]})["call_sid"]
        assert fetch(f"{told['control_url']}/calls/{sid}/wait?timeout=60")["status"] == "completed"
        fetch(told["control_url"] + "/calls", {"steps": [{"wait": 500}]})
        if how == "quit":
            fetch(told["control_url"] + "/quit", {})
        else:
            process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        assert "warmtransfer" not in json.dumps(told).casefold()
    text = (tmp_path / "trace.jsonl").read_text()
    assert "warmtransfer" not in text.casefold()
    rows = [json.loads(line) for line in text.splitlines()]
    assert [r["t"] for r in rows] == sorted(r["t"] for r in rows)
    assert sum(r["kind"] == "leg" and r["event"] == "ended" for r in rows) == 2
    assert "not-to-be-seen-anywhere" not in text
    assert (tmp_path / "caller.wav").read_bytes()[:4] == b"RIFF"


@pytest.mark.parametrize(
    "wrong",
    [
        ["--law", "amd=never"],
        ["--fault", "rest=explode"],
        ["--fault", "rest=500;match=post Calls"],
        ["--fault", "model=stall:1"],
        ["--fault", "model=flood", "--model"],
        ["--map", "nowhere"],
        ["--keep", "-1"],
        ["--countries", "ZZ"],
        ["--numbers", "sam"],
        ["--key-rights", "POST Cals"],
        ["--env", "--port", "0"],
        ["--env", "--model"],
        ["--", "--lag", "1"],
        [],
    ],
)
def test_wrong_options_say_what_is_wrong(
    wrong: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bad law, fault, map or a missing --app ends with code 2 and one message."""
    options = ["--app", "http://127.0.0.1:9", *wrong] if wrong else []
    monkeypatch.setattr(sys, "argv", ["simulator", *options])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_a_wrong_option_ends_the_command_with_code_2_and_no_traceback() -> None:
    command = [sys.executable, "-m", "warmtransfer.simulator", "--app", "http://127.0.0.1:9", "--keep", "-1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "error:" in done.stderr
    assert "Traceback" not in done.stderr


def test_env_prints_the_keys_as_a_shell_takes_them() -> None:
    """Of a simulator with the same options, and starts none; a shell that reads them has them."""
    options = ["--port", "9123", "--number", "+15550100007", "--model", "--model-port", "9124"]
    command = [sys.executable, "-m", "warmtransfer.simulator", "--env", *options]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    script = f'{printed}\nprintf "%s\\n" $TWILIO_NUMBER $TWILIO_API_BASE_URL $REALTIME_URL $TWILIO_AUTH_TOKEN'
    read = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=30, check=True)
    assert read.stdout.split() == [
        "+15550100007", "http://127.0.0.1:9123", "ws://127.0.0.1:9124/v1/realtime",
        "simulated-auth-token-00000000000",
    ]  # fmt: skip


def test_the_help_names_every_law() -> None:
    """--help shows each law with its answers."""
    command = [sys.executable, "-m", "warmtransfer.simulator", "--help"]
    text = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    for name, answers in LAWS.items():
        assert f"{name}={'|'.join(answers)}" in text
