"""What an order is: data that says what is to be done, and in which lane it waits its turn."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, ClassVar, Self

from warmtransfer.core.call import Call
from warmtransfer.core.plain import plain
from warmtransfer.core.rules import Rules
from warmtransfer.core.versions import VERSION


class Lane(StrEnum):
    """Orders of one call and one lane are done one after the other; its lanes do not wait for each other."""

    RELAY = "relay"  #: to our own relay: touches nothing outside, is done at once
    CALLER = "caller"  #: moves the caller's leg, or keeps them company
    AI = "ai"  #: brings the AI's leg
    HUMAN = "human"  #: brings a human's leg
    CARD = "card"  #: tells a human in writing of what rings
    LOOK = "look"  #: asks the carrier; one that waits already stands for the next of its kind
    END = "end"  #: ends legs: stands behind nothing that is slow


@dataclass(frozen=True, slots=True)
class Order:
    """Something to be done to the world. `key` is what `OrderFailed` echoes.

    Every order says its own `lane`: one that said none would wait behind what it must not wait for.
    """

    lane: ClassVar[Lane]
    #: Whether it may be done again when nobody knows whether it was done: not what makes a leg, or is heard.
    repeatable: ClassVar[bool] = True
    #: Whether it makes a leg, of which the carrier makes so many a second: it waits for its turn.
    paced: ClassVar[bool] = False

    @property
    def local(self) -> bool:
        """Whether it is for our own relay, and never waits."""
        return self.lane is Lane.RELAY

    def needed(self, call: Call) -> bool:
        """Whether there is anything to do it to."""
        return True

    def wanted(self, call: Call) -> bool:
        """Whether it is still to be done, asked of the call as it is when the order's turn has come."""
        return True

    def facts(self, call: Call, rules: Rules) -> dict[str, Any]:
        """What the order's fields are filled from, by field name."""
        return {}

    def for_call(self, call: Call, rules: Rules, n: int = 0) -> tuple[Self, ...]:
        """This order with its legs and numbers: once, not at all, or for each leg that it is about.

        `n`: the attempt that the fact is about, 0 for no one's in particular.
        """
        return (self.filled(self.facts(call, rules)),) if self.needed(call) else ()

    def filled(self, facts: dict[str, Any]) -> Self:
        """This order with those of the facts that are fields of it."""
        return replace(self, **{each.name: facts[each.name] for each in fields(self) if each.name in facts})

    def advance(self, call: Call) -> Call:
        """The call once this order has been given."""
        return call

    @property
    def key(self) -> str:
        """The leg it is about."""
        return ""

    @property
    def queue(self) -> tuple[str, ...]:
        """What it waits behind: its lane, and there for no other human's leg."""
        return (self.lane,)

    def to_dict(self) -> dict[str, Any]:
        """The order as JSON-ready data, for the outbox."""
        return {"order": type(self).__name__, **plain(self), "version": VERSION}
