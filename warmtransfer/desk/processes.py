"""This process among others on the same database: says that it is there, and sees who is not any more."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from warmtransfer.clock import Clock
from warmtransfer.core.call import Call
from warmtransfer.errors import StoreBusy, WarmTransferError
from warmtransfer.ports import neighbours
from warmtransfer.ports.store.leases import LEASE, Leases, Other

log = logging.getLogger("warmtransfer")

#: Real seconds between two signs of life.
BEAT = 0.7
#: Real seconds for which a lease must be seen to have run out: somebody may be about to renew it.
SEEN = 1.0
#: Real seconds in which nobody is counted as gone after the database was away, and everybody's lease ran out:
#: some wait longer than others for a new connection.
BACK = 6.0
#: Seconds after which somebody else lets an alarm go off.
LATE = 2.0
#: Real seconds for which others are listened to before we look whether we are to stop.
LISTEN = 0.5


class Share(Protocol):
    """What is done with what others leave, or want of us. Nothing here blocks, but `live_calls`."""

    def look(self, call_id: str) -> None:
        """Another process has decided about this call, or has given us something to do."""

    def take_up(self, call_id: str, held: bool) -> None:
        """A process that is gone has left this call: its stream (`held`), or orders."""

    def overdue(self, call: Call) -> None:
        """Nobody has let this call's alarm go off."""

    def holds(self, order_id: int) -> bool:
        """Whether this order is being seen to here."""

    def live_calls(self) -> Sequence[str]:
        """The calls whose audio is here."""


class Processes:
    """Two threads: one says every second that we are there and looks about, one listens."""

    def __init__(self, leases: Leases, share: Share, clock: Clock) -> None:
        self._leases = leases
        self._share = share
        self._clock = clock
        self._place = neighbours.place()
        self._sure_until = 0.0  #: monotonic; until then nobody can have counted us as gone
        self._counted_out = False  #: somebody has, at some time
        self._known = False
        self._trusts_from = 0.0  #: monotonic; before, a lease that ran out means nothing
        self._suspects: dict[str, tuple[float, float]] = {}  #: their lease's end, and since when it is seen
        self._leaving = False
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Be there, and take up what others have left; raises StoreBusy. Harmless when repeated."""
        self._beat()
        if not self._threads:
            self._threads = [
                threading.Thread(target=run, name=f"warmtransfer-{run.__name__}", daemon=True)
                for run in (self._live, self._listen)
            ]
            for thread in self._threads:
                thread.start()

    def stop(self) -> None:
        """Be gone: others need not wait for that to be noticed."""
        self._ended.set()
        for thread in self._threads:
            thread.join(2 * LISTEN)
        try:
            self._leases.leave()
        except WarmTransferError as fault:
            log.warning("other processes will have to notice that this one is gone: %s", fault)

    def leave(self) -> None:
        """Take up nothing from now on, and have others take up our calls at once; never raises."""
        self._leaving = True
        try:
            self._leases.hand_over()
        except WarmTransferError as fault:
            log.warning("our calls are taken up when this process is gone: %s", fault)

    def ours(self, order_id: int) -> bool:
        """Whether this order is still ours to do; while that cannot be known, wait."""
        while self._counted_out or time.monotonic() > self._sure_until:
            try:
                return self._leases.mine(order_id)
            except StoreBusy:
                if self._ended.wait(LISTEN):
                    return False
        return True

    # Being there ------------------------------------------------------------------------------------

    def _live(self) -> None:
        while not self._ended.wait(BEAT):
            try:
                self._beat()
            except WarmTransferError as fault:
                # Who was away himself judges nobody.
                self._suspects.clear()
                self._trusts_from = time.monotonic() + BACK
                log.warning("this process cannot say that it is up: %s", fault)

    def _beat(self) -> None:
        began = time.monotonic()
        new, others = self._leases.beat(self._place, len(self._share.live_calls()))
        if new and self._known:
            log.error("this process was away for so long that others have taken up its calls")
            self._counted_out = True
            self._look_at_all()
        self._known = True
        self._sure_until = began + LEASE
        gone = [each for each in others if self._is_gone(each)]
        if gone:
            log.warning("%d other processes are gone: their calls are taken up", len(gone))
            self._leases.bury(gone)
        for call_id, held in self._leases.take() if not self._leaving else ():
            self._share.take_up(call_id, held)
        for order_id, call_id in self._leases.waiting():
            if not self._share.holds(order_id):
                self._share.look(call_id)
        for call in self._leases.overdue(self._clock.now() - LATE):
            self._share.overdue(call)

    def _is_gone(self, other: Other) -> bool:
        if neighbours.has_ended(other.place, other.pid):
            return True
        if not other.expired or time.monotonic() < self._trusts_from:
            self._suspects.pop(other.id, None)
            return False
        until, since = self._suspects.get(other.id, (0.0, 0.0))
        if until != other.until:
            self._suspects[other.id] = (other.until, time.monotonic())
            return False
        return time.monotonic() - since >= SEEN

    # Listening --------------------------------------------------------------------------------------

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                with self._leases.hearing() as hear:
                    self._look_at_all()  # nobody listened until now
                    self._listen_to(hear)
            except WarmTransferError as fault:
                log.warning("other processes are not heard, and looked for every %.1f s: %s", BEAT, fault)
                self._ended.wait(BEAT)

    def _listen_to(self, hear: Callable[[float], list[str]]) -> None:
        while not self._ended.is_set():
            for call_id in hear(LISTEN):
                self._share.look(call_id)

    def _look_at_all(self) -> None:
        for call_id in self._share.live_calls():
            self._share.look(call_id)
