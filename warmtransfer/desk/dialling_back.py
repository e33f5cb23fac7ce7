"""Carries out a callback's orders at the carrier. What came of one is a fact again, or nothing."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

from warmtransfer import errors
from warmtransfer.clock import Clock
from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks import orders as do
from warmtransfer.core.callbacks.callback import Callback, Side
from warmtransfer.core.event import Event
from warmtransfer.core.legs import Ended, LegState
from warmtransfer.core.orders.human import EVIDENCE
from warmtransfer.desk.perform import RETRY_AFTER, TOO_MANY
from warmtransfer.desk.protocols import Carrier, Settings
from warmtransfer.desk.turns import Turns
from warmtransfer.errors import log_fault

log = logging.getLogger("warmtransfer")


class Links(Protocol):
    """Addresses of ours that the carrier is told of a callback's legs."""

    def human(self, callback_id: str, n: int) -> str:
        """The document of the human's leg."""

    def caller(self, callback_id: str, n: int) -> str:
        """The document of the caller's leg."""

    def leg_status(self, callback_id: str, n: int) -> str:
        """Where a leg's progress arrives."""

    def amd(self, callback_id: str, n: int) -> str:
        """Where the detection of answering machines reports."""

    def gone(self, callback_id: str, n: int) -> str:
        """What whoever waits is told when the other is not to be had."""


class DiallingBack:
    """One method per order. Runs in worker threads; holds no lock and keeps no state."""

    def __init__(
        self,
        *,
        carrier: Carrier,
        links: Links,
        settings: Settings,
        clock: Clock,
        turns: Turns,
        load: Callable[[str], Callback | None],
        known: Callable[[str], frozenset[str]],
    ) -> None:
        self._carrier = carrier
        self._links = links
        self._settings = settings
        self._clock = clock
        self._turns = turns
        self._load = load
        self._known = known
        self._does: dict[type[do.Order], Callable[[str, Any], Event | None]] = {
            do.Dial: self._dial,
            do.EndLegs: self._end,
            do.EndCaller: self._end,
            do.EndStray: self._end,
            do.TellCaller: self._tell,
            do.TellHuman: self._tell,
            do.ListenToLeg: self._listen,
            do.LookForDial: self._look_for_dial,
            do.LookForLegs: self._look_for_leg,
        }

    def perform(self, callback_id: str, order: do.Order, ours: Callable[[], bool]) -> Event | None:
        """Do it if still wanted, repeating what is safe to repeat, and say what came of it.

        Raises only Leaving: it is for another process to do.
        """
        name = type(order).__name__
        for pause in (*RETRY_AFTER, None):
            try:
                if not self._may(callback_id, order, ours):
                    return None
                return self._does[type(order)](callback_id, order)
            except errors.Leaving:
                raise
            except errors.CarrierGone:
                return None
            except errors.CarrierError as fault:
                again = isinstance(fault, errors.CarrierBusy) or (
                    isinstance(fault, errors.CarrierUnsure) and order.repeatable
                )
                told = "callback %s: %s of leg %s is %s: %s"
                log.warning(told, callback_id, name, order.n, fault.kind, fault.answer)
                if pause is None or not again:
                    return ev.OrderFailed(name, fault.kind, order.n, fault.answer)
                if isinstance(order, do.Dial) and fault.status == TOO_MANY:
                    self._turns.hold(pause)
                self._sleep(pause)
            except Exception as fault:  # noqa: BLE001 - its message may be what a caller said
                log_fault(log, fault, "callback %s: %s failed in our own code", callback_id, name)
                return ev.OrderFailed(name, "ours", order.n, type(fault).__name__)
        return None

    def _may(self, callback_id: str, order: do.Order, ours: Callable[[], bool]) -> bool:
        """Whether it is still wanted, and still ours, once it is its turn."""

        def wanted() -> bool:
            if not ours():
                raise errors.Leaving("another process has taken it over")
            found = self._load(callback_id)
            return found is not None and order.wanted(found)

        return self._turns.take(human=True, wanted=wanted) if isinstance(order, do.Dial) else wanted()

    def _dial(self, callback_id: str, order: do.Dial) -> Event:
        if order.caller_id:
            try:
                return self._place(callback_id, order, order.caller_id)
            except errors.CarrierNotShown:
                log.warning("callback %s: the number to be shown may not be, ours is", callback_id)
        return self._place(callback_id, order, self._settings.number)

    def _place(self, callback_id: str, order: do.Dial, from_: str) -> Event:
        document = self._links.human if order.side is Side.HUMAN else self._links.caller
        sid = self._carrier.dial(
            to=order.number,
            from_=from_,
            url=document(callback_id, order.n),
            status_callback=self._links.leg_status(callback_id, order.n),
            amd_callback=self._links.amd(callback_id, order.n),
            ring=order.ring,
            time_limit=self._settings.call_limit,
            digits=order.digits,
            detection=order.detection,
        )
        return ev.LegMade(order.n, sid)

    def _end(self, callback_id: str, order: do.Order) -> None:
        self._carrier.end_call(order.call_sid)

    def _listen(self, callback_id: str, order: do.ListenToLeg) -> None:
        """Have the leg ask for its document anew: it listens now."""
        self._carrier.move_call(order.call_sid, self._links.human(callback_id, order.n))

    def _tell(self, callback_id: str, order: do.Order) -> None:
        """Have whoever is there told by a document, and end a leg that nobody has answered."""
        try:
            self._carrier.move_call(order.call_sid, self._links.gone(callback_id, order.n))
        except (errors.CarrierGone, errors.CarrierRefused):
            self._carrier.end_call(order.call_sid)

    def _look_for_dial(self, callback_id: str, order: do.LookForDial) -> Event | None:
        self._sleep(EVIDENCE)  # its own callback may tell meanwhile
        found = self._load(callback_id)
        leg = found.leg(order.n) if found else None
        if leg is None or leg.call_sid or leg.ended:
            return None
        from_ = order.caller_id or self._settings.number
        sid = self._carrier.find_call(order.number, from_, order.dialled_at, self._known(order.number))
        return ev.LegMade(order.n, sid) if sid else ev.LegEnded(order.n, Ended.MISSING)

    def _look_for_leg(self, callback_id: str, order: do.LookForLegs) -> Event | None:
        state = self._carrier.leg(order.call_sid)
        state = Ended.MISSING if state is LegState.UNKNOWN else state
        if isinstance(state, Ended):
            who = self._carrier.picked_up(order.call_sid) if state is Ended.COMPLETED else None
            return ev.LegEnded(order.n, state, "", order.call_sid, who)
        found = self._load(callback_id)
        room = order.room_sid or (self._carrier.find_room(found.room) if found else "")
        if state is LegState.UP and room and self._carrier.find_participant(room, order.call_sid):
            return ev.LegJoined(order.n, room, order.call_sid)
        return None

    def _sleep(self, seconds: float) -> None:
        time.sleep(self._clock.real(seconds))
