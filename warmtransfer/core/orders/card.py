"""The order about a human's card."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from warmtransfer.core.call import SEEKING, Attempt, Call
from warmtransfer.core.order import Lane
from warmtransfer.core.orders.human import HumanOrder
from warmtransfer.core.rules import Card, Rules


@dataclass(frozen=True, slots=True)
class SendCard(HumanOrder):
    """Send the human whose phone rings a text message that links their card.

    In a lane of its own, behind which no leg waits; and once: two messages ask two questions.
    """

    lane: ClassVar[Lane] = Lane.CARD
    repeatable: ClassVar[bool] = False

    name: str = ""
    number: str = ""
    language: str = ""
    ring: float = 0.0

    def for_call(self, call: Call, rules: Rules, n: int = 0) -> tuple[Self, ...]:
        """Only for who is to have one."""
        wish = {each.name for each in rules.humans if each.card is Card.SMS}
        given = super(SendCard, self).for_call(call, rules, n)
        return tuple(order for order in given if order.name in wish)

    def concerns(self, attempt: Attempt) -> bool:
        """A telephone that takes messages, by its number alone, and only once."""
        phone = attempt.number.startswith("+") and not attempt.digits
        return phone and attempt.trying and not attempt.card_sent

    def about(self, attempt: Attempt, call: Call, rules: Rules) -> dict[str, Any]:
        """With the language that they are spoken to in."""
        human = rules.human(attempt.name)
        told = super(SendCard, self).about(attempt, call, rules)
        return {**told, "language": human.language if human else ""}

    def advance(self, call: Call) -> Call:
        """It counts as sent, whatever becomes of it."""
        attempt = call.attempt_number(self.n)
        return call.with_attempt(replace(attempt, card_sent=True)) if attempt else call

    def wanted(self, call: Call) -> bool:
        """Not when the attempt has ended while the order waited, or the leg was answered by who reads it."""
        attempt = call.attempt_number(self.n)
        return attempt is not None and attempt.trying and call.stage in SEEKING
