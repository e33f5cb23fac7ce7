"""What facts about the line for a human mean for a caller who waits in it."""

from __future__ import annotations

from dataclasses import replace

from warmtransfer.core import briefing
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.attempts import nobody, reached_by, settle, start
from warmtransfer.core.call import AIState, Call
from warmtransfer.core.conclusions import Reading
from warmtransfer.core.endings import asked_anew
from warmtransfer.core.line import now
from warmtransfer.core.place import FIRST, Waits, seen
from warmtransfer.core.reading.human import handoff
from warmtransfer.core.rounds import chosen, engaged
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


def taken_out(call: Call, event: ev.TakeOutAsked, rules: Rules) -> Reading:
    """The same, because somebody who looks after the call has said so."""
    stopped = replace(call.handoff, stopped=True)
    return _out(replace(call, handoff=stopped, news=briefing.TAKEN_OUT))


def taken_next(call: Call, event: ev.TakeNextAsked, rules: Rules) -> Reading:
    """The caller comes before all who wait; somebody chosen is rung at once, or as soon as they are free.

    Whoever is not there is not rung; who was rung in vain a moment ago is, because somebody has chosen them.
    """
    if event.name:
        return _taken_by(call, event, rules)
    if call.waits.priority == FIRST:
        return call, None
    after, fact = turn_came(replace(call, waits=replace(call.waits, priority=FIRST)), ev.TurnCame(), rules)
    return (after, fact) if fact else (_put_first(after), event)


def _taken_by(call: Call, event: ev.TakeNextAsked, rules: Rules) -> Reading:
    asked = ev.HandoffAsked(event.by, event.name, call.handoff.reason, call.handoff.summary)
    anew = asked_anew(call, replace(handoff(call, asked), closed="", skipped=(), all_busy=False))
    human = chosen(event.name, anew, rules)
    if human is None:
        return call, None
    if call.open:
        return anew, so.LegStillUp()
    if not engaged(human, rules):
        after = start(anew, human)
        return replace(after, news=briefing.turn_came(after)), reached_by(human.style)
    theirs = tuple(each.phone for each in human.addresses)
    place = replace(call.waits, priority=FIRST, phones=theirs, own=theirs, team="")
    place = now(call.id, place, rules.known, call.at)
    if replace(place, number=0, seconds=0.0) == replace(call.waits, number=0, seconds=0.0):
        return call, None
    return _put_first(replace(anew, handoff=replace(anew.handoff, all_busy=True), waits=place)), event


def _put_first(call: Call) -> Call:
    """Told by an AI that is there, as `place_seen`."""
    return replace(call, news=briefing.put_first(call)) if call.ai.state is AIState.UP else call


def waited(call: Call) -> Reading:
    """The longest wait is over."""
    return _out(replace(call, news=briefing.waited(call)))


def _out(call: Call) -> Reading:
    call, fact = nobody(replace(call, waits=Waits()))
    return call, so.OutOfLine() if isinstance(fact, so.NobodyLeft | so.AllBusy) else fact
