"""Brings events to the host's systems, beside the calls: nothing here keeps a decision waiting."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from warmtransfer.core.call import Call
from warmtransfer.core.events import Event
from warmtransfer.errors import WarmTransferError
from warmtransfer.ports.receiver import Answer
from warmtransfer.ports.store.mailbox import LEASE, Letter
from warmtransfer.sparing import Sparing

log = logging.getLogger("warmtransfer")

#: Events on their way at once. A call has one at most.
AT_ONCE = 8
#: Real seconds between two looks for what is due: another process may have left it.
LOOK = 1.0
#: Seconds before each further try; the last is for all that follow.
PAUSES = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0)
#: A pause is longer or shorter by this share of it at most, lest many come back together.
JITTER = 0.2
#: Seconds from the first try after which an event is given up.
DAYS = 3 * 86400.0


class Mail(Protocol):
    """Where events are kept; StoreBusy when it cannot be had."""

    def take(self, most: int, lease: float = LEASE) -> list[Letter]:
        """Events to be sent by this process."""

    def delivered(self, letter: Letter, result: str) -> None:
        """It was taken."""

    def waits(self, letter: Letter, result: str, pause: float, unreached: bool) -> None:
        """It is to be sent again."""

    def give_up(self, letter: Letter, result: str) -> None:
        """It is not sent again."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often is tried, and for how long. Real seconds."""

    pauses: tuple[float, ...] = PAUSES
    most: float = DAYS
    lease: float = LEASE
    look: float = LOOK

    def pause(self, letter: Letter, asked: float) -> float:
        """Seconds until the next try, at least as many as the receiver has asked for."""
        usual = self.pauses[min(letter.tries, len(self.pauses) - 1)]
        return max(asked, usual * random.uniform(1 - JITTER, 1 + JITTER))


class Courier:
    """One thread that looks for what is due, and one for each event that is on its way."""

    def __init__(
        self, mail: Mail, send: Callable[[str, str], Answer], patience: Patience | None = None
    ) -> None:
        self._mail = mail
        self._send = send
        self._patience = patience or Patience()
        self._woken = threading.Condition()
        self._poked = False
        self._ended = False
        self._under_way: set[threading.Thread] = set()
        self._thread: threading.Thread | None = None
        self._lines = Sparing(log)

    def start(self) -> None:
        """Begin; harmless when repeated."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="warmtransfer-events", daemon=True)
            self._thread.start()

    def stop(self, seconds: float = 2.0) -> None:
        """Begin no more, and let those on their way arrive, for so long; the others are sent again later."""
        with self._woken:
            self._ended = True
            self._woken.notify_all()
        if self._thread:
            self._thread.join(seconds)
        with self._woken:
            self._woken.wait_for(lambda: not self._under_way, seconds)

    def poke(self, before: Call | None, after: Call, event: Event) -> None:
        """A decision was made: there may be something to tell."""
        self._wake()

    def _wake(self) -> None:
        with self._woken:
            self._poked = True
            self._woken.notify_all()

    def _run(self) -> None:
        while True:
            with self._woken:
                if self._ended:
                    return
                self._poked = False
                free = AT_ONCE - len(self._under_way)
            letters = self._take(free) if free else []
            with self._woken:
                for letter in letters:
                    self._begin(letter)
                if not (letters or self._poked or self._ended):
                    self._woken.wait(self._patience.look)

    def _take(self, most: int) -> list[Letter]:
        try:
            return self._mail.take(most, self._patience.lease)
        except WarmTransferError as fault:
            self._lines.say("mail", logging.WARNING, "events are not looked for just now: %s", fault)
            return []

    def _begin(self, letter: Letter) -> None:
        """Send it aside; within the lock."""
        thread = threading.Thread(target=self._bring, args=(letter,), name="warmtransfer-event", daemon=True)
        self._under_way.add(thread)
        thread.start()

    def _bring(self, letter: Letter) -> None:
        try:
            self._note(letter, self._send(letter.id, letter.body))
        except WarmTransferError as fault:
            self._lines.say(
                "note", logging.WARNING, "what became of an event is not kept, so it is sent again: %s", fault
            )
        finally:
            with self._woken:
                self._under_way.discard(threading.current_thread())
                self._poked = True
                self._woken.notify_all()

    def _note(self, letter: Letter, answer: Answer) -> None:
        if answer.taken:
            self._mail.delivered(letter, answer.told)
            if letter.tries:
                log.info("event %s was taken, at try %d", letter.id, letter.tries + 1)
            return
        pause = self._patience.pause(letter, answer.after)
        if answer.gone or letter.age + pause > self._patience.most:
            self._mail.give_up(letter, answer.told)
            log.error(
                "event %s (%s) is given up after %d tries (%s): put the receiver right, then "
                "`flask warmtransfer events --state given_up --replay`",
                letter.id,
                letter.type,
                letter.tries + 1,
                answer.told,
            )
            return
        self._mail.waits(letter, answer.told, pause, answer.unreached)
        self._lines.say(
            "later", logging.WARNING, "event %s was not taken (%s): it is sent again in %.0f s",
            letter.id, answer.told, pause,
        )  # fmt: skip
