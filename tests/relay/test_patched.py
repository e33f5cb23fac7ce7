"""The relay's tests once more, in a process that gevent has patched: there the hub runs its callbacks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.timeout(240)  # on a machine that others use
@pytest.mark.parametrize(
    "paths",
    [
        "tests/relay/test_relay.py tests/relay/test_relay_losses.py",
        "tests/relay/test_relay_handoff.py tests/ports/websocket/test_wire.py",
        "tests/ports/loop/test_loop.py tests/web/test_media.py",
    ],
)
def test_it_holds_under_gevent(paths: str) -> None:
    """Two files at a time: their tests wait for most of their time, but each process begins with a second."""
    command = [sys.executable, "-m", "tests.relay.patched", *paths.split(), "-q", "-x", "-p", "no:xdist"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=230)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
