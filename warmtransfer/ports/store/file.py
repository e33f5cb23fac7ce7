"""SQLite's file: only its owner reads it, and its loss is noticed while it still works for us."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from pathlib import Path

from warmtransfer.sparing import Sparing

log = logging.getLogger("warmtransfer")


def path_of(database: str) -> Path:
    """The path in a database URL's last part, which may be an SQLite URI."""
    return Path(database.removeprefix("file:").partition("?")[0])


def make_private(path: Path) -> None:
    """Make the file, readable by its owner alone; SQLite gives -wal and -shm the same mode."""
    with suppress(OSError):  # it is there, or SQLite's own error says what is wrong
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


class File:
    """Which file we have open. One that was deleted takes everything, and keeps nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: tuple[int, int] | None = None
        self._lines = Sparing(log)

    def trouble(self) -> str:
        """What is wrong with the file, which the log is told too; empty while the one we opened is there."""
        now = self._identity()
        if self._known is None:
            self._known = now
        if now == self._known:
            return ""
        self._lines.say(
            "gone",
            logging.ERROR,
            "the database file %s was %s while we had it open: this process goes on, and what it decides is "
            "forgotten when it ends; restart it when no call is up",
            self._path,
            "deleted" if now is None else "replaced",
        )
        return "the database file is gone"

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_dev, found.st_ino
