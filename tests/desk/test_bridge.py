"""Looks at two who talk, and what lets one of them be heard, at the carrier."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.desk.test_perform import CALL, GONE, performed
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.call import Call, Outcome, Stage
from warmtransfer.core.legs import Place

SAM = replace(CALL.attempts[0], outcome=Outcome.ACCEPTED, call_sid="CAsam")
TALK = replace(CALL, stage=Stage.HUMAN, attempts=(SAM,))
LOOK = do.LookAtBridge(1, "CAsam", "CF1", "CAcaller")


@pytest.mark.parametrize(
    ("people", "caller", "human"),
    [
        ({"CAcaller": Place.IN, "CAsam": Place.MUTED}, Place.IN, Place.MUTED),
        ({"CAcaller": Place.HELD, "human-1": Place.IN}, Place.HELD, Place.IN),
        ({"CAcaller": Place.IN}, Place.IN, Place.OUT),
        ({}, Place.OUT, Place.OUT),
    ],
)
def test_a_look_tells_where_both_are(people: dict[str, Place], caller: Place, human: Place) -> None:
    result, carrier = performed(LOOK, TALK, places=people)
    assert result == ev.BridgeSeen(1, "CF1", caller, human)
    assert carrier.names() == ["places"]


@pytest.mark.parametrize("order", [LOOK, do.LookAgain(1, "CAsam", "CF1", "CAcaller", delay=0.0)])
@pytest.mark.parametrize(
    "call", [replace(TALK, stage=Stage.RETURNING), replace(TALK, room_sid="CF2"), replace(TALK, attempts=())]
)
def test_two_who_have_parted_meanwhile_are_not_looked_at(order: do.Order, call: Call) -> None:
    result, carrier = performed(order, call)
    assert (result, carrier.said) == (None, [])


@pytest.mark.parametrize("answer", ["", GONE])
@pytest.mark.parametrize(
    "order",
    [
        do.MendBridge(1, "CAsam", "CF1", "CAcaller"),
        do.MendBridge(1, "CAcaller", "CF1", "CAcaller", caller=True),
    ],
)
def test_whoever_cannot_be_heard_is_unmuted_and_taken_off_hold(order: do.MendBridge, answer: Any) -> None:
    result, carrier = performed(order, TALK, release=answer)
    assert result is None
    assert carrier.said == [("release", ("CF1", order.call_sid), {})]
