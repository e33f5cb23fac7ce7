"""A callback that is told facts in order, for tests of its `step`."""

from __future__ import annotations

from tests.core.stories import RULES
from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks import orders as do
from warmtransfer.core.callbacks.callback import Callback
from warmtransfer.core.callbacks.limits import Limits
from warmtransfer.core.callbacks.step import step, taken
from warmtransfer.core.event import Event
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import EARLY, Outcome
from warmtransfer.core.rules import Rules

CALLER = "+15550109999"
ROOM = "CF1"
NOW = 1_000_000.0


class Back:
    """Tells facts to a callback, one second apart, and keeps every order."""

    def __init__(self, rules: Rules = RULES, limits: Limits = Limits(), **fields: object) -> None:  # noqa: B008
        self.rules = rules
        self.limits = limits
        self.at = NOW
        wish = Callback("b1", number=CALLER, name="Mrs Lee", created_at=NOW, called_at=NOW, **fields)  # type: ignore[arg-type]
        self.callback = taken(wish, NOW, rules, limits)
        self.given: list[do.Order] = []
        self.last: tuple[do.Order, ...] = ()

    def tell(self, *facts: Event, after: float = 1.0) -> Back:
        """Tell these facts; `last` holds the orders of the newest one."""
        for fact in facts:
            self.at += after
            self.callback, self.last = step(self.callback, fact, self.at, self.rules, self.limits)
            self.given.extend(self.last)
        return self

    def wait(self) -> Back:
        """Let the armed timer go off."""
        assert self.callback.alarm_at, f"no timer is armed in {self.callback.stage}"
        self.at = max(self.at, self.callback.alarm_at)
        return self.tell(ev.TimedOut(self.callback.stage, self.callback.alarm), after=0.0)

    def names(self) -> list[str]:
        """The newest orders by name."""
        return [type(order).__name__ for order in self.last]

    @property
    def n(self) -> int:
        """The newest leg."""
        return len(self.callback.legs)

    def over(self, n: int = 0, how: Ended = Ended.COMPLETED) -> Back:
        """Leg `n`, or the newest, has ended."""
        n = n or self.n
        return self.tell(ev.LegEnded(n, how, call_sid=f"CA{n}"))

    def ringing(self) -> Back:
        self.wait()
        return self.tell(ev.LegMade(self.n, f"CA{self.n}"))

    def briefing(self) -> Back:
        self.ringing()
        return self.tell(ev.LegAnswered(self.n, f"CA{self.n}"))

    def calling(self) -> Back:
        self.briefing()
        self.tell(ev.Accepted(self.n))
        return self.tell(ev.LegMade(self.n, f"CA{self.n}"), ev.LegJoined(self.n - 1, ROOM))

    def joining(self) -> Back:
        self.calling()
        return self.tell(ev.LegAnswered(self.n, f"CA{self.n}"))

    def talking(self) -> Back:
        self.joining()
        return self.tell(ev.LegJoined(self.n, ROOM))

    def ending(self) -> Back:
        self.briefing()
        return self.tell(ev.Declined(self.n, Outcome.DECLINED))

    def done(self) -> Back:
        self.talking()
        return self.tell(ev.LegLeft(self.n, ROOM), after=EARLY + 1.0).over().over(self.n - 1)

    def given_up(self) -> Back:
        self.limits = Limits(tries=1)
        self.ringing().over(how=Ended.NO_ANSWER)
        return self.tell(ev.LegMade(self.n, f"CA{self.n}")).over(how=Ended.BUSY)

    def cancelled(self) -> Back:
        return self.tell(ev.Cancelled("cli"))
