"""What facts about the line for a human mean for a caller who waits in it."""

from __future__ import annotations

from dataclasses import replace

from warmtransfer.core import briefing
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.attempts import nobody, settle
from warmtransfer.core.call import AIState, Call
from warmtransfer.core.conclusions import Reading
from warmtransfer.core.place import Waits, seen
from warmtransfer.core.rules import Rules


def turn_came(call: Call, event: ev.TurnCame, rules: Rules) -> Reading:
    """Somebody is rung, unless others were quicker once more: then the place is kept, and nothing is said.
    Or nobody is there any more who could be waited for, and the caller is told so."""
    after, fact = settle(call, rules)
    if isinstance(fact, so.InLine):
        return replace(call, waits=after.waits, handoff=after.handoff), None
    if isinstance(fact, so.HumanLost):
        return replace(after, news=briefing.turn_came(after)), fact
    if isinstance(fact, so.NobodyLeft | so.NobodyHere):
        return replace(after, news=briefing.line_closed(after)), fact
    return after, fact


def place_seen(call: Call, event: ev.PlaceSeen, rules: Rules) -> Reading:
    """Told to the caller by an AI that is there; one that comes later tells how it is then."""
    untold = call.news == briefing.in_line(call)
    call = replace(call, waits=seen(call.waits, event.place, event.seconds))
    if call.ai.state is AIState.UP:
        return replace(call, news=briefing.place_now(call)), event
    return replace(call, news=briefing.in_line(call) if untold else call.news), None


def left(call: Call, event: ev.LineLeft, rules: Rules) -> Reading:
    """Nobody is called any more."""
    return _out(replace(call, news=briefing.LEFT_LINE))


def waited(call: Call) -> Reading:
    """The longest wait is over."""
    return _out(replace(call, news=briefing.waited(call)))


def _out(call: Call) -> Reading:
    call, fact = nobody(replace(call, waits=Waits()))
    return call, so.OutOfLine() if isinstance(fact, so.NobodyLeft | so.AllBusy) else fact
