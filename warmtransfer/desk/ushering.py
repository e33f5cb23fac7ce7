"""The line for a human, looked at every second: whose turn has come is called in, others hear their place."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace

from warmtransfer.clock import Clock
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage
from warmtransfer.core.line import now
from warmtransfer.core.place import Waiting
from warmtransfer.core.plans import Known
from warmtransfer.core.rounds import forlorn, turns
from warmtransfer.desk.desk import Desk
from warmtransfer.desk.protocols import People, Switchboard
from warmtransfer.errors import WarmTransferError
from warmtransfer.ports.loop.protocols import Loop, Timer
from warmtransfer.ports.store.store import Store
from warmtransfer.ports.store.waiting import ANYBODY

log = logging.getLogger("warmtransfer")

#: Seconds between two looks, besides those at once when a leg has ended.
EVERY = 1.0
#: Seconds after which a caller hears their place again, although it is the same.
TELL = 75.0
#: Seconds in which whoever has a call's audio calls it in; then any process does.
THEIRS = 3.0
#: Seconds before a caller is called in once more whom others were quicker than.
AGAIN = 1.0
#: Seconds after which it is asked anew, while callers wait, who may be rung at all.
RENEW = 15.0
#: Real seconds for which a look that goes on is waited for at the end.
LAST = 2.0


@dataclass(slots=True)
class Told:
    """What was said to a caller who waits, and when; and since when their turn has come."""

    number: int
    at: float
    due: float = 0.0
    called: float = 0.0


class Usher:
    """One process's. Any thread may call it; nothing blocks but what it does aside.

    It only says that a turn may have come: who is rung is decided as always, with what is known then.
    """

    def __init__(
        self,
        store: Store,
        people: People,
        clock: Clock,
        loop: Loop,
        desk: Desk,
        switchboard: Switchboard,
    ) -> None:
        self._store = store
        self._people = people
        self._clock = clock
        self._loop = loop
        self._post = desk.post_later
        self._here = switchboard.calls
        self._looking = threading.Lock()
        self._again = False  #: something has happened since the look that is going on began
        self._stopped = False
        self._told: dict[str, Told] = {}
        self._renewed = 0.0
        self._timer: Timer | None = None
        desk.watch(self.watch)

    def start(self) -> None:
        """Look from now on."""
        seconds = self._clock.real(EVERY)
        self._timer = self._loop.every(seconds, seconds, self.look)

    def stop(self) -> None:
        """Look no more; waits for a look that goes on, `LAST` real seconds at most."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        self._looking.acquire(timeout=LAST)

    def watch(self, before: Call | None, after: Call, event: ev.Event) -> None:
        """A call has changed: a human may be free, or a place in the line."""
        was = before or Call(after.id)
        if _over(after) > _over(was) or (was.stage is Stage.WAITING) is not (after.stage is Stage.WAITING):
            self.look()

    def look(self) -> None:
        """Look soon, aside; a look that goes on already is followed by one more. Never raises."""
        self._again = True
        if not self._stopped and self._looking.acquire(blocking=False):
            self._loop.spawn(self._look)

    def _look(self) -> None:
        try:
            while self._again and not self._stopped:
                self._again = False
                self._see()
        except WarmTransferError as fault:
            log.warning("the line of callers cannot be looked at: %s", fault)
        finally:
            self._looking.release()

    def _see(self) -> None:
        if not self._store.ask(ANYBODY):
            self._told.clear()
            return
        at, rules = self._clock.now(), self._people.rules()
        known = self._store.known(rules.numbers, at)
        rules = replace(rules, known=known)
        due = turns(known.line, rules, at)
        ours = {each.call_id: each for each in known.line if each.ours}
        self._told = {call_id: self._told.get(call_id) or _first(each, at) for call_id, each in ours.items()}
        self._renew(at)
        here = frozenset(self._here())
        for call_id, each in ours.items():
            if call_id in due or forlorn(each.place, rules, at):
                self._call_in(call_id, at, call_id in here)
            elif call_id in here:
                self._tell(each, known, at)

    def _renew(self, at: float) -> None:
        """Whoever has been taken off the list is not waited for: a function of the host app's knows that."""
        if self._told and at - self._renewed >= RENEW:
            self._renewed = at
            self._people.renew_soon()

    def _call_in(self, call_id: str, at: float, here: bool) -> None:
        told = self._told[call_id]
        told.due = told.due or at
        if (here or at - told.due >= THEIRS) and at - told.called >= AGAIN:
            told.called = at
            self._post(call_id, ev.TurnCame())

    def _tell(self, each: Waiting, known: Known, at: float) -> None:
        told, place = self._told[each.call_id], now(each.call_id, each.place, known, at)
        told.due = 0.0
        if each.place.number < told.number:
            told.number, told.at = each.place.number, at  # told when they were put there
        if place.number < told.number or at - told.at >= TELL:
            told.number, told.at = place.number, at
            self._post(each.call_id, ev.PlaceSeen(place.number, place.seconds))


def _over(call: Call) -> int:
    """How many legs to telephones of ours have ended: those of humans, and of who listens."""
    return sum(each.ended for each in call.attempts) + bool(call.supervisor and call.supervisor.ended)


def _first(each: Waiting, at: float) -> Told:
    """They were told when they began to wait."""
    return Told(each.place.number, at)
