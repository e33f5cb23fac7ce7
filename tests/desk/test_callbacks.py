"""A callback is tried when its time has come, also by whoever takes it up after a process was killed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.core.callbacks.stories import CALLER
from tests.core.stories import RULES, SAM
from tests.desk.parts import Everybody, Options, Told, eventually, free_turns
from warmtransfer import errors
from warmtransfer.clock import Clock
from warmtransfer.core.callbacks import facts as ev
from warmtransfer.core.callbacks.callback import Callback, Stage
from warmtransfer.core.callbacks.limits import Limits
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import Outcome
from warmtransfer.desk.callbacks import CallbackDesk
from warmtransfer.desk.dialling_back import DiallingBack
from warmtransfer.ports.store.callbacks import Callbacks
from warmtransfer.ports.store.store import Store, here
from warmtransfer.web.backlinks import BackLinks

SPEED = 50.0


class People(Everybody):
    """A list that is asked for anew."""

    def renew(self) -> None:
        """It stays as it is."""


class Bureau:
    """A process's callbacks, on the database in this folder; `carrier` takes notes."""

    def __init__(
        self, folder: Path, on_line: Any = lambda _: False, reached: Any = lambda _: False, **answers: Any
    ) -> None:
        self.carrier = Told(**{"dial": "CA1", "leg": Ended.COMPLETED, "picked_up": None, **answers})
        self.store = Store(f"sqlite:///{folder / 'calls.sqlite3'}", here)
        self.kept = Callbacks(self.store)
        clock = Clock(SPEED)
        dialling = DiallingBack(
            carrier=self.carrier,
            links=BackLinks("https://example.test"),
            settings=Options(),
            clock=clock,
            turns=free_turns(),
            load=self.kept.load,
            known=self.kept.legs_to,
        )
        self.desk = CallbackDesk(self.kept, dialling, People(RULES), clock, Limits(), on_line, reached)

    def promise(self) -> Callback:
        """A callback that is due."""
        return self.desk.take("c1", Callback("", number=CALLER, name="Mrs Lee"))

    def stage(self, promised: Callback) -> Stage:
        found = self.desk.load(promised.id)
        assert found is not None
        return found.stage

    def close(self) -> None:
        """Stop it."""
        self.desk.stop(5.0)
        self.store.close()


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    made = Bureau(tmp_path)
    yield made
    made.close()


def test_a_human_is_dialled_when_it_is_due_and_on_their_key_the_caller(bureau: Bureau) -> None:
    bureau.desk.start()
    promised = bureau.promise()
    _, asked = bureau.carrier.wait("dial")
    assert (asked["to"], asked["from_"], asked["detection"]) == (SAM.number, Options.number, "")
    assert asked["url"].startswith(f"https://example.test/warmtransfer/callback/{promised.id}/human/1")
    eventually(lambda: (bureau.desk.load(promised.id) or promised).legs[0].call_sid)
    bureau.desk.post(promised.id, ev.LegAnswered(1, "CA1"))
    bureau.carrier.answers["dial"] = "CA2"
    bureau.desk.post(promised.id, ev.Accepted(1))
    _, asked = bureau.carrier.wait("dial", 2)
    assert asked["to"] == CALLER
    assert "/caller/2" in asked["url"]


def test_a_caller_who_has_not_hung_up_yet_is_not_rung(tmp_path: Path) -> None:
    here_still = [True]
    bureau = Bureau(tmp_path, lambda _: here_still[0])
    try:
        bureau.desk.start()
        promised = bureau.promise()
        eventually(lambda: (bureau.desk.load(promised.id) or promised).alarm > promised.alarm)
        assert bureau.carrier.names() == []
        here_still[0] = False
        bureau.carrier.wait("dial")
    finally:
        bureau.close()


def test_a_caller_who_was_handed_to_somebody_after_all_is_not_rung_back(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path, reached=lambda _: True)
    try:
        promised = bureau.promise()
        bureau.desk.look()
        assert bureau.stage(promised) is Stage.CANCELLED
        assert bureau.carrier.names() == []
    finally:
        bureau.close()


def test_a_dial_that_a_killed_process_has_left_is_looked_for_and_never_made_again(tmp_path: Path) -> None:
    killed = Bureau(tmp_path)
    promised = killed.promise()
    # It dies between its decision and the carrier's answer: its lanes are never begun.
    killed.desk.look()
    assert killed.stage(promised) is Stage.RINGING
    killed.store.close()
    after = Bureau(tmp_path, find_call="CAfound")
    try:
        after.desk.start()
        after.carrier.wait("find_call")
        found = eventually(lambda: _with_sid(after.desk.load(promised.id)))
        assert found.legs[0].call_sid == "CAfound"
        assert "dial" not in after.carrier.names()
    finally:
        after.close()


