"""Ring plans as they are written: in one line, beside the humans, in Python; and what is wrong with one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.test_config import GOOD, faults
from warmtransfer.config import load
from warmtransfer.core.plans import First, Plan

TEAM = """
[[human]]
name = "sam"
number = "+15550100001"
department = "billing"
[[plan]]
department = "billing"
ring = "all at once, longest idle first"
rest = 60
[[plan]]
ring = "rounds of 2"
"""
PLANS = (Plan("billing", 0, (First.IDLE,), 60.0), Plan(size=2))


def plans(**given: Any) -> tuple[Plan, ...]:
    """The plans of the good configuration with these keys."""
    return load({**GOOD, **given}).rules().plans


def test_without_a_plan_humans_are_rung_in_turn() -> None:
    assert plans() == ()


def test_one_line_is_the_default_plan() -> None:
    assert plans(WARMTRANSFER_PLAN="rounds of 3, rest 0") == (Plan(size=3, rest=0.0),)


def test_plans_of_departments_stand_beside_the_humans(tmp_path: Path) -> None:
    path = tmp_path / "team.toml"
    path.write_text(TEAM)
    assert plans(WARMTRANSFER_HUMANS=str(path)) == PLANS
    assert plans(WARMTRANSFER_HUMANS=path) == PLANS


@pytest.mark.parametrize(
    "given",
    [
        [{"department": "billing", "ring": "all at once, longest idle first", "rest": 60}, Plan(size=2)],
        list(PLANS),
    ],
)
def test_in_python_they_are_tables_or_plans(given: list[Any]) -> None:
    assert plans(WARMTRANSFER_PLAN=given) == PLANS


def test_the_file_and_the_line_together_are_all_plans(tmp_path: Path) -> None:
    path = tmp_path / "team.toml"
    path.write_text(TEAM.rpartition("[[plan]]")[0])
    found = plans(WARMTRANSFER_HUMANS=str(path), WARMTRANSFER_PLAN="all at once")
    assert found == (Plan(size=0), PLANS[0])


def test_a_plan_says_who_may_wait_in_its_line_for_how_long_and_who_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "team.toml"
    more = "line_length = 5\nlongest_wait = 300\npriority = 1\n[[plan]]\ndepartment = 'x'\nline = false"
    path.write_text(TEAM + more)
    words = "rounds of 2, line of 5, longest wait 300, priority 1"
    line = Plan(size=2, line_length=5, longest_wait=300.0, priority=1)
    assert plans(WARMTRANSFER_HUMANS=str(path))[1:] == (line, Plan("x", line=False))
    assert plans(WARMTRANSFER_PLAN=words) == (line,)
    assert str(line) == words
    assert plans(WARMTRANSFER_PLAN="no line") == (Plan(line=False),)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("everybody", "'everybody' is none of in turn, all at once"),
        ({"ring": "all at once", "size": 2}, "size: not among the keys department, ring, rest"),
        ({"rest": -1}, "rest is -1: give seconds from 0 to 9999"),
        ({"rest": True}, "rest is True"),
        ({"line": 1}, "line is 1: give true or false"),
        ({"longest_wait": 0}, "longest_wait is 0: give seconds from 1 to 9999"),
        ({"line_length": 0}, "line_length is 0: give a whole number from 1 to 999"),
        ([{}, {"department": "a", "priority": 1.5}], "[[plan]] 2: priority is 1.5: give a whole number"),
        ({"ring": "rest 30", "rest": 60}, "'ring = rest 30' and 'rest = 60' contradict each other"),
        ({"ring": "no line", "line": True}, "'ring = no line' and 'line = true' contradict each other"),
        ({"ring": "no line", "line_length": 5}, "'no line' and 'line_length = 5' contradict each other"),
        ({"line": False, "longest_wait": 60}, "'line = false' and 'longest_wait = 60' contradict"),
        ({"ring": "line of 5", "line": False}, "'line = false' and 'line of 5' contradict"),
        ({"ring": "in turn, rounds of 2"}, "'in turn' and 'rounds of 2' contradict each other"),
        ("no line, line of 5", "'no line' and 'line of 5' contradict each other"),
        (Plan(line=False, longest_wait=60.0), "'line = False' and 'longest_wait = 60.0' contradict"),
        ([Plan(line=False, line_length=3)], "[[plan]] 1: 'line = False' and 'line_length = 3' contradict"),
        (["all at once"], "neither a Plan nor a table"),
        (7, "give text such as"),
        ([Plan(), Plan(size=0)], "two plans for no department"),
        ([Plan("a"), Plan("A", 0)], "two plans for a"),
    ],
)
def test_a_plan_that_is_none_is_told_with_what_is_wrong_with_it(given: Any, told: str) -> None:
    [fault] = faults(WARMTRANSFER_PLAN=given)
    assert told in fault


def test_a_wrong_plan_in_the_humans_file_is_told_as_one(tmp_path: Path) -> None:
    path = tmp_path / "team.toml"
    path.write_text(TEAM.replace("rounds of 2", "rounds of one"))
    [fault] = faults(WARMTRANSFER_HUMANS=str(path))
    assert f"{path} line 11, [[plan]] 2: ring is 'rounds of one': 'rounds of one' is none of" in fault
    path.write_text(TEAM + "line_length = -1\n")
    [fault] = faults(WARMTRANSFER_HUMANS=str(path))
    assert f"{path} line 12, [[plan]] 2: line_length is -1: give a whole number from 1 to 999" in fault
    path.write_text(TEAM + "line = false\nlongest_wait = 60\n")
    [fault] = faults(WARMTRANSFER_HUMANS=str(path))
    assert f"{path} line 13, [[plan]] 2: 'line = false' and 'longest_wait = 60' contradict" in fault
    path.write_text(TEAM + '[[plan]]\nring = "in turn"\n')
    [fault] = faults(WARMTRANSFER_HUMANS=str(path))
    assert f"{path} line 12, [[plan]] 3: two plans for no department" in fault
    path.write_text(TEAM)
    [fault] = faults(WARMTRANSFER_HUMANS=str(path), WARMTRANSFER_PLAN="all at once")
    told = "[[plan]] 2: two plans for no department: the other is WARMTRANSFER_PLAN's"
    assert fault == f"WARMTRANSFER_HUMANS: {path} line 10, {told}."
    path.write_text(TEAM.replace("rest = 60", "line = false\nline_length = 5"))
    [fault] = faults(WARMTRANSFER_HUMANS=str(path))
    assert f"{path} line 10, [[plan]] 1: 'line = false' and 'line_length = 5' contradict each other" in fault
    path.write_text('plan = "all at once"\n' + TEAM.partition("[[plan]]")[0])
    [fault] = faults(WARMTRANSFER_HUMANS=str(path))
    assert f"{path} line 1: plan is no list of tables: write each as [[plan]]" in fault
    given = {"human": [{"name": "sam", "number": "+15550100001"}], "plan": {"ring": "in turn"}}
    [fault] = faults(WARMTRANSFER_HUMANS=given)
    assert "plan is no list of tables" in fault
    [fault] = faults(WARMTRANSFER_HUMANS={"plan": "+15550100001", "human": "1"})
    assert "human 2 (human)" in fault, "two names with numbers"
