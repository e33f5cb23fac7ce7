"""The orders that are in this process's hands: done in their lanes, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import assert_never

from warmtransfer.clock import Clock
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Call
from warmtransfer.core.rules import COMFORT_LONGEST
from warmtransfer.desk.gathering import Gathering
from warmtransfer.desk.insisting import Insistence
from warmtransfer.desk.lanes import Lanes
from warmtransfer.desk.perform import Performer
from warmtransfer.desk.protocols import Switchboard
from warmtransfer.desk.timers import Timers
from warmtransfer.errors import Leaving
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.store.leases import Given
from warmtransfer.ports.store.store import Store


class Outbox:
    """`post` decides what came of an order; `ours` says whether one is still this process's to do."""

    def __init__(
        self,
        *,
        store: Store,
        lanes: Lanes,
        loop: Loop,
        clock: Clock,
        performer: Performer,
        switchboard: Switchboard,
        timers: Timers,
        insistence: Insistence,
        post: Callable[[str, ev.Event], None],
        ours: Callable[[int], bool],
    ) -> None:
        self.gathering = Gathering(store, lanes, loop, clock, insistence, self._put_down)
        self._insistence = insistence
        self._store = store
        self._lanes = lanes
        self._performer = performer
        self._switchboard = switchboard
        self._timers = timers
        self._post = post
        self._ours = ours
        self._looks: set[tuple[str, do.Order]] = set()  #: that wait for their turn
        self._hands: set[int] = set()

    def holds(self, order_id: int) -> bool:
        """Whether it is being seen to."""
        return order_id in self._hands

    def held(self) -> frozenset[int]:
        """The orders that are being seen to."""
        return frozenset(tuple(self._hands))

    def carry_out(self, call: Call, order_id: int, order: do.Order) -> None:
        """Have it done: at once by our relay, or in its lane. Never blocks."""
        self._hands.add(order_id)
        if isinstance(order, do.Local):
            self._local(call, order)
            self.gathering.done(order_id, "done")
        else:
            self._queue(call.id, order_id, order)

    def resume(self, call: Call, order_id: int, order: do.Order) -> None:
        """Take up an order that another process may or may not have done: legs are never made twice."""
        self._hands.add(order_id)
        if order.local:
            self.gathering.done(order_id, "lost")
        elif isinstance(order, do.DialHuman | do.AddAI | do.DialSupervisor):
            self._lanes.put((call.id, "facts"), partial(self._give_up, call.id, order_id, order))
        else:
            self._queue(call.id, order_id, order)

    def take(self, given: Given, held: frozenset[int]) -> None:
        """Begin what is this process's to do, but for what it holds already."""
        for order_id, order, taken in given.orders:
            if order_id not in held:
                begin = self.resume if taken else self.carry_out
                begin(given.call, order_id, order)

    def _give_up(self, call_id: str, order_id: int, order: do.Order) -> None:
        # The fact first: a crash between the two has it told again, which changes nothing.
        self._post(call_id, ev.OrderFailed(type(order).__name__, "unsure", order.key, "restart"))
        self._finish(order_id, "unsure")

    def _queue(self, call_id: str, order_id: int, order: do.Order) -> None:
        look = (call_id, order) if order.lane is do.Lane.LOOK else None
        if look in self._looks:
            # Timers go off faster than a carrier that hangs answers.
            self._lanes.put((call_id, "words"), partial(self._finish, order_id, "another look waits"))
            return
        if look:
            self._looks.add(look)
        self._lanes.put((call_id, *order.queue), partial(self._perform, call_id, order_id, order))

    def _perform(self, call_id: str, order_id: int, order: do.Order) -> None:
        self._looks.discard((call_id, order))
        if not self._ours(order_id):
            self._put_down(order_id)
            return
        try:
            result = self._performer.perform(call_id, order, partial(self._ours, order_id))
        except Leaving:
            self._put_down(order_id)
            return
        if result is not None:
            self._post(call_id, result)
        if isinstance(order, do.ComfortCaller):
            self._timers.once(call_id, COMFORT_LONGEST, ev.AnnouncementEnded(order.room_sid))
        self._finish(order_id, type(result).__name__ if result else "done")

    def _finish(self, order_id: int, result: str) -> None:
        self._insistence.save(self._store.order_done, order_id, result)
        self._put_down(order_id)

    def _put_down(self, order_id: int) -> None:
        self._hands.discard(order_id)

    def _local(self, call: Call, order: do.Local) -> None:
        match order:
            case do.PrepareModel(delay=delay):
                self._switchboard.prepare(call, delay)
            case do.TellInPause(news=news):
                self._switchboard.mention(call.id, news)
            case do.LetAISpeak(news=news, delay=delay):
                self._switchboard.speak(call.id, news, delay)
            case do.TellAI(news=news):
                self._switchboard.tell(call.id, news)
            case do.LetAIKnow(text=text):
                self._switchboard.heed(call.id, text, aloud=isinstance(order, do.HaveAISay))
            case do.Introduce(line=line):
                self._switchboard.introduce(call.id, line)
            case do.PlayComfort():
                self._switchboard.comfort(call.id)
            case do.Overhear():
                self._switchboard.overhear(call.id)
            case do.CloseModel():
                self._switchboard.close(call.id)
            case _:
                assert_never(order)
