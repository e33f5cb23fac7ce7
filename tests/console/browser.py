"""A real browser before a real server, and what is checked of every page in it."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.axe import SCHEMES, violations
from tests.calls.world import free_port
from tests.console.conftest import AT, PASSWORD

ROOT = Path(__file__).parent.parent.parent
#: Where a test that fails leaves what was to be seen.
OUTPUT = ROOT / "browser-output"

WIDTHS = (1440, 1024, 390)
CHECKS = (Path(__file__).parent / "checks.js").read_text()


def chromium() -> str:
    """The browser's path; skips the test where there is none."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), "")
    if not found:
        pytest.skip("no browser: install chromium (Debian: apt-get install chromium), or name it in CHROMIUM")
    return found


@contextlib.contextmanager
def serving(database: str, log: Path, port: int = 0) -> Iterator[int]:
    """The app as a process of its own; its port."""
    port = port or free_port()
    command = [sys.executable, "-m", "tests.console.served", str(port), database]
    with log.open("a") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)
    try:
        end = time.monotonic() + 60
        while not _answers(port):
            assert process.poll() is None, log.read_text()[-2000:]
            assert time.monotonic() < end, "it does not answer"
            time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{AT}/login", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


class Visitor:
    """Somebody at a page, with what the browser complained of."""

    def __init__(self, page: Any, port: int) -> None:
        self.page = page
        self.base = f"http://127.0.0.1:{port}{AT}"
        self.complaints: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: self.complaints.append(str(fault)))

    def login(self) -> Visitor:
        """As Anna."""
        self.page.goto(self.base)
        self.page.fill("#name", "Anna")
        self.page.fill("#password", PASSWORD)
        self.page.press("#password", "Enter")
        self.page.wait_for_selector("#now")
        return self

    def to(self, path: str) -> None:
        """Another page."""
        self.page.goto(self.base + path)

    def faults(self) -> list[str]:
        """What of this page cannot be read, named, or seen without scrolling sideways."""
        self.page.evaluate(CHECKS)
        found = self.page.evaluate("[...window.checks.contrast(), ...window.checks.names()]")
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return [*found, *([f"{wide} px too wide"] if wide > 0 else []), *self.complaints]

    def everywhere(self) -> list[str]:
        """The same for laptops and telephones, by day and by night, and what axe finds there."""
        found, size = [], self.page.viewport_size
        for scheme, width in itertools.product(SCHEMES, WIDTHS):
            self.page.emulate_media(color_scheme=scheme)
            self.page.set_viewport_size({**size, "width": width})
            by_axe = violations(self.page, scheme) if width in (WIDTHS[0], WIDTHS[-1]) else []
            found += [f"{scheme}, {width} px: {fault}" for fault in (*self.faults(), *by_axe)]
        self.page.set_viewport_size(size)
        return found
