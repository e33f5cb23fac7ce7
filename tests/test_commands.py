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
from xml.etree import ElementTree

import pytest
import requests
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo

from tests.calls.world import free_port
from tests.desk.parts import eventually
from tests.ports.store.databases import create
from tests.test_config import GOOD
from tests.web.site import CALLER, Site
from warmtransfer.commands import group
from warmtransfer.config import KEYS
from warmtransfer.core import events as ev
from warmtransfer.core.call import AIState, Stage
from warmtransfer.core.legs import Ended
from warmtransfer.errors import ConfigError
from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Store, here

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


#: Whose another app's calls are.
ELSE = Owner("AC" + "9" * 32, "+15550100077")


def another_apps_call(folder: Path) -> str:
    """A call that an app with another account and number keeps in the same database."""
    store = Store(f"sqlite:///{folder / 'calls.sqlite3'}", here, owner=ELSE)
    create(store, "c-of-another", called=ELSE.number)
    store.close()
    return "c-of-another"


def run(site: Site, *arguments: str) -> str:
    """What the command prints."""
    result = site.app.test_cli_runner().invoke(args=["warmtransfer", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_no_calls_are_told_as_such(site: Site) -> None:
    site.parts.life.start()
    assert "No calls." in run(site, "calls")
    assert json.loads(run(site, "calls", "--json")) == []


def test_what_a_caller_says_or_is_called_moves_no_cursor(site: Site) -> None:
    evil = "\x1b]0;owned\x07\x9b2J\ncall 0  over"
    sid = {"CallSid": "CA" + "9" * 32, "CallStatus": "ringing"}
    site.document("/voice", From=evil, To=evil, **sid)
    (call,) = site.parts.desk.calls()
    site.parts.desk.heard(call.id, "caller", evil)
    eventually(lambda: site.store.transcript(call.id))
    for words in (("calls",), ("show", call.id), ("calls", "--json"), ("show", call.id, "--json")):
        printed = run(site, *words)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", printed), words
        assert "\ncall 0  over" not in printed


def test_one_call_is_printed_for_machines(site: Site) -> None:
    call_id = declined(site)
    story = json.loads(run(site, "show", call_id, "--json"))
    assert (story["id"], story["stage"]) == (call_id, "ringing")
    assert [attempt["outcome"] for attempt in story["attempts"]] == ["declined", None]
    assert [line["text"] for line in story["transcript"]] == ["Where is my order?"]
    dials = [order for row in story["journal"] for order in row["orders"] if order["order"] == "DialHuman"]
    assert [order["name"] for order in dials] == ["sam", "kim"]


def test_when_the_caller_had_heard_that_an_ai_speaks_is_shown_and_exported(site: Site) -> None:
    call_id = site.arrive()
    assert "an AI" not in run(site, "show", call_id)
    assert json.loads(run(site, "show", call_id, "--json"))["disclosed_at"] is None
    site.parts.desk.post(call_id, ev.Disclosed("Hello, I am an AI assistant."))
    page = run(site, "show", call_id)
    assert "  an AI    said so: heard by " in page
    assert "line='Hello, I am an AI assistant.'" in page
    story = json.loads(run(site, "show", call_id, "--json"))
    (exported,) = json.loads(run(site, "export", CALLER))["calls"]
    at = next(row["at"] for row in story["journal"] if row["event"] == "Disclosed")
    assert story["disclosed_at"] == exported["disclosed_at"] == at > 0


def test_a_message_that_was_left_is_listed_shown_and_has_an_end(site: Site) -> None:
    recorded, noted, silent = site.arrive(), site.arrive(), site.arrive()
    site.parts.desk.post(noted, ev.MessageTaken("Ada, +15550107000,\nabout an invoice."))
    for call_id, seconds in ((recorded, "7"), (silent, "0")):
        site.join(call_id)
        site.parts.desk.post(call_id, ev.HandoffAsked("api"))
        message(site, call_id, seconds)
    lines = run(site, "calls", "--messages").splitlines()
    assert {line.split()[0] for line in lines} == {recorded, noted}
    assert all(line.endswith("message") for line in lines)
    (row,) = [line for line in lines if line.startswith(recorded)]
    assert "running" not in row
    assert "message  recorded, 7 s  https://api.twilio.com/RE1" in run(site, "show", recorded)
    assert "message  Ada, +15550107000, / about an invoice." in run(site, "show", noted)
    told = {each["id"]: each for each in json.loads(run(site, "calls", "--json"))}
    assert told[recorded]["message"] == {
        "text": "",
        "recording": {"url": "https://api.twilio.com/RE1", "seconds": 7},
    }
    assert told[recorded]["ended_at"] >= told[recorded]["started_at"]
    assert told[noted]["message"]["recording"] is None
    assert told[silent]["message"] is None
    assert told[silent]["ended_at"]


def message(site: Site, call_id: str, seconds: str) -> None:
    """Nobody can be had, and this is what the caller records."""
    for _ in range(6):
        call = site.call(call_id)
        if call.attempt and not call.attempt.ended:
            site.parts.desk.post(call_id, ev.HumanEnded(call.attempt.n, Ended.BUSY))
        if site.call(call_id).ai.state is AIState.ADDING:
            site.parts.desk.post(call_id, ev.OrderFailed("AddAI", "refused", site.call(call_id).ai.label))
    assert site.call(call_id).stage is Stage.MESSAGE
    url = "https://api.twilio.com/RE1"
    site.document(f"/caller/{call_id}/message", RecordingUrl=url, RecordingDuration=seconds)
    assert site.call(call_id).stage is Stage.OVER


def test_a_call_that_is_not_there_is_told_and_fails(site: Site) -> None:
    site.parts.life.start()
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


def flask_command(
    arguments: list[str], environ: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """`flask …`, run in a folder from which our package and wsgi.py can be imported."""
    return subprocess.run(
        [sys.executable, "-m", "flask", *arguments],
        cwd=folder,
        env={**environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_fallback_document_is_printed_whole_and_asks_us_last(site: Site, tmp_path: Path) -> None:
    environ = {**environment(tmp_path), "WARMTRANSFER_LAST_RESORT": "+15550100099"}
    done = flask_command(["--app", "wsgi", "warmtransfer", "fallback"], environ, tmp_path)
    assert done.returncode == 0, done.stderr
    verbs = list(ElementTree.fromstring(done.stdout))
    dials = [verb[0].text for verb in verbs if verb.tag == "Dial"]
    assert dials == ["+15550100099"]
    assert (verbs[-1].tag, "/warmtransfer/again" in str(verbs[-1].text)) == ("Redirect", True)
    assert len(done.stdout) < 4000, "what Twilio takes for a document that it hosts"
    wrong = flask_command(
        ["--app", "wsgi", "warmtransfer", "fallback"], {**environ, "TWILIO_APP_SID": ""}, tmp_path
    )
    assert wrong.returncode == 1
    assert "TWILIO_APP_SID is missing" in wrong.stderr


def test_the_commands_need_no_more_of_the_configuration_than_the_database(site: Site, tmp_path: Path) -> None:
    call_id = declined(site)
    environ = {name: value for name, value in environment(tmp_path).items() if name not in GOOD}
    environ["WEB_CONCURRENCY"] = "4"
    done = flask_command(["--app", "wsgi", "warmtransfer", "calls"], environ, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(call_id)
    assert done.stderr == ""
    served = flask_command(["--app", "wsgi", "run", "--port", "0"], environ, tmp_path)
    assert served.returncode == 2
    assert "TWILIO_APP_SID is missing" in served.stderr


def test_looking_never_makes_a_database(tmp_path: Path) -> None:
    for environ in (environment(tmp_path), {**environment(tmp_path), "TWILIO_APP_SID": ""}):
        done = flask_command(["--app", "wsgi", "warmtransfer", "calls"], environ, tmp_path)
        assert done.returncode == 1
        assert f"there is no database {tmp_path / 'calls.sqlite3'}" in done.stderr
        assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_another_apps_calls_in_the_same_database_are_not_shown(site: Site, tmp_path: Path) -> None:
    own = declined(site)
    theirs = another_apps_call(tmp_path)
    assert [each["id"] for each in json.loads(run(site, "calls", "--json"))] == [own]
    result = site.app.test_cli_runner().invoke(args=["warmtransfer", "show", theirs])
    assert result.exit_code == 1
    assert f"There is no call {theirs}" in result.output


def test_without_a_configuration_all_calls_are_shown_and_whose_they_are(site: Site, tmp_path: Path) -> None:
    own = declined(site)
    theirs = another_apps_call(tmp_path)
    environ = {name: value for name, value in environment(tmp_path).items() if name not in GOOD}

    def told(*words: str) -> str:
        done = flask_command(["--app", "wsgi", "warmtransfer", *words], environ, tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    mine = f"{GOOD['TWILIO_ACCOUNT_SID']} {GOOD['TWILIO_NUMBER']}"
    whose = {line.split()[0]: line.partition("  of ")[2] for line in told("calls").splitlines()}
    assert whose == {own: mine, theirs: str(ELSE)}
    listed = json.loads(told("calls", "--json"))
    assert {each["id"]: each["owner"] for each in listed} == {own: mine, theirs: str(ELSE)}
    assert told("show", theirs).splitlines()[0] == f"a call of {ELSE}"
    assert json.loads(told("show", theirs, "--json"))["owner"] == str(ELSE)
    assert json.loads(told("show", own, "--json"))["owner"] == mine


def test_a_call_that_nobody_has_claimed_is_shown_with_its_number(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'calls.sqlite3'}"
    store = Store(url, here)
    create(store, "c1", called="+15550100000")
    store.close()
    result = CliRunner().invoke(group, ["calls", "--database", url])
    assert result.output.splitlines()[0].endswith("  of an unknown account, +15550100000")


def test_a_database_may_be_named(site: Site, tmp_path: Path) -> None:
    call_id = declined(site)
    other = Flask("other")
    other.cli.add_command(group)
    url = f"sqlite:///{tmp_path / 'calls.sqlite3'}"
    result = other.test_cli_runner().invoke(args=["warmtransfer", "show", "--database", url, call_id])
    assert result.exit_code == 0, result.output
    assert call_id in result.output


def test_an_app_without_the_extension_is_told_so() -> None:
    other = Flask("other")
    other.cli.add_command(group)
    result = other.test_cli_runner().invoke(args=["warmtransfer", "calls"])
    assert result.exit_code == 1
    assert "The app 'other' has no WarmTransfer" in result.output
    assert "Traceback" not in result.output


def test_a_host_app_whose_configuration_is_wrong_does_not_keep_anybody_from_looking(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id = declined(site)

    def broken() -> Flask:
        raise ConfigError(["TWILIO_NUMBER is missing."])

    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'calls.sqlite3'}")
    result = CliRunner().invoke(group, ["calls"], obj=ScriptInfo(create_app=broken))
    assert result.exit_code == 0, result.output
    assert call_id in result.stdout
    assert "The app cannot be loaded; its calls are where the environment says." in result.stderr


def test_wsgi_tells_every_fault_and_exits_with_2(tmp_path: Path) -> None:
    wrong = environment(tmp_path, PORT="x", TWILIO_APP_SID="", WEB_CONCURRENCY="4")
    done = subprocess.run(
        [sys.executable, "wsgi.py"], cwd=ROOT, env=wrong, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stdout == ""
    first, *faults = done.stderr.splitlines()
    assert first == "warmtransfer cannot start:"
    assert [fault.split()[1] for fault in faults] == ["TWILIO_APP_SID", "PORT"]
    assert "Traceback" not in done.stderr


def test_wsgi_says_that_its_port_is_taken_and_touches_no_call(site: Site, tmp_path: Path) -> None:
    """Started twice by mistake: the calls in the database belong to the process that has the port."""
    call_id = declined(site)
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
    assert "Restarted" not in [row.event for row in site.store.journal(call_id)]
    site.parts.desk.post(call_id, ev.Restarted())
    assert "Restarted" in [row.event for row in site.store.journal(call_id)], "it would be seen"


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


@pytest.mark.parametrize(
    ("wished", "why"), [("2", "calls are kept in SQLite"), ("auto", "is no number from 1 to 64")]
)
def test_on_sqlite_one_process_serves_whatever_the_host_sets_and_says_so_in_one_line(
    tmp_path: Path, wished: str, why: str
) -> None:
    """Hosts set WEB_CONCURRENCY by themselves; refusing to start would be the first impression."""
    process = subprocess.Popen(
        [sys.executable, "wsgi.py"],
        cwd=ROOT,
        env=environment(tmp_path, PORT=str(free_port()), WEB_CONCURRENCY=wished),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        said = []
        while not said or "serves all calls" not in said[-1]:
            said.append(process.stderr.readline())
            assert said[-1], "".join(said)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)
        assert process.returncode == 0
    finally:
        process.kill()
        process.communicate()
    (line,) = [each for each in said if "WEB_CONCURRENCY" in each]
    assert f"WEB_CONCURRENCY is {wished}, " in line
    assert why in line


def test_several_processes_of_another_server_on_sqlite_are_refused(tmp_path: Path) -> None:
    imported = [sys.executable, "-c", "import wsgi"]
    done = subprocess.run(
        imported, cwd=ROOT, env=environment(tmp_path, WEB_CONCURRENCY="4"), capture_output=True, text=True,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "set WEB_CONCURRENCY=1, or DATABASE_URL to a PostgreSQL database" in done.stderr


def test_the_procfile_starts_wsgi() -> None:
    assert "web: python wsgi.py" in (ROOT / "Procfile").read_text().splitlines()


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
