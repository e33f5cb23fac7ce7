"""What a call can reach keeps the promises; and a table that did not would be caught."""

from __future__ import annotations

from typing import Any

import pytest

from tests.explore.search import PLACES, at, search
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Stage
from warmtransfer.core.table import TABLE

S = Stage
#: A wrong table: the stage, the fact, the row in its place or None for no row; from where, and at how many
#: states, one has to look to see that it is wrong.
MUTANTS = {
    "ai has no timer": (S.AI, ev.TimedOut, None, "the AI", 4000),
    "ringing has no timer": (S.RINGING, ev.TimedOut, None, "ringing", 4000),
    "briefing has no timer": (S.BRIEFING, ev.TimedOut, None, "the gate", 4000),
    "joining has no timer": (S.JOINING, ev.TimedOut, None, "joining", 4000),
    "cancelling has no timer": (S.CANCELLING, ev.TimedOut, None, "the gate", 4000),
    "human has no timer": (S.HUMAN, ev.TimedOut, None, "joining", 6000),
    "over has no timer": (S.OVER, ev.TimedOut, None, "the end", 12000),
    "the next human without waiting for the end": (
        S.RINGING, ev.TimedOut, (S.RINGING, (do.DialHuman(),)), "ringing", 4000,
    ),
    "an acceptance leads nowhere": (S.BRIEFING, ev.HumanAccepted, None, "the gate", 4000),
    "a join is not noticed": (S.JOINING, ev.HumanJoined, None, "joining", 4000),
    "the AI stays with the human": (S.HUMAN, ev.LineHeard, (S.HUMAN, ()), "joining", 4000),
    "a human's end is no end": (S.RINGING, so.HumanLost, None, "ringing", 4000),
    "nobody comes back after the human": (S.HUMAN, so.HumanGone, (S.RETURNING, ()), "joining", 6000),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_whatever_goes_wrong_once_breaks_no_promise(place: str) -> None:
    found = search(at(place, troubles=1), most=2500)
    assert found.states > 2000
    assert found.broken == {}


@pytest.mark.parametrize("place", PLACES)
def test_where_nothing_goes_wrong_no_timer_is_needed(place: str) -> None:
    found = search(at(place, troubles=0), most=2500)
    assert found.states > 200
    assert found.broken == {}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_table_breaks_a_promise(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stage, fact, row, place, most = MUTANTS[name]
    smooth, troubled = at(place, troubles=0), at(place, troubles=1)
    rows: dict[Any, Any] = dict(TABLE[stage])
    del rows[fact]
    if row is not None:
        rows[fact] = row
    monkeypatch.setitem(TABLE, stage, rows)
    assert search(smooth, most, stop=True).broken or search(troubled, most, stop=True).broken
