"""Who may be dialled is asked of the host app anew, within a time limit; the last good list holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.desk.parts import eventually
from tests.test_config import GOOD
from warmtransfer import WarmTransfer, directory
from warmtransfer.clock import Clock
from warmtransfer.config import load
from warmtransfer.core import events as ev
from warmtransfer.core.available import Choice
from warmtransfer.core.call import Attempt, Call, Style
from warmtransfer.core.plans import Known, Plan
from warmtransfer.directory import Directory
from warmtransfer.errors import StoreBusy, UnknownTarget
from warmtransfer.ports.loop.coroutines import Coroutines

SAM = {"name": "sam", "number": "+15550100001"}
KIM = {"name": "kim", "number": "+15550100002", "department": "billing"}


def of(humans: Any, **more: Any) -> Directory:
    """A directory of this list, or function."""
    return Directory(load({**GOOD, "WARMTRANSFER_HUMANS": humans}), Clock(), **more)


def names(found: Directory) -> list[str]:
    """Who may be dialled."""
    return [human.name for human in found.rules().humans]


def test_a_function_is_asked_anew_for_every_handoff() -> None:
    answers = [[SAM], [SAM, KIM], []]
    people = of(lambda: answers.pop(0))
    assert names(people) == []
    wish = ev.HandoffAsked("tool", "sam")
    assert people.wanted(wish) is wish
    assert names(people) == ["sam"]
    assert people.now().names() == ["sam"]
    people.wanted(ev.HandoffAsked("tool", "billing"))
    assert (names(people), people.now().names()) == (["sam", "kim"], ["billing", "sam", "kim"])
    people.wanted(wish)
    assert names(people) == [], "an empty list is one: nobody is on duty"
    assert people.serial == 3


def test_an_app_that_starts_asks_and_tells_what_is_wrong(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> list[dict[str, str]]:
        raise LookupError

    app = Flask("host")
    app.config.update(
        {**GOOD, "WARMTRANSFER_HUMANS": "", "DATABASE_URL": f"sqlite:///{tmp_path}/calls.sqlite3"}
    )
    extension = WarmTransfer(app, humans=broken)
    extension.start(app)
    eventually(lambda: "could not be asked for: it raised LookupError. Nobody is rung" in caplog.text)
    extension.stop(app)


def test_a_list_stays_as_it_is_and_costs_nothing() -> None:
    people = of([SAM])
    people.renew()
    assert (names(people), people.serial) == (["sam"], 0)


def test_what_is_asked_for_and_not_there_is_answered_with_the_list() -> None:
    people = of([SAM, KIM])
    with pytest.raises(UnknownTarget, match="none of billing, sam, kim") as caught:
        people.wanted(ev.HandoffAsked("tool", "bob"))
    assert caught.value.names == ("billing", "sam", "kim")
    for target in ("", "billing", "Kim"):
        people.wanted(ev.HandoffAsked("tool", target))


def test_a_department_whose_table_stands_is_one_while_its_only_human_is_off_the_list() -> None:
    tables = {"department": [{"name": "legal"}], "human": [SAM, {**KIM, "department": "legal"}]}
    answers = [tables, {**tables, "human": [SAM]}]
    people = of(lambda: answers.pop(0))
    for _ in range(2):
        wish = ev.HandoffAsked("tool", "legal")
        assert people.wanted(wish) is wish
    assert names(people) == ["sam"]
    assert "Nobody of Legal is there now." in people.now().told()


def test_a_wish_for_anyone_leaves_it_to_the_plan_who_is_rung() -> None:
    people = of([SAM, KIM])
    assert people.wanted(ev.HandoffAsked("tool", "anyone", "reason")) == ev.HandoffAsked("tool", "", "reason")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("raises", "it raised LookupError"),
        ([{"name": "sam", "number": "12"}], "human 1 (sam): '12' is not a number in E.164 form"),
        ([{**SAM, "ring": 1}], "human 1 (sam): ring is 1"),
        (7, "give `name="),
        ([{**SAM, "number": GOOD["TWILIO_NUMBER"]}], "sam has TWILIO_NUMBER itself"),
        (None, "give `name="),
    ],
)
def test_a_wrong_answer_is_told_and_the_last_good_list_holds(
    wrong: Any, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    answers: list[Any] = [[SAM], wrong, [KIM]]

    def ask() -> Any:
        answer = answers.pop(0)
        if answer == "raises":
            raise LookupError("+15550109999")
        return answer

    people = of(ask)
    people.renew()
    people.renew()
    assert names(people) == ["sam"]
    assert said in people.fault
    assert (
        f"could not be asked for anew: {people.fault}. The last good one holds, with 1 human" in caplog.text
    )
    assert "+15550109999" not in caplog.text
    people.renew()
    assert (names(people), people.fault) == (["kim"], "")


def test_a_function_brings_plans_beside_those_of_the_configuration() -> None:
    answers = [
        {"human": [KIM], "plan": [{"department": "billing", "ring": "all at once"}]},
        {"human": [KIM], "plan": [Plan("billing", line=False)]},
        {"human": [KIM]},
    ]
    given = {"WARMTRANSFER_HUMANS": lambda: answers.pop(0), "WARMTRANSFER_PLAN": "rounds of 2"}
    people = Directory(load({**GOOD, **given}), Clock())
    found = []
    for _ in range(3):
        people.renew()
        found.append(people.rules().plans)
    default = Plan(size=2)
    assert found == [(default, Plan("billing", size=0)), (default, Plan("billing", line=False)), (default,)]
    assert people.serial == 3


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ([{"ring": "nonsense"}], "[[plan]] 1: ring is 'nonsense': 'nonsense' is none of in turn"),
        ({"ring": "in turn"}, "plan is no list of tables: write each as [[plan]]"),
        ([{"ring": 5}], "[[plan]] 1: ring is 5"),
        ([{"department": ["billing"]}], "[[plan]] 1: department is ['billing']"),
    ],
)
def test_plans_of_a_function_that_are_none_are_told_with_what_else_is_wrong(plan: Any, said: str) -> None:
    answers: list[Any] = [[SAM], {"human": [{**KIM, "ring": 1}], "plan": plan}]
    people = of(lambda: answers.pop(0))
    people.renew()
    people.renew()
    assert names(people) == ["sam"]
    assert said in people.fault
    assert "human 1 (kim): ring is 1" in people.fault


def test_a_slow_answer_is_not_waited_for_and_counts_when_it_comes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(directory, "PATIENCE", 0.1)
    go, done = threading.Event(), threading.Event()

    def slow() -> list[dict[str, str]]:
        assert go.wait(10)
        return [SAM]

    people = of(slow)
    began = time.monotonic()
    people.wanted(ev.HandoffAsked("tool", "sam"))
    assert time.monotonic() - began < 2
    assert people.fault == "it took longer than 0.1 s, for which a caller waits"
    assert "Nobody is rung before one is good" in caplog.text
    taken = people._take

    def noted(*args: Any) -> None:
        taken(*args)
        done.set()

    monkeypatch.setattr(people, "_take", noted)
    go.set()
    assert done.wait(10)
    assert names(people) == ["sam"]


def test_askings_that_hang_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "PATIENCE", 0.01)
    go, asked = threading.Event(), []

    def hangs() -> list[Any]:
        asked.append(1)
        assert go.wait(10)
        return []

    people = of(hangs)
    for _ in range(directory.MOST + 5):
        people.renew()
    assert len(asked) == directory.MOST
    assert "askings hang already" in people.fault
    go.set()


def test_an_older_answer_never_takes_the_place_of_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "PATIENCE", 0.2)
    go, ended = threading.Event(), threading.Event()
    first: list[Callable[[], Any]] = [lambda: go.wait(10) and [SAM]]

    @contextmanager
    def around() -> Iterator[None]:
        yield
        if go.is_set():
            ended.set()

    people = of(lambda: first.pop()() if first else [KIM], around=around)
    people.renew()
    people.renew()
    assert names(people) == ["kim"]
    go.set()
    assert ended.wait(10)
    people.renew()
    assert names(people) == ["kim"]


def test_it_runs_within_the_apps_context_and_may_be_a_coroutine() -> None:
    inside: list[str] = []

    @contextmanager
    def around() -> Iterator[None]:
        inside.append("in")
        yield
        inside.append("out")

    async def ask() -> list[dict[str, str]]:
        inside.append("asked")
        return [SAM]

    coroutines = Coroutines()
    people = of(ask, around=around, coroutines=coroutines)
    people.renew()
    coroutines.stop()
    assert names(people) == ["sam"]
    assert inside == ["in", "in", "asked", "out", "out"]


def test_a_generator_is_read_within_the_context() -> None:
    open_: list[bool] = []

    @contextmanager
    def around() -> Iterator[None]:
        open_.append(True)
        yield
        open_.clear()

    def ask() -> Iterator[dict[str, str]]:
        assert open_
        yield SAM

    people = of(ask, around=around)
    people.renew()
    assert names(people) == ["sam"]


def test_who_is_on_a_call_away_or_was_just_rung_is_seen_when_a_call_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now: list[Known] = [Known()]
    people, asked = of([SAM, KIM], known=lambda numbers, at: now[0]), []
    monkeypatch.setattr(people, "renew_soon", lambda: asked.append(1))
    arrived = Call("c1")
    people.followed(None, arrived, ev.CallArrived("CA1", "", ""))
    ringing = Call("c1", attempts=(Attempt(1, 1, "sam", "+15550100001", Style.SCREEN),))
    now[0] = Known(engaged={SAM["number"]: (1.0,)})
    people.followed(arrived, ringing, ev.HandoffAsked("tool"))
    assert (people.serial, asked) == (1, [1])
    assert people.now().unable == ((Choice("sam"), "Sam is on another call."),)
    now[0] = Known(away={"kim": 1.0}, vain={SAM["number"]: people.moment()})
    assert people.told() == (
        "Nobody can be reached now. Cannot be reached now: Nobody of Billing is free now. "
        "Sam was called a moment ago and could not be had. Kim is away."
    )
    assert people.serial == 2
    now[0] = Known()
    people.followed(ringing, ringing, ev.AIIdle(1))
    assert people.serial == 2, "nothing about humans has changed: the database is not asked"
    people.followed(ringing, ringing, ev.ModelLost(1, "closed"))
    assert asked == [1, 1], "at the third loss somebody is rung, and then it is too late to ask"


def test_a_database_that_cannot_be_had_leaves_what_was_seen(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[Known | StoreBusy] = [Known(engaged={SAM["number"]: (1.0,)}), StoreBusy("locked")]

    def known(numbers: Any, at: float) -> Known:
        found = seen.pop(0)
        if isinstance(found, StoreBusy):
            raise found
        return found

    people = of([SAM, KIM], known=known)
    people.look()
    people.look()
    assert people.now().names() == ["billing", "kim"]
    assert "it could not be seen who is on a call: StoreBusy" in caplog.text
