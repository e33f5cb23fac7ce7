"""Who may be dialled: as the configuration says, or as a function of the host app's says when it is asked."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from inspect import isawaitable
from typing import Any

from warmtransfer import humans as people
from warmtransfer.agreement import ourselves, whole
from warmtransfer.clock import Clock
from warmtransfer.config import Settings
from warmtransfer.core import events as ev
from warmtransfer.core.available import Available, anyone, available
from warmtransfer.core.call import Call
from warmtransfer.core.plans import Known, Plan
from warmtransfer.core.policy import departments, known
from warmtransfer.core.rules import Rules
from warmtransfer.errors import UnknownTarget, WarmTransferError, log_fault
from warmtransfer.humans import Team
from warmtransfer.ports.loop.coroutines import Coroutines

log = logging.getLogger("warmtransfer")

#: Real seconds that the function has to answer: a caller waits meanwhile.
PATIENCE = 2.0
#: Askings that may hang at once; then it is not asked again before one of them ends.
MOST = 8


#: What is known of these numbers at a moment.
See = Callable[[Sequence[str], float], Known]


def nobody(numbers: Sequence[str], at: float) -> Known:
    """Nobody is on a call, away, or was rung."""
    return Known()


class Directory:
    """See the module. Any thread may call it; only `renew` and `wanted` block, `PATIENCE` at most."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        around: Callable[[], AbstractContextManager[Any]] = nullcontext,
        coroutines: Coroutines | None = None,
        known: See | None = None,
    ) -> None:
        self._known = known or nobody
        self._settings = settings
        self._clock = clock
        self._around = around
        self._coroutines = coroutines
        self._lock = threading.Lock()
        self._asked = 0  #: askings so far
        self._taken = 0  #: the one whose answer holds
        self._open = 0
        self._rules = settings.rules()
        self._seen = Known()  #: what was known of the humans when it was last looked at
        self.serial = 0  #: counts changes of who can be reached, but for those that time brings
        self.fault = ""  #: why the newest answer could not be used; "" when it could

    # What holds -------------------------------------------------------------------------------------

    def rules(self) -> Rules:
        """What is decided by, with the last good list."""
        return self._rules

    def now(self) -> Available:
        """Who can be reached at this moment, by the last good list and what is known of those on it."""
        return available(self.as_seen(), self._clock.now())

    def as_seen(self) -> Rules:
        """What is decided by, with what was known of the humans when they were last looked at."""
        return replace(self._rules, known=self._seen)

    def look(self) -> None:
        """See who is on a call of ours, away, or was just rung in vain. Blocks as the database does.

        It is for the model's eyes: who is rung is decided with what is known at that moment.
        """
        try:
            seen = self._known(self._rules.numbers, self._clock.now())
        except WarmTransferError as fault:
            log_fault(log, fault, "it could not be seen who is on a call")
            return
        if (seen.engaged, seen.away, seen.vain) != (self._seen.engaged, self._seen.away, self._seen.vain):
            self.serial += 1
        self._seen = seen

    def told(self) -> str:
        """The same, asked anew, in words for the model."""
        self.renew()
        self.look()
        return self.now().told()

    def moment(self) -> float:
        """What time it is: seconds of the wall clock."""
        return self._clock.now()

    def followed(self, before: Call | None, after: Call, event: ev.Event) -> None:
        """A call has changed. Who has no model any more may need somebody soon: the list is asked for."""
        if isinstance(event, ev.CallArrived | ev.ModelLost):
            self.renew_soon()
        if before is None or _engaged(before) != _engaged(after):
            self.look()

    # Asking -----------------------------------------------------------------------------------------

    def wanted(self, event: ev.HandoffAsked) -> ev.HandoffAsked:
        """The wish, once the list is of now; UnknownTarget when nobody on it is meant."""
        self.renew()
        rules = self._rules
        if anyone(rules, event.target):
            return replace(event, target="")
        if event.target and rules.humans and not known(rules, event.target):
            raise UnknownTarget((*departments(rules), *(human.name for human in rules.humans)))
        return event

    def renew_soon(self) -> None:
        """Ask anew, aside."""
        if self._settings.ask_humans is not None:
            threading.Thread(target=self.renew, name="warmtransfer-humans", daemon=True).start()

    def renew(self) -> None:
        """Ask anew; when that takes too long, or fails, the last good list holds. Never raises."""
        ask = self._settings.ask_humans
        if ask is None:
            return
        with self._lock:
            if self._open >= MOST:
                self._refuse(f"{MOST} askings hang already: it is not asked again before one has ended")
                return
            self._asked += 1
            self._open += 1
            number = self._asked
        done = threading.Event()
        threading.Thread(
            target=self._ask, args=(ask, number, done), name="warmtransfer-ask", daemon=True
        ).start()
        if not done.wait(PATIENCE):
            self._refuse(f"it took longer than {PATIENCE:g} s, for which a caller waits")

    def _ask(self, ask: people.Ask, number: int, done: threading.Event) -> None:
        try:
            with self._around():
                given = ask()
                if isawaitable(given):
                    given = self._awaited(given)
                if isinstance(given, Iterable) and not isinstance(given, str | dict | Team):
                    given = list(given)  # which may be where the query runs
            self._take(*whole(given, self._settings.plans, self._settings.usual), number)
        except KeyboardInterrupt:
            raise
        except ValueError as fault:
            self._refuse("; ".join(str(fault).splitlines()))
        except BaseException as fault:  # noqa: BLE001 - its SystemExit would end the server, and every call
            log_fault(log, fault, "the function given as humans= failed")
            self._refuse(f"it raised {type(fault).__name__}")
        finally:
            with self._lock:
                self._open -= 1
            done.set()

    def _awaited(self, given: Any) -> Any:
        coroutines = self._coroutines or Coroutines()

        async def finish() -> Any:
            with self._around():
                return await given

        return coroutines.run(finish, PATIENCE)

    def _take(self, team: Team, plans: tuple[Plan, ...], number: int) -> None:
        """This list, with its plans, holds from now on, unless a newer asking was answered before."""
        wrong = ourselves(team, self._settings.number)
        if wrong:
            self._refuse("; ".join(wrong))
            return
        with self._lock:
            if number < self._taken:
                return
            self._taken, self.fault = number, ""
            rules = self._settings.rules(team, plans)
            if rules != self._rules:
                self._rules = rules
                self.serial += 1

    def _refuse(self, why: str) -> None:
        self.fault = why
        if not self._taken:
            log.error("the list of humans could not be asked for: %s. Nobody is rung before one is good", why)
            return
        count = len(self._rules.humans)
        log.error(
            "the list of humans could not be asked for anew: %s. The last good one holds, with %d %s",
            why, count, "human" if count == 1 else "humans",
        )  # fmt: skip


def _engaged(call: Call) -> list[tuple[int, bool]]:
    there = call.supervisor
    listens = [(there.seat, there.ended)] if there else []
    return [*((each.n, each.ended) for each in call.attempts), *listens]
