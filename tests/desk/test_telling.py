"""Log lines of decisions."""

from __future__ import annotations

from dataclasses import replace

from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Attempt, Call, Stage, Style
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import Outcome
from warmtransfer.desk.telling import line

SAM = Attempt(1, 1, "sam", "+15550100001", Style.SCREEN)
RINGING = Call("c1", Stage.RINGING, caller="+15550109999", attempts=(SAM,))


def test_the_human_and_the_outcome_are_named() -> None:
    over = replace(SAM, outcome=Outcome.BUSY, ended=True)
    kim = Attempt(2, 1, "kim", "+15550100002", Style.SCREEN)
    after = replace(RINGING, attempts=(over, kim))
    said = line(RINGING, after, ev.HumanEnded(1, Ended.BUSY), [do.DialHuman(2, "", "kim", "+15550100002")])
    assert said == "HumanEnded: ringing; sam (attempt 1): busy; kim (attempt 2): is called; DialHuman"


def test_a_fact_that_changes_nothing_names_its_human_too() -> None:
    said = line(RINGING, RINGING, ev.HumanRang(1, "CA1"), [])
    assert said == "HumanRang: ringing; sam (attempt 1): is called"


def test_an_answer_is_told_as_such() -> None:
    answered = replace(RINGING, stage=Stage.BRIEFING, attempts=(replace(SAM, answered_at=5.0),))
    said = line(RINGING, answered, ev.HumanAnswered(1, "CA1"), [])
    assert said == "HumanAnswered: ringing -> briefing; sam (attempt 1): answered"


def test_no_number_and_nothing_that_was_said_is_in_a_line() -> None:
    arrived = ev.CallArrived("CA1", "+15550109999", "+15550100000")
    asked = ev.HandoffAsked("tool", summary="My card is 4929")
    for event in (arrived, asked):
        said = line(Call("c1"), RINGING, event, [do.DialHuman(1, "", "sam", "+15550100001")])
        assert "555" not in said
        assert "4929" not in said
