"""`wsgi.py` as it is, its clock as fast as the story: `python -m tests.calls.ready SPEED SINCE`."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import warmtransfer

if TYPE_CHECKING:  # nothing may be loaded before gevent patches
    from flask import Flask


def quick(environ: Mapping[str, str]) -> Flask:
    """The ready app, with this clock."""
    from warmtransfer.clock import Clock
    from warmtransfer.extension import create_app

    return create_app(environ, clock=Clock(*map(float, sys.argv[1:])))


if __name__ == "__main__":
    warmtransfer.create_app = quick
    runpy.run_path("wsgi.py", run_name="__main__")
