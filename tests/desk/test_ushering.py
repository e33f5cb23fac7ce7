"""The line looked at: who is called in, by which process, and what those who wait are told, and when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.core.stories import KIM, RULES, SAM
from warmtransfer.clock import Clock
from warmtransfer.core import events as ev
from warmtransfer.core.call import Attempt, Call, Stage, Style
from warmtransfer.core.hours import Hours, Span
from warmtransfer.core.place import Waiting, Waits
from warmtransfer.core.plans import Known
from warmtransfer.core.rules import Department, Rules
from warmtransfer.core.supervising import Supervisor
from warmtransfer.desk.ushering import RENEW, TELL, THEIRS, Usher
from warmtransfer.errors import StoreBusy

BOTH = (SAM.number, KIM.number)
BUSY = {SAM.number: (0.0,), KIM.number: (0.0,)}
LISTENS = Supervisor(1, "api", "sam", SAM.number)
ENDED = Attempt(1, 1, "sam", SAM.number, Style.SCREEN, ended=True)


class Line:
    """A store, a desk, a switchboard, a loop and a clock, as far as an usher needs them."""

    def __init__(self, *waiting: Waiting, here: tuple[str, ...] = ("c1", "c2", "c3")) -> None:
        self.waiting, self.here = list(waiting), here
        self.engaged: dict[str, tuple[float, ...]] = dict(BUSY)
        self.away: dict[str, float] = {}
        self.config, self.renewals = RULES, 0
        self.at = 1000.0
        self.looks = 0
        self.fault: Exception | None = None
        self.posted: list[tuple[str, ev.Event]] = []
        self.usher = Usher(self, self, self, self, self, self)  # type: ignore[arg-type]

    def see(self, after: float = 1.0) -> list[tuple[str, ev.Event]]:
        """What one look, so much later, makes known."""
        self.at += after
        self.posted.clear()
        self.usher.look()
        return list(self.posted)

    # Parts

    def ask(self, _query: object) -> list[str]:
        self.looks += 1
        if self.fault:
            raise self.fault
        return [each.call_id for each in self.waiting[:1]]

    def known(self, numbers: tuple[str, ...], at: float) -> Known:
        assert (numbers, at) == (self.config.numbers, self.at)
        return Known(engaged=self.engaged, line=tuple(self.waiting), away=self.away)

    def rules(self) -> Any:
        return self.config

    def renew_soon(self) -> None:
        self.renewals += 1

    def now(self) -> float:
        return self.at

    def real(self, seconds: float) -> float:
        return Clock(4.0).real(seconds)

    def every(self, seconds: float, after: float, fn: Any) -> Line:
        self.ticks = (seconds, after, fn)
        return self

    def cancel(self) -> None:
        self.ticks = ()

    def spawn(self, fn: Any, *args: Any) -> None:
        fn(*args)

    def post_later(self, call_id: str, event: ev.Event) -> None:
        self.posted.append((call_id, event))

    def watch(self, watcher: Any) -> None:
        self.watcher = watcher

    def calls(self) -> tuple[str, ...]:
        return self.here


def waits(call_id: str, since: float, place: int, *phones: str, ours: bool = True) -> Waiting:
    return Waiting(call_id, Waits(since=since, phones=phones or BOTH, number=place), ours)


def three() -> Line:
    return Line(waits("c1", 1.0, 1), waits("c2", 2.0, 2), waits("c3", 3.0, 3))


def test_while_all_are_busy_nobody_is_called_in_and_nobody_is_told_what_they_know() -> None:
    assert three().see() == []


def test_as_many_are_called_in_as_humans_are_free_and_the_others_hear_nothing_of_it() -> None:
    line = three()
    line.engaged = {KIM.number: (0.0,)}
    assert line.see() == [("c1", ev.TurnCame())]
    line.engaged = {}
    assert line.see(3.0) == [("c1", ev.TurnCame()), ("c2", ev.TurnCame())]


def test_who_has_nobody_left_to_wait_for_is_called_in_to_be_told_so() -> None:
    """All have gone off duty, some of them with a caller: no telephone of theirs will ever be free."""
    line = three()
    line.away = {"sam": 999.0}
    assert line.see() == []
    line.away = {"sam": 999.0, "kim": 999.0}
    assert line.see() == [(call_id, ev.TurnCame()) for call_id in ("c1", "c2", "c3")]


def test_who_waits_for_a_department_that_closes_is_told_although_its_humans_have_longer_hours() -> None:
    line, hours = three(), Hours(ZoneInfo("UTC"), (Span(3, 0, 1080),))
    line.waiting[0] = Waiting("c1", Waits(since=1.0, phones=BOTH, team="billing", number=1))
    people = tuple(replace(each, departments=("billing",)) for each in RULES.humans)
    line.config = replace(RULES, humans=people, departments=(Department("billing", hours=hours),))
    line.at = 18 * 3600.0 - 2.0
    assert line.see() == []
    assert line.see() == [("c1", ev.TurnCame())]


def test_who_waits_for_somebody_in_particular_is_told_once_that_one_has_gone() -> None:
    """Kim is only busy, and would not be rung unasked."""
    line = three()
    line.waiting = [Waiting("c1", Waits(since=1.0, phones=BOTH, own=(SAM.number,), number=1))]
    assert line.see() == []
    line.away = {"sam": 999.0}
    assert line.see() == [("c1", ev.TurnCame())]


def test_a_list_that_the_host_app_gives_is_asked_for_anew_while_callers_wait() -> None:
    line = three()
    for _ in range(4):
        line.see(RENEW / 2)
    assert line.renewals == 2
    line.config = Rules()
    assert [call_id for call_id, _ in line.see()] == ["c1", "c2", "c3"]
    line.waiting.clear()
    line.see(RENEW)
    assert line.renewals == 2


def test_whoever_moves_up_is_told_so_once() -> None:
    line = three()
    assert line.see() == []
    del line.waiting[0]
    assert line.see() == [("c2", ev.PlaceSeen(1)), ("c3", ev.PlaceSeen(2))]
    assert line.see() == []


def test_whose_place_stays_is_told_of_it_now_and_then() -> None:
    line = three()
    line.see()
    assert line.see(TELL - 1.0) == []
    assert line.see() == [("c1", ev.PlaceSeen(1)), ("c2", ev.PlaceSeen(2)), ("c3", ev.PlaceSeen(3))]
    assert line.see() == []


def test_who_falls_behind_somebody_more_urgent_is_not_told_before_it_is_time() -> None:
    line = three()
    line.see()
    line.waiting.insert(0, Waiting("c0", Waits(since=900.0, priority=1, phones=BOTH, number=1)))
    assert line.see() == []
    assert ("c1", ev.PlaceSeen(2)) in line.see(TELL)


def test_a_call_whose_audio_another_process_has_is_left_to_it_for_some_seconds() -> None:
    line = Line(waits("c9", 1.0, 1))
    line.engaged = {}
    assert line.see() == []
    assert line.see(THEIRS - 0.5) == []
    assert line.see(0.5) == [("c9", ev.TurnCame())]
    line.engaged = dict(BUSY)
    assert line.see(TELL * 2) == [], "who has the audio tells them"


def test_another_deployments_callers_count_and_are_not_called_in() -> None:
    line = Line(waits("c1", 5.0, 2), waits("c0", 1.0, 1, ours=False), here=("c0", "c1"))
    line.waiting.reverse()
    line.engaged = {KIM.number: (0.0,)}
    assert line.see() == []
    line.engaged = {}
    assert line.see() == [("c1", ev.TurnCame())]


def test_the_line_is_looked_at_at_once_when_a_leg_has_ended_or_somebody_comes_or_goes() -> None:
    line = three()
    before = Call("c0", stage=Stage.HUMAN, attempts=(replace(ENDED, ended=False),))
    changes = [
        (before, replace(before, attempts=(ENDED,)), 1),
        (Call("c1", stage=Stage.AI), Call("c1", stage=Stage.WAITING), 1),
        (Call("c1", stage=Stage.WAITING), Call("c1", stage=Stage.OVER), 1),
        (Call("c1", supervisor=LISTENS), Call("c1", supervisor=replace(LISTENS, ended=True)), 1),
        (before, replace(before, stage=Stage.OVER), 0),
        (None, Call("c1"), 0),
    ]
    for was, now, looks in changes:
        line.looks = 0
        line.watcher(was, now, ev.Restarted())
        assert line.looks == looks, (was, now)


def test_it_is_looked_at_every_second_of_our_clock_until_the_end() -> None:
    line = three()
    line.usher.start()
    assert line.ticks[:2] == (0.25, 0.25)
    line.usher.stop()
    assert line.ticks == ()
    line.engaged = {}
    assert line.see() == []


def test_a_database_that_cannot_be_had_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    line = three()
    line.engaged = {}
    line.fault = StoreBusy("away")
    assert line.see() == []
    assert "the line of callers cannot be looked at: away" in caplog.text
    line.fault = None
    assert ("c1", ev.TurnCame()) in line.see()


def test_nobody_waits_and_nothing_more_is_asked() -> None:
    line = Line()
    line.known = None  # type: ignore[assignment, method-assign]
    assert line.see() == []
