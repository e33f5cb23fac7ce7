"""The desk: every fact about a call is decided here, one at a time, and saved before anything is done."""

from __future__ import annotations

import hmac
import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain, repeat
from typing import Any, assert_never

from warmtransfer.clock import Clock
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Call, Stage
from warmtransfer.core.rules import COMFORT_LONGEST
from warmtransfer.core.step import step
from warmtransfer.desk.lanes import Lanes
from warmtransfer.desk.locks import Locks
from warmtransfer.desk.perform import Performer
from warmtransfer.desk.protocols import Carrier, Links, Settings, Switchboard
from warmtransfer.desk.timers import Timers
from warmtransfer.desk.waiting import take_in
from warmtransfer.errors import StoreBusy, WarmTransferError
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.store.store import Decision, Store

log = logging.getLogger("warmtransfer")

#: Seconds a request waits for its call's lock before it is told to come again.
PATIENCE = 3.0
#: Seconds between tries to save what nobody will tell us again; the last one until the desk is stopped.
AGAIN = (0.2, 0.5, 1.0, 2.0, 5.0)
#: Seconds for which words, and notes of what our relay has done, are gathered and then saved at once: a
#: transaction for each costs as much as audio.
GATHER = 0.5
Numbered = tuple[tuple[int, do.Order], ...]
Watcher = Callable[[Call | None, Call, ev.Event], None]


class UnknownCall(WarmTransferError):
    """No call of this id is stored."""


