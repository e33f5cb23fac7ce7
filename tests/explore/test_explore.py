"""What a call can reach keeps the promises; and a core that did not would be caught."""

from __future__ import annotations

from typing import Any

import pytest

from tests.explore.search import ANNOUNCED, LINE, PLACES, TOGETHER, at, search
from tests.explore.wrong import WRONG
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Stage, Style
from warmtransfer.core.table import TABLE

S = Stage
#: A wrong table: the stage, the fact, the row in its place or None for no row, and from where it shows.
MUTANTS = {
    "ai has no timer": (S.AI, ev.TimedOut, None, "the AI"),
    "ringing has no timer": (S.RINGING, ev.TimedOut, None, "ringing"),
    "briefing has no timer": (S.BRIEFING, ev.TimedOut, None, "the gate"),
    "joining has no timer": (S.JOINING, ev.TimedOut, None, "joining"),
    "cancelling has no timer": (S.CANCELLING, ev.TimedOut, None, "the gate"),
    "human has no timer": (S.HUMAN, ev.TimedOut, None, "a human"),
    "nobody looks whether the two can talk": (S.HUMAN, so.ProofDue, None, "a human"),
    "who is muted stays so": (S.HUMAN, so.NotProved, None, "a human"),
    "a muted human is not let go": (S.HUMAN, so.NotProved, (S.HUMAN, (do.LookAgain(),)), "a human"),
    "over has no timer": (S.OVER, ev.TimedOut, None, "leaving"),
    "the next human without waiting for the end": (
        S.RINGING, ev.TimedOut, (S.RINGING, (do.DialHuman(),)), "ringing",
    ),
    "an acceptance leads nowhere": (S.BRIEFING, ev.HumanAccepted, None, "the gate"),
    "a join is not noticed": (S.JOINING, ev.HumanJoined, None, "joining"),
    "the AI stays with the human": (S.HUMAN, ev.LineHeard, (S.HUMAN, ()), "joining"),
    "the AI goes before the human is in": (
        S.BRIEFING, ev.HumanAccepted, (S.JOINING, (do.CloseModel(), do.RemoveAI())), "the gate",
    ),
    "a human's end is no end": (S.RINGING, so.HumanLost, None, "ringing"),
    "what is no telephone that asks stays up": (S.BRIEFING, so.MachineAnswered, None, "the gate"),
    "nobody comes back after the human": (S.HUMAN, so.HumanGone, (S.RETURNING, ()), "a human"),
}  # fmt: skip
#: The same where both are rung at once, in one style or the other.
TOGETHER_MUTANTS = {
    "the beaten are not ended": (
        TOGETHER, S.BRIEFING, ev.HumanAccepted, (S.JOINING, (do.LetHumanIn(),)), "two gates",
    ),
    "the beaten whose leg is not known are not looked for": (
        TOGETHER, S.BRIEFING, ev.HumanAccepted, (S.JOINING, (do.LetHumanIn(), do.EndOthers())), "dialling",
    ),
    "the AI goes before the first of them is in": (
        TOGETHER, S.BRIEFING, ev.HumanAccepted, (S.JOINING, (do.RemoveAI(), do.EndOthers())), "two gates",
    ),
    "who is out stays on the line": (ANNOUNCED, S.BRIEFING, so.NobodyAtGate, None, "the gate"),
    "who is out takes the others along": (
        TOGETHER, S.BRIEFING, so.NobodyAtGate, (S.CANCELLING, (do.EndHuman(),)), "the gate",
    ),
    "one of two is out and ends the round": (
        TOGETHER, S.BRIEFING, so.OneOut, (S.CANCELLING, (do.EndHuman(),)), "two gates",
    ),
    "the second to answer is not briefed": (ANNOUNCED, S.BRIEFING, so.AnotherAnswered, None, "the gate"),
}  # fmt: skip


