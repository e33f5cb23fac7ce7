"""Every new leg takes its turn: the carrier makes so many a second, and lets the rest wait unsorted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

from warmtransfer.clock import Clock
from warmtransfer.core import pacing
from warmtransfer.errors import Leaving, WarmTransferError

#: Seconds of waiting that are worth a row in the journal.
NOTED = 0.2
#: Seconds by which a wait may be longer than was told before that is told again.
SLACK = 1.0
#: Real seconds between two looks whether a leg that waits is still wanted; and a sign of life to others.
LOOK = 1.0


class Line(Protocol):
    """Who waits, over all processes. Seconds are real ones; WarmTransferError when that cannot be known."""

    def ask(self, waited: Sequence[float], gap: float) -> tuple[float, ...]:
        """The seconds until the turn of each of our legs, longest wait first; 0: the first one's is taken."""

    def hold(self, seconds: float) -> None:
        """Nobody's turn comes within these."""


@dataclass(slots=True, eq=False)
class Leg:
    """One leg that waits. Times are monotonic."""

    since: float
    due: float = 0.0  #: when its turn is likely to come, once somebody has asked
    news: bool = False  #: that has just become known
    told: float = 0.0  #: until when it was said to wait


class Turns:
    """The legs of this process that wait. Only the first of them asks for its turn."""

    def __init__(self, line: Line, clock: Clock, per_second: float) -> None:
        self._line = line
        self._clock = clock
        self._seconds = 1.0 / per_second
        self._alone = pacing.Line()  #: by our own turns, for when the database cannot be had
        self._asking = threading.Lock()
        self._changed = threading.Condition()
        self._legs: list[Leg] = []
        self._stopped = False

    @property
    def _gap(self) -> float:
        return self._clock.real(self._seconds)

    def open(self) -> None:
        """Have the line at hand, so that the first leg of all need not wait for that; never raises."""
        self._withdraw()

    def take(
        self, *, human: bool, wanted: Callable[[], bool], told: Callable[[float], object] = lambda _: None
    ) -> bool:
        """Wait for a turn, humans before AIs; False when the leg is not `wanted` any more: that takes none.

        `told` is called with the seconds that are left, when there are any worth telling, and again when they
        have become more. Raises Leaving once we are stopped.
        """
        now = time.monotonic()
        leg = Leg(now - self._clock.real(pacing.HEAD_START) if human else now)
        came = False
        try:
            with self._in_line(leg):
                while not came and wanted():
                    came = self._has_come(leg)
                    if not came:
                        self._tell(leg, told)
                        self._wait(leg)
        finally:
            if not came:
                self._withdraw()
        return came

    def hold(self, seconds: float) -> None:
        """The carrier refuses for haste: give nobody a turn within these seconds."""
        real = self._clock.real(seconds)
        with self._asking, suppress(WarmTransferError):
            self._alone = pacing.hold(self._alone, time.monotonic(), real)
            self._line.hold(real)

    def stop(self) -> None:
        """Whoever waits goes now, and leaves the leg to whoever comes after us."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def __len__(self) -> int:
        with self._changed:
            return len(self._legs)

    # Waiting ----------------------------------------------------------------------------------------

    @contextmanager
    def _in_line(self, leg: Leg) -> Iterator[None]:
        with self._changed:
            self._legs.append(leg)
            self._legs.sort(key=lambda each: each.since)
        try:
            yield
        finally:
            with self._changed:
                self._legs.remove(leg)
                self._changed.notify_all()

    def _has_come(self, leg: Leg) -> bool:
        with self._asking:
            with self._changed:
                legs = list(self._legs)
            if legs[0] is not leg:
                return False
            left = self._ask([time.monotonic() - each.since for each in legs])
            now = time.monotonic()
            with self._changed:
                for each, seconds in zip(legs, left, strict=True):
                    each.news |= not each.due
                    each.due = now + seconds
                self._changed.notify_all()
            return not left[0]

    def _ask(self, waited: Sequence[float]) -> tuple[float, ...]:
        try:
            left = self._line.ask(waited, self._gap)
        except WarmTransferError:
            self._alone, left = pacing.ask(self._alone, "", waited, time.monotonic(), self._gap)
            return left
        if not left[0]:
            self._alone = pacing.hold(self._alone, time.monotonic(), self._gap)
        return left

    def _withdraw(self) -> None:
        """Nobody of ours waits any more: those of other processes need not let us go first."""
        with self._asking, suppress(WarmTransferError):
            if not len(self):
                self._line.ask((), self._gap)

    def _wait(self, leg: Leg) -> None:
        """Until it may be our turn, or it is time to look about."""
        with self._changed:
            if self._legs[0] is leg:
                self._changed.wait_for(lambda: self._stopped, min(LOOK, max(0.0, leg.due - time.monotonic())))
            else:
                self._changed.wait_for(lambda: self._stopped or leg.news or self._legs[0] is leg, LOOK)
            if self._stopped:
                raise Leaving("this process is ending")

    def _tell(self, leg: Leg, told: Callable[[float], object]) -> None:
        now, second = time.monotonic(), self._clock.real(1.0)
        left = leg.due - now
        leg.news = False
        if now > leg.told + SLACK * second if leg.told else left >= NOTED * second:
            leg.told = max(now, leg.due)
            told(max(0.0, round(left / second, 2)))
