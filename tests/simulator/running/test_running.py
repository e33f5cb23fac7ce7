"""An application as it is, inside the simulator: the hosts it reaches, its exit status, its signals."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.running import guests
from warmtransfer.simulator.__main__ import _asked
from warmtransfer.simulator.running.command import command as guest_command
from warmtransfer.simulator.running.environment import INSIDE

ROOT = Path(__file__).parent.parent.parent.parent
QUICK = ("--speed", "10", "--model-options", "--ears match")


def command(*words: str, options: tuple[str, ...] = ()) -> list[str]:
    """The command line that runs an application inside."""
    start = [sys.executable, "-m", "warmtransfer.simulator", "run", "--app", "http://127.0.0.1:5005/x"]
    return [*start, "--port", "0", *options, "--", *words]


def run(*words: str, options: tuple[str, ...] = QUICK, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs a command inside, to its end."""
    given = {name: value for name, value in os.environ.items() if name not in ("PORT", "NO_PROXY")}
    return subprocess.run(
        command(*words, options=options), capture_output=True, text=True, timeout=60, env={**given, **env}
    )


def python(script: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Runs a script with this Python inside."""
    return run(sys.executable, "-c", script, **more)


def printed(done: subprocess.CompletedProcess[str]) -> Any:
    """The one line of JSON that the guest has printed: stdout is its own."""
    assert done.stdout.count("\n") == 1, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_twilios_sdk_and_a_websocket_client_reach_it_as_they_are(tmp_path: Path) -> None:
    done = python(guests.PYTHON, options=(*QUICK, "--out", str(tmp_path)))
    told = printed(done)
    assert told == {
        "sid": told["sid"], "code": 21211, "iso": "US", "direct": 401, "event": "session.created",
        "port": "5005",
    }  # fmt: skip
    assert done.returncode == 7
    rows = [json.loads(line) for line in (tmp_path / "trace.jsonl").read_text().splitlines()]
    created = next(row for row in rows if row["kind"] == "rest" and row["status"] == 201)
    assert created["response"]["sid"] == told["sid"]


def test_clients_that_know_no_proxy_are_led_there_by_the_name() -> None:
    done = python(guests.PYTHON_WITHOUT_PROXIES)
    assert printed(done) == {"event": "session.created", "status": 401, "port": 443}
    assert done.returncode == 0


@pytest.mark.skipif(not shutil.which("node"), reason="there is no Node here")
def test_node_reaches_it_by_every_way_that_its_libraries_take(tmp_path: Path) -> None:
    script = tmp_path / "app.mjs"
    script.write_text(guests.NODE)
    done = run(str(shutil.which("node")), str(script))
    told = printed(done)
    assert told["list"] == 200
    assert told["sid"].startswith("CA")
    assert told["event"] == "HTTP/1.1 101 Switching Protocols session.created"
    assert done.returncode == 3


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here")
def test_curl_trusts_it_and_the_world_besides(tmp_path: Path) -> None:
    world = tmp_path / "world.pem"
    world.write_text("# the world's authorities\n")
    show = 'curl -s -o /dev/null -w "%{http_code} " https://api.twilio.com/2010-04-01/Accounts.json'
    trust = {"SSL_CERT_FILE": str(world), "CURL_CA_BUNDLE": str(world), "REQUESTS_CA_BUNDLE": ""}
    done = run("sh", "-c", f'{show}; grep -c . "$SSL_CERT_FILE"; grep "^#" "$CURL_CA_BUNDLE"', **trust)
    status, lines, mark = done.stdout.partition("\n")[0].split() + done.stdout.splitlines()[1:]
    assert (status, mark) == ("401", "# the world's authorities"), done.stderr
    assert int(lines) > 5


def test_what_stood_in_the_environment_stays_and_what_would_lead_past_is_left_out() -> None:
    show = "import json, os; print(json.dumps(dict(os.environ)))"
    done = python(
        show, NO_PROXY="example.test,*,.twilio.com,api.openai.com", NODE_OPTIONS="--no-warnings",
        PYTHONPATH="/nowhere", PORT="8123", TWILIO_AUTH_TOKEN="the-real-one", OPENAI_API_KEY="the-real-one",
    )  # fmt: skip
    env = printed(done)
    assert env["NO_PROXY"] == env["no_proxy"] == "localhost,127.0.0.1,example.test"
    assert env["NODE_OPTIONS"].endswith(" --no-warnings")
    assert env["PYTHONPATH"].endswith(":/nowhere")
    assert env["PORT"] == "8123"
    assert "the-real-one" not in env.values()
    assert "TWILIO_API_BASE_URL" not in env


def test_with_the_real_model_its_host_and_key_are_left_alone() -> None:
    show = "import json, os; print(json.dumps(dict(os.environ)))"
    env = printed(python(show, options=("--real-model",), OPENAI_API_KEY="the-real-one"))
    assert env["OPENAI_API_KEY"] == "the-real-one"
    assert env["WARMTRANSFER_FRONTED"] == "twilio.com *.twilio.com"


def test_a_sitecustomize_that_was_there_is_run_too(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import builtins\nbuiltins.was_here = True\n")
    env = {**os.environ, "WARMTRANSFER_FRONT": "127.0.0.1:1", "PYTHONPATH": f"{INSIDE}:{tmp_path}"}
    done = subprocess.run([sys.executable, "-c", "print(was_here)"], capture_output=True, text=True, env=env)
    assert done.stdout == "True\n", done.stderr


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["no-such-command"], 127), (["/"], 126), (["sh", "-c", "kill -9 $$"], 137),
        (["sh", "-c", "exit 7"], 7),
    ],
)  # fmt: skip
def test_a_commands_end_has_a_shells_status(
    words: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    async def ends() -> int:
        return await guest_command(words, os.environ, asyncio.Event())

    assert asyncio.run(ends()) == status
    told = capsys.readouterr().err
    assert (f"warmtransfer.simulator: {words[0]}: " in told) is (status in (126, 127))


@contextmanager
def waiting() -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A guest that is up and waits; with what the simulator said of itself."""
    start = command(sys.executable, "-c", guests.WAITING, options=("--real-model", "--quiet"))
    with subprocess.Popen(start, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            said = json.loads(process.stderr.readline())
            assert process.stdout.readline() == "up\n"
            yield process, said
        finally:
            process.kill()


def test_signals_are_handed_on_and_the_applications_end_is_the_end() -> None:
    with waiting() as (process, said):
        for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGTERM):
            process.send_signal(number)
            assert process.stdout is not None
            assert process.stdout.readline() == f"told {number.name}\n"
        assert process.wait(20) == 5
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", said["port"]), 1)


def test_who_asks_the_simulator_to_quit_ends_the_application() -> None:
    with waiting() as (process, said):
        urllib.request.urlopen(f"{said['control_url']}/quit", data=b"", timeout=10).close()
        assert process.stdout is not None
        assert process.stdout.readline() == "told SIGTERM\n"
        assert process.wait(20) == 5


def test_the_calls_of_a_scenario_wait_until_the_application_listens(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.json"
    scenario.write_text(json.dumps({"calls": [{"at": 0, "from": "+15550123456", "steps": []}]}))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    late = f"import time; time.sleep(0.5)\n{guests.PHONED}"
    start = [sys.executable, "-m", "warmtransfer.simulator", "run", "--app", f"http://127.0.0.1:{port}"]
    more = ["--port", "0", "--speed", "20", "--real-model", "--scenario", str(scenario)]
    done = subprocess.run(
        [*start, *more, "--", sys.executable, "-c", late], capture_output=True, text=True, timeout=60,
        env={**os.environ, "PORT": str(port)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "was phoned\n"), done.stderr


def test_our_own_app_runs_inside_as_it_would_go_live(tmp_path: Path) -> None:
    """Nothing of the simulator's stands in its keys: REST and the model's socket go to the real hosts."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    public = "https://shop.example.test"
    words = [
        sys.executable, "-m", "warmtransfer.simulator", "run", "--app", f"{public}/warmtransfer", "--map",
        f"{public}=http://127.0.0.1:{port}", "--port", "0", "--quiet", "--model-options", "--ears match",
        "--", sys.executable, "wsgi.py",
    ]  # fmt: skip
    env = {
        **os.environ, "WARMTRANSFER_PUBLIC_URL": public, "WARMTRANSFER_HUMANS": "sam=+15550100001",
        "DATABASE_URL": f"sqlite:///{tmp_path}/calls.sqlite3", "PORT": str(port), "FLASK_SKIP_DOTENV": "1",
    }  # fmt: skip
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=ROOT,
                          env=env) as process:  # fmt: skip
        assert process.stderr is not None
        control = json.loads(process.stderr.readline())["control_url"]
        drained = threading.Thread(target=process.stderr.read)
        drained.start()
        try:
            until(lambda: reached(port), "the app listens")
            steps = [{"until": "speech"}, {"hangup": True}]
            sid = asked(f"{control}/calls", {"steps": steps})["call_sid"]
            until(lambda: asked(f"{control}/calls/{sid}")["status"] == "completed", "the AI is heard")
            with urllib.request.urlopen(f"{control}/trace", timeout=10) as answer:
                rows = [json.loads(line) for line in answer]
            assert any(row.get("event") == "session" and row["state"] == "open" for row in rows)
            assert any(r["kind"] == "rest" and r["path"].endswith("/Participants.json") for r in rows)
        finally:
            asked(f"{control}/quit", {})
            process.wait(30)
            drained.join()


def asked(url: str, body: Any = None) -> Any:
    """What the control API answers."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(url, data=data, timeout=10) as answer:
        return json.load(answer)


def reached(port: int) -> bool:
    """Whether somebody listens on a port."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def until(true: Callable[[], bool], what: str) -> None:
    """Looks until something is true, for half a minute."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end, what
        threading.Event().wait(0.05)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--app", "http://127.0.0.1:1"], "run needs the application's command"),
        (["run", "--", "true"], "required: --app"),
        (["run", "--env", "--app", "http://127.0.0.1:1", "--", "true"], "run gives its command the keys"),
        (["run", "--real-model", "--fault", "model=stall", "--app", "http://127.0.0.1:1", "--", "true"],
         "they need --model"),
        (["run", "--app", "127.0.0.1:5000", "--", "true"], "is no address: write http://127.0.0.1:5000/path"),
        (["run", "--app", "http://127.0.0.1:1", "--port", "99999", "--", "true"], "'99999' is no port"),
    ],
)  # fmt: skip
def test_a_command_line_that_cannot_be_meant_is_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        _asked(words)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"calls": [{"at": 1, "steps": [{"sya": "x"}]}]}', "call 1: step 1 must have one of"),
        ('{"calls": ["x"]}', "call 1: "),
        ('{"phones": [{"nummer": "+15550100001"}]}', "a phone needs a number"),
        ('{"call": []}', 'it is an object of "phones" and "calls"'),
        ('{"calls": [', "Expecting value"),
    ],
)
def test_a_scenario_that_no_phone_can_follow_is_refused_before_anything_starts(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "story.json").write_text(text)
    with pytest.raises(SystemExit):
        _asked(["--app", "http://127.0.0.1:1", "--scenario", str(tmp_path / "story.json")])
    told = capsys.readouterr().err
    assert "story.json: " in told
    assert said in told


def test_a_port_that_is_taken_says_which_option_chooses_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        start = [sys.executable, "-m", "warmtransfer.simulator", "--app", "http://127.0.0.1:1"]
        done = subprocess.run([*start, "--port", str(port)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"say another --port than {port}" in done.stderr
