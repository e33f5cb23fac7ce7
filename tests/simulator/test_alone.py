"""The simulator alone: nothing that only the app needs has to be there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent.parent

#: Python imports this as it starts, in the simulator and in the processes that it starts in turn.
ABSENT = """
import importlib.abc
import os
import sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in os.environ["HIDDEN"].split(","):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
"""

#: What a distribution is imported by, where it is another name.
NAMES = {
    "flask-sock": "flask_sock", "simple-websocket": "simple_websocket", "websocket-client": "websocket",
    "sqlalchemy": "sqlalchemy",
}  # fmt: skip
#: What the simulator's own libraries need as well.
SHARED = {"typing_extensions"}


def hidden() -> list[str]:
    """The modules of everything that the app depends on, and the simulator does not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {Requirement(each).name.lower() for each in project["dependencies"]} - SHARED
    return sorted(NAMES.get(name, name) for name in names)


def alone(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs Python where none of these can be imported."""
    (folder / "sitecustomize.py").write_text(ABSENT)
    env = {**os.environ, "PYTHONPATH": str(folder), "HIDDEN": ",".join(hidden())}
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("name", ["flask", "flask_sock", "gevent", "twilio", "sqlalchemy", "pydantic"])
def test_what_is_hidden_cannot_be_imported(name: str, tmp_path: Path) -> None:
    assert name in hidden()
    assert alone(tmp_path, "-c", f"import {name}").returncode == 1


def test_a_call_and_its_model_need_nothing_of_the_apps(tmp_path: Path) -> None:
    """A scenario's call is answered by TwiML of a file, and the model says that it is ready."""
    page = tmp_path / "voice.xml"
    page.write_text("<Response><Say>Hello.</Say></Response>")
    told = (
        "import json, os, urllib.request\n"
        "control = os.environ['SIMULATOR_CONTROL_URL']\n"
        "def ask(path, data=None):\n"
        "    return json.load(urllib.request.urlopen(control + path, data=data))\n"
        "sid = ask('/calls', b'{}')['call_sid']\n"
        "print(ask(f'/calls/{sid}/wait?timeout=60')['status'])\n"
    )
    done = alone(
        tmp_path, "-m", "warmtransfer.simulator", "run", "--port", "0", "--speed", "20", "--quiet",
        "--app", "http://127.0.0.1:9", "--voice-url", page.as_uri(), "--status-url", "",
        "--model-options", "--ears match", "--", sys.executable, "-c", told,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "completed\n"), done.stderr
    assert json.loads(done.stderr.splitlines()[0])["REALTIME_URL"].startswith("ws://127.0.0.1:")
