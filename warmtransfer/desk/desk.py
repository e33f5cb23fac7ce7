"""The desk: every fact about a call is decided here, one at a time, and saved before anything is done."""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from warmtransfer.clock import Clock
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage
from warmtransfer.desk import telling
from warmtransfer.desk.adopting import Adoption
from warmtransfer.desk.deciding import decided
from warmtransfer.desk.insisting import Insistence, asked
from warmtransfer.desk.lanes import Lanes
from warmtransfer.desk.locks import Locks
from warmtransfer.desk.outbox import Outbox
from warmtransfer.desk.perform import Performer
from warmtransfer.desk.processes import Processes
from warmtransfer.desk.protocols import Carrier, Links, People, Settings, Switchboard
from warmtransfer.desk.timers import Timers, gone_off
from warmtransfer.desk.tokens import Tokens
from warmtransfer.desk.turns import Turns
from warmtransfer.desk.waiting import Waiting
from warmtransfer.errors import Leaving, StoreBusy, WarmTransferError
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.store.store import Decision, Saved, Store

log = logging.getLogger("warmtransfer")

#: Seconds a request waits for its call's lock before it is told to come again.
PATIENCE = 3.0
#: Whose lines are the conversation that the model takes part in; the others are what humans were told.
TALKERS = ("caller", "ai")
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
        people: People,
        clock: Clock,
        loop: Loop,
    ) -> None:
        self._store = store
        self._switchboard = switchboard
        self._waiting = Waiting(carrier, links, settings, self.by_caller)
        self._adoption = Adoption(carrier, self.call, settings.number)
        self._clock, self._people = clock, people
        self._most, self._lanes = settings.max_calls, Lanes()
        self._timers = Timers(loop, clock, self._lanes, self._post_quietly)
        self.tokens = Tokens(settings.show.shown)
        self.turns = Turns(store.line, clock, settings.calls_per_second)
        self._performer = Performer(
            carrier=carrier,
            switchboard=switchboard,
            links=links,
            settings=settings,
            clock=clock,
            call=self.call,
            known=store.legs_to,
            turns=self.turns,
            waits=self.post_later,
            token=self.tokens.of,
        )
        self._processes = Processes(store.leases, self, clock) if store.leases else None
        self._insistence = Insistence(clock)
        self._leaving = False
        self._outbox = Outbox(
            store=store,
            lanes=self._lanes,
            loop=loop,
            clock=clock,
            performer=self._performer,
            switchboard=switchboard,
            timers=self._timers,
            insistence=self._insistence,
            post=self._post_quietly,
            ours=self._processes.ours if self._processes else lambda order_id: True,
        )
        self._gathering = self._outbox.gathering
        self._locks = Locks()
        self._watchers: list[Watcher] = [self.tokens.watch, people.followed]

    # Life -------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Do from now on what facts order; before this it waits. Harmless when repeated."""
        self._lanes.start()

    def start(self) -> None:
        """Take up the calls of an earlier process: what it left undone, and what it did not hear of.

        To be called before the first fact is posted; again when it raises StoreBusy.
        """
        self.turns.open()
        if self._processes:
            self._processes.start()
        else:
            self._take_up_all()
        self._lanes.put(("rooms", "adopt"), self._adoption.adopt_forgotten)
        self._lanes.put(("rooms", "waiting"), self._waiting.take_in_all)

    def _take_up_all(self) -> None:
        for call in self._store.calls(limit=1000, live=True):
            if call.stage is not Stage.OVER:
                self._recall(call.id)
            left = self._store.open_orders(call.id)
            # This arms the timers, most of them anew: nobody was here to hear the news they wait for.
            call = self.post(call.id, ev.Restarted())
            for order_id, order in left:
                self._outbox.resume(call, order_id, order)

    def _recall(self, call_id: str) -> None:
        lines = self._store.transcript(call_id)
        said = [(line.who, line.text) for line in lines if line.who in TALKERS]
        self._switchboard.recall(call_id, said)

    def leave(self) -> None:
        """Begin no call or stream (Leaving), and leave those there are to others. All else goes on."""
        self._leaving = True
        if self._processes:
            self._processes.leave()

    def stop(self, seconds: float = 5.0) -> None:
        """Stop the timers and let queued work end, at most `seconds`."""
        self._insistence.stop()
        self.turns.stop()
        self._timers.stop()
        self._gathering.save_soon()
        self._lanes.close(self._clock.real(seconds))
        if self._processes:
            self._processes.stop()

    def watch(self, watcher: Watcher) -> None:
        """Have `watcher(before, after, event)` called, in line and off the request, after every change."""
        self._watchers.append(watcher)

    def busy(self) -> int:
        """Orders and facts that wait or are being worked on."""
        return len(self._lanes) + len(self._gathering)

    # Facts ------------------------------------------------------------------------------------------

    def arrive(self, event: ev.CallArrived) -> Call | None:
        """The call for this caller: a new one, or, when the carrier repeats itself, the one there is.

        None when as many calls are up as may be; Leaving for a new one when we leave.
        """
        call_id = secrets.token_hex(12)
        at = self._clock.now()

        def create() -> Decision:
            self._stay()
            new = Call(id=call_id)
            return decided(new, event, at, self._people.rules())

        with self._locked(event.call_sid), self._locked(call_id):
            found = self._store.arrive(event.call_sid, self._most, create)
            if not isinstance(found, Saved):
                return found
            self._apply(found, event)
            return found.call

    def post(self, call_id: str, event: ev.Event) -> Call:
        """Decide `event`; raises UnknownCall, or StoreBusy when the call stays locked."""
        return self.decide(call_id, event).call

    def post_later(self, call_id: str, event: ev.Event) -> None:
        """Decide `event` soon, in the order of posting. Never blocks, never raises."""
        self._lanes.put((call_id, "facts"), partial(self._post_quietly, call_id, event))

    def ask(self, call_id: str, source: str, target: str = "", reason: str = "", summary: str = "") -> Call:
        """Ask for a human, or UnknownTarget; a second ask while one is served only adds its summary."""
        return self.post(call_id, self._people.wanted(asked(source, target, reason, summary)))

    def ask_later(
        self,
        call_id: str,
        wish: tuple[str, str, str, str],
        wanted: Callable[[], bool],
        settled: Callable[[Call | None], object],
    ) -> None:
        """Ask for a human, again and again while the database cannot be had. Never blocks, never raises.

        `wish`: as the arguments of `ask`. `wanted` is asked before every try, and ends it; `settled` is
        called once, with the call when a human was asked for.
        """
        ask = partial(self._insistence.ask, self.post, call_id, asked(*wish), wanted, settled)
        self._lanes.put((call_id, "facts"), ask)

    def offer(self, call_id: str, k: int) -> Call:
        """Offer AI leg `k` a stream with a new one-time token, which is in the returned call; or Leaving."""
        self._stay()
        return self.post(call_id, ev.AIAsked(k, f"{call_id}.{secrets.token_urlsafe(24)}"))

    def admit(self, token: str) -> tuple[str, int] | None:
        """The call and generation that this one-time token was minted for; it works once. Or Leaving."""
        self._stay()
        call_id = token.partition(".")[0]
        at = self._clock.now()

        def use(call: Call | None) -> Decision | None:
            if call is None or not call.ai.token or not hmac.compare_digest(call.ai.token, token):
                return None
            return decided(call, ev.StreamUp(call.ai.generation), at, self._people.rules(), holds=True)

        if use(self.call(call_id)) is None:
            return None  # and nobody had to wait for it
        with self._locked(call_id):
            saved = self._store.decide(call_id, use)
            if saved is None:
                return None
            if saved.moved:
                self._recall(call_id)
            generation = saved.before.ai.generation
            self._apply(saved, ev.StreamUp(generation))
            return call_id, generation

    def heard(self, call_id: str, who: str, text: str) -> None:
        """Keep one line of what was said, within a moment. Never blocks."""
        self._gathering.heard(call_id, who, text)

    def adopt(self, room: str) -> None:
        """End a room whose call is not known, off the request; its caller starts anew."""
        self._lanes.put((room, "adopt"), partial(self._adoption.adopt, room))

    def take_in(self, call_sid: str) -> None:
        """Have a caller begin with us, off the request, who came while nobody was up and has just knocked."""
        self._lanes.put(("rooms", "waiting"), partial(self._waiting.take_in, call_sid))

    # Knowledge --------------------------------------------------------------------------------------

    def call(self, call_id: str) -> Call | None:
        """The call as last saved."""
        return self._store.load(call_id)

    def by_caller(self, call_sid: str) -> Call | None:
        """The newest call of this caller's CallSid."""
        return self._store.by_caller(call_sid)

    def calls(self, limit: int = 50, live: bool = False) -> list[Call]:
        """The newest calls; `live` ones only when asked."""
        return self._store.calls(limit=limit, live=live)

    # Deciding ---------------------------------------------------------------------------------------

    def _stay(self) -> None:
        if self._leaving:
            raise Leaving("this process is ending")

    @contextmanager
    def _locked(self, call_id: str) -> Iterator[None]:
        try:
            with self._locks.held(call_id, self._clock.real(PATIENCE)):
                yield
        except TimeoutError:
            raise StoreBusy(f"call {call_id} is being decided elsewhere") from None

    def decide(self, call_id: str, event: ev.Event) -> Saved:
        """As `post`, with what was before."""
        at = self._clock.now()

        def decide(call: Call | None) -> Decision | None:
            if call is None:
                return None
            if self._processes and isinstance(event, ev.TimedOut) and gone_off(call, event):
                return Decision(call, None, call, ())
            return decided(call, event, at, self._people.rules())

        with self._locked(call_id):
            saved = self._store.decide(call_id, decide)
            if saved is None:
                raise UnknownCall(f"call {call_id} is not known")
            self._apply(saved, event)
            return saved

    def _apply(self, saved: Saved, event: ev.Event) -> None:
        before, call = saved.before, saved.call
        log.info("call %s: %s", call.id, telling.line(before, call, event, [one for _, one in saved.orders]))
        self._timers.arm(call)
        self._switchboard.follow(call)
        for order_id, order in saved.orders:
            if order_id not in saved.elsewhere:
                self._outbox.carry_out(call, order_id, order)
        for watcher in self._watchers:
            self._lanes.put((call.id, "watchers"), partial(watcher, before, call, event))

    def _post_quietly(self, call_id: str, event: ev.Event) -> None:
        """Post from a thread that has nobody to tell; a fact about an unknown call is dropped."""
        try:
            self._insistence.save(self.post, call_id, event)
        except UnknownCall:
            log.info("call %s is not known any more: %s dropped", call_id, type(event).__name__)

    # Other processes --------------------------------------------------------------------------------

    def look(self, call_id: str) -> None:
        """See what another process has decided about this call, and do what it has left to us."""
        self._lanes.put((call_id, "shared"), partial(self._insistence.save, self._collect, call_id))

    def take_up(self, call_id: str, held: bool) -> None:
        """Go on with a call of a process that is gone."""
        if held:
            self._lanes.put((call_id, "shared"), partial(self._insistence.save, self._recall, call_id))
            self._lanes.put((call_id, "shared"), partial(self._post_quietly, call_id, ev.Restarted()))
        self.look(call_id)

    def overdue(self, call: Call) -> None:
        """Let this call's alarm go off."""
        self._timers.arm(call)

    def holds(self, order_id: int) -> bool:
        """Whether this order is being seen to here."""
        return self._outbox.holds(order_id)

    def live_calls(self) -> Sequence[str]:
        """The calls whose audio is here."""
        return self._switchboard.calls()

    def _collect(self, call_id: str) -> None:
        leases = self._store.leases
        # Within the lock, what this process decides is either in its hands or not saved yet.
        with self._locked(call_id):
            # Asked before: what is done while we read is no longer held, and not to be done again.
            held = self._outbox.held()
            given = leases.given(call_id) if leases else None
            if leases is None or given is None:
                return
            if given.holder == leases.me:
                self._switchboard.follow(given.call)
            else:
                self._switchboard.leave(call_id)
            self._outbox.take(given, held)
