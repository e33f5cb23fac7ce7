"""What can be said at once of the database, and of whoever serves it: asked aside, and kept for a moment."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from warmtransfer.errors import ConfigError, WarmTransferError
from warmtransfer.ports.store.records import Member as Member
from warmtransfer.ports.store.records import Standing

#: Real seconds for which an answer is given again: anybody may ask us, and the database has other work.
FRESH = 1.0
#: Real seconds that an answer is waited for.
PATIENCE = 0.7

SILENT = "the database does not answer"


class Records(Protocol):
    """A database that knows how it stands; it may take long to say so."""

    def standing(self) -> Standing:
        """Its tables, and who serves it."""

    def trouble(self) -> str:
        """Why it cannot be relied on, as strangers may know it."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is `wrong` with the database, "" for nothing, and the processes that serve it."""

    wrong: str
    members: tuple[Member, ...]


class Watch:
    """Asks one question at a time, whoever wants to know: one that hangs is waited for once."""

    def __init__(self, records: Records, streams: Callable[[], int], leaving: Callable[[], bool]) -> None:
        self._records = records
        self._streams = streams
        self._leaving = leaving
        self._me = secrets.token_hex(8)
        self._since = time.time()
        self._lock = threading.Lock()
        self._asked = -FRESH  #: monotonic
        self._answered = threading.Event()
        self._answered.set()
        self._known: tuple[str, Standing | None] = ("", None)

    def report(self) -> Report:
        """How it stands now, or did a moment ago, within a second; never raises."""
        with self._lock:
            now = time.monotonic()
            if self._answered.is_set() and now - self._asked >= FRESH:
                self._asked = now
                self._answered.clear()
                self._begin()
            left = max(0.0, self._asked + PATIENCE - now)
        if not self._answered.wait(left):
            return Report(SILENT, (self._here(),))
        wrong, standing = self._known
        if standing is None:
            return Report(wrong, (self._here(),))
        return Report(standing.lacks, standing.members or (self._here(standing.calls),))

    def _begin(self) -> None:
        try:
            threading.Thread(target=self._ask, name="warmtransfer-watch", daemon=True).start()
        except RuntimeError:  # no thread is to be had
            self._known = ("the database was not asked: no thread could be started", None)
            self._answered.set()

    def _ask(self) -> None:
        try:
            self._known = ("", self._records.standing())
        except ConfigError:  # its own text names hosts and files: nothing for strangers
            self._known = (self._records.trouble(), None)
        except WarmTransferError as fault:
            self._known = (str(fault), None)
        finally:
            self._answered.set()

    def _here(self, calls: int = 0) -> Member:
        """This process, as far as it knows itself."""
        streams = self._streams()
        names = self._me, socket.gethostname(), os.getpid()
        return Member(*names, self._since, 0.0, max(calls, streams), streams, self._leaving())
