"""What the log says of a decision: about whom, and how it ended; never a number, nor what was said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from warmtransfer.core.call import Attempt, Call
from warmtransfer.core.events import Event
from warmtransfer.core.orders import Order


def line(before: Call, after: Call, event: Event, orders: Iterable[Order]) -> str:
    """The decision: the fact, the stages, the humans it is about with how they fared, what is ordered."""
    name = type(event).__name__
    stages = after.stage.value
    if before.stage is not after.stage:
        stages = f"{before.stage.value} -> {stages}"
    told = [f"{name}: {stages}", *_humans(before, after, getattr(event, "n", 0))]
    ordered = " ".join(type(order).__name__ for order in orders)
    return "; ".join([*told, ordered] if ordered else told)


def _humans(before: Call, after: Call, about: int) -> Iterator[str]:
    """The attempts that the fact is about or has changed."""
    for each in after.attempts:
        known = before.attempt_number(each.n)
        if each.n == about or known is None or known.outcome is not each.outcome:
            yield f"{each.name} (attempt {each.n}): {_state(each)}"


def _state(attempt: Attempt) -> str:
    """How far an attempt has come."""
    if attempt.outcome is not None:
        return attempt.outcome.value
    return "answered" if attempt.answered_at else "is called"
