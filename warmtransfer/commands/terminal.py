"""The terminal that is printed on."""

from __future__ import annotations

import shutil
import sys


def columns() -> int:
    """How wide it is; 0 for what is no terminal: a file, a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
