"""What the demo and the telephones are both asked for on their command lines."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from types import FrameType

from warmtransfer.demo.run import NO_SECRET

UPSTREAM = "wss://api.openai.com/v1/realtime"
NO_KEY = "MODEL=openai needs your key in OPENAI_API_KEY; without MODEL none is needed."
#: Files an earlier run may have left, which this one writes anew.
WRITTEN = ("*.wav", "*.log", "*.sqlite3*", "trace.jsonl", "report.json", "summary.txt", "call.png")


def add_common(found: argparse.ArgumentParser, out: Path) -> None:
    """Adds the options that say which model answers, and where to."""
    real = "openai: the real model, with OPENAI_API_KEY, through a recording proxy"
    found.add_argument("--model", choices=("local", "openai"), default="local", help=real)
    found.add_argument("--upstream", default=UPSTREAM, help="the real model's address (default %(default)s)")
    found.add_argument("--out", type=Path, default=out, help="where to (default %(default)s)")


def key_for(options: argparse.Namespace) -> str | None:
    """The model's key; None, after a word on stderr, when the real model was asked for without one."""
    if options.model != "openai":
        return NO_SECRET
    key = os.environ.get("OPENAI_API_KEY", "")
    if not key:
        print(NO_KEY, file=sys.stderr)
    return key or None


def clear(out: Path) -> None:
    """Make the folder, without what an earlier run wrote into it."""
    out.mkdir(parents=True, exist_ok=True)
    for pattern in WRITTEN:
        for path in out.glob(pattern):
            path.unlink()


def interrupted(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends a run as Ctrl-C does."""
    raise KeyboardInterrupt
