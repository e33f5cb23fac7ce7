"""Saving what nobody will tell us again, if need be after the database has come back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from itertools import chain, repeat
from typing import Any

from warmtransfer.clock import Clock
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call
from warmtransfer.errors import StoreBusy

log = logging.getLogger("warmtransfer")

#: Seconds between tries to save what nobody will tell us again; the last one until the desk is stopped.
AGAIN = (0.2, 0.5, 1.0, 2.0, 5.0)


class Insistence:
    """Tries until it is saved, in the thread that calls it, or until it is stopped."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ended = threading.Event()

    def stop(self) -> None:
        """Whoever tries gives up now."""
        self._ended.set()

    def save(self, save: Callable[..., object], *args: Any) -> None:
        """Save: a timer's fact, for one, never comes a second time."""
        for pause in chain(AGAIN, repeat(AGAIN[-1])):
            try:
                save(*args)
                return
            except StoreBusy as fault:
                busy = fault
            if self._ended.wait(self._clock.real(pause)):
                log.error("%s of %s is lost: %s", save.__name__, args[0], busy)
                return

    def ask(
        self,
        post: Callable[[str, ev.Event], Call],
        call_id: str,
        event: ev.HandoffAsked,
        wanted: Callable[[], bool],
        settled: Callable[[Call | None], object],
    ) -> None:
        """Post a wish for a human, unless it is taken back; `settled` is called once, whatever happens."""
        found: list[Call] = []

        def ask(call_id: str) -> None:
            if wanted():
                found.append(post(call_id, event))

        try:
            self.save(ask, call_id)
        finally:
            settled(found[0] if found else None)


def asked(source: str, *wish: str) -> ev.HandoffAsked:
    """The fact; half a surrogate pair, as in a cut-off transcript, could not be stored."""
    target, reason, summary = (text.encode("utf-8", "replace").decode() for text in wish)
    return ev.HandoffAsked(source, target, reason, summary)
