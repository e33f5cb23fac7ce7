"""What our own timers, failures and restarts mean for the call."""

from __future__ import annotations

from dataclasses import replace

import warmtransfer.core.reading.ai as ai
import warmtransfer.core.reading.bridge as bridge
import warmtransfer.core.reading.caller as caller
import warmtransfer.core.reading.human as human
import warmtransfer.core.reading.line as line
import warmtransfer.core.reading.overhearing as overhearing
import warmtransfer.core.reading.screening as screening
from warmtransfer.core import briefing
from warmtransfer.core import conclusions as so
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.attempts import close, out
from warmtransfer.core.call import ELSEWHERE, AIState, Attempt, Call, Stage, awaited
from warmtransfer.core.conclusions import Reading
from warmtransfer.core.legs import Ended
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.rules import LONG_WAIT, Rules


def restarted(call: Call, event: ev.Restarted, rules: Rules) -> Reading:
    """The AI's stream went with the process that held it: no fault of the AI's, nor are earlier losses."""
    call = replace(call, laps=0, ai=replace(call.ai, losses=()))
    if call.ai.state not in ai.CONNECTED:
        return replace(call, ai=replace(call.ai, token="")), event
    return ai.missed(replace(call, ai=replace(call.ai, state=AIState.ADDING))), event


def turn_awaited(call: Call, event: ev.TurnAwaited, rules: Rules) -> Reading:
    """Only a leg that is still to be made waits; of a human's long wait the caller is told once."""
    at = call.at + event.seconds
    if event.key == call.ai.label and call.ai.state is AIState.ADDING and not call.ai.call_sid:
        return replace(call, ai=replace(call.ai, turn_at=at)), so.AIQueued()
    attempt = next((each for each in call.trying if each.label == event.key), None)
    if attempt is None or attempt.call_sid:
        return call, None
    late = attempt.dialled_at + LONG_WAIT
    news = attempt.turn_at < late <= at and call.ai.state is AIState.UP
    # One whose phone rings already, or who is called sooner, is enough not to speak of it again.
    news &= not any(each.call_sid or each.turn_at >= late for each in call.trying if each != attempt)
    attempt = replace(attempt, turn_at=at)
    call = call.with_attempt(attempt)
    if not news:
        return call, so.HumanQueued()
    return replace(call, news=briefing.delayed(call, attempt)), so.HumanDelayed()


def timed_out(call: Call, event: ev.TimedOut, rules: Rules) -> Reading:
    """Only the timer that is armed counts; how often it has gone off in a row is counted too."""
    if event.stage is not call.stage or event.alarm != call.alarm:
        return call, None
    call = replace(call, laps=call.laps + 1, alarm_at=0.0)
    attempt = call.attempt
    late = screening.overdue(call, rules)
    if late and call.at < call.due_at:
        return late
    match call.stage:
        case Stage.CONNECTING | Stage.RETURNING if call.room_sid:
            return ai.lost(call, rules)
        case Stage.HUMAN if call.ai.state is not AIState.ABSENT:
            return call, so.IntroductionDue()
        case Stage.HUMAN if 0.0 < bridge.next_look(call, rules) <= call.at + bridge.SOON:
            return bridge.looked(call, rules), so.ProofDue()
        case Stage.JOINING if call.laps >= rules.patience:
            return call, so.GivenUp()
        case Stage.CANCELLING if attempt and not call.open:
            return human.hung_up(call, rules)
        case Stage.CANCELLING if attempt and call.laps >= rules.patience:
            for each in call.open:
                call = close(call, each.n, each.outcome or Outcome.ERROR)
            return human.following(human.stayed(call), rules, others=False)
        case Stage.RINGING | Stage.BRIEFING | Stage.WAITING if call.at < call.due_at:
            return ai.lost(call, rules) if awaited(call) else (call, so.StillWaiting())
        case Stage.RINGING | Stage.BRIEFING:
            for each in call.trying:
                call = call.with_attempt(replace(each, outcome=Outcome.TIMED_OUT))
            return call, event
        case Stage.WAITING if call.at >= call.waits.until:
            return line.waited(call)
        case Stage.OVER if call.laps > rules.patience or _all_ended(call):
            return call, None
        case _:
            return call, event


