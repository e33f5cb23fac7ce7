"""One call as a test tells it: what the caller does, and what is expected of app, AI and humans."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from warmtransfer.core.call import Call, Outcome, Style
from warmtransfer.core.rules import Human
from warmtransfer.demo.remote import Row
from warmtransfer.simulator.witness.evidence import Evidence, legs_of
from warmtransfer.simulator.witness.promises import PROMISES, judge
from warmtransfer.testing.network import PhoneNetwork
from warmtransfer.testing.people import entries
from warmtransfer.testing.serving import Served
from warmtransfer.testing.telling import told, trouble

_callers = itertools.count(1)
#: Simulated seconds: of silence that end a turn, at most until that, and until what is expected has come.
PAUSE, TURN, PATIENCE = 0.8, 20.0, 60.0
#: What a machine that is too slow for the speed looks like.
HASTE = ("(a busy machine's pauses count too: phone_network_speed in pytest's configuration slows calls)",)
#: What is still up after a call, by its name in the simulator's state.
STATE = ("legs", "rooms", "streams", "webhooks", "callbacks", "timers")


class PhoneCall:
    """Somebody phones the app with the first thing that they do, or are expected to hear.

    What is expected is waited for. Seconds are simulated ones. An expectation that is not met
    fails the test, and tells what happened.
    """

    def __init__(self, network: PhoneNetwork, served: Served) -> None:
        self.network, self._parts = network, served.parts
        self.number = f"+1555018{next(_callers):04d}"  #: the caller's
        self.caller_sid = ""
        self._rules: list[Row] = []
        self._ended = False
        self._start = len(network.read())
        self.humans()

    # Before -----------------------------------------------------------------------------------------

    def humans(self, **answers: str | Mapping[str, Any] | Sequence[str | Mapping[str, Any]]) -> None:
        """Say how humans' phones react, by name: accepts, declines, answers, busy, no-answer, failed,
        voicemail, or an entry in the simulator's own words; a list for somebody with several numbers. Those
        who are not named accept."""
        self._parts.people.renew()
        rules = self._parts.people.rules()
        self._known(*answers)
        self.network.control("PUT", "/phones", entries(rules, answers))

    def teach(self, hears: str, *, tool: str = "", says: str = "", **arguments: Any) -> None:
        """Have the local model react to words that this pattern is found in (lower case, no punctuation).

        It says `says` and calls `tool` with these arguments, in which {name} is a group of the pattern.
        """
        if tool and tool not in (names := self._parts.switchboard.toolbox.names()):
            raise ValueError(f"the app has no tool {tool}; it has {', '.join(names)}")
        does: list[Row] = [{"say": says}] if says else []
        does += [{"tool": tool, "arguments": arguments}] if tool else []
        self._rules.append({"name": hears, "hears": [hears], "do": does})
        self.network.model({"rules": self._rules})

    # Doing ------------------------------------------------------------------------------------------

    def says(self, words: str, *, at_once: bool = False) -> None:
        """The caller says this, once whoever speaks has finished; `at_once`: over them."""
        turn = [] if at_once else [{"until": f"turn:{PAUSE}", "timeout": TURN}]
        before = self._said()
        self._does([*turn, {"say": words}])
        if not self.network.until(lambda: self._said() > before, PATIENCE):
            self.fail(f"the caller did not come to say “{words}”")

    def presses(self, keys: str) -> None:
        """The caller presses keys; `w` waits for half a second."""
        self._does([{"press": keys}])

    def hangs_up(self) -> None:
        """The caller hangs up, after all they still have to say."""
        self._does([{"hangup": True}])
        self._ended = True

    def human(self, name: str) -> HumanOnPhone:
        """The human of this name, once they have answered: to have them speak, press keys or hang up."""
        __tracebackhide__ = True
        self._known(name)
        leg = self._wait(f"{name} to answer", lambda row: is_leg(row, "answered") and self._is(name, row))
        return HumanOnPhone(self, str(leg["call_sid"]))

    def _phones(self) -> None:
        """Phone the number, if that has not been done."""
        __tracebackhide__ = True
        if self.caller_sid:
            return
        body = {"from": self.number, "steps": []}
        self.caller_sid = self.network.control("POST", "/calls", body)["call_sid"]
        wait = f"/calls/{self.caller_sid}/wait?status=in-progress&timeout=20"
        if self.network.control("GET", wait)["status"] != "in-progress":
            self.fail("the call was not answered")

    def _does(self, steps: list[Row], sid: str = "") -> None:
        __tracebackhide__ = True
        self._phones()
        self.network.control("POST", f"/calls/{sid or self.caller_sid}/steps", steps)

    # Expecting --------------------------------------------------------------------------------------

    def expect_tool(self, name: str, *, within: float = PATIENCE, **arguments: Any) -> Row:
        """The model calls this tool with at least these arguments; all of them."""
        __tracebackhide__ = True

        def fits(row: Row) -> bool:
            given = arguments_of(row)
            same = all(key in given and given[key] == value for key, value in arguments.items())
            return is_note(row, "tool") and row.get("name") == name and same

        shown = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        return arguments_of(self._wait(f"the tool {name}({shown}) to be called", fits, within))

    def expect_caller_hears(self, words: str) -> None:
        """The caller is told this, by the AI or by the network; upper and lower case are the same."""
        __tracebackhide__ = True
        self._wait(
            f"the caller to hear “{words}”",
            lambda row: (
                says(row, words)
                and (row.get("who") == "ai" or (row.get("who") == "network" and self._to_caller(row)))
            ),
        )

    def expect_human_hears(self, name: str, words: str) -> None:
        """The human is told this by the network, before they are with the caller."""
        __tracebackhide__ = True
        self._known(name)
        self._wait(
            f"{name} to hear “{words}”",
            lambda row: says(row, words) and row.get("who") == "network" and self._is(name, row),
        )

    def expect_together(self, name: str) -> None:
        """The human has joined the caller, and the AI has left them alone."""
        __tracebackhide__ = True
        self._known(name)
        if any(each.name == name and each.style is Style.REDIRECT for each in self._listed()):
            self.expect_outcome(name, Outcome.ACCEPTED)
        else:
            what = f"{name} to join the caller"
            self._wait(what, lambda row: is_leg(row, "joined") and self._is(name, row))
        if not self.network.until(lambda: not self._ai_is_there(), PATIENCE):
            self.fail(f"the AI did not leave the caller and {name} alone")

    def expect_outcome(self, name: str, outcome: str) -> None:
        """An attempt to reach this human ends like this, such as accepted, declined, no_answer."""
        __tracebackhide__ = True
        self._known(name)
        if outcome not in set(Outcome):
            raise ValueError(f"there is no outcome {outcome}; there are {', '.join(Outcome)}")

        def fits() -> bool:
            attempts = self.record.attempts if self.record else ()
            return any((each.name, each.outcome) == (name, outcome) for each in attempts)

        self._phones()
        if not self.network.until(fits, PATIENCE):
            self.fail(f"expected that the attempt to reach {name} ends as {outcome}; {self._attempts()}")

    def expect_promises(self, *but: str) -> None:
        """The caller says goodbye and hangs up, if they have not; then nothing that the product promises
        was broken.

        What cannot be judged in this call, such as a briefing where nobody was dialled, counts as kept; `but`
        names those that this story breaks on purpose.
        """
        __tracebackhide__ = True
        if strange := set(but) - set(PROMISES):
            raise ValueError(f"there is no promise {', '.join(strange)}; there are {', '.join(PROMISES)}")
        if not self._ended:
            self.says("Thank you. Goodbye.")
            self.hangs_up()
        self._is_over()
        verdicts = judge(self._evidence()).verdicts
        broken = [
            f"{name}: {verdict.why}"
            for name, verdict in verdicts.items()
            if verdict.seen and not verdict.ok and name not in but
        ]
        if broken:
            self.fail("promises were broken:\n  " + "\n  ".join([*broken, *HASTE[: len(broken)]]))

    @property
    def record(self) -> Call | None:
        """The call as the app has kept it; None before it has."""
        return self._parts.desk.by_caller(self.caller_sid)

    # Telling ----------------------------------------------------------------------------------------

    def digest(self) -> str:
        """What happened, a line for each thing."""
        names = {each.number: human.name for human in self._listed() for each in human.addresses}
        rows = self.rows()
        told_ = told(rows, {self.number: "the caller", **names})
        return "\n".join(filter(None, [told_, trouble(rows)]))

    def fail(self, why: str) -> None:
        """Fail the test, with what happened."""
        __tracebackhide__ = True
        raise AssertionError(f"{why}\n\nwhat happened, by the network's clock:\n{self.digest()}")

    # Inside -----------------------------------------------------------------------------------------

    def rows(self) -> list[Row]:
        """The trace's rows since the call was made."""
        return self.network.read()[self._start :]

    def _known(self, *names: str) -> None:
        """ValueError for humans whom the app does not have: nobody waits for these."""
        __tracebackhide__ = True
        there = [human.name for human in self._listed()]
        if strange := [name for name in names if name not in there]:
            raise ValueError(f"the app has no human {', '.join(strange)}; it has {', '.join(there)}")

    def _wait(self, what: str, fits: Callable[[Row], bool], seconds: float = PATIENCE) -> Row:
        __tracebackhide__ = True
        self._phones()
        found: Row | None = self.network.until(
            lambda: next((row for row in self.rows() if fits(row)), None), seconds
        )
        if found is None:
            self.fail(f"waited {seconds:g} s in vain for {what}")
            raise AssertionError
        return found

    def _listed(self) -> tuple[Human, ...]:
        """Who may be dialled, as the app knows by now."""
        return self._parts.people.rules().humans

    def _said(self) -> int:
        """How often the caller has finished saying something."""
        mine = (row for row in self.rows() if row.get("call_sid") == self.caller_sid)
        return sum(is_note(row, "speech") and row.get("who") != "network" for row in mine)

    def _is(self, name: str, row: Row) -> bool:
        """Whether this row is of a leg to this human."""
        numbers = [where.number for each in self._listed() if each.name == name for where in each.addresses]
        dialled = (each for each in self.rows() if is_leg(each, "dialled") and each.get("to") in numbers)
        return any(each["call_sid"] == row.get("call_sid") for each in dialled)

    def _to_caller(self, row: Row) -> bool:
        return row.get("call_sid") in ("", None, self.caller_sid)

    def _ai_is_there(self) -> bool:
        legs = legs_of(self.rows())
        return any(leg.kind == "ai" and leg.joined and leg.ended is None for leg in legs)

    def _attempts(self) -> str:
        attempts = self.record.attempts if self.record else ()
        shown = ", ".join(f"{each.name}: {each.outcome or 'not over'}" for each in attempts)
        return f"attempts were {shown}" if shown else "nobody was dialled"

    def _is_over(self) -> None:
        __tracebackhide__ = True
        mine = self.caller_sid
        self._wait("the call's end", lambda row: is_leg(row, "ended") and row.get("call_sid") == mine)
        self.network.until(lambda: not any(self._left().values()), 5.0)

    def _left(self) -> dict[str, int]:
        state = self.network.control("GET", "/state")
        left = {name: size(state[name]) for name in STATE}
        return {**left, "relays": self._parts.switchboard.live()}

    def _evidence(self) -> Evidence:
        rows = sorted(self.rows(), key=lambda row: float(row["t"]))
        found = Evidence(rows, self.network.out, self._left(), tool="transfer_to_human")
        rules = self._parts.people.rules()
        rounds = (plan.size or len(rules.humans) for plan in rules.plans)
        found.together = max(rounds, default=1)
        for leg in found.legs:
            if leg.wav and leg.answered is not None and leg.ended is not None:
                path, least = found.folder / leg.wav, 2 * 8000 * max(0.0, leg.ended - leg.answered - 0.1)
                self.network.until(partial(written, path, least), 30)
        return found

    def end(self) -> None:
        """Hang up at once, if the test has not, and leave the network as it was."""
        if self.caller_sid:
            self.network.control("POST", f"/calls/{self.caller_sid}/hangup")
            self.network.until(lambda: not any(self._left().values()), 30)
        self.network.reset()


