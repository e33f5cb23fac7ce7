"""Callbacks are kept here: each fact decided and saved, then done; and each tried when its time has come.

What has to be done at a time stands in the database alone: whichever process looks first has it, and the
others find it done. A process that ends, or dies, leaves what it had begun to whoever looks next.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Protocol

from warmtransfer.clock import Clock
from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks import orders as do
from warmtransfer.core.callbacks.callback import OVER, Callback, Leg, Settled, Side, Stage
from warmtransfer.core.callbacks.limits import Limits
from warmtransfer.core.callbacks.step import step, taken
from warmtransfer.core.event import Event
from warmtransfer.core.plans import Claim, telephone
from warmtransfer.core.rules import Rules
from warmtransfer.desk.chores import LOOK, Chore
from warmtransfer.desk.dialling_back import DiallingBack
from warmtransfer.desk.insisting import Insistence
from warmtransfer.desk.lanes import Lanes
from warmtransfer.errors import Leaving, StoreBusy
from warmtransfer.ports.store.callbacks import Callbacks, Changed, Know, Left, Made

log = logging.getLogger("warmtransfer")

#: Seconds before one that could not be decided is looked at again.
AGAIN = 1.0
Watcher = Callable[[Callback | None, Callback], None]


class People(Protocol):
    """Who may be dialled."""

    def rules(self) -> Rules:
        """What is decided by, now."""

    def renew(self) -> None:
        """Make sure that it is of now; blocks, and not for long."""


class CallbackDesk:
    """Any thread may call it; no request to the carrier is made in the thread that calls."""

    def __init__(
        self,
        kept: Callbacks,
        dialling: DiallingBack,
        people: People,
        clock: Clock,
        limits: Limits,
        on_line: Callable[[Callback], bool] = lambda _: False,
        reached: Callable[[Callback], bool] = lambda _: False,
    ) -> None:
        """`on_line`: whether its caller is on the line with us; `reached`: whether they have talked with a
        human since `Callback.since`."""
        self.kept = kept
        self.limits = limits
        self._dialling = dialling
        self._people = people
        self._clock = clock
        self._on_line = on_line
        self._reached = reached
        self._lanes = Lanes("callback lanes")
        self._insistence = Insistence(clock)
        self._watchers: list[Watcher] = []
        self._chore = Chore("callbacks", self.look, clock)

    # Life -------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Take up what others have left, and try what is due from now on; harmless when repeated."""
        self._lanes.start()
        self._chore.start()

    def leave(self) -> None:
        """Begin nothing from now on; what is begun goes on."""
        self._chore.leave()

    def stop(self, seconds: float) -> None:
        """Let queued work end, at most `seconds`."""
        self._insistence.stop()
        self._chore.stop(self._clock.real(seconds))
        self._lanes.close(self._clock.real(seconds))

    def watch(self, watcher: Watcher) -> None:
        """Have `watcher(before, after)` called, in line and off the request, after every change."""
        self._watchers.append(watcher)

    def busy(self) -> int:
        """Orders and facts that wait or are being worked on."""
        return len(self._lanes)

    # Facts ------------------------------------------------------------------------------------------

    def take(self, call_id: str, wish: Callback) -> Callback:
        """Keep this promise; one that the same call has made, and that still waits, is changed to it."""
        at, rules = self._clock.now(), self._people.rules()
        new = replace(wish, id=secrets.token_hex(12), call_id=call_id, created_at=at)

        def decide(found: Callback | None, know: Know) -> Made:
            kept = replace(new, id=found.id, created_at=found.created_at, alarm=found.alarm) if found else new
            return taken(kept, at, rules, self.limits), (), ()

        changed = self.kept.take(call_id, decide)
        assert changed is not None
        self._apply(changed, "Taken")
        self._settle(changed.after.number, Settled.AGAIN, at, but=changed.after.id)
        return changed.after

    def reached(self, number: str, at: float) -> None:
        """Whoever calls from this number has been with a human since then: they are not rung back unasked."""
        self._settle(number, Settled.REACHED, at)

    def _settle(self, number: str, by: Settled, at: float, but: str = "") -> None:
        """What cannot be saved now is found when its time has come."""
        with suppress(StoreBusy):
            for each in self.kept.open_to(number):
                if each.id != but and each.since <= at:
                    self.post(each.id, ev.Cancelled(by))

    def tell(self, before: Callback | None, after: Callback) -> None:
        """Tell whoever watches, here and now, of a change that was saved by another hand."""
        for watcher in self._watchers:
            watcher(before, after)

    def describe(self, call_id: str, words: str) -> None:
        """What the callback of this call is about, as the caller has recorded it."""

        def decide(found: Callback | None, know: Know) -> Made | None:
            mine = found is not None and found.by == "voice" and found.about != words
            return (replace(found, about=words), (), ()) if found and mine else None

        for each in self.kept.of_call(call_id):
            self.kept.decide(each.id, decide)

    def post(self, callback_id: str, event: Event) -> Callback | None:
        """The callback after `event`; None for one that nobody knows. StoreBusy as the store."""
        at, rules = self._clock.now(), self._people.rules()
        found: list[Callback] = []

        def decide(before: Callback | None, know: Know) -> Made | None:
            if before is None:
                return None
            made = decided(before, event, at, rules, self.limits, know)
            found.append(made[0])
            return made if made[0] != replace(before, at=at) or made[1] else None

        changed = self.kept.decide(callback_id, decide)
        if changed is not None:
            self._apply(changed, type(event).__name__)
        return found[-1] if found else None

    def load(self, callback_id: str) -> Callback | None:
        """The callback as last saved."""
        return self.kept.load(callback_id)

    # Doing ------------------------------------------------------------------------------------------

    def _apply(self, changed: Changed, event: str) -> None:
        before, after = changed.before, changed.after
        _say(before, after, event, [order for _, order in changed.orders])
        for order_id, order in changed.orders:
            self._queue(after.id, order_id, order)
        for watcher in self._watchers:
            self._lanes.put((after.id, "watchers"), partial(watcher, before, after))
        self._chore.wake()

    def _queue(self, callback_id: str, order_id: int, order: do.Order) -> None:
        self._lanes.put((callback_id, order.lane), partial(self._perform, callback_id, order_id, order))

    def _perform(self, callback_id: str, order_id: int, order: do.Order) -> None:
        ours = partial(self.kept.mine, order_id)
        try:
            fact = self._dialling.perform(callback_id, order, ours)
        except Leaving:
            return
        if fact is not None:
            self._insistence.save(self.post, callback_id, fact)
        result = type(fact).__name__ if fact else "done"
        self._insistence.save(self.kept.order_done, order_id, result)

    def _resume(self, left: Left) -> None:
        """A leg that may exist is looked for, and not made again."""
        if not isinstance(left.order, do.Dial):
            self._queue(left.callback.id, left.id, left.order)
            return
        log.warning("callback %s: nobody knows whether leg %d was dialled", left.callback.id, left.order.n)
        unsure = ev.OrderFailed("Dial", "unsure", left.order.n, "restart")
        self._insistence.save(self.post, left.callback.id, unsure)
        self._insistence.save(self.kept.order_done, left.id, "unsure")

    # Its time ---------------------------------------------------------------------------------------

    def look(self) -> float:
        """Do what is due; the seconds until the next look."""
        for left in self.kept.left():
            self._resume(left)
        now = self._clock.now()
        due = self.kept.due(now)
        if any(each.stage is Stage.WAITING for each in due):
            self._people.renew()
        for each in due:
            self.post(each.id, self._comes(each))
        left_until = self.kept.next_at() - now
        # One that is due still is another release's, or was not to be had just now.
        return LOOK if left_until <= -now else min(LOOK, left_until) if left_until > 0 else AGAIN

    def _comes(self, due: Callback) -> Event:
        """What it means that the time of this one has come."""
        if due.stage is not Stage.WAITING:
            return ev.TimedOut(due.stage, due.alarm)
        if self._on_line(due):
            return ev.StillOnLine()
        if self._reached(due):
            return ev.Cancelled(Settled.REACHED)
        if any(each.created_at > due.since for each in self.kept.open_to(due.number)):
            return ev.Cancelled(Settled.AGAIN)
        return ev.TimedOut(due.stage, due.alarm)


