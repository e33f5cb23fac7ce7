"""What a look at two who talk means for the call."""

from __future__ import annotations

from dataclasses import replace

import warmtransfer.core.reading.caller as caller
import warmtransfer.core.reading.human as human
from warmtransfer.core import briefing
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.call import Attempt, Call, Outcome, Proof, Stage, Style
from warmtransfer.core.conclusions import Reading
from warmtransfer.core.legs import Place
from warmtransfer.core.rules import Rules

#: Seconds by which a look may come sooner than it is due: clocks are rounded.
SOON = 0.25
#: Seconds from when a look was due after which one that could not be made is not tried again.
GIVE_UP = 60.0
#: Found twice in a row before it is believed: what a carrier lists may lag behind what it tells.
SURE = 2


def next_look(call: Call, rules: Rules) -> float:
    """When the two who talk are to be looked at next, 0.0 for not any more."""
    attempt = call.attempt
    if attempt is None or not attempt.joined_at or attempt.looks >= len(rules.proofs):
        return 0.0
    return attempt.joined_at + rules.proofs[attempt.looks]


def looked(call: Call, rules: Rules) -> Call:
    """The call whose due look is made now; one that was missed, while we were away, is made with it."""
    attempt = call.attempt
    if attempt is None:
        return call
    made = sum(attempt.joined_at + each <= call.at + SOON for each in rules.proofs)
    return call.with_attempt(replace(attempt, looks=max(attempt.looks, made)))


def seen(call: Call, event: ev.BridgeSeen, rules: Rules) -> Reading:
    """Written down; what is wrong is put right, or, where that does not help, the AI returns."""
    attempt = call.attempt
    if attempt is None or attempt.n != event.n or attempt.ended or event.room_sid != call.room_sid:
        return call, None
    attempt = replace(attempt, proofs=(*attempt.proofs, Proof(call.at, event.caller, event.human)))
    call = call.with_attempt(attempt)
    if attempt.proofs[-1].sound:
        return call, None
    if event.caller is Place.OUT:
        sure = _twice(attempt, "caller")
        return caller.room_lost(call, ev.RoomLost(event.room_sid), rules) if sure else (call, so.NotProved())
    if event.human is Place.OUT:
        return human.gone(call, attempt, over=False) if _twice(attempt, "human") else (call, so.NotProved())
    if _wrong(attempt) < rules.mending:
        return call, so.NotProved()
    return human.gone(call, attempt, over=False, news=briefing.unheard(attempt.name))


def not_seen(call: Call, key: str, rules: Rules) -> Reading:
    """The carrier could not be asked: it is once more, but not for ever."""
    attempt = call.attempt
    if call.stage is not Stage.HUMAN or attempt is None or attempt.label != key or attempt.ended:
        return call, None
    made = rules.proofs[: attempt.looks]
    again = bool(made) and call.at < attempt.joined_at + made[-1] + GIVE_UP
    return call, so.NotProved() if again else None


def leg_present(call: Call, event: ev.LegPresent, rules: Rules) -> Reading:
    """Of a leg that is in no room of ours no more can be asked than whether it is up."""
    if call.stage is not Stage.HUMAN:
        return human.leg_present(call, event, rules)
    attempt = call.attempt
    if attempt is None or attempt.n != event.n or len(attempt.proofs) >= attempt.looks:
        return call, None
    if attempt.style is not Style.REDIRECT and attempt.outcome is not Outcome.LAST_RESORT:
        return call, None
    return call.with_attempt(replace(attempt, proofs=(*attempt.proofs, Proof(call.at, human=Place.UP)))), None


def _twice(attempt: Attempt, who: str) -> bool:
    newest = attempt.proofs[-SURE:]
    return len(newest) == SURE and all(getattr(each, who) is Place.OUT for each in newest)


def _wrong(attempt: Attempt) -> int:
    """How many of the newest looks in a row have found something wrong."""
    count = 0
    for each in reversed(attempt.proofs):
        if each.sound:
            break
        count += 1
    return count
