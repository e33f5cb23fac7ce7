"""The demo's parts: stories, processes that never stay, the screen, the picture, the command."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from tests.simulator.witness.made_call import MadeCall, rounded
from tests.test_config import GOOD
from warmtransfer.config import from_environment
from warmtransfer.demo import processes
from warmtransfer.demo.__main__ import clear, main
from warmtransfer.demo.picture import LANE, draw, fitted, parts, room_for
from warmtransfer.demo.remote import Tail, stages
from warmtransfer.demo.run import free_port
from warmtransfer.demo.screen import Screen
from warmtransfer.demo.story import Story, stories
from warmtransfer.simulator.phones.scripts import reaction
from warmtransfer.simulator.phones.steps import check_steps
from warmtransfer.simulator.witness.lanes import Block, Lane, lanes
from warmtransfer.simulator.witness.promises import PROMISES

ROOT = Path(__file__).parent.parent.parent
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
NAMES = {"+15550123456": "a customer", "+15550100001": "Sam", "+15550100002": "Kim"}


def until(met: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for a condition, with a limit."""
    limit = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.02)


# Stories


@pytest.mark.parametrize("name", stories())
def test_stories_can_be_told(name: str) -> None:
    story = Story.load(name)
    assert set(story.absent) <= set(PROMISES)
    from_environment({**GOOD, **story.environment})
    for call in (story.call, *story.before):
        check_steps(call["steps"])
        assert call["from"] in story.names
    numbers = [reaction(entry).number for entry in story.phones]
    assert set(numbers) <= set(story.names)
    assert {"hangup": True} in story.call["steps"]


