"""What is done on a human's card means for the call: what the keys do, with more care."""

from __future__ import annotations

from dataclasses import replace

import warmtransfer.core.reading.human as human
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.attempts import out
from warmtransfer.core.call import Call, Stage, Style
from warmtransfer.core.conclusions import Reading
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import Rules


def accepted(call: Call, event: ev.CardAccepted, rules: Rules) -> Reading:
    """Key 1 is pressed by who is on the leg; a card may be touched while a mailbox is, so it waits for what
    the detection says. Whom the caller's own leg dials is bridged by a key alone."""
    attempt = human.undecided(call, event.n)
    if attempt is None or attempt.style is Style.REDIRECT:
        return call, None
    attempt = replace(attempt, card_taken=True)
    return human.unasked(call.with_attempt(attempt), attempt, rules)


def declined(call: Call, event: ev.CardDeclined, rules: Rules) -> Reading:
    """As key 2 at the gate, and before it too; a leg that is not known yet could not be ended."""
    attempt = human.undecided(call, event.n)
    if attempt is None or not attempt.call_sid:
        return call, None
    if call.stage is not Stage.RINGING:
        return human.declined(call, ev.HumanDeclined(event.n, Outcome.DECLINED), rules)
    return out(call.with_attempt(replace(attempt, outcome=Outcome.DECLINED)), so.Refused(event.n))


def noted(call: Call, event: ev.CardLost | ev.CallNoted, rules: Rules) -> Reading:
    """For those who read the journal."""
    return call, None
