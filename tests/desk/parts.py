"""Small parts around a desk: a carrier and a switchboard that take notes; a real loop and store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.core.stories import RULES
from warmtransfer.clock import Clock
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call
from warmtransfer.core.rules import Rules
from warmtransfer.core.words import Show
from warmtransfer.desk.desk import Desk
from warmtransfer.desk.turns import Line, Turns
from warmtransfer.ports.loop.selecting import SelectorLoop
from warmtransfer.ports.store.store import Store
from warmtransfer.web.links import Links


class Told:
    """Writes down every method called on it; what it answers or raises can be set by name."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.said: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.at: list[float] = []  #: and when
        self._changed = threading.Condition()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)

        def told(*args: Any, **kwargs: Any) -> Any:
            answer = self.answers.get(name, "")
            with self._changed:
                self.said.append((name, args, kwargs))
                self.at.append(time.monotonic())
                self._changed.notify_all()
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            if isinstance(answer, Exception):
                raise answer
            return answer(*args, **kwargs) if callable(answer) else answer

        return told

    def names(self) -> list[str]:
        """The methods called so far, in order."""
        with self._changed:
            return [name for name, _, _ in self.said]

    def times(self, *names: str) -> list[float]:
        """When these were called: monotonic."""
        with self._changed:
            return [at for at, (name, _, _) in zip(self.at, self.said, strict=True) if name in names]

    def wait(
        self, name: str, times: int = 1, seconds: float = 10.0
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of the `times`-th call of `name`, once it has happened."""
        with self._changed:
            done = self._changed.wait_for(lambda: [n for n, _, _ in self.said].count(name) >= times, seconds)
            assert done, f"{name} was not called {times} times; called: {[n for n, _, _ in self.said]}"
            return [(args, kwargs) for n, args, kwargs in self.said if n == name][times - 1]


class Options:
    """The settings a desk needs."""

    app_sid = "AP" + "0" * 32
    number = "+15550100000"
    last_resort = ""
    human_fallback = ""
    call_limit = 3600
    company = "the Tea Shop"
    language = ""
    words: Mapping[str, str] = {}
    cards_from = ""
    max_calls = 20
    show = Show.OWN

    def __init__(self, calls_per_second: float = 500.0) -> None:
        self.calls_per_second = calls_per_second


class Everybody:
    """A list that stays as it is."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def rules(self) -> Rules:
        """The rules given."""
        return self._rules

    def wanted(self, event: ev.HandoffAsked) -> ev.HandoffAsked:
        """Whatever is asked for."""
        return event

    def followed(self, before: Call | None, after: Call, event: ev.Event) -> None:
        """Nothing comes of it."""


class NoLine:
    """A line in which nobody waits."""

    def __init__(self) -> None:
        self.held: list[float] = []
        self.asked = 0  #: turns

    def ask(self, waited: Sequence[float], gap: float) -> tuple[float, ...]:
        """At once."""
        self.asked += len(waited)
        return tuple(0.0 for _ in waited)

    def hold(self, seconds: float) -> None:
        """Noted."""
        self.held.append(seconds)


def free_turns(line: Line | None = None) -> Turns:
    """Turns for which nobody waits."""
    return Turns(line or NoLine(), Clock(500.0), 500.0)


class Office:
    """A desk with all its parts; `close` ends every thread."""

    def __init__(
        self,
        folder: Path,
        rules: Rules = RULES,
        speed: float = 1.0,
        url: str = "",
        cps: float = 500.0,
        **answers: Any,
    ) -> None:
        self.carrier = Told(**{"add_ai": "CAai1", "dial": "CAhuman1", **answers})
        self.switchboard = Told(calls=list)
        self.loop = SelectorLoop()
        self.store = Store(url or f"sqlite:///{folder / 'calls.sqlite3'}", self.loop.offload)
        self.clock, self.people = Clock(speed), Everybody(rules)
        self.desk = Desk(
            store=self.store,
            carrier=self.carrier,
            switchboard=self.switchboard,
            links=Links("https://example.test"),
            settings=Options(cps),
            people=self.people,
            clock=self.clock,
            loop=self.loop,
        )
        self.desk.open()

    def close(self) -> None:
        """Stop the desk, the store and the loop."""
        self.desk.stop()
        self.store.close()
        self.loop.stop()


def eventually(met: Callable[[], Any], seconds: float = 10.0, every: float = 0.005) -> Any:
    """Ask until it is true, at most `seconds`."""
    end = time.monotonic() + seconds
    while not (found := met()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(every)
    return found