def decided(
    before: Callback, event: Event, at: float, rules: Rules, limits: Limits, know: Know
) -> Made:
    """What `event` makes of it; made again, with what is known of telephones, if it rings somebody."""
    after, orders = step(before, event, at, rules, limits)
    if not _rung(before, after):
        return after, orders, ()
    known = know(rules.numbers)
    after, orders = step(before, event, at, replace(rules, known=known), limits)
    seats = {human.name: human.at_once for human in rules.humans}
    claims = tuple(
        Claim(telephone(each.number, each.digits), seats.get(each.name, 1), each.n)
        for each in _rung(before, after)
    )
    return after, orders, claims


def _rung(before: Callback, after: Callback) -> list[Leg]:
    return [each for each in after.legs[len(before.legs) :] if each.side is Side.HUMAN]


def _say(before: Callback | None, after: Callback, event: str, orders: list[do.Order]) -> None:
    """About which leg, and how it ended; never a number, nor what was said."""
    stages = after.stage.value
    if before is not None and before.stage is not after.stage:
        stages = f"{before.stage.value} -> {stages}"
    ordered = " ".join(type(order).__name__ for order in orders)
    log.info("callback %s: %s: %s", after.id, event, "; ".join(filter(None, (stages, ordered))))
    if after.stage is Stage.GIVEN_UP and (before is None or before.stage not in OVER):
        log.error(
            "callback %s is given up after %d tries: %s; the caller still waits to be rung back",
            after.id,
            after.tries,
            after.why,
        )
