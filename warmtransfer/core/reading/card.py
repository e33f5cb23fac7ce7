"""What is done on a human's card means for the call: what the keys do, with more care."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

import warmtransfer.core.reading.human as human
import warmtransfer.core.reading.screening as screening
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.attempts import out
from warmtransfer.core.call import Call, Stage, Style
from warmtransfer.core.conclusions import Reading
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import Rules
from warmtransfer.core.screening import Said


def accepted(call: Call, event: ev.CardAccepted, rules: Rules) -> Reading:
    """Key 1 is pressed by who is on the leg; a card may be touched while a mailbox is, so it waits for what
    the detection says. Whom the caller's own leg dials is bridged by a key alone."""
    attempt = human.undecided(call, event.n)
    if attempt is None or attempt.style is Style.REDIRECT:
        return call, None
    attempt = replace(attempt, card_taken=True)
    if attempt.to_be_sure:
        return call.with_attempt(attempt), so.MayScreen(event.n)
    return human.unasked(call.with_attempt(attempt), attempt, rules)


def declined(call: Call, event: ev.CardDeclined, rules: Rules) -> Reading:
    """As key 2 at the gate, and before it too; a leg that is not known yet could not be ended."""
    attempt = human.undecided(call, event.n)
    if attempt is None or not attempt.call_sid:
        return call, None
    if call.stage is not Stage.RINGING:
        return human.declined(call, ev.HumanDeclined(event.n, Outcome.DECLINED), rules)
    return out(call.with_attempt(replace(attempt, outcome=Outcome.DECLINED)), so.Refused(event.n))


def spoke(call: Call, event: ev.LegSpoke, rules: Rules) -> Reading:
    """Behind a telephone that asked who calls, whoever has accepted on their card is let in by a yes to our
    question: that telephone may speak, and a mailbox, but neither answers."""
    attempt = human.undecided(call, event.n)
    if attempt is None or not attempt.to_be_sure:
        return screening.spoke(call, event, rules)
    match event.said:
        case Said.YES:
            return human.accepted(call, ev.HumanAccepted(event.n), rules)
        case Said.WORDS | Said.NOTHING:
            return call, None  # they are asked once more
        case Said.ASKS | Said.HOLD | Said.MENU | Said.GONE:
            return screening.spoke(call, event, rules)
        case _:
            assert_never(event.said)


def noted(call: Call, event: ev.CardLost | ev.CallNoted, rules: Rules) -> Reading:
    """For those who read the journal."""
    return call, None