def test_one_that_is_nowhere_counts_as_lost_and_the_next_is_rung(tmp_path: Path) -> None:
    killed = Bureau(tmp_path)
    promised = killed.promise()
    killed.desk.look()
    killed.store.close()
    after = Bureau(tmp_path, find_call="")
    try:
        after.desk.start()
        after.carrier.wait("dial")
        found = after.desk.load(promised.id)
        assert found is not None
        assert [(leg.name, leg.outcome) for leg in found.legs] == [("sam", Outcome.ERROR), ("kim", None)]
    finally:
        after.close()


def test_a_carrier_that_refuses_ends_a_leg_and_one_that_hangs_has_it_looked_for(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path, dial=[errors.CarrierRefused("no"), errors.CarrierUnsure("?")], find_call="CA9")
    try:
        bureau.desk.start()
        promised = bureau.promise()
        bureau.carrier.wait("find_call")
        found = eventually(lambda: _with_sid(bureau.desk.load(promised.id), 2))
        assert [leg.outcome for leg in found.legs] == [Outcome.UNREACHABLE, None]
        assert bureau.carrier.names().count("dial") == 2
    finally:
        bureau.close()


def test_what_is_given_up_is_said_loudly(bureau: Bureau, caplog: pytest.LogCaptureFixture) -> None:
    seen: list[Stage] = []
    bureau.desk.watch(lambda _, after: seen.append(after.stage))
    bureau.desk.limits = Limits(tries=1)
    bureau.desk.start()
    promised = bureau.promise()
    for n in (1, 2):
        bureau.carrier.wait("dial", n)
        eventually(lambda n=n: len((bureau.desk.load(promised.id) or promised).legs) == n)
        bureau.desk.post(promised.id, ev.LegEnded(n, Ended.NO_ANSWER, call_sid=f"CA{n}"))
    eventually(lambda: Stage.GIVEN_UP in seen)
    (line,) = [row for row in caplog.records if "is given up" in row.getMessage()]
    assert line.levelname == "ERROR"
    assert CALLER not in line.getMessage()


def _with_sid(callback: Callback | None, legs: int = 1) -> Callback | None:
    """The callback, once its newest leg is known."""
    return callback if callback and len(callback.legs) == legs and callback.legs[-1].call_sid else None


def test_a_caller_who_is_promised_another_has_one_and_the_first_says_why(bureau: Bureau) -> None:
    first = bureau.desk.take("c1", Callback("", number=CALLER, wanted_at=4e9))
    told: list[str] = []
    bureau.desk.watch(lambda before, after: told.append(f"{after.id} {after.stage} {after.why}"))
    bureau.desk.start()
    second = bureau.desk.take("c2", Callback("", number=CALLER, wanted_at=4e9))
    other = bureau.desk.take("c3", Callback("", number=SAM.number, wanted_at=4e9))
    assert [bureau.stage(each) for each in (first, second, other)] == [
        *(Stage.CANCELLED, Stage.WAITING, Stage.WAITING),
    ]
    eventually(lambda: f"{first.id} cancelled promised_again" in told)
    assert bureau.desk.take("c2", Callback("", number=CALLER)).id == second.id, "a changed wish is the same"
    assert bureau.stage(second) is not Stage.CANCELLED


def test_of_two_that_a_kill_has_left_open_the_older_one_is_not_rung(bureau: Bureau) -> None:
    first = bureau.promise()
    later = replace(first, id="later", call_id="c2", created_at=first.created_at + 1.0)
    bureau.kept.take("c2", lambda found, know: (later, (), ()))
    bureau.desk.look()
    assert (bureau.stage(first), bureau.stage(later)) == (Stage.CANCELLED, Stage.RINGING)


def test_one_that_is_being_tried_is_ended_when_its_caller_has_reached_somebody(bureau: Bureau) -> None:
    promised = bureau.promise()
    bureau.desk.look()
    assert bureau.stage(promised) is Stage.RINGING
    bureau.desk.reached(CALLER, promised.created_at - 1.0)
    assert bureau.stage(promised) is Stage.RINGING, "that was before it was promised"
    bureau.desk.reached(CALLER, promised.created_at + 60.0)
    found = bureau.desk.load(promised.id)
    assert found
    assert (found.stage, found.why) == (Stage.ENDING, "reached_person")


def test_one_that_somebody_asks_for_is_rung_although_they_have_talked_before(tmp_path: Path) -> None:
    talked_at = [0.0]
    bureau = Bureau(tmp_path, reached=lambda promised: talked_at[0] > promised.since)
    try:
        promised = bureau.promise()
        talked_at[0] = promised.created_at + 0.001
        bureau.desk.post(promised.id, ev.Asked("cli"))
        bureau.desk.look()
        assert bureau.stage(promised) is Stage.RINGING
    finally:
        bureau.close()
