"""Where a human is rung: each address split from its extension, checked, and fit for how they are briefed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from warmtransfer.core.call import Style
from warmtransfer.core.rules import Address, Card, Human
from warmtransfer.numbers import address, is_phone, mask, split, tones
from warmtransfer.vocabulary import OFF, detection


class Wrong(ValueError):
    """What is wrong, under which key; "" for the whole table."""

    def __init__(self, key: str, why: str) -> None:
        self.key = key
        super().__init__(why)


def dialable(one: Human, countries: frozenset[str]) -> Human:
    """The human with numbers to dial and, apart from them, the tones to send after the answer."""
    found = [_reached(one, each, countries) for each in one.addresses]
    twice = next((each for each in found if found.count(each) > 1), None)
    if twice:
        raise Wrong("number", f"number: {mask(twice.number)} is given twice")
    _written_to(one, found)
    first, *also = found
    one = replace(one, number=first.number, digits=first.digits, also=tuple(also))
    try:
        one = replace(one, detection=detection(one.detection))
    except ValueError as fault:
        raise Wrong("detection", f"detection: {fault}") from None
    _detected(one, found)
    return one


def _reached(one: Human, where: Address, countries: frozenset[str]) -> Address:
    try:
        number, digits = split(where.number) if is_phone(where.number) else (where.number, "")
        if digits and where.digits and tones(where.digits) != digits:
            raise Wrong("digits", "digits are given twice: the number has an extension, too")
        digits = tones(where.digits) if where.digits else digits
        number = address(number, countries)
    except Wrong:
        raise
    except ValueError as fault:
        raise Wrong("number", str(fault)) from None
    _announced(one, number, digits)
    return Address(number, digits)


def _announced(one: Human, number: str, digits: str) -> None:
    """The style that adds a leg to the room has to know, by detection, that a person has picked up."""
    if one.style is not Style.ANNOUNCE:
        return
    if digits:
        # POST Participants has no SendDigits.
        raise Wrong("briefing",
            "an extension cannot be reached in the style announce, in which no tones can be sent; "
            f'set briefing = "screen" for {one.name}, or give a number without an extension'
        )  # fmt: skip
    if one.detection == OFF:
        raise Wrong("detection",
            "the style announce lets a human in when the detection has heard one: it cannot be off; "
            f'set briefing = "screen" for {one.name}'
        )  # fmt: skip
    if not is_phone(number):
        raise Wrong("briefing",
            "machines are detected at telephones only, and the style announce needs that; "
            f'set briefing = "screen" for {one.name}'
        )  # fmt: skip


def _detected(one: Human, found: Sequence[Address]) -> None:
    """What is tuned has to listen somewhere."""
    anywhere = any(is_phone(each.number) and not each.digits for each in found)
    if one.detection not in ("", OFF) and not anywhere:
        raise Wrong("detection",
            "detection: machines are detected at telephones by their number alone, not behind an extension, "
            f"at client: or sip:, and {one.name} has no other; leave it out"
        )  # fmt: skip


def _written_to(one: Human, found: Sequence[Address]) -> None:
    """Text messages go to a telephone by its number alone, one of them at least; and a card can let nobody in
    who is reached from the caller's own leg."""
    if one.card is not Card.NONE and one.style is Style.REDIRECT:
        raise Wrong("card",
            "a card cannot accept in the style redirect, in which the caller's own leg rings; "
            f'set briefing = "screen" for {one.name}, or leave card out'
        )  # fmt: skip
    if one.card is Card.SMS and not any(is_phone(each.number) and not each.digits for each in found):
        what = "an extension" if found[0].digits else "what is no telephone"
        raise Wrong("card",
            f'{what} takes no text messages; set card = "link" for {one.name}, and give them the link to '
            "their own page (flask … warmtransfer humans --link)"
        )  # fmt: skip