class Desk:
    """Decides, saves, then has it done. Any thread may call it; no REST request is made under its locks."""

    def __init__(
        self,
        *,
        store: Store,
        carrier: Carrier,
        switchboard: Switchboard,
        links: Links,
        settings: Settings,
        clock: Clock,
        loop: Loop,
    ) -> None:
        self._store = store
        self._switchboard = switchboard
        self._carrier, self._links, self._settings = carrier, links, settings
        self._clock = clock
        self._rules = settings.rules()
        self._most = settings.max_calls
        self._lanes = Lanes()
        self._timers = Timers(loop, clock, self.post_later)
        self._performer = Performer(
            carrier=carrier,
            switchboard=switchboard,
            links=links,
            settings=settings,
            clock=clock,
            call=self.call,
            known=store.legs_to,
        )
        self._locks = Locks()
        self._looks: set[tuple[str, do.Order]] = set()  #: that wait for their turn
        self._said: deque[tuple[str, float, str, str]] = deque()  #: and not saved yet
        self._done: deque[tuple[int, str]] = deque()  #: our relay's orders, and not noted yet
        self._saving = False
        self._loop = loop
        self._ended = threading.Event()
        self._watchers: list[Watcher] = []

    # Life -------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Do from now on what facts order; before this it waits. Harmless when repeated."""
        self._lanes.start()

    def start(self) -> None:
        """Take up the calls of an earlier process: what it left undone, and what it did not hear of.

        To be called before the first fact is posted; again when it raises StoreBusy.
        """
        for call in self._store.calls(limit=1000, live=True):
            if call.stage is not Stage.OVER:
                said = [(line.who, line.text) for line in self._store.transcript(call.id)]
                self._switchboard.recall(call.id, said)
            left = self._store.open_orders(call.id)
            # This arms the timers, most of them anew: nobody was here to hear the news they wait for.
            self.post(call.id, ev.Restarted())
            for order_id, order in left:
                self._resume(call.id, order_id, order)
        self._lanes.put(("rooms", "adopt"), self._performer.adopt_forgotten)
        self._lanes.put(("rooms", "waiting"), self._take_in)

    def stop(self, seconds: float = 5.0) -> None:
        """Stop the timers and let queued work end, at most `seconds`."""
        self._ended.set()
        self._timers.stop()
        self._save_gathered_soon()
        self._lanes.close(self._clock.real(seconds))

    def watch(self, watcher: Watcher) -> None:
        """Have `watcher(before, after, event)` called, in line and off the request, after every change."""
        self._watchers.append(watcher)

    def busy(self) -> int:
        """Orders and facts that wait or are being worked on."""
        return len(self._lanes) + len(self._said) + len(self._done)

    # Facts ------------------------------------------------------------------------------------------

    def arrive(self, event: ev.CallArrived) -> Call | None:
        """The call for this caller: a new one, or, when the carrier repeats itself, the one there is.

        None when as many calls are up as may be.
        """
        with self._locked(event.call_sid):
            known, talking = self._store.arrival(event.call_sid)
            if known is not None and known.stage is not Stage.OVER:
                return known
            if known is None and talking >= self._most:
                return None
            return self._decide(secrets.token_hex(12), event, create=True)

    def post(self, call_id: str, event: ev.Event) -> Call:
        """Decide `event`; raises UnknownCall, or StoreBusy when the call stays locked."""
        return self._decide(call_id, event)

    def post_later(self, call_id: str, event: ev.Event) -> None:
        """Decide `event` soon, in the order of posting. Never blocks, never raises."""
        self._lanes.put((call_id, "facts"), partial(self._post_quietly, call_id, event))

    def ask(self, call_id: str, source: str, target: str = "", reason: str = "", summary: str = "") -> Call:
        """Ask for a human; a second ask while one is served only adds its summary."""
        whole = (text.encode("utf-8", "replace").decode() for text in (target, reason, summary))
        return self.post(call_id, ev.HandoffAsked(source, *whole))

    def offer(self, call_id: str, k: int) -> Call:
        """Offer AI leg `k` a stream with a new one-time token, which is in the returned call."""
        return self.post(call_id, ev.AIAsked(k, f"{call_id}.{secrets.token_urlsafe(24)}"))

    def admit(self, token: str) -> tuple[str, int] | None:
        """The call and generation that this one-time token was minted for; it works once."""
        call_id = token.partition(".")[0]
        with self._locked(call_id):
            call = self.call(call_id)
            if call is None or not call.ai.token or not hmac.compare_digest(call.ai.token, token):
                return None
            self._decide_locked(call_id, ev.StreamUp(call.ai.generation))
            return call_id, call.ai.generation

    def heard(self, call_id: str, who: str, text: str) -> None:
        """Keep one line of what was said, within a moment. Never blocks."""
        self._said.append((call_id, self._clock.now(), who, text))
        self._save_gathered_later()

    def adopt(self, room: str) -> None:
        """End a room whose call is not known, off the request; its caller starts anew."""
        self._lanes.put((room, "adopt"), partial(self._performer.adopt, room))

    def _take_in(self) -> None:
        take_in(self._carrier, self._links, self._settings, self.by_caller)

    # Knowledge --------------------------------------------------------------------------------------

    def call(self, call_id: str) -> Call | None:
        """The call as last saved."""
        found: Call | None = self._store.load(call_id)
        return found

    def by_caller(self, call_sid: str) -> Call | None:
        """The newest call of this caller's CallSid."""
        found: Call | None = self._store.by_caller(call_sid)
        return found

    def calls(self, limit: int = 50, live: bool = False) -> list[Call]:
        """The newest calls; `live` ones only when asked."""
        found: list[Call] = self._store.calls(limit=limit, live=live)
        return found

    # Deciding ---------------------------------------------------------------------------------------

    @contextmanager
    def _locked(self, call_id: str) -> Iterator[None]:
        try:
            with self._locks.held(call_id, self._clock.real(PATIENCE)):
                yield
        except TimeoutError:
            raise StoreBusy(f"call {call_id} is being decided elsewhere") from None

    def _decide(self, call_id: str, event: ev.Event, create: bool = False) -> Call:
        with self._locked(call_id):
            return self._decide_locked(call_id, event, create)

    def _decide_locked(self, call_id: str, event: ev.Event, create: bool = False) -> Call:
        at = self._clock.now()

        def decide(call: Call | None) -> Decision | None:
            if call is None and not create:
                return None
            known = call or Call(id=call_id)
            after, orders = step(known, event, at, self._rules)
            return Decision(known, event, after, orders)

        saved = self._store.decide(call_id, decide)
        if saved is None:
            raise UnknownCall(f"call {call_id} is not known")
        self._apply(saved.before, saved.call, event, saved.orders)
        return saved.call

    def _apply(self, before: Call, call: Call, event: ev.Event, orders: Numbered) -> None:
        names = " ".join(type(order).__name__ for _, order in orders)
        name = type(event).__name__
        log.info("call %s: %s: %s -> %s %s", call.id, name, before.stage, call.stage, names)
        self._timers.arm(call)
        self._switchboard.follow(call)
        for order_id, order in orders:
            if isinstance(order, do.Local):
                self._local(call, order)
                self._done.append((order_id, "done"))
                self._save_gathered_later()
            else:
                self._queue(call.id, order_id, order)
        for watcher in self._watchers:
            self._lanes.put((call.id, "watchers"), partial(watcher, before, call, event))

    def _local(self, call: Call, order: do.Local) -> None:
        match order:
            case do.PrepareModel(delay=delay):
                self._switchboard.prepare(call, delay)
            case do.LetAISpeak(news=news, delay=delay):
                self._switchboard.speak(call.id, news, delay)
            case do.TellAI(news=news):
                self._switchboard.tell(call.id, news)
            case do.Introduce(line=line):
                self._switchboard.introduce(call.id, line)
            case do.PlayComfort():
                self._switchboard.comfort(call.id)
            case do.CloseModel():
                self._switchboard.close(call.id)
            case _:
                assert_never(order)

    # Doing ------------------------------------------------------------------------------------------

    def _queue(self, call_id: str, order_id: int, order: do.Order) -> None:
        look = (call_id, order) if order.lane is do.Lane.LOOK else None
        if look in self._looks:
            # Timers go off faster than a carrier that hangs answers.
            done = partial(self._insist, self._store.order_done, order_id, "another look waits")
            self._lanes.put((call_id, "words"), done)
            return
        if look:
            self._looks.add(look)
        self._lanes.put((call_id, order.lane), partial(self._perform, call_id, order_id, order))

    def _perform(self, call_id: str, order_id: int, order: do.Order) -> None:
        self._looks.discard((call_id, order))
        result = self._performer.perform(call_id, order)
        if result is not None:
            self._post_quietly(call_id, result)
        if isinstance(order, do.ComfortCaller):
            self._timers.once(call_id, COMFORT_LONGEST, ev.AnnouncementEnded(order.room_sid))
        self._insist(self._store.order_done, order_id, type(result).__name__ if result else "done")

    def _resume(self, call_id: str, order_id: int, order: do.Order) -> None:
        """Take up an order that an earlier process may or may not have done: legs are never made twice."""
        if order.local:
            self._store.order_done(order_id, "lost")
        elif isinstance(order, do.DialHuman | do.AddAI):
            self._store.order_done(order_id, "unsure")
            self.post_later(call_id, ev.OrderFailed(type(order).__name__, "unsure", order.key, "restart"))
        else:
            self._queue(call_id, order_id, order)

    def _post_quietly(self, call_id: str, event: ev.Event) -> None:
        """Post from a thread that has nobody to tell; a fact about an unknown call is dropped."""
        try:
            self._insist(self.post, call_id, event)
        except UnknownCall:
            log.info("call %s is not known any more: %s dropped", call_id, type(event).__name__)

    def _save_gathered_later(self) -> None:
        if not self._saving:
            self._saving = True
            self._loop.later(self._clock.real(GATHER), self._save_gathered_soon)

    def _save_gathered_soon(self) -> None:
        self._lanes.put(("all", "words"), self._save_gathered)

    def _save_gathered(self) -> None:
        self._saving = False
        words = [self._said.popleft() for _ in range(len(self._said))]
        done = [self._done.popleft() for _ in range(len(self._done))]
        if words:
            self._insist(self._keep_words, f"{len(words)} lines", words)
        if done:
            self._insist(self._keep_done, f"{len(done)} orders", done)

    def _keep_words(self, lines: str, words: list[tuple[str, float, str, str]]) -> None:
        self._store.add_lines(words)

    def _keep_done(self, orders: str, done: list[tuple[int, str]]) -> None:
        self._store.orders_done(done)

    def _insist(self, save: Callable[..., object], *args: Any) -> None:
        """Save, if need be after the database has come back: a timer's fact never comes a second time."""
        for pause in chain(AGAIN, repeat(AGAIN[-1])):
            try:
                save(*args)
                return
            except StoreBusy as fault:
                busy = fault
            if self._ended.wait(self._clock.real(pause)):
                log.error("%s of %s is lost: %s", save.__name__, args[0], busy)
                return
