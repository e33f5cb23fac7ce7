"""Callers who came while nobody was up are taken in, and nobody else is touched."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk.parts import Options, Told
from warmtransfer import errors
from warmtransfer.core.call import Call, Stage
from warmtransfer.core.legs import Ended, LegState
from warmtransfer.desk.waiting import Waiting
from warmtransfer.web.links import Links

LINKS = Links("https://example.test")
DESK = "+15550100099"


class Resort(Options):
    """Settings with a number of last resort."""

    last_resort = DESK


def moved(settings: Options, **answers: Any) -> list[str]:
    """Who was asked to begin anew, of CAnew, CAknown and CAroom."""
    usual: dict[str, Any] = {
        "incoming": ["CAnew", "CAknown", "CAroom"], "open_rooms": ["wt-x"], "find_room": "CF1",
        "people": {"caller": "CAroom"}, "find_child": ("", LegState.UNKNOWN, False),
    }  # fmt: skip
    carrier = Told(**{key: (lambda *_, v=value: v) for key, value in {**usual, **answers}.items()})
    Waiting(
        carrier, LINKS, settings, lambda sid: Call(id="c1", stage=Stage.AI) if sid == "CAknown" else None
    ).take_in_all()
    found = [args for name, args, _ in carrier.said if name == "move_call"]
    assert all(args[1] == LINKS.again() for args in found)
    return [args[0] for args in found]


def test_a_caller_whom_nobody_knows_and_who_is_in_no_room_is_taken_in() -> None:
    assert moved(Options()) == ["CAnew"]
    assert moved(Options(), incoming=["CAknown"]) == []


@pytest.mark.parametrize(
    ("leg", "taken"), [(LegState.UP, []), (LegState.COMING, ["CAnew"]), (Ended.COMPLETED, ["CAnew"])]
)
def test_who_talks_with_the_last_resort_is_left_alone(leg: Any, taken: list[str]) -> None:
    assert moved(Resort(), find_child=("CAdesk", leg, True)) == taken


def test_a_carrier_that_does_not_answer_stops_no_start() -> None:
    carrier = Told(incoming=errors.CarrierUnsure("perhaps", status=500))
    Waiting(carrier, LINKS, Options(), lambda _: None).take_in_all()
    assert carrier.names() == ["incoming"]


def test_a_caller_whose_first_request_was_answered_too_late_is_taken_in_too() -> None:
    carrier = Told(open_rooms=list)
    Waiting(carrier, LINKS, Options(), lambda _: Call(id="c1")).take_in("CAlate")
    assert carrier.names()[-1] == "move_call"


def test_who_knocks_is_taken_in_once_unless_they_are_in_a_room() -> None:
    """A second knock may come while the first one's answer is still on its way."""
    carrier = Told(open_rooms=["wt-x"], find_room="CF1", people={"caller": "CAroom"})
    waiting = Waiting(carrier, LINKS, Options(), lambda _: None)
    for sid in ("CAnew", "CAroom", "CAnew"):
        waiting.take_in(sid)
    assert [args for name, args, _ in carrier.said if name == "move_call"] == [("CAnew", LINKS.again())]
