"""Carries out orders at the carrier. What came of one is an event again, or nothing."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any, assert_never

from warmtransfer import errors
from warmtransfer.clock import Clock
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Call, Style
from warmtransfer.core.legs import Ended, LegState
from warmtransfer.desk import bridge, cards
from warmtransfer.desk.protocols import Carrier, Links, Settings, Switchboard
from warmtransfer.desk.supervising import gone_is_done, supervising
from warmtransfer.desk.turns import Turns
from warmtransfer.errors import log_fault

log = logging.getLogger("warmtransfer")

#: Seconds before an order that was not processed, or is safe to repeat, is tried again.
RETRY_AFTER = (0.3, 0.7, 1.5, 3.0)
#: HTTP's status for an account that asks for too much at once; nothing of it was done.
TOO_MANY = 429
#: Seconds the AI's line may take before its audio is replaced.
LINE = 6.0


class Performer:
    """One method per order. Runs in worker threads; holds no lock and keeps no state."""

    def __init__(
        self,
        *,
        carrier: Carrier,
        switchboard: Switchboard,
        links: Links,
        settings: Settings,
        clock: Clock,
        call: Callable[[str], Call | None],
        known: Callable[[str], frozenset[str]],
        turns: Turns,
        waits: Callable[[str, ev.Event], None] = lambda call_id, fact: None,
        token: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._carrier = carrier
        self._switchboard = switchboard
        self._links = links
        self._settings = settings
        self._clock = clock
        self._call = call
        self._known = known
        self._turns = turns
        self._waits = waits
        self._token = token
        self._does: dict[type[do.Order], Callable[[str, Any], ev.Event | None]] = {
            do.AddAI: self._add_ai,
            do.RemoveAI: self._remove_ai,
            do.EndAI: self._end_ai,
            do.LimitAI: self._limit_ai,
            do.LookForAI: self._look_for_ai,
            do.DialHuman: self._dial,
            do.EndHuman: self._end_leg,
            do.EndOthers: self._end_other,
            do.EndStray: self._end_leg,
            do.EndCaller: self._end_caller,
            do.TellHuman: self._tell_human,
            do.BriefOnHold: self._brief_on_hold,
            do.LetHumanIn: self._let_in,
            do.SendCard: partial(cards.send, carrier, links, settings),
            do.ListenToLeg: partial(bridge.listen, carrier, links),
            do.LookForLeg: self._look_for_leg,
            do.LookForDial: self._look_for_dial,
            do.LookAtBridge: partial(bridge.look, carrier),
            do.LookAgain: partial(bridge.look, carrier),
            do.MendBridge: partial(bridge.mend, carrier),
            do.LookForRoom: self._look_for_room,
            do.LookForCaller: self._look_for_caller,
            do.LookForLoneCaller: self._look_for_caller,
            do.LookWhoLeft: self._look_for_caller,
            do.ComfortCaller: self._comfort,
            do.RedirectCaller: self._redirect,
            **supervising(carrier, links, settings),
        }

    def perform(
        self, call_id: str, order: do.Order, ours: Callable[[], bool] = lambda: True
    ) -> ev.Event | None:
        """Do it if still wanted, repeating what is safe to repeat, and say what came of it.

        Raises only Leaving: it is for another process to do, because this one ends or it is not `ours` any
        more when its turn has come.
        """
        name = type(order).__name__
        self._sleep(getattr(order, "delay", 0.0))
        for pause in (*RETRY_AFTER, None):
            try:
                if not self._may(call_id, order, ours):
                    return None
                return self._does[type(order)](call_id, order)
            except errors.Leaving:
                raise
            except errors.CarrierError as fault:
                last = pause is None or not _repeatable(order, fault)
                level = logging.ERROR if last and fault.advice else logging.WARNING
                whom = _whom(order)
                log.log(level, "call %s: %s%s is %s: %s", call_id, name, whom, fault.kind, fault.answer)
                if pause is None or last:
                    return ev.OrderFailed(name, fault.kind, order.key, fault.answer)
                if order.paced and fault.status == TOO_MANY:
                    self._turns.hold(pause)
                self._sleep(pause)
            except Exception as fault:  # noqa: BLE001 - its message may be what a caller said
                log_fault(log, fault, "call %s: %s%s failed in our own code", call_id, name, _whom(order))
                return ev.OrderFailed(name, "ours", order.key, type(fault).__name__)
        return None

    def _may(self, call_id: str, order: do.Order, ours: Callable[[], bool]) -> bool:
        """Whether it is still wanted, once it is its turn."""

        def wanted() -> bool:
            if not ours():
                raise errors.Leaving("another process has taken it over")
            return self._wanted(call_id, order)

        if not order.paced:
            return self._wanted(call_id, order)
        return self._turns.take(
            human=order.lane is do.Lane.HUMAN,
            wanted=wanted,
            told=lambda seconds: self._waits(call_id, ev.TurnAwaited(order.key, seconds)),
        )

    def _wanted(self, call_id: str, order: do.Order) -> bool:
        """As the call is now; while the database cannot say, it is."""
        try:
            call = self._call(call_id)
        except errors.StoreBusy:
            return True
        return call is None or order.wanted(call)

    # The AI's leg -----------------------------------------------------------------------------------

    def _add_ai(self, call_id: str, order: do.AddAI) -> ev.Event | None:
        label = order.key
        try:
            sid = self._carrier.add_ai(
                room=order.room_sid,
                app_sid=self._settings.app_sid,
                parameters={"call": call_id, "leg": str(order.k), "room": order.room},
                label=label,
                from_=self._settings.number,
                room_callback=self._links.room(call_id),
                time_limit=self._settings.call_limit,
            )
        except (errors.CarrierUnsure, errors.CarrierTaken):
            # The leg may be there already: an earlier request was carried out after all.
            sid = self._carrier.find_participant(order.room_sid, label)
            if not sid:
                raise
        return ev.AIAdded(order.k, sid)

    def _remove_ai(self, call_id: str, order: do.RemoveAI) -> None:
        gone_is_done(self._carrier.remove, order.room_sid, order.call_sid or order.key)

    def _end_ai(self, call_id: str, order: do.EndAI) -> ev.Event:
        sid = order.call_sid or self._carrier.find_participant(order.room_sid, order.key)
        if sid:
            gone_is_done(self._carrier.end_call, sid)
        return ev.AILeft(order.k, order.room_sid, "ended")

    def _limit_ai(self, call_id: str, order: do.LimitAI) -> None:
        gone_is_done(self._carrier.limit_call, order.call_sid, order.seconds)

    def _look_for_ai(self, call_id: str, order: do.LookForAI) -> ev.Event | None:
        sid = order.call_sid or self._carrier.find_participant(order.room_sid, order.key)
        if not sid and order.idle:
            return None  # on its way, perhaps: whoever adds it will tell, or the stage's timer
        if sid and order.idle and (number := self._settings.last_resort):
            child, where, answered = self._carrier.find_child(sid, number)
            if answered:
                return ev.LastResortReached(order.k, child, number, over=isinstance(where, Ended))
        state = self._carrier.leg(sid) if sid else LegState.UNKNOWN
        over = isinstance(state, Ended) or state is LegState.UNKNOWN
        return ev.AILeft(order.k, order.room_sid, "looked") if over else ev.AIIdle(order.k)

    # The human's leg --------------------------------------------------------------------------------

    def _dial(self, call_id: str, order: do.DialHuman) -> ev.Event:
        token = "" if order.caller_id else self._token(call_id)
        call = self._call(call_id) if token else None
        if shown := order.caller_id or (call.caller if call and call.caller.startswith("+") else ""):
            try:
                return self._place(call_id, order, shown, token)
            except errors.CarrierNotShown:
                log.warning("call %s: the number to be shown may not be, ours is", call_id)
        return self._place(call_id, order, self._settings.number)

    def _place(self, call_id: str, order: do.DialHuman, from_: str, token: str = "") -> ev.Event:
        common: dict[str, Any] = {
            "to": order.number,
            "from_": from_,
            "status_callback": self._links.human_status(call_id, order.n),
            "amd_callback": self._links.amd(call_id, order.n),
            "ring": int(order.ring),
            "time_limit": self._settings.call_limit,
            "call_token": token,
            "detection": order.detection,
        }
        match order.style:
            case Style.ANNOUNCE:
                sid = self._carrier.add_human(
                    room=order.room_sid,
                    label=order.key,
                    room_callback=self._links.room(call_id),
                    wait_url=self._links.human_wait(call_id, order.n),
                    **common,
                )
            case Style.SCREEN | Style.REDIRECT:
                common["fallback_url"] = self._settings.human_fallback
                sid = self._carrier.dial(
                    url=self._links.human(call_id, order.n), digits=order.digits, **common
                )
            case _:
                assert_never(order.style)
        return ev.HumanDialled(order.n, sid)

    def _end_leg(self, call_id: str, order: do.EndHuman | do.EndStray) -> None:
        if order.call_sid:
            gone_is_done(self._carrier.end_call, order.call_sid)

    def _end_caller(self, call_id: str, order: do.EndCaller) -> ev.Event:
        if order.call_sid:
            gone_is_done(self._carrier.end_call, order.call_sid)
        return ev.CallerLeft(why="ended")

    def _end_other(self, call_id: str, order: do.EndOthers) -> None:
        if order.told:
            self._move_or_end(order.call_sid, self._links.human(call_id, order.n))
        else:
            gone_is_done(self._carrier.end_call, order.call_sid)

    def _tell_human(self, call_id: str, order: do.TellHuman) -> None:
        if order.call_sid:
            self._move_or_end(order.call_sid, self._links.gone(call_id, order.n))

    def _move_or_end(self, call_sid: str, url: str) -> None:
        """Have whoever is there told by this document, and end a leg that nobody has answered."""
        try:
            self._carrier.move_call(call_sid, url)
        except (errors.CarrierGone, errors.CarrierRefused):
            gone_is_done(self._carrier.end_call, call_sid)

    def _brief_on_hold(self, call_id: str, order: do.BriefOnHold) -> None:
        self._carrier.hold(order.room_sid, order.call_sid, self._links.hold(call_id, order.n))

    def _let_in(self, call_id: str, order: do.LetHumanIn) -> ev.Event | None:
        if order.style is not Style.ANNOUNCE:
            return cards.bring_in(self._carrier, self._links, call_id, order)
        self._carrier.release(order.room_sid, order.call_sid)
        return ev.HumanJoined(order.n, order.room_sid, order.call_sid)

    def _look_for_leg(self, call_id: str, order: do.LookForLeg) -> ev.Event | None:
        if not order.call_sid:
            return None
        state = self._carrier.leg(order.call_sid)
        state = Ended.MISSING if state is LegState.UNKNOWN else state
        if isinstance(state, Ended):
            who = self._carrier.picked_up(order.call_sid) if state is Ended.COMPLETED else None
            return ev.HumanEnded(order.n, state, "", order.call_sid, who)
        if state is LegState.UP and order.room_sid:
            sid = self._carrier.find_participant(order.room_sid, order.key, talking=True)
            if sid:
                return ev.HumanJoined(order.n, order.room_sid, sid)
        return ev.LegPresent(order.n)

    def _look_for_dial(self, call_id: str, order: do.LookForDial) -> ev.Event | None:
        sid = self._carrier.find_call(
            order.number, order.caller_id or self._settings.number, order.since, self._known(order.number)
        )
        return ev.HumanDialled(order.n, sid) if sid else ev.HumanEnded(order.n, Ended.MISSING)

    # The caller's leg and the room ------------------------------------------------------------------

    def _look_for_room(self, call_id: str, order: do.LookForRoom) -> ev.Event | None:
        room_sid = self._carrier.find_room(order.room)
        sid = self._carrier.find_participant(room_sid, "caller") if room_sid else ""
        if sid:
            return ev.CallerJoined(order.room, room_sid, sid)
        return self._left(order.call_sid) if order.call_sid else None

    def _look_for_caller(
        self, call_id: str, order: do.LookForCaller | do.LookForLoneCaller
    ) -> ev.Event | None:
        gone = self._left(order.call_sid)
        return gone or (ev.CallerPresent(order.room_sid) if order.room_sid else None)

    def _left(self, call_sid: str) -> ev.CallerLeft | None:
        state = self._carrier.leg(call_sid)
        if isinstance(state, Ended):
            return ev.CallerLeft(why="looked")
        return ev.CallerLeft(why=ev.UNKNOWN) if state is LegState.UNKNOWN else None

    def _comfort(self, call_id: str, order: do.ComfortCaller) -> None:
        try:
            self._carrier.announce(order.room_sid, order.call_sid, self._links.comfort(call_id))
        except (errors.CarrierGone, errors.CarrierRefused):
            # A room that has not started plays our wait document: the caller hears something anyway.
            log.info("call %s: no announcement, the room is not in progress", call_id)

    def _redirect(self, call_id: str, order: do.RedirectCaller) -> None:
        self._switchboard.until_heard(call_id, LINE)
        if self._wanted(call_id, order):
            self._carrier.move_call(order.caller_sid, self._links.next(call_id, order.rooms))

    def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(self._clock.real(seconds))


def _repeatable(order: do.Order, fault: errors.CarrierError) -> bool:
    """What was not processed is; what may have been done already, only where twice does no harm."""
    if isinstance(fault, errors.CarrierBusy):
        return True
    return isinstance(fault, errors.CarrierUnsure) and order.repeatable


def _whom(order: do.Order) -> str:
    """Whose leg it is, for a log line; "" when it is nobody's in particular."""
    who = order.name if isinstance(order, do.DialHuman) else order.key
    return f" of {who}" if who else ""