@pytest.mark.parametrize(("style", "place"), PLACES)
def test_whatever_goes_wrong_once_breaks_no_promise(style: str, place: str) -> None:
    found = search(at(style, place, troubles=1), most=1200)
    assert found.states > 500
    assert found.broken == {}


@pytest.mark.parametrize(("style", "place"), PLACES)
def test_where_nothing_goes_wrong_no_timer_is_needed(style: str, place: str) -> None:
    found = search(at(style, place, troubles=0), most=600)
    assert found.states > 4
    assert found.broken == {}


#: From where it matters most what somebody asks for who looks after the call.
LOOKED_AFTER = [
    (Style.SCREEN, "the AI"), (Style.SCREEN, "ringing"), (Style.SCREEN, "the gate"),
    (Style.SCREEN, "joining"), (Style.SCREEN, "a human"), (Style.SCREEN, "somebody listens"),
    (Style.ANNOUNCE, "the gate"),
    (Style.REDIRECT, "ringing"), (Style.REDIRECT, "a human"), (TOGETHER, "dialling"), (TOGETHER, "two gates"),
]  # fmt: skip


@pytest.mark.parametrize(("style", "place"), LOOKED_AFTER)
def test_whatever_is_asked_for_at_any_moment_breaks_no_promise(style: str, place: str) -> None:
    for troubles, wishes, most in ((1, 1, 900), (0, 2, 500)):
        found = search(at(style, place, troubles, wishes=wishes), most)
        assert found.states > 300
        assert found.broken == {}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_table_breaks_a_promise(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    caught(monkeypatch, Style.SCREEN, *MUTANTS[name])


@pytest.mark.parametrize("name", TOGETHER_MUTANTS)
def test_a_wrong_table_breaks_a_promise_where_several_are_rung(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught(monkeypatch, *TOGETHER_MUTANTS[name])


def caught(
    monkeypatch: pytest.MonkeyPatch, style: str, stage: Stage, fact: Any, row: Any, place: str
) -> None:
    """The search finds a promise that this wrong row breaks."""
    smooth, troubled = at(style, place, troubles=0), at(style, place, troubles=1)
    rows: dict[Any, Any] = dict(TABLE[stage])
    del rows[fact]
    if row is not None:
        rows[fact] = row
    monkeypatch.setitem(TABLE, stage, rows)
    assert search(smooth, 1500, stop=True).broken or search(troubled, 6000, stop=True).broken


#: The same where both are on the phone with others, and callers wait.
LINE_MUTANTS = {
    "the longest wait has no end": (S.WAITING, so.OutOfLine, None, "waiting"),
    "a turn comes and nobody is rung": (S.WAITING, so.HumanLost, (S.RINGING, (do.LetAISpeak(),)), "waiting"),
    "a turn is not noticed": (S.WAITING, so.HumanLost, None, "waiting"),
    "who leaves stays in the line": (S.WAITING, so.OutOfLine, (S.WAITING, (do.LetAISpeak(),)), "waiting"),
    "who waits and asks anew is with nobody": (S.WAITING, ev.HandoffAsked, (S.RINGING, ()), "asked twice"),
}


@pytest.mark.parametrize("name", LINE_MUTANTS)
def test_a_wrong_table_breaks_a_promise_where_callers_wait(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught(monkeypatch, LINE, *LINE_MUTANTS[name])


@pytest.mark.parametrize("name", WRONG)
def test_what_once_was_wrong_breaks_its_promise(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = WRONG[name]
    first = at(wrong.style, wrong.place, wrong.troubles, wishes=wrong.wishes)
    wrong.do(monkeypatch)
    broken = search(first, most=6000, stop=True).broken
    assert [fault for fault in broken if fault.startswith(wrong.breaks)], broken


def test_every_kind_of_wrong_order_of_facts_has_its_fault() -> None:
    assert sorted({name[0] for name in WRONG}) == list("abcdefghijklm")