class HumanOnPhone:
    """A human who has answered, and does what the test says after what they do by themselves."""

    def __init__(self, call: PhoneCall, sid: str) -> None:
        self._call, self._sid = call, sid

    def says(self, words: str) -> None:
        """They say this, once whoever speaks has finished."""
        self._call._does([{"until": f"turn:{PAUSE}", "timeout": TURN}, {"say": words}], self._sid)

    def presses(self, keys: str) -> None:
        """They press keys."""
        self._call._does([{"press": keys}], self._sid)

    def hangs_up(self) -> None:
        """They hang up."""
        self._call._does([{"hangup": True}], self._sid)


def written(path: Path, least: float) -> bool:
    """Whether a file has at least so many bytes."""
    return path.exists() and path.stat().st_size >= least


def is_note(row: Row, event: str) -> bool:
    """Whether the row is this event."""
    return bool(row["kind"] == "note" and row.get("event") == event)


def is_leg(row: Row, event: str) -> bool:
    """Whether the row is this of a leg."""
    return bool(row["kind"] == "leg" and row.get("event") == event)


def says(row: Row, words: str) -> bool:
    """Whether somebody begins to say, or has said, a text with these words."""
    spoken = is_note(row, "say") or is_note(row, "speech")
    return spoken and words.casefold() in str(row.get("text")).casefold()


def arguments_of(row: Row) -> Row:
    """The arguments of a tool's call; none for what cannot be read."""
    try:
        found = json.loads(str(row.get("arguments") or "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def size(value: Any) -> int:
    """A count, or the length of a list."""
    return len(value) if isinstance(value, list) else int(value)
