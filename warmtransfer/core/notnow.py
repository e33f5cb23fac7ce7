"""Why what somebody who looks after a call asks for cannot be done now, in a sentence for them."""

from __future__ import annotations

from typing import assert_never

from warmtransfer.core import events as ev
from warmtransfer.core.call import ELSEWHERE, Call, Stage
from warmtransfer.core.event import Event
from warmtransfer.core.names import called
from warmtransfer.core.place import FIRST
from warmtransfer.core.supervising import Role


def why_not(call: Call, wish: Event) -> str:
    """Of a wish that leads nowhere (`step.leads`) as the call stands."""
    if call.stage is Stage.OVER:
        return "The call is over."
    match wish:
        case ev.HandoffAsked():
            return _nobody_rung(call)
        case ev.StopAsked() | ev.NextAsked():
            return _not_ringing(call)
        case ev.ReturnAsked():
            return _no_human(call)
        case ev.TellAsked() if call.stage in (Stage.JOINING, Stage.HUMAN):
            return f"{_name(call)} has the caller: the AI does not speak any more."
        case ev.TellAsked():
            return "The AI is not with the caller just now."
        case ev.TakeOutAsked() | ev.TakeNextAsked() if call.stage is not Stage.WAITING:
            return "The caller does not wait in the line."
        case ev.TakeNextAsked():
            return _not_next(call, wish)
        case ev.SuperviseAsked():
            return _nobody_to_hear(call, wish)
        case ev.OverhearAsked():
            return _nothing_to_hear(call)
        case ev.SupervisorUnwanted():
            return "Nobody listens."
        case ev.EndAIAsked() if call.bridged:
            return "The AI’s line is what joins the caller and the number of last resort."
        case ev.EndAIAsked() if call.stage is Stage.HUMAN:
            return "The AI’s line has ended already."
        case ev.EndAIAsked():
            return "The caller would be alone in silence: hand them over first, or end the call."
        case _:
            return "The call has moved on."


def _not_next(call: Call, wish: ev.TakeNextAsked) -> str:
    if call.waits.priority == FIRST and wish.name in ("", call.handoff.target):
        return "The caller is taken next already."
    return f"{called(wish.name)} cannot be rung: out of hours, away, or not on our list."


def _nobody_rung(call: Call) -> str:
    if call.stage is Stage.MESSAGE:
        return "The caller is leaving a message: nobody can be handed over."
    return "The caller is not in the room yet: ask again in a second."


def _not_ringing(call: Call) -> str:
    match call.stage:
        case Stage.CANCELLING if call.handoff.stopped:
            return "It is being stopped already."
        case Stage.RINGING | Stage.BRIEFING | Stage.CANCELLING:
            return f"The one it was meant for is not rung any more; now it is about {_name(call)}."
        case Stage.JOINING:
            return f"{_name(call)} has taken the call, and is on the way to the caller."
        case Stage.HUMAN:
            return f"{_name(call)} is with the caller."
        case Stage.REDIRECTED:
            return f"The caller’s own line rings {_name(call)}: it cannot be called back."
        case Stage.WAITING:
            return "Nobody is being rung: the caller waits in the line for somebody to be free."
        case Stage.ARRIVING | Stage.CONNECTING | Stage.AI | Stage.RETURNING | Stage.MESSAGE | Stage.OVER:
            return "Nobody is being rung."
        case _:
            assert_never(call.stage)


def _no_human(call: Call) -> str:
    if call.stage is not Stage.HUMAN:
        return "Nobody but the AI has the caller."
    if call.bridged:
        return "The phone network itself has joined the caller and the number of last resort."
    return f"It is {_name(call)} who is with the caller now."


def _nobody_to_hear(call: Call, wish: ev.SuperviseAsked) -> str:
    there = call.supervisor
    if not call.room_sid or call.stage in ELSEWHERE:
        return "The caller is in no room in which they could be heard."
    if there is not None and not there.ended and there.name != wish.name:
        return f"{called(there.name)} listens already: one at a time."
    if there is not None and not there.ended and there.role is wish.role:
        return f"{called(there.name)} is rung for it, or does so already."
    if wish.role is not Role.LISTEN and call.stage is not Stage.HUMAN:
        return "No human has the caller: the AI would take your voice for the caller’s."
    return f"{called(wish.name)}’s telephone cannot be rung: it is in a call of ours, or not on our list."


def _nothing_to_hear(call: Call) -> str:
    if call.stage is Stage.HUMAN and not call.bridged:
        return "The AI has left; to hear the human too, have your telephone rung."
    if call.ai.down:
        return "This call is not with the AI: it cannot be had any more."
    return "This call is not with the AI."


def _name(call: Call) -> str:
    return called(call.attempt.name) if call.attempt else "a colleague"
