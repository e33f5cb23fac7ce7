"""What is new, for every page that is open: the live calls as they change, whichever process has decided.

Whoever waits for news looks: the first to find what is known too old reads what the journal and the words
have got since, which is two questions to the database whatever is going on; the others take what it found.
Nobody looks while nobody waits. What this process decides itself is looked at at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from warmtransfer.console.glance import Glance, Past, glance
from warmtransfer.core.call import Call, Stage
from warmtransfer.ports.store.ledger import Fact, Said, Serials

#: Real seconds for which what is known is new enough, and the least between two looks.
FRESH = 0.1
SHORTEST = 0.08
#: Seconds by which a transaction may be seen late: so far back is read again each time.
LATE = 5.0
#: Live calls that are shown.
MOST = 1000
#: Real seconds after which everything is read anew: what changes without a fact, another release's rows.
ANEW = 60.0


class Records(Protocol):
    """What is asked of the database."""

    def latest(self) -> Serials: ...
    def facts(self, after: int) -> list[Fact]: ...
    def words(self, after: int) -> list[Said]: ...
    def live(self, most: int) -> list[Call]: ...
    def calls(self, ids: Collection[str]) -> list[Call]: ...
    def facts_of(self, ids: Collection[str]) -> list[Fact]: ...
    def last_words(self, ids: Collection[str]) -> list[Said]: ...


@dataclass(frozen=True, slots=True)
class Known:
    """A call as it was last seen, and when, by our own count, it last changed.

    A call that is over is kept for a while: its page is told.
    """

    call: Call
    past: Past
    said: Said | None
    shown: Glance
    version: int
    touched: int  #: the same, for anything new at all: also what changes no row of the page


class News:
    """The live calls of one app, as this process knows them. Any thread may ask."""

    def __init__(self, records: Records, now: Callable[[], float]) -> None:
        self._records = records
        self._now = now
        self._lock = threading.Lock()
        self._changed = threading.Condition()
        self._calls: dict[str, Known] = {}
        self._version = 0
        self._looked = -ANEW  #: monotonic
        self._read = -ANEW  #: monotonic, everything
        self._poked = False
        self._settled: list[tuple[float, Serials]] = []  #: what was newest, and when; the oldest first

    def poke(self, *_: object) -> None:
        """Something was decided here."""
        with self._changed:
            self._poked = True
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Until there may be news, at most so long."""
        with self._changed:
            if self._poked:
                self._changed.wait_for(lambda: False, SHORTEST)
            else:
                self._changed.wait(min(seconds, FRESH))

    def look(self) -> int:
        """Make sure that what is known is new; its version. Raises as the database does."""
        with self._lock:
            age = time.monotonic() - self._looked
            if age >= FRESH or (self._poked and age >= SHORTEST):
                self._poked = False
                self._looked = time.monotonic()
                self._look()
            return self._version

    def serials(self) -> Serials:
        """From where on somebody may go on who knows what there is now."""
        return self._settled[0][1] if self._settled else Serials()

    def calls(self) -> list[Known]:
        """The live calls, the most urgent first."""
        live = [each for each in list(self._calls.values()) if each.call.stage is not Stage.OVER]
        return sorted(live, key=lambda each: each.shown.order)

    def recent(self) -> list[Known]:
        """The live calls, and those that were live a moment ago, whose end may still be told of."""
        return list(self._calls.values())

    def call(self, call_id: str) -> Known | None:
        """One that is live, or was a moment ago."""
        return self._calls.get(call_id)

    # Reading ----------------------------------------------------------------------------------------

    def _look(self) -> None:
        if time.monotonic() - self._read >= ANEW:
            self._everything()
            return
        since = self.serials()
        facts, words = self._records.facts(since.fact), self._records.words(since.word)
        changed = {row.call_id for row in facts if self._new(row)} | {
            row.call_id for row in words if self._newer_words(row)
        }
        told = {call.id: call for call in self._records.calls(changed)}
        unknown = told.keys() - self._calls.keys()
        earlier = _by_call(self._records.facts_of(unknown))
        for call_id, call in told.items():
            rows = earlier.get(call_id) or [row for row in facts if row.call_id == call_id]
            said = [row for row in words if row.call_id == call_id]
            self._note(call, rows, max(said, key=lambda row: row.id, default=None), changed=True)
        for known in list(self._calls.values()):
            if known.call.id not in told:
                self._note(known.call, (), None, changed=False)
        self._settle(
            Serials(
                max((row.id for row in facts), default=since.fact),
                max((row.id for row in words), default=since.word),
            )
        )

    def _everything(self) -> None:
        newest = self._records.latest()
        live = self._records.live(MOST)
        ids = [call.id for call in live]
        facts = _by_call(self._records.facts_of(ids))
        said = {row.call_id: row for row in self._records.last_words(ids)}
        for call_id in self._calls.keys() - set(ids):
            del self._calls[call_id]
            self._version += 1
        for call in live:
            self._note(call, facts.get(call.id, ()), said.get(call.id), changed=False)
        self._read = time.monotonic()
        self._settle(newest)

    def _settle(self, newest: Serials) -> None:
        """Go on from what was newest a while ago: what is seen late has a lower serial than that of now."""
        now = time.monotonic()
        self._settled.append((now, newest))
        while len(self._settled) > 1 and self._settled[1][0] <= now - LATE:
            self._settled.pop(0)

    def _new(self, row: Fact) -> bool:
        """One call's rows have serials in their order, since its row was locked for each."""
        known = self._calls.get(row.call_id)
        return known is None or row.id > known.past.fact

    def _newer_words(self, row: Said) -> bool:
        known = self._calls.get(row.call_id)
        return known is not None and (known.said is None or row.id > known.said.id)

    def _note(self, call: Call, rows: Iterable[Fact], said: Said | None, *, changed: bool) -> None:
        before = self._calls.get(call.id)
        past = (before.past if before else Past()).told(rows)
        said = said or (before.said if before else None)
        line = said.line if said else None
        shown = glance(
            call,
            past,
            line.text if line else "",
            line.who if line else "",
            line.at if line else 0.0,
            self._now(),
        )
        if before and shown == before.shown and not changed and call == before.call:
            return
        self._version += 1
        same = before is not None and shown == before.shown and before.call.stage == call.stage
        version = before.version if before and same else self._version
        self._calls[call.id] = Known(call, past, said, shown, version, self._version)


def _by_call(rows: Iterable[Fact]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for row in rows:
        found.setdefault(row.call_id, []).append(row)
    return found
