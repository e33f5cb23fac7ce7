"""A telephone that asks who calls: what it does, and what machine detection makes of it."""

from __future__ import annotations

import pytest

from warmtransfer.simulator.phones.scripts import SCREEN_GONE, SCREEN_HOLD, SCREEN_LINE, reaction


@pytest.mark.parametrize("steps", [(), ({"say": "sam-hello"}, {"press": "1"})])
def test_it_asks_listens_and_is_then_picked_up_or_not(steps: tuple[dict[str, str], ...]) -> None:
    made = reaction({"number": "+15550100001", "answer": {"screens": 2.0}, "steps": steps})
    assert (made.outcome, made.after, made.machine) == ("answer", 2.0, True)
    said = [step["say"] for step in made.steps if "say" in step]
    assert said[:2] == [SCREEN_LINE, SCREEN_HOLD]
    assert said[2:] == (["sam-hello"] if steps else [SCREEN_GONE])
    assert {"hangup": True} not in made.steps[:-1]


def test_it_may_ask_in_other_words() -> None:
    made = reaction({"number": "+15550100001", "answer": {"screens": 1}, "greeting": "Who is calling?"})
    assert made.steps[1] == {"say": "Who is calling?"}