def test_a_story_that_there_is_none_of_is_answered_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--story", "weddings"]) == 2
    said = capsys.readouterr().err
    assert "no story 'weddings'" in said
    assert all(f"\n  {name} " in said for name in stories())
    assert main(["--story", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split()[0] == "happy"


def test_the_day_of_a_story_is_the_day_on_which_it_is_told() -> None:
    environment = Story.load("out-of-hours").environment
    assert re.fullmatch(r"\d{4}-\d\d-\d\d stocktaking", environment["WARMTRANSFER_HOLIDAYS"])


def test_what_a_story_is_told_for_has_to_be_in_the_trace() -> None:
    wanted = {"what": "Kim is introduced", "kind": "note", "event": "speech", "text": "Here is Kim"}
    story = replace(Story.load("short"), shows=(wanted,))
    said = {"kind": "note", "event": "speech", "text": "One moment. Here is Kim."}
    assert story.shown([{"kind": "leg", "event": "joined"}, said]) == {"Kim is introduced": True}
    assert story.shown([{**said, "event": "say"}]) == {"Kim is introduced": False}


# Processes


@pytest.fixture
def crew(tmp_path: Path) -> processes.Crew:
    return processes.Crew(tmp_path, tmp_path)


STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


@needs_proc
def test_leaving_kills_even_stubborn_processes_and_their_children(crew: processes.Crew) -> None:
    with crew:
        process = crew.start("stubborn", [sys.executable, "-c", STUBBORN], processes.environment(), read=True)
        assert process.popen.stdout is not None
        child = int(process.popen.stdout.readline())
        assert process.end(0.2) is False
    assert not process.alive
    assert not os.path.exists(f"/proc/{child}") or _is_zombie(child)


def _is_zombie(pid: int) -> bool:
    return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()


def test_a_process_that_ends_when_told_to_did_so_by_itself(crew: processes.Crew) -> None:
    with crew:
        process = crew.start("willing", [sys.executable, "-c", "import time; time.sleep(600)"], os.environ)
        assert crew.fallen() is None
        assert process.end(10.0) is True
        assert crew.fallen() is process


def test_processes_are_ended_when_the_demo_fails(crew: processes.Crew) -> None:
    def fail() -> None:
        with crew:
            crew.start("victim", ["sleep", "600"], os.environ)
            raise processes.Failed("something went wrong")

    with pytest.raises(processes.Failed):
        fail()
    assert not crew.processes[0].alive


def test_the_procfile_says_how_the_app_is_run(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("release: true\nweb: python wsgi.py --x\n")
    assert processes.procfile_command(tmp_path) == ["/bin/sh", "-c", "exec python wsgi.py --x"]
    (tmp_path / "Procfile").write_text("worker: python w.py\n")
    with pytest.raises(processes.Failed, match="no line for web"):
        processes.procfile_command(tmp_path)
    with pytest.raises(processes.Failed, match="checkout"):
        processes.procfile_command(tmp_path / "elsewhere")


def test_the_projects_own_procfile_is_understood() -> None:
    assert "wsgi.py" in processes.procfile_command(ROOT)[-1]


def test_keys_of_a_real_account_never_reach_the_demos_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "real")
    monkeypatch.setenv("OPENAI_API_KEY", "real")
    monkeypatch.setenv("DATABASE_URL", "postgres://real")
    made = processes.environment(OPENAI_API_KEY="demo")
    assert "TWILIO_AUTH_TOKEN" not in made
    assert "DATABASE_URL" not in made
    assert made["OPENAI_API_KEY"] == "demo"
    assert made["PATH"].startswith(str(Path(sys.executable).parent))


# Following


def test_a_growing_file_is_read_line_by_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    tail = Tail(path)
    assert list(tail.rows()) == []
    path.write_text('{"t": 1}\n{"t": ')
    assert list(tail.rows()) == [{"t": 1}]
    path.write_text('{"t": 1}\n{"t": 2}\n')
    assert list(tail.rows()) == [{"t": 2}]


def test_stages_come_from_the_journal_on_the_traces_clock() -> None:
    journal = [{"at": 100.0 + n, "after": stage} for n, stage in enumerate(["ai", "ai", "ringing"])]
    assert stages({"journal": journal}, 90.0, 2.0) == [(20.0, "ai"), (24.0, "ringing")]
    assert stages({}, 0.0, 1.0) == []


# Screen


def test_the_screen_tells_the_call_in_plain_text(tmp_path: Path) -> None:
    out = io.StringIO()
    screen = Screen(out, NAMES)
    for row in MadeCall().evidence(tmp_path).rows:
        screen.row(row)
    screen.stage(14.0, "ringing")
    screen.stage(14.1, "ringing")
    text = out.getvalue()
    assert "\033" not in text
    assert text.count("RINGING") == 1
    for words in (
        "a customer calls",
        "dialling Sam",
        "Kim answers",
        "presses 1",
        "hangs up",
        "recognised: “i would",
    ):
        assert words in text


def test_long_lines_are_wrapped_beside_the_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = io.StringIO()
    Screen(out, {}).line(1.0, "caller", "word " * 40)
    lines = out.getvalue().splitlines()
    assert len(lines) > 2
    assert all(len(line) <= 80 for line in lines)
    assert all(line.startswith(" " * 20) for line in lines[1:])


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    out = Terminal()
    Screen(out, {}).line(1.0, "caller", "hello")
    assert "\033[36mhello\033[0m" in out.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    Screen(plain, {}).line(1.0, "caller", "hello")
    assert "\033" not in plain.getvalue()


# Picture


def test_the_picture_has_a_lane_for_each_leg_and_is_drawn(tmp_path: Path) -> None:
    evidence = MadeCall().evidence(tmp_path)
    found = lanes(evidence, NAMES)
    assert [lane.title.split("\n")[0] for lane in found] == ["caller", "ai-1", "human", "human-2"]
    caller, ai, sam, kim = found
    assert [block.text for block in caller.blocks][:2] == [
        "what are your opening hours",
        "i would like to speak to a person please",
    ]
    assert any(mark.text == "interrupts" for mark in caller.marks)
    assert any(block.cut for block in ai.blocks)
    assert rounded(sam.rings) == [(13.91, 15.0)]
    assert sam.blocks == []
    assert sum(block.read for block in kim.blocks) == 3
    assert caller.tones
    path = tmp_path / "call.png"
    draw(evidence, [(1.0, "ai"), (14.0, "ringing"), (17.0, "briefing"), (28.0, "human")], NAMES, path)
    with Image.open(path) as image:
        assert image.width > 1200
        assert 600 < image.height < 3000
        assert len(image.convert("RGB").getcolors(2**24) or []) > 50


def test_the_picture_is_not_cut_in_the_middle_of_words() -> None:
    lane = Lane("caller", "caller", blocks=[Block(9.0, 11.5, "hello"), Block(19.8, 20.5, "again")])
    found = parts([lane], 0.0, 30.0, 3)
    cuts = [begin for begin, _ in found[1:]]
    assert len(found) == 3
    assert found[0][0] == 0.0
    assert found[-1][1] == 30.0
    assert all(not block.start < cut < block.end for cut in cuts for block in lane.blocks)
    assert all(abs(cut - wanted) <= 2.5 for cut, wanted in zip(cuts, (10.0, 20.0), strict=True))


def test_words_fit_their_box() -> None:
    words, size = fitted("the quick brown fox jumps over the lazy dog", 1.2, 0.55)
    assert words.replace("\n", " ") == "the quick brown fox jumps over the lazy dog"
    shrunk, smaller = fitted("the quick brown fox jumps over the lazy dog " * 6, 1.2, 0.55)
    assert smaller < size
    assert shrunk.endswith("…")


def test_who_speaks_while_being_read_to_shares_the_lane() -> None:
    read, said = Block(1.0, 4.0, "read", read=True), Block(2.0, 3.0, "said")
    low, high = room_for(read, [read, said]), room_for(said, [read, said])
    assert low[1] <= high[0]
    assert rounded([room_for(said, [said])]) == [(0.0, round(LANE - 0.36, 2))]


# The command


def run(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start the demo."""
    env = {name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"} | environment
    return subprocess.Popen(
        [sys.executable, "-m", "warmtransfer.demo", *arguments], cwd=ROOT, env=env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # A suite that runs in the background hands down that Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def test_the_real_model_needs_a_key() -> None:
    process = run("--model", "openai")
    out, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "OPENAI_API_KEY" in err
    assert out == ""


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_demo_that_is_ended_leaves_no_process(tmp_path: Path, number: int) -> None:
    process = run("--short", "--out", str(tmp_path))
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        for line in process.stdout:
            if "answered" in line:
                break
        assert len(_ours(tmp_path)) >= 3, "not everything was running"
        process.send_signal(number)
        status = process.wait(30)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        error = process.stderr.read()
        process.stderr.close()
    until(lambda: not _ours(tmp_path), 15)
    if number != signal.SIGKILL:
        assert status == 130
        assert "Interrupted" in error


def _ours(folder: Path) -> list[str]:
    """Command lines of the processes whose command or database is in this folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            told = (path / "cmdline").read_bytes() + b"\0" + (path / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in told and int(path.name) != os.getpid():
            found.append(path.name)
    return found


def test_a_demo_whose_app_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from warmtransfer.demo import __main__ as command
    from warmtransfer.demo import run as running

    (tmp_path / "Procfile").write_text("web: echo no such app; exit 3\n")
    (tmp_path / "warmtransfer").symlink_to(ROOT / "warmtransfer")
    monkeypatch.setattr(running, "ROOT", tmp_path)
    monkeypatch.setattr(command, "ROOT", tmp_path)
    plan = running.Plan(Story.load("short"), tmp_path / "out")
    clear(plan.out)
    with pytest.raises(processes.Failed, match="the app to answer"):
        command.demonstrate(plan, Screen(io.StringIO(), {}))
    until(lambda: not _ours(tmp_path / "out"), 10)


def test_only_what_a_demo_writes_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "caller.wav").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    clear(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_real_model_that_cannot_be_had_ends_the_demo_with_the_reason(tmp_path: Path) -> None:
    nowhere = f"ws://127.0.0.1:{free_port()}/v1/realtime"
    arguments = ("--model", "openai", "--upstream", nowhere, "--out", str(tmp_path))
    process = run(*arguments, OPENAI_API_KEY="sk-test-no-such-key")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "refused us: 502" in err
    assert "sk-test-no-such-key" not in out + err
    until(lambda: not _ours(tmp_path), 10)
