"""`make play`: what it starts, what it prints, and that nothing of it stays."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import pytest

from warmtransfer.demo.play import PASSWORD, free, main, parser, planned, seen, write_people
from warmtransfer.demo.processes import only_zombies
from warmtransfer.demo.run import NO_SECRET, Plan, free_port
from warmtransfer.simulator.browser.options import CONSOLE_PASSWORD

ROOT = Path(__file__).parents[2]


def plan(tmp_path: Path, *more: str) -> Plan:
    return planned(parser().parse_args(["--out", str(tmp_path), *more]), NO_SECRET)


def option(plan: Plan, name: str) -> str:
    return plan.network[plan.network.index(name) + 1]


def test_the_demos_shop_is_phoned_with_telephones_for_its_people(tmp_path: Path) -> None:
    found = plan(tmp_path, "--port", "8799")
    assert "--handset=Sam=+15550100001" in found.network
    assert "--handset=Kim=+15550100002" in found.network
    assert option(found, "--company") == "the Harbour Street Bookshop"
    assert option(found, "--port") == "8799"
    assert "--phones-wait" in found.network  # nobody calls before the app listens
    assert found.environment["WARMTRANSFER_RING_SECONDS"] == "30"
    assert found.upstream == ""
    assert "--phones-at" not in found.network


def test_its_people_get_a_card_of_the_call_from_a_number_that_can_send_it(tmp_path: Path) -> None:
    found = plan(tmp_path)
    write_people(found)
    path = Path(found.environment["WARMTRANSFER_HUMANS"])
    told = tomllib.loads(path.read_text())["human"]
    assert [(each["name"], each["number"], each["card"]) for each in told[:2]] == [
        ("sam", "+15550100001", "sms"), ("kim", "+15550100002", "sms"),
    ]  # fmt: skip
    assert option(found, "--numbers") == "+15550100000=voice+sms"


def test_the_network_is_served_to_other_devices_when_asked_for(tmp_path: Path) -> None:
    assert option(plan(tmp_path, "--lan"), "--phones-at") == "0.0.0.0"


def test_the_console_is_there_by_itself_with_a_password_of_this_run_or_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PASSWORD, raising=False)
    made = {plan(tmp_path).environment[PASSWORD] for _ in range(2)}
    assert len(made) == 2
    assert min(len(each) for each in made) >= 24
    monkeypatch.setenv(PASSWORD, "correct horse battery")
    found = plan(tmp_path)
    assert option(found, "--console") == f"http://127.0.0.1:{found.port}/warmtransfer/console"
    assert found.environment[PASSWORD] == found.told[CONSOLE_PASSWORD] == "correct horse battery"
    assert "correct horse battery" not in found.network, "everybody can read a command line"
    write_people(found)
    told = tomllib.loads(Path(found.environment["WARMTRANSFER_HUMANS"]).read_text())["human"]
    assert told[-1]["number"] == "client:lead", "somebody may listen, on a telephone of their own"


def test_the_real_model_needs_a_key_and_is_asked_through_the_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert main(["--model", "openai", "--out", str(tmp_path)]) == 2
    assert "OPENAI_API_KEY" in capsys.readouterr().err
    asked = parser().parse_args(["--model", "openai", "--upstream", "wss://model.example"])
    assert planned(asked, "sk-own").upstream == "wss://model.example"
    assert planned(asked, "sk-own").key == "sk-own"


def test_a_port_that_is_taken_is_not_free() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not free(port)
    assert free(port)


def test_a_mere_terminal_opens_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not seen()
    monkeypatch.setenv("DISPLAY", ":0")
    assert seen()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_it_prints_where_the_page_is_and_ends_everything_at_ctrl_c(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "warmtransfer.demo.play", "--no-browser", "--out", str(tmp_path)]
    process = subprocess.Popen(
        [*command, "--port", str(port)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # A suite that runs in the background of a shell hands on that it ignores Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    try:
        assert process.stdout is not None
        url = next(line.split()[-1] for line in process.stdout if line.startswith("The telephones:"))
        assert url == f"http://127.0.0.1:{port}/phones"
        with urllib.request.urlopen(f"{url}/about.json", timeout=5) as answer:
            about = json.load(answer)
        assert [each["name"] for each in about["people"]] == ["Caller", "Sam", "Kim"]
        assert about["model"] == "local"
        assert any(each["transfers"] for each in about["understood"])
        assert about["console"] == "/phones/console"
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with browser.open(f"{url}/console", timeout=10) as answer:
            assert answer.url.endswith("/warmtransfer/console")
            assert "What goes on now" in answer.read().decode()
        groups = children(process.pid)
        assert len(groups) == 2  # the simulator, which has the model, and the app
    finally:
        process.send_signal(signal.SIGINT)
        said, wrong = process.communicate(timeout=30)
    assert process.returncode == 0, wrong
    assert said.endswith("Every process has been ended.\n")
    assert all(gone(group) for group in groups)


def children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()]


def gone(group: int) -> bool:
    return not any(stat(path) == group for path in Path("/proc").glob("[0-9]*/stat")) or only_zombies(group)


def stat(path: Path) -> int:
    try:
        return int(path.read_text().rpartition(")")[2].split()[2])
    except (OSError, ValueError):
        return 0