def order_failed(call: Call, event: ev.OrderFailed, rules: Rules) -> Reading:
    """What some orders leave undone is a fact about their leg; that of others is found by looking, or by the
    stage's timer."""
    kind = do.BY_NAME.get(event.order)
    if kind is do.AddAI:
        return _not_added(call, event, rules)
    if kind is do.RedirectCaller:
        return _not_redirected(call, event, rules)
    if kind is do.DialSupervisor and call.supervisor and event.key == call.supervisor.label:
        return overhearing.not_dialled(call, call.supervisor), None
    attempt = next((each for each in call.together if each.label == event.key), None)
    if attempt is None:
        return call, None
    if kind is do.DialHuman:
        return _not_dialled(call, attempt, event, rules)
    if kind in (do.LookAtBridge, do.LookAgain) and event.kind != "gone":
        return bridge.not_seen(call, event.key, rules)
    if kind is do.ListenToLeg:
        return screening.not_listened(call, attempt)
    if kind is do.BriefOnHold and call.stage is Stage.BRIEFING:
        return _not_briefed(call, attempt, event)
    return call, event if kind is do.LetHumanIn or kind is do.BriefOnHold else None


def _not_briefed(call: Call, attempt: Attempt, event: ev.OrderFailed) -> Reading:
    """It is we who end this one, not the human; unless their leg has ended, which will be told."""
    others = any(each != attempt for each in call.trying)
    if event.kind == "gone" and others:
        return call, None
    if event.kind != "gone" and attempt.outcome is None:
        call = call.with_attempt(replace(attempt, outcome=Outcome.CANCELLED))
    return out(call, event) if others else (call, event)


def _not_added(call: Call, event: ev.OrderFailed, rules: Rules) -> Reading:
    if event.key != call.ai.label or call.ai.state is AIState.ABSENT:
        return call, None
    call = replace(call, ai=replace(call.ai, state=AIState.ABSENT))
    return ai.lost(call, rules, fatal=event.kind == "refused")


def _not_dialled(call: Call, attempt: Attempt, event: ev.OrderFailed, rules: Rules) -> Reading:
    if event.kind == "unsure":
        return call, so.DialUnsure(attempt.n) if not attempt.call_sid else None
    how = Ended.UNREACHABLE if event.kind == "refused" else Ended.FAILED
    return human.ended(call, ev.HumanEnded(attempt.n, how), rules)


def _not_redirected(call: Call, event: ev.OrderFailed, rules: Rules) -> Reading:
    """The caller's leg could not be moved: they have left, or it is tried another way, or again."""
    if event.kind == "gone" and call.stage in ELSEWHERE:
        return caller.left(call, ev.CallerLeft(why="gone"), rules)
    if call.stage is Stage.MESSAGE:
        call = replace(call, laps=call.laps + 1)
        return call, event if call.laps < rules.patience else so.GivenUp()
    attempt = call.attempt
    if call.stage is not Stage.REDIRECTED or attempt is None or event.key not in ("", attempt.label):
        return call, None
    if attempt.moved or attempt.call_sid:
        return call, None  # it was moved after all: their leg has asked, or has dialled
    call = close(call.with_attempt(replace(attempt, moved=event.kind == "unsure")), attempt.n, Outcome.FAILED)
    call = replace(call, news=briefing.exhausted(call))
    if call.ai.state is AIState.UP:
        return call, event
    return call, so.GivenUp() if call.ai.down else so.NobodyHere()


def _all_ended(call: Call) -> bool:
    """Whether no leg is known to have been up and not to have ended."""
    humans = all(each.ended or not each.call_sid for each in call.attempts)
    heard = call.supervisor is None or call.supervisor.ended
    return call.left and not call.ai.call_sid and humans and heard
