"""What a fact means for this call: stale news is dropped, new knowledge kept, and some facts lead to a
conclusion that the table knows, such as `HumanLost` or `AIDown`. One file for each actor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from warmtransfer.core import events as ev
from warmtransfer.core.call import Call
from warmtransfer.core.conclusions import Reading
from warmtransfer.core.counts import COUNTS
from warmtransfer.core.reading import (
    ai,
    bridge,
    caller,
    card,
    human,
    line,
    ourselves,
    overhearing,
    supervisor,
)
from warmtransfer.core.rules import Rules


def read(call: Call, event: ev.Event, rules: Rules) -> Reading:
    """The call with what `event` adds to it, and the fact for the table, or None for stale news.

    TypeError for what is no event: a conclusion is drawn here, and never posted.
    """
    reader = READERS.get(type(event))
    if reader is None:
        raise TypeError(f"{type(event).__name__} is no event that can be posted")
    if call.stage not in COUNTS[type(event)]:
        return call, None
    return reader(call, event, rules)


READERS: dict[type[ev.Event], Callable[[Call, Any, Rules], Reading]] = {
    ev.CallArrived: caller.arrived,
    ev.CallerJoined: caller.joined,
    ev.CallerLeft: caller.left,
    ev.RoomLost: caller.room_lost,
    ev.CallerCameBack: caller.came_back,
    ev.CallerPresent: caller.present,
    ev.AnnouncementEnded: caller.announced,
    ev.MessageLeft: caller.message_left,
    ev.MessageTaken: caller.message_taken,
    ev.CallbackPromised: caller.promised,
    ev.AIAdded: ai.added,
    ev.AIAsked: ai.asked,
    ev.StreamUp: ai.stream_up,
    ev.AIUp: ai.up,
    ev.StreamEnded: ai.stream_ended,
    ev.StreamFailed: ai.stream_failed,
    ev.AIIdle: ai.idle,
    ev.LastResortReached: ai.last_resort,
    ev.ModelLost: ai.model_lost,
    ev.AIJoined: ai.joined,
    ev.AILeft: ai.left,
    ev.SilenceHeard: ai.measured,
    ev.Disclosed: ai.disclosed,
    ev.LineHeard: ai.line_heard,
    ev.HandoffAsked: human.asked,
    ev.HumanDialled: human.dialled,
    ev.HumanRang: human.dialled,
    ev.HumanAnswered: human.answered,
    ev.HumanAccepted: human.accepted,
    ev.HumanDeclined: human.declined,
    ev.CardAccepted: card.accepted,
    ev.CardDeclined: card.declined,
    ev.CardLost: card.noted,
    ev.CallNoted: card.noted,
    ev.MachineHeard: human.machine,
    ev.LegSpoke: card.spoke,
    ev.BriefingHeard: human.briefed,
    ev.HumanJoined: human.joined,
    ev.HumanLeft: human.left,
    ev.HumanEnded: human.ended,
    ev.LegPresent: bridge.leg_present,
    ev.BridgeSeen: bridge.seen,
    ev.StopAsked: supervisor.stop,
    ev.NextAsked: supervisor.following,
    ev.ReturnAsked: supervisor.back,
    ev.TellAsked: supervisor.tell,
    ev.EndAIAsked: supervisor.end_ai,
    ev.HangUpAsked: supervisor.hang_up,
    ev.TurnCame: line.turn_came,
    ev.PlaceSeen: line.place_seen,
    ev.LineLeft: line.left,
    ev.TakeOutAsked: line.taken_out,
    ev.TakeNextAsked: line.taken_next,
    ev.SuperviseAsked: overhearing.wanted,
    ev.OverhearAsked: overhearing.asked,
    ev.SupervisorUnwanted: overhearing.leaving,
    ev.SupervisorDialled: overhearing.dialled,
    ev.SupervisorAccepted: overhearing.accepted,
    ev.SupervisorJoined: overhearing.joined,
    ev.SupervisorEnded: overhearing.ended,
    ev.Restarted: ourselves.restarted,
    ev.TurnAwaited: ourselves.turn_awaited,
    ev.TimedOut: ourselves.timed_out,
    ev.OrderFailed: ourselves.order_failed,
}
