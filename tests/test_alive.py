"""The container's health check: exit status 0 while the app on this machine answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.told import telling
from warmtransfer.alive import ask

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("prefix", "path"),
    [(None, "/warmtransfer/health"), (" ", "/warmtransfer/health"), ("/a/", "/a/health"), ("/", "/health")],
)
def test_health_is_asked_for_by_the_prefix(prefix: str | None, path: str) -> None:
    with telling({path: {"ok": False}}) as here:
        environ = {"PORT": str(urlsplit(here).port)}
        assert ask(environ if prefix is None else {**environ, "WARMTRANSFER_URL_PREFIX": prefix}) == ""


def test_the_status_is_1_and_says_why_when_nothing_answers_or_another() -> None:
    with telling({}) as here:
        command = [sys.executable, "-m", "warmtransfer.alive"]
        environ = {"PORT": str(urlsplit(here).port)}
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (1, "/warmtransfer/health answers 404\n")
    assert ask(environ) == f"port {environ['PORT']}: ConnectionRefusedError"


def test_a_port_that_is_none_is_a_fault_and_no_traceback() -> None:
    assert ask({"PORT": "many"}) == "port many: ValueError"
