"""The benchmark's harness works: whether the numbers are good is not a test's business."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.skipif(not shutil.which("cc") or not shutil.which("openssl"), reason="needs cc and openssl")
def test_the_harness_brings_calls_up_and_counts_them() -> None:
    command = [sys.executable, "-m", "bench.smoke"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("warmtransfer:", "warmtransfer-tls:", "limit:"):
        assert name in done.stdout
