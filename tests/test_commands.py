"""`flask warmtransfer …` and `wsgi.py`, run as a person runs them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.calls.world import free_port
from tests.desk.parts import eventually
from tests.test_config import GOOD
from tests.web.site import CALLER, Site
from warmtransfer.config import KEYS

ROOT = Path(__file__).parent.parent


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A running app."""
    site = Site(tmp_path)
    yield site
    site.close()


def declined(site: Site) -> str:
    """A call whose first human has declined, with a line of its transcript."""
    call_id = site.briefing()
    site.parts.desk.heard(call_id, "caller", "Where is my order?")
    site.send(f"/human/{call_id}/1/gate", {"Digits": "2"})
    site.send(f"/human/{call_id}/1/status", {"CallSid": "CAhuman1", "CallStatus": "completed"})
    eventually(lambda: site.store.transcript(call_id))
    eventually(lambda: site.parts.desk.busy() == 0)
    return call_id


def run(site: Site, *arguments: str) -> str:
    """What the command prints."""
    result = site.app.test_cli_runner().invoke(args=["warmtransfer", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_calls_are_listed_newest_first_with_their_attempts(site: Site) -> None:
    over = site.arrive()
    site.send("/status", {"CallSid": site.call(over).caller_sid, "CallStatus": "completed"})
    call_id = declined(site)
    first, second = run(site, "calls").splitlines()
    assert first.startswith(call_id)
    assert "ringing" in first
    assert "running" in first
    assert CALLER in first
    assert "sam: declined, kim: open" in first
    assert second.startswith(over)
    assert re.search(r"over +\d+ s", second)
    assert run(site, "calls", "--limit", "1").splitlines() == [first]
    assert run(site, "calls", "--live").splitlines() == [first]
    assert [each["id"] for each in json.loads(run(site, "calls", "--json"))] == [call_id, over]


def test_no_calls_are_told_as_such(site: Site) -> None:
    assert "No calls." in run(site, "calls")
    assert json.loads(run(site, "calls", "--json")) == []


def test_one_call_is_printed_as_a_timeline(site: Site) -> None:
    call_id = declined(site)
    text = run(site, "show", call_id)
    head, legs, sam, kim, blank, *rows = text.splitlines()
    assert head.startswith(f"call {call_id}  ringing  from {CALLER}")
    assert re.fullmatch(r"attempt 1  sam  screen  declined  \(dialled \d.*, answered \d.*, ended \d.*\)", sam)
    assert kim.startswith("attempt 2  kim  screen  open")
    assert blank == ""
    assert f"caller={site.call(call_id).caller_sid}" in legs
    assert "human-1=CAhuman1" in legs
    seconds = [float(found[1]) for row in rows if (found := re.match(r" *([0-9.]+)s  ", row))]
    assert seconds == sorted(seconds)
    assert re.search(r"0\.00s  CallArrived +arriving", text)
    assert re.search(r"HumanAnswered +ringing -> briefing", text)
    assert re.search(r"> DialHuman +\w+ \(\+\d\.\d\d s\)", text)
    assert re.search(r'caller: "Where is my order\?"', text)
    order = [
        text.index(word) for word in ("HumanAnswered", "Where is my order", "HumanDeclined", "HumanEnded")
    ]
    assert order == sorted(order)


def test_one_call_is_printed_for_machines(site: Site) -> None:
    call_id = declined(site)
    story = json.loads(run(site, "show", call_id, "--json"))
    assert (story["id"], story["stage"]) == (call_id, "ringing")
    assert [attempt["outcome"] for attempt in story["attempts"]] == ["declined", None]
    assert [line["text"] for line in story["transcript"]] == ["Where is my order?"]
    dials = [order for row in story["journal"] for order in row["orders"] if order["order"] == "DialHuman"]
    assert [order["name"] for order in dials] == ["sam", "kim"]


def test_a_call_that_is_not_there_is_told_and_fails(site: Site) -> None:
    result = site.app.test_cli_runner().invoke(args=["warmtransfer", "show", "nobody"])
    assert result.exit_code == 1
    assert "There is no call nobody" in result.output


# wsgi.py --------------------------------------------------------------------------------------------


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a deployment, and nothing of ours from the machine's."""
    names = {key.name for key in KEYS}
    plain = {name: value for name, value in os.environ.items() if name not in names}
    database = f"sqlite:///{folder / 'calls.sqlite3'}"
    return {
        **plain,
        **GOOD,
        "DATABASE_URL": database,
        "WARMTRANSFER_REALTIME_URL": "ws://127.0.0.1:9/",
        **more,
    }


def test_the_command_works_with_flask_and_wsgi(site: Site, tmp_path: Path) -> None:
    call_id = declined(site)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "warmtransfer", "show", call_id, "--json"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["id"] == call_id


def test_wsgi_tells_every_fault_and_exits_with_2(tmp_path: Path) -> None:
    wrong = environment(tmp_path, PORT="x", TWILIO_APP_SID="", WEB_CONCURRENCY="4")
    done = subprocess.run(
        [sys.executable, "wsgi.py"], cwd=ROOT, env=wrong, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stdout == ""
    first, *faults = done.stderr.splitlines()
    assert first == "warmtransfer cannot start:"
    assert [fault.split()[1] for fault in faults] == ["TWILIO_APP_SID", "PORT", "WEB_CONCURRENCY"]
    assert "Traceback" not in done.stderr


def test_wsgi_says_that_its_port_is_taken_and_touches_no_call(site: Site, tmp_path: Path) -> None:
    """Started twice by mistake: the calls in the database belong to the process that has the port."""
    call_id = declined(site)
    before = len(site.store.journal(call_id))
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "wsgi.py"],
            cwd=ROOT,
            env=environment(tmp_path, PORT=str(port)),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stderr == f"warmtransfer cannot start:\n  - PORT {port}: Address already in use.\n"
    assert len(site.store.journal(call_id)) == before


def test_wsgi_serves_and_ends_on_sigterm(tmp_path: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "wsgi.py"],
        cwd=ROOT,
        env=environment(tmp_path, PORT=str(port)),
        stderr=subprocess.PIPE,
        text=True,
    )

    def healthy() -> bool:
        assert process.poll() is None, process.communicate()[1]
        try:
            return requests.get(f"http://127.0.0.1:{port}/warmtransfer/health", timeout=5).ok
        except requests.ConnectionError:
            return False

    try:
        eventually(healthy, 30)
        unsigned = requests.post(
            f"http://127.0.0.1:{port}/warmtransfer/voice", data={"CallSid": "CA1"}, timeout=5
        )
        assert unsigned.status_code == 403
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=15)
        assert process.returncode == 0
        assert "Traceback" not in said
        assert GOOD["TWILIO_AUTH_TOKEN"] not in said
    finally:
        process.kill()
        process.communicate()


def test_the_procfile_starts_one_process_of_wsgi() -> None:
    assert (ROOT / "Procfile").read_text() == "web: python wsgi.py\n"


def test_the_pinned_requirements_are_what_the_package_asks_for() -> None:
    import tomllib

    from packaging.requirements import Requirement

    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and line[0] != "#"]
    pinned = {each.name.lower(): each for each in map(Requirement, lines)}
    for requirement in map(Requirement, wanted):
        pin = pinned[requirement.name.lower()]
        (exact,) = pin.specifier
        assert exact.operator == "=="
        assert requirement.specifier.contains(exact.version), requirement
        assert pin.extras == requirement.extras
