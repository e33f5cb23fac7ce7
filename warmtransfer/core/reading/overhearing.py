"""What facts about a supervisor's leg mean for the call: who listens never decides where the caller is."""

from __future__ import annotations

from dataclasses import replace

from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core.call import WANTED, AIState, Call, Stage
from warmtransfer.core.conclusions import Reading
from warmtransfer.core.plans import telephone
from warmtransfer.core.rounds import engaged
from warmtransfer.core.rules import Human, Rules
from warmtransfer.core.supervising import Role, Supervisor


def wanted(call: Call, event: ev.SuperviseAsked, rules: Rules) -> Reading:
    """A telephone of our list is rung, or whoever listens there already does something else."""
    human = rules.human(event.name)
    if human is None or not call.room_sid or (event.role is not Role.LISTEN and not with_human(call)):
        return call, None
    there = call.supervisor
    if there is not None and not there.ended:
        if there.name != event.name or there.role is event.role:
            return call, None
        return replace(call, supervisor=replace(there, role=event.role)), so.RoleChanged()
    if _on_this_call(call, human) or engaged(human, rules):
        return call, None
    n = there.n + 1 if there is not None else 1
    new = Supervisor(n, event.by, human.name, human.number, human.digits, event.role)
    return replace(call, supervisor=new), so.SupervisorWanted()


def with_human(call: Call) -> bool:
    """Whether a human is with the caller in the room: there is somebody to be coached."""
    attempt = call.attempt
    return call.stage is Stage.HUMAN and attempt is not None and bool(attempt.joined_at and attempt.call_sid)


def _on_this_call(call: Call, human: Human) -> bool:
    """Whether one of their telephones rings, or talks, in this very call."""
    rung = {telephone(each.number, each.digits) for each in call.open}
    return any(each.phone in rung or each.number == call.caller for each in human.addresses)


def asked(call: Call, event: ev.OverhearAsked, rules: Rules) -> Reading:
    """It rings nobody: what the AI's line carries is heard, for as long as there is, or is to be, one."""
    return call, event if audible(call) else None


def audible(call: Call) -> bool:
    """Whether caller and AI can be heard where the AI's line ends. The last resort's bridge is none of it."""
    if call.stage is Stage.HUMAN:
        return call.ai.state in (AIState.STREAMING, AIState.UP) and not call.bridged
    return call.stage in WANTED and not call.ai.down


def leaving(call: Call, event: ev.SupervisorUnwanted, rules: Rules) -> Reading:
    """Whoever is there, or on the way."""
    there = call.supervisor
    return call, event if there is not None and not there.ended else None


def dialled(call: Call, event: ev.SupervisorDialled, rules: Rules) -> Reading:
    """A leg that is not expected any more is a stray."""
    there = _current(call, event.n)
    if there is None or call.stage is Stage.OVER:
        return replace(call, stray=event.call_sid), so.StrayLeg()
    return replace(call, supervisor=replace(there, call_sid=event.call_sid)), None


def accepted(call: Call, event: ev.SupervisorAccepted, rules: Rules) -> Reading:
    """Their document lets them in from now on."""
    there = _current(call, event.n)
    return (replace(call, supervisor=replace(there, accepted=True)) if there else call), None


def joined(call: Call, event: ev.SupervisorJoined, rules: Rules) -> Reading:
    """Muted; only now can they be made to be heard. One in another room is a stray."""
    there = _current(call, event.n)
    if there is None or event.room_sid != call.room_sid or call.stage is Stage.OVER:
        return replace(call, stray=event.call_sid), so.StrayLeg()
    joined_at = there.joined_at or call.at
    there = replace(there, call_sid=event.call_sid, joined_at=joined_at, accepted=True)
    return replace(call, supervisor=there), so.RoleChanged()


def ended(call: Call, event: ev.SupervisorEnded, rules: Rules) -> Reading:
    """Nobody in the room notices."""
    there = _current(call, event.n)
    return (replace(call, supervisor=replace(there, ended=True)) if there else call), None


def not_dialled(call: Call, there: Supervisor) -> Call:
    """The dial has failed, unless it is known to ring; should it ring all the same, it is a stray."""
    return call if there.call_sid else replace(call, supervisor=replace(there, ended=True))


def _current(call: Call, n: int) -> Supervisor | None:
    there = call.supervisor
    return there if there is not None and there.n == n and not there.ended else None
