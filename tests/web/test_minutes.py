"""What the carrier would count for a call's legs, from what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from warmtransfer.core.call import Attempt, Call, Stage, Style
from warmtransfer.web import minutes


@dataclass
class Order:
    """An order as the journal has it."""

    name: str
    k: int

    def to_dict(self) -> dict[str, Any]:
        """As data."""
        return {"order": self.name, "k": self.k}


@dataclass
class Done:
    """An order with what came of it."""

    order: Order
    done_at: float


@dataclass
class Row:
    """A row of the journal."""

    at: float
    event: str
    data: dict[str, Any] = field(default_factory=dict)
    orders: tuple[Done, ...] = ()


def attempt(n: int, **times: float) -> Attempt:
    """An attempt with these times."""
    return Attempt(n, 1, "sam", "+15550100001", Style.SCREEN, **times)  # type: ignore[arg-type]


def call(*attempts: Attempt, ended_at: float = 1200.0) -> Call:
    """A call that began at 1000."""
    return Call("c1", Stage.OVER, started_at=1000.0, ended_at=ended_at, attempts=attempts)


def counted(found: Call, *rows: Row, now: float = 0.0) -> dict[str, tuple[float, int]]:
    """Seconds and minutes by leg."""
    return {leg.label: (leg.seconds(now), leg.minutes(now)) for leg in minutes.legs(found, rows)}


@pytest.mark.parametrize(
    ("seconds", "counts"), [(0.4, 1), (1, 1), (59.9, 1), (60, 1), (60.1, 2), (120, 2), (121, 3)]
)
def test_every_minute_that_has_begun_counts(seconds: float, counts: int) -> None:
    assert minutes.Leg("caller", 1000.0, 1000.0 + seconds).minutes(0) == counts


def test_each_leg_is_rounded_up_by_itself() -> None:
    rows = (Row(1002, "AIAsked", {"k": 1}), Row(1063, "AILeft", {"k": 1}))
    found = call(attempt(1, answered_at=1050.0, ended_at=1111.0))
    assert counted(found, *rows) == {"caller": (200, 4), "ai-1": (61, 2), "human-1": (61, 2)}
    assert minutes.told(found, rows, 0)["minutes"] == 8


def test_a_phone_that_nobody_answers_counts_for_nothing() -> None:
    assert set(counted(call(attempt(1, dialled_at=1010.0, ended_at=1035.0)))) == {"caller"}


def test_the_ais_leg_ends_with_the_order_that_ends_it_when_no_news_comes() -> None:
    rows = (
        Row(1002, "AIAsked", {"k": 1}),
        Row(1040, "LineHeard", {}, (Done(Order("RemoveAI", 1), 1041.0),)),
        Row(1100, "AIAsked", {"k": 2}),
        Row(1110, "AIAsked", {"k": 2}),
    )
    assert counted(call(), *rows) == {"caller": (200, 4), "ai-1": (39, 1), "ai-2": (100, 2)}


def test_an_order_that_is_not_done_has_ended_nothing() -> None:
    rows = (Row(1002, "AIAsked", {"k": 1}), Row(1040, "LineHeard", {}, (Done(Order("EndAI", 1), 0.0),)))
    assert counted(call(), *rows)["ai-1"] == (198, 4)


def test_a_human_who_outlasts_the_caller_counts_to_their_own_end() -> None:
    found = call(attempt(1, answered_at=1100.0), ended_at=1150.0)
    assert counted(found)["human-1"] == (50, 1)
    news = Row(1161, "HumanEnded", {"n": 1}), Row(1190, "HumanEnded", {"n": 1})
    assert counted(found, *news)["human-1"] == (61, 2)


def test_legs_that_are_up_count_until_now() -> None:
    found = call(attempt(1, accepted_at=1050.0), ended_at=0.0)
    rows = (Row(1002, "AIJoined", {"k": 1}),)
    assert counted(found, *rows, now=1062.0) == {"caller": (62, 2), "ai-1": (60, 1), "human-1": (12, 1)}
    assert [leg["ended_at"] for leg in minutes.told(found, rows, 1062.0)["legs"]] == [None, None, None]


def test_a_clock_that_was_set_back_gives_no_negative_times() -> None:
    assert counted(call(ended_at=990.0)) == {"caller": (0, 1)}
